"""The page "Yedekler": what is kept, how the last runs ended, and two buttons. Archives are never served."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django_q.models import OrmQ

from gullu.backup import config
from gullu.backup.naming import archives
from gullu.backup.selectors import BACKUP, DRILL, LastRuns, last_backup, last_drill
from gullu.jobs import LOST_AFTER, enqueue
from gullu.models import JobRun
from gullu.roles import KEEP_BACKUPS
from gullu.run_words import counts_in_words
from gullu.staff_pages import frame, only_for, person

for_keepers = only_for(KEEP_BACKUPS)


@dataclass(frozen=True, slots=True)
class Button:
    """What a button queues, and what is said then."""

    task: str
    queued: Any


BUTTONS: Final[dict[str, Button]] = {
    "backup": Button("gullu.backup.tasks.backup_job", gettext_lazy("The backup is queued.")),
    "drill": Button("gullu.backup.tasks.drill_job", gettext_lazy("The drill is queued.")),
}


@for_keepers
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """The archives, newest first, and the last runs."""
    folder, keys = config.folder(), config.keys()
    found = archives(folder)
    return frame(
        request,
        "backup/start.html",
        {
            "title": _("Backups"),
            "archives": found,
            "folder": folder,
            "same_disk": folder == config.default_folder(),
            "missing": not folder.is_dir() and folder != config.default_folder(),
            "encrypts": keys.encrypts,
            "keeping": config.keeping(),
            "runs": [_told(_("Last backup"), last_backup()), _told(_("Last drill"), last_drill())],
            "state": _state(),
        },
    )


def _told(label: str, runs: LastRuns) -> dict[str, Any]:
    return {
        "label": label,
        "runs": runs,
        "words": counts_in_words(runs.newest.counts) if runs.newest else "",
    }


@for_keepers
@require_POST
def run(request: HttpRequest, job: str) -> HttpResponse:
    """Queue a backup or a drill. Pressing twice is harmless: the second run finds the first one's lock."""
    if job not in BUTTONS:
        raise Http404
    button = BUTTONS[job]
    with transaction.atomic():
        enqueue(button.task, trigger=JobRun.Trigger.STAFF.value, actor_id=person(request).pk)
    messages.success(request, button.queued)
    return HttpResponseRedirect(reverse("backups:start"))


@for_keepers
@require_GET
def progress(request: HttpRequest) -> JsonResponse:
    """How far the running backup or drill is, for the page."""
    del request
    return JsonResponse(_state())


def _state() -> dict[str, Any]:
    """`state` RUNNING, WAITING or IDLE, with words and the figures of the bar."""
    since = timezone.now() - LOST_AFTER
    running = (
        JobRun.objects.filter(name__in=[BACKUP, DRILL], state=JobRun.State.RUNNING, started_at__gte=since)
        .order_by("-started_at")
        .first()
    )
    if running is not None:
        return {"state": "RUNNING", "words": _words(running), **_bar(running)}
    tasks = {button.task for button in BUTTONS.values()}
    queued = any(row.func() in tasks for row in OrmQ.objects.all())
    words = _("Waiting for the worker …") if queued else ""
    return {"state": "WAITING" if queued else "IDLE", "words": words, "done": 0, "of": 1}


def _words(running: JobRun) -> str:
    name = _("Backup under way") if running.name == BACKUP else _("Drill under way")
    step, done, total = (running.counts.get(key) for key in ("step", "done", "total"))
    if not step:
        return name
    return f"{name}: {step} {done}" + (f" / {total}" if total else "")


def _bar(running: JobRun) -> dict[str, int]:
    return {"done": running.counts.get("done") or 0, "of": running.counts.get("total") or 0}
