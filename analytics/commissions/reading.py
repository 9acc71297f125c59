"""Taking a file in: keep it, read it, store what it says as rows of a preview, compare. Nothing else is written.

The page keeps the content until the worker has read it; the command reads it at once. Reading holds no transaction, so
that progress can be seen; a file that cannot be read says why and leaves no rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from typing import Any, BinaryIO, Final

from django.core.files import File
from django.db import connection, transaction
from django.db.models import Count

from analytics.commissions.accounts import read_accounts
from analytics.commissions.cells import MOST_NAME
from analytics.commissions.comparing import compare_import
from analytics.commissions.entries import Entry
from analytics.commissions.errors import FileGone, ImportNotFound, NoRows, NotWaiting
from analytics.commissions.headings import AccountsLayout, Found, find_table
from analytics.commissions.tariffs import read_tariff
from analytics.commissions.workbook import open_table
from analytics.enums import ImportKind, ImportState, RowHint, RowOutcome
from analytics.models import CommissionImport, CommissionImportRow
from gullu.errors import DomainError
from gullu.jobs import enqueue, reason_of, record_run
from gullu.locks import advisory_lock, transaction_lock
from gullu.models import JobRun, User
from integrations.progress import Progress, silent

RUN_NAME: Final = "read_commissions"
READ_TASK: Final = "analytics.tasks.read_commissions_job"
_TOLD_EVERY: Final = 1_000
_STORED_AT_ONCE: Final = 2_000
_WAITING: Final = (ImportState.READING, ImportState.PREVIEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """`created` is False for a file that waits for a decision already."""

    import_id: int
    created: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """What a file holds. `rows` are rows of the sheet; the other counts are orders or price bands."""

    outcome: str
    import_id: int
    kind: str = ""
    rows: int = 0
    new: int = 0
    changed: int = 0
    ended: int = 0
    same: int = 0
    wrong: int = 0
    unknown_here: int = 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def open_import(*, content: BinaryIO, name: str, valid_from: date, user: User | None = None) -> Opened:
    """Begin with a file. The same content for the same day waits only once, however often it is handed in."""
    with transaction.atomic():
        return _open(content, name, valid_from, user)


def queue_import(*, content: BinaryIO, name: str, valid_from: date, user: User | None = None) -> Opened:
    """Keep a file and let the worker read it. A file that waits already is not read again."""
    with transaction.atomic():
        opened = _open(content, name, valid_from, user)
        if opened.created:
            row = CommissionImport.objects.get(pk=opened.import_id)
            content.seek(0)
            row.file.save(f"{opened.import_id}.bin", File(content))
            enqueue(
                READ_TASK,
                import_id=opened.import_id,
                trigger=JobRun.Trigger.STAFF.value,
                actor_id=user.pk if user else None,
            )
    return opened


def _open(content: BinaryIO, name: str, valid_from: date, user: User | None) -> Opened:
    digest = _digest(content)
    transaction_lock("analytics.commission_files")
    waiting = CommissionImport.objects.filter(
        digest=digest, valid_from=valid_from, state__in=_WAITING
    ).first()
    if waiting is not None:
        return Opened(import_id=waiting.pk, created=False)
    row = CommissionImport.objects.create(
        file_name=name[-200:], digest=digest, valid_from=valid_from, created_by=user
    )
    return Opened(import_id=row.pk, created=True)


def _digest(content: BinaryIO) -> str:
    content.seek(0)
    return hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]


def read_import(
    *,
    import_id: int,
    content: BinaryIO | None = None,
    trigger: str = JobRun.Trigger.STAFF,
    actor: User | None = None,
    progress: Progress = silent,
) -> ReadResult:
    """Read a file that waits, from `content` or from where it was kept, and compare it with what holds now.

    Raises `ImportNotFound`, `NotWaiting`, and `FileRefused` (the file then says so itself: state FAILED).
    """
    with advisory_lock(f"analytics.{RUN_NAME}.{import_id}") as lock:
        if not lock.acquired:
            return ReadResult(outcome="ALREADY_RUNNING", import_id=import_id)
        row = CommissionImport.objects.filter(pk=import_id).first()
        if row is None:
            raise ImportNotFound(id=import_id)
        # Content that was kept is read once; content at hand may be read again while the file waits.
        if row.state not in (_WAITING if content else (ImportState.READING,)):
            raise NotWaiting(file=row.file_name, state=row.get_state_display())
        with record_run(RUN_NAME, trigger=trigger, actor=actor) as run, _failing(row):
            with _content(row, content) as stream:
                _read(row, stream, progress)
            compared = compare_import(import_id=import_id)
            if compared.state != ImportState.PREVIEW:
                # Somebody dropped it meanwhile.
                compared.rows.all().delete()
            _forget_content(row)
            result = _result(compared)
            run.counts = result.as_dict()
            return result


@contextmanager
def _failing(row: CommissionImport) -> Iterator[None]:
    """Write down why a file could not be read; the error goes on."""
    try:
        yield
    except Exception as error:
        row.rows.all().delete()
        waiting = CommissionImport.objects.filter(pk=row.pk, state__in=_WAITING)
        waiting.update(state=ImportState.FAILED, error=reason_of(error))
        if isinstance(error, DomainError):
            _forget_content(row)
        raise


@contextmanager
def _content(row: CommissionImport, given: BinaryIO | None) -> Iterator[BinaryIO]:
    if given is not None:
        yield given
        return
    try:
        file = row.file.open("rb") if row.file else None
    except FileNotFoundError:
        file = None
    if file is None:
        raise FileGone(file=row.file_name)
    with file:
        yield file.file


def _forget_content(row: CommissionImport) -> None:
    """The rows hold what matters; an export holds more about customers than is needed here."""
    if row.file:
        row.file.delete(save=False)
        CommissionImport.objects.filter(pk=row.pk).update(file="")


def _read(row: CommissionImport, content: BinaryIO, progress: Progress) -> None:
    row.rows.all().delete()
    with open_table(content, name=row.file_name) as table:
        found = find_table(table)
        row.kind = ImportKind.ACCOUNTS if isinstance(found.layout, AccountsLayout) else ImportKind.TARIFF
        row.read_total = found.sheet.size
        CommissionImport.objects.filter(pk=row.pk, state__in=_WAITING).update(
            state=ImportState.READING,
            kind=row.kind,
            sheet=found.sheet.name[:100],
            read_count=0,
            read_total=row.read_total,
        )
        entries = _entries(found, _Teller(row, progress))
    if not entries:
        raise NoRows(sheet=found.sheet.name)
    _store(row, entries)


class _Teller:
    """Tells terminal and page how many rows were read, now and then."""

    def __init__(self, row: CommissionImport, progress: Progress) -> None:
        self.row, self.progress = row, progress

    def __call__(self, number: int) -> None:
        if number % _TOLD_EVERY:
            return
        self.progress(str(self.row), number, self.row.read_total or None)
        CommissionImport.objects.filter(pk=self.row.pk).update(read_count=number)


def _entries(found: Found, tell: _Teller) -> list[Entry]:
    counted = 0

    def tick(number: int) -> None:
        nonlocal counted
        counted += number > found.row_number
        tell(number)

    if isinstance(found.layout, AccountsLayout):
        entries = read_accounts(found, found.layout, tick=tick)
    else:
        entries = read_tariff(found, found.layout, tick=tick)
    CommissionImport.objects.filter(pk=tell.row.pk).update(read_count=counted)
    return entries


def _store(row: CommissionImport, entries: Iterable[Entry]) -> None:
    waiting = iter(entries)
    while piece := list(islice(waiting, _STORED_AT_ONCE)):
        CommissionImportRow.objects.bulk_create([_stored(row, entry) for entry in piece])
    with connection.cursor() as cursor:
        # Tens of thousands of new rows: without their statistics the comparison is planned wrong.
        cursor.execute("ANALYZE analytics_commissionimportrow")


def _stored(row: CommissionImport, entry: Entry) -> CommissionImportRow:
    refusal = entry.refusal
    return CommissionImportRow(
        commission_import=row,
        row_number=entry.row_number,
        outcome=RowOutcome.WRONG if refusal else RowOutcome.NEW,
        target=entry.target,
        key=entry.key[:MOST_NAME],
        name=entry.name[:MOST_NAME],
        price_from=entry.price_from,
        price_to=entry.price_to,
        new_value=entry.value,
        new_amount=entry.amount,
        new_discount=entry.discount,
        order_date=entry.order_date,
        error_code=refusal.code if refusal else "",
        error=refusal.message if refusal else "",
    )


def _result(row: CommissionImport) -> ReadResult:
    hints = row.rows.filter(hint=RowHint.NOT_HERE).aggregate(number=Count("pk"))
    return ReadResult(
        outcome=row.state,
        import_id=row.pk,
        kind=row.kind,
        rows=row.read_count,
        new=row.new_count,
        changed=row.changed_count,
        ended=row.ended_count,
        same=row.same_count,
        wrong=row.wrong_count,
        unknown_here=hints["number"],
    )


def wrong_rows(*, import_id: int, most: int) -> Sequence[CommissionImportRow]:
    """The first wrong rows of a file, in its order."""
    rows = CommissionImportRow.objects.filter(commission_import=import_id, outcome=RowOutcome.WRONG)
    return list(rows.order_by("id")[:most])
