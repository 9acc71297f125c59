"""A file from being handed in to being written: keep it, preview it, decide about it once.

There is no table. A preview is a run (`JobRun` of the name `READ`), a decision is another one (`APPLY`); the decision's
row says DONE in the same transaction that writes the data, and is looked for under a lock. That is why one file is
written once, however many tabs and clicks there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, BinaryIO, Final
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gullu.excel.errors import (
    FileMissing,
    NothingToWrite,
    PreviewOutdated,
    PreviewRenewed,
    RowsWrong,
    StillReading,
)
from gullu.excel.given import Given, read_given, refuse_too_many
from gullu.excel.keeping import KEEP_DAYS, Kept, keep_content, keep_left_out, keep_preview, preview_of, prune
from gullu.excel.kinds import kinds
from gullu.excel.lines import Outcome, PreviewRow
from gullu.excel.resources import ExcelResource, Planned, Sender
from gullu.jobs import LOST_AFTER, Run, close_lost_runs, enqueue, reason_of, record_run
from gullu.locks import transaction_lock
from gullu.models import JobRun, User
from gullu.roles import VIEW_MONEY

READ: Final = "read_excel"
APPLY: Final = "apply_excel"
READ_TASK: Final = "gullu.excel.tasks.read_excel_job"
APPLY_TASK: Final = "gullu.excel.tasks.apply_excel_job"
# So many rows are worked on while the person waits; more of them by the worker.
QUICK_ROWS: Final = 3_000
_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a file is: its reading and its decision, None before each began."""

    read: JobRun | None
    applied: JobRun | None

    @property
    def kept(self) -> Kept | None:
        return Kept.from_dict(self.read.counts) if self.read else None

    @property
    def preview(self) -> str:
        """Which preview it is: another one each time it is made anew."""
        return str(self.read.counts.get("preview", "")) if self.read else ""

    @property
    def stage(self) -> str:
        """WAITING, READING, REFUSED, PREVIEW, APPLYING or APPLIED."""
        if self.applied and self.applied.state in _DECIDED:
            return "APPLIED" if self.applied.state == JobRun.State.DONE else "APPLYING"
        if self.read is None:
            return "WAITING"
        return {JobRun.State.RUNNING: "READING", JobRun.State.DONE: "PREVIEW"}.get(
            JobRun.State(self.read.state), "REFUSED"
        )


_DECIDED: Final = frozenset({JobRun.State.RUNNING, JobRun.State.DONE})


def standing_of(*, excel: str, user: User) -> Standing:
    """How far this person's file is; one statement."""
    runs = JobRun.objects.filter(name__in=(READ, APPLY), actor=user, counts__excel=excel).order_by("-pk")
    latest: dict[str, JobRun] = {}
    for run in runs:
        latest.setdefault(run.name, run)
    return Standing(latest.get(READ), latest.get(APPLY))


def recent_files(*, user: User, most: int = 5) -> list[JobRun]:
    """The last files this person handed in, newest first; one statement."""
    since = timezone.now() - timedelta(days=KEEP_DAYS)
    runs = JobRun.objects.filter(name=READ, actor=user, started_at__gte=since)
    return list(runs.order_by("-started_at", "-pk")[:most])


# --- handing in ---------------------------------------------------------------------------------------------------


def hand_in(*, kind: type[ExcelResource], upload: UploadedFile[bytes] | None, user: User) -> str:
    """Keep a file and preview it, a large one by the worker; returns its id. Raises `FileRefused`."""
    if upload is None or not upload.name:
        raise FileMissing
    now = timezone.now()
    prune(now=now)
    excel, name = uuid4().hex, upload.name[-_LONGEST_NAME:]
    content: BinaryIO = upload.file  # type: ignore[assignment]  # an upload is open as bytes
    given = read_given(content, name=name, resource=_resource(kind, user), most=QUICK_ROWS)
    kept = keep_content(content, excel=excel, kind=kind.slug, name=name, now=now)
    if given.complete:
        with record_run(READ, trigger=JobRun.Trigger.STAFF, actor=user) as run:
            run.counts = {**kept.as_dict()}
            _preview(kept, given, run, user)
    else:
        with transaction.atomic():
            enqueue(READ_TASK, **kept.as_dict(), actor_id=user.pk)
    return excel


def read_kept(*, kept: Kept, user: User) -> dict[str, Any]:
    """Read and preview a large file that was kept. Raises `FileRefused`."""
    with record_run(READ, trigger=JobRun.Trigger.STAFF, actor=user) as run:
        run.counts = {**kept.as_dict(), "done": 0}
        run.show()
        given = _given(kept, user, tell=_teller(run))
        run.counts["done"] = len(given.rows)
        run.show()
        _preview(kept, given, run, user)
        return dict(run.counts)


def _teller(run: Run) -> Callable[[int], None]:
    def tell(done: int) -> None:
        run.counts["done"] = done
        run.show()

    return tell


def _given(kept: Kept, user: User, tell: Callable[[int], None] | None = None) -> Given:
    resource = _resource(kinds()[kept.kind], user)
    given = read_given(kept.content(), name=kept.name, resource=resource, tell=tell)
    refuse_too_many(given, name=kept.name)
    return given


def _resource(kind: type[ExcelResource], user: User, **options: Any) -> ExcelResource:
    return kind(money=user.has_perm(VIEW_MONEY), **options)


def _plan(kept: Kept, given: Given, user: User) -> Planned:
    sender = Sender(excel=kept.excel, name=kept.name, user=user)
    resource = _resource(kinds()[kept.kind], user, numbers=given.numbers, sender=sender)
    return resource.run(given.dataset)


def _preview(kept: Kept, given: Given, run: Run, user: User) -> None:
    run.counts |= {"rows": len(given.rows), **_made(kept, given, user)}


def _made(kept: Kept, given: Given, user: User) -> dict[str, Any]:
    """Make a preview and keep it; what its run tells of it."""
    planned = _plan(kept, given, user)
    keep_preview(kept, planned.rows, [*_written_before(kept), *given.notes])
    return {"preview": uuid4().hex, **planned.counts()}


def _written_before(kept: Kept) -> Iterator[str]:
    """Whether a file with the same bytes was written before: carried twice, goods lie where nobody looks for them."""
    same = JobRun.objects.filter(name=APPLY, state=JobRun.State.DONE)
    same = same.filter(counts__digest=kept.digest, counts__kind=kept.kind)
    last = same.order_by("-ended_at", "-pk").first()
    if last is not None and last.ended_at is not None:
        at = date_format(timezone.localtime(last.ended_at), "d.m.Y H:i")
        text = _("The same content was written before: %(file)s, %(at)s. Is it to be written once more?")
        yield text % {"file": last.counts["name"], "at": at}


# --- deciding -----------------------------------------------------------------------------------------------------


def decide(*, excel: str, only_valid: bool, user: User, shown: str | None = None) -> Standing:
    """Write a previewed file: all of it, or with `only_valid` what is right. A second decision changes nothing.

    `shown` is the preview the person has before them (`Standing.preview`). The same bytes are read again, and rows
    whose records changed since the preview are refused. Large files are written by the worker. Raises `StillReading`,
    `PreviewRenewed`, `RowsWrong`, `NothingToWrite`, `PreviewOutdated`, `ContentGone`, and what the kind's own services
    raise; nothing was written then.
    """
    standing = standing_of(excel=excel, user=user)
    if standing.stage in {"APPLYING", "APPLIED"}:
        return standing
    kept = standing.kept
    if kept is None or standing.read is None or standing.stage != "PREVIEW":
        raise StillReading(file=kept.name if kept else "?")
    if shown is not None and shown != standing.preview:
        raise PreviewRenewed(file=kept.name)
    _refuse(standing.read, kept, only_valid=only_valid)
    if standing.read.counts["rows"] > QUICK_ROWS:
        _decide_later(kept, only_valid=only_valid, user=user)
    else:
        _decide_now(kept, only_valid=only_valid, user=user)
    return standing_of(excel=excel, user=user)


def _refuse(read: JobRun, kept: Kept, *, only_valid: bool) -> None:
    if read.counts["wrong"] and not only_valid:
        raise RowsWrong(count=read.counts["wrong"])
    if not is_writable(read.counts):
        raise NothingToWrite(file=kept.name)


def is_writable(counts: dict[str, Any]) -> bool:
    """Whether a preview holds anything to write: also what is so already, where a kind keeps that it was looked at."""
    keeps = kinds()[counts["kind"]].keeps_unchanged
    return bool(counts["new"] + counts["changed"] + (counts["unchanged"] if keeps else 0))


def _decide_later(kept: Kept, *, only_valid: bool, user: User) -> None:
    with transaction.atomic():
        run = _claim(kept, only_valid=only_valid, user=user)
        if run is not None:
            enqueue(APPLY_TASK, run_id=run.pk)


def _decide_now(kept: Kept, *, only_valid: bool, user: User) -> None:
    given = _given(kept, user)
    with _renewing(kept, given, user), transaction.atomic():
        run = _claim(kept, only_valid=only_valid, user=user)
        if run is None:
            return
        planned = _write(kept, given, user, only_valid=only_valid)
        _finish(run, planned)
    keep_left_out(kept, _left_out(planned.rows))


def apply_claimed(*, run_id: int) -> dict[str, Any]:
    """Write a large file whose decision was taken; nothing when that was done before. The row says why not, if not."""
    run = JobRun.objects.select_related("actor").filter(pk=run_id, name=APPLY).first()
    if run is None or run.state != JobRun.State.RUNNING or run.actor is None:
        return {"outcome": "DONE_BEFORE"}
    try:
        return _apply(run, run.actor)
    except BaseException as error:
        JobRun.objects.filter(pk=run.pk, state=JobRun.State.RUNNING).update(
            state=JobRun.State.FAILED, error=reason_of(error), ended_at=timezone.now()
        )
        raise


def _apply(run: JobRun, user: User) -> dict[str, Any]:
    kept = Kept.from_dict(run.counts)
    given = _given(kept, user)
    only_valid = bool(run.counts["only_valid"])
    with _renewing(kept, given, user), transaction.atomic():
        _lock(kept)
        if not JobRun.objects.filter(pk=run.pk, state=JobRun.State.RUNNING).exists():
            return {"outcome": "DONE_BEFORE"}
        planned = _write(kept, given, user, only_valid=only_valid)
        _finish(run, planned)
    keep_left_out(kept, _left_out(planned.rows))
    return dict(run.counts)


class _renewing:  # noqa: N801  (reads as a statement)
    """Makes the preview anew where the writing was refused because of what changed since the old one."""

    def __init__(self, kept: Kept, given: Given, user: User) -> None:
        self.kept, self.given, self.user = kept, given, user

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, IntegrityError):
            # Somebody made the same record in the same moment, past our locks.
            self._renew()
            raise PreviewOutdated(count=1, first=self.kept.name) from error
        if isinstance(error, (PreviewOutdated, NothingToWrite)):
            self._renew()

    def _renew(self) -> None:
        standing = standing_of(excel=self.kept.excel, user=self.user)
        if standing.read is None:
            return
        standing.read.counts |= _made(self.kept, self.given, self.user)
        standing.read.save(update_fields=["counts"])


def _lock(kept: Kept) -> None:
    transaction_lock(f"excel.{kept.excel}")


def _claim(kept: Kept, *, only_valid: bool, user: User) -> JobRun | None:
    """The row of this decision; None when somebody was faster. Held by a lock until the transaction ends."""
    # The lock first: whoever writes this file holds it while it ends its own row.
    _lock(kept)
    close_lost_runs(APPLY, before=timezone.now() - LOST_AFTER)
    decided = JobRun.objects.filter(name=APPLY, counts__excel=kept.excel, state__in=_DECIDED)
    if decided.exists():
        return None
    counts = {**kept.as_dict(), "only_valid": only_valid}
    return JobRun.objects.create(
        name=APPLY,
        trigger=JobRun.Trigger.STAFF,
        started_at=timezone.now(),
        actor=user,
        counts=counts,
    )


def _write(kept: Kept, given: Given, user: User, *, only_valid: bool) -> Planned:
    shown = {row.number: row.seen for row in preview_of(kept).rows if row.outcome is not Outcome.WRONG}
    sender = Sender(excel=kept.excel, name=kept.name, user=user)
    kind = kinds()[kept.kind]
    resource = _resource(kind, user, numbers=given.numbers, sender=sender, seen=shown)
    planned = resource.run(given.dataset, only_valid=only_valid)
    left_out = _left_out(planned.rows)
    if left_out and not only_valid:
        raise PreviewOutdated(count=len(left_out), first=left_out[0].problems[0])
    counts = {**planned.counts(), "kind": kept.kind}
    if not is_writable(counts):
        raise NothingToWrite(file=kept.name)
    return planned


def _left_out(rows: Iterable[PreviewRow]) -> list[PreviewRow]:
    return [row for row in rows if row.outcome is Outcome.WRONG]


def _finish(run: JobRun, planned: Planned) -> None:
    """Inside the transaction that writes the data: both are there, or neither is."""
    run.counts |= {"rows": len(planned.rows), **planned.counts()}
    run.state, run.ended_at, run.error = JobRun.State.DONE, timezone.now(), ""
    run.save(update_fields=["state", "ended_at", "error", "counts"])


# --- what was not taken -------------------------------------------------------------------------------------------


def rows_as_handed_in(kept: Kept, user: User) -> Given:
    """The file as it was handed in, for the workbook of rows that were not taken. Raises `FileRefused`."""
    return _given(kept, user)


__all__ = [
    "APPLY",
    "QUICK_ROWS",
    "READ",
    "Standing",
    "apply_claimed",
    "decide",
    "hand_in",
    "is_writable",
    "read_kept",
    "recent_files",
    "rows_as_handed_in",
    "standing_of",
]
