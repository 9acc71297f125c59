"""The buttons "Siparişleri Güncelle" and "Stokları Gönder": queue a job now, in the name of who pressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from gullu.jobs import enqueue
from gullu.models import JobRun
from gullu.roles import PULL_ORDERS, PUSH_STOCK


@dataclass(frozen=True, slots=True)
class StaffJob:
    """A job staff may start: its task, who may, and the words on the button and after it."""

    task: str
    permission: str
    label: Any
    queued: Any


STAFF_JOBS: Final[dict[str, StaffJob]] = {
    "pull-orders": StaffJob(
        task="integrations.tasks.pull_orders_job",
        permission=PULL_ORDERS,
        label=_("Read orders now"),
        queued=_("The orders are being read; the result appears under “last runs”."),
    ),
    "push-stock": StaffJob(
        task="integrations.tasks.push_stock_job",
        permission=PUSH_STOCK,
        label=_("Send stock now"),
        queued=_("The stock is being sent; the result appears under “last runs”."),
    ),
}


@require_POST
def run_now(request: HttpRequest, job: str) -> HttpResponse:
    """Queue one of `STAFF_JOBS`. Pressing twice is harmless: the second run finds the first one's lock."""
    if job not in STAFF_JOBS:
        raise Http404
    wanted = STAFF_JOBS[job]
    if not request.user.has_perm(wanted.permission):
        raise PermissionDenied
    with transaction.atomic():
        enqueue(wanted.task, trigger=JobRun.Trigger.STAFF.value, actor_id=request.user.pk)
    messages.success(request, wanted.queued)
    return HttpResponseRedirect(reverse("admin:index"))
