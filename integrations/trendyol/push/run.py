"""The push, step by step (DESIGN section 5, "Stock out")."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, Final

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gullu import clock
from gullu.errors import DomainError
from gullu.jobs import broken_off, reason_of
from gullu.locks import Lock, advisory_lock
from gullu.models import JobRun
from integrations.progress import Progress, silent
from integrations.trendyol.client import TrendyolClient
from integrations.trendyol.connection import get_client
from integrations.trendyol.errors import Rejected, RepeatedRequest, TrendyolError
from integrations.trendyol.push import records
from integrations.trendyol.push.plan import Plan, make_plan
from integrations.trendyol.push.requests import Request, cut
from integrations.trendyol.sync.orders import SyncOutcome, sync_orders
from inventory.enums import PushItemState
from inventory.models import StockPushBatch, StockPushItem, StockPushLog

logger = logging.getLogger(__name__)

LOCK: Final = "trendyol.push_stock"
# A pull that is under way finishes first; ours then sees what it stored.
PULL_WAIT_SECONDS: Final = 180
RESULT_PATIENCE_SECONDS: Final = 60.0
RESULT_POLL_SECONDS: Final = (0.2, 0.5, 1.0, 2.0, 3.0)
# The marketplace keeps results for four hours (contract section 8.10).
RESULT_KEPT: Final = timedelta(hours=4)
MAX_ROUNDS: Final = 3


class PushOutcome(Enum):
    DONE = "DONE"
    DRY_RUN = "DRY_RUN"
    ALREADY_RUNNING = "ALREADY_RUNNING"


class PushIncomplete(DomainError):
    """Data: unknown, reason. Some requests had no clear end; the next run sends those barcodes again."""

    code = "push_incomplete"
    template = gettext_lazy(
        "%(unknown)s barcodes could not be sent or confirmed, the next push repeats them: %(reason)s"
    )


class PullStillRunning(DomainError):
    """Another pull of orders did not end in time."""

    code = "pull_still_running"
    template = gettext_lazy("Orders are still being read, so stock was not sent: try again in a few minutes.")


class LockLost(DomainError):
    """The database session that held the push lock is gone."""

    code = "push_lock_lost"
    template = gettext_lazy(
        "The connection to the database was interrupted, so the push stopped: start it again."
    )


@dataclass(frozen=True, slots=True)
class PushResult:
    """What a push did, in barcodes (`quantity` and `reserved` in pairs). `log_id` is its StockPushLog row."""

    outcome: PushOutcome
    log_id: int | None = None
    evaluated: int = 0
    sent: int = 0
    quantity: int = 0
    reserved: int = 0
    skipped: int = 0
    failed: int = 0
    unknown: int = 0
    duration_seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome.value,
            "log_id": self.log_id,
            "evaluated": self.evaluated,
            "sent": self.sent,
            "quantity": self.quantity,
            "reserved": self.reserved,
            "skipped": self.skipped,
            "failed": self.failed,
            "unknown": self.unknown,
            "duration_seconds": round(self.duration_seconds, 3),
        }


def push_stock(
    *,
    send_all: bool = False,
    dry_run: bool = False,
    trigger: str = JobRun.Trigger.INTERNAL,
    actor: Any = None,
    progress: Progress = silent,
) -> PushResult:
    """Tell Trendyol every quantity that differs from what it is believed to show; `send_all` sends everything.

    Orders are read before (so that everything sold is reserved) and after (so that what was sold meanwhile is put
    right at once). Leaves one StockPushLog row, also when nothing had to be sent and when it failed; a dry run
    reads, plans and sends nothing. A second run at the same time returns ALREADY_RUNNING.
    Raises TrendyolError, `PushIncomplete`, `PullStillRunning`, `LockLost`, `NotConfigured`.
    """
    with advisory_lock(LOCK) as lock:
        if not lock.acquired:
            return PushResult(PushOutcome.ALREADY_RUNNING)
        if dry_run:
            return _dry_run(send_all=send_all, progress=progress)
        # Only one push runs at a time, so a row without an end was left by one that was killed.
        StockPushLog.objects.filter(success=None).update(success=False, error_message=broken_off())
        log = StockPushLog.objects.create(push_time=clock.now(), trigger=trigger, actor=actor)
        started = time.monotonic()
        run = _Run(log=log, lock=lock, progress=progress)
        try:
            run.execute(send_all=send_all)
        except BaseException as error:
            _close(log, started, run, reason=reason_of(error))
            raise
        _close(log, started, run, reason="")
        return _result(log)


def _dry_run(*, send_all: bool, progress: Progress) -> PushResult:
    _pull(progress)
    plan = make_plan(send_all=send_all)
    return PushResult(
        PushOutcome.DRY_RUN,
        evaluated=plan.evaluated,
        sent=len(plan.wanted),
        quantity=sum(item.quantity for item in plan.wanted),
        reserved=plan.reserved,
        skipped=plan.skipped,
    )


def _pull(progress: Progress) -> None:
    pulled = sync_orders(trigger=JobRun.Trigger.INTERNAL, wait_seconds=PULL_WAIT_SECONDS, progress=progress)
    if pulled.outcome is SyncOutcome.ALREADY_RUNNING:
        raise PullStillRunning


@dataclass(slots=True)
class _Run:
    """State of one push: what was read, sent, and went wrong."""

    log: StockPushLog
    lock: Lock
    progress: Progress
    first_plan: Plan | None = None
    waiting: int = 0
    trouble: TrendyolError | None = None

    def execute(self, *, send_all: bool) -> None:
        client = get_client()
        _pull(self.progress)
        self._settle_earlier(client)
        plan = self.first_plan = make_plan(send_all=send_all)
        for round_number in range(1, MAX_ROUNDS + 1):
            self._send(client, plan, round_number=round_number)
            if not plan.wanted or self.trouble is not None:
                break
            _pull(self.progress)
            plan = make_plan(only=self._pushed_and_sold_since())
        self._raise_if_incomplete()

    def _settle_earlier(self, client: TrendyolClient) -> None:
        """Read results that an earlier run did not get to; what is too old to be read stays unknown."""
        for batch in records.unsettled():
            expired = batch.sent_at is None or batch.sent_at < clock.now() - RESULT_KEPT
            if expired or not batch.batch_request_id:
                records.mark_failed(
                    batch, _("The run was broken off before the result was read."), outcome_unknown=True
                )
                continue
            # An old result that cannot be read is no failure of this run: those barcodes are sent again.
            _read_result(client, batch)
            records.overtaken(batch)

    def _send(self, client: TrendyolClient, plan: Plan, *, round_number: int) -> None:
        lately = records.sent_lately(clock.now())
        requests, waiting = cut(plan.wanted, companions=plan.companions, was_sent=lately.__contains__)
        # With `send_all`, what is known to stand there already need not be said within the 15 minutes.
        self.waiting += sum(item.believed != item.quantity for item in waiting)
        sent: list[StockPushBatch] = []
        for number, request in enumerate(requests, start=1):
            batch = self._send_one(client, request, plan, round_number=round_number)
            if batch is not None:
                sent.append(batch)
            self.progress(_("stock"), number, len(requests))
            if (
                self.trouble is not None
                and not isinstance(self.trouble, Rejected)
                and not self.trouble.outcome_unknown
            ):
                break
        for batch in sent:
            self.trouble = self.trouble or _read_result(client, batch)

    def _send_one(
        self, client: TrendyolClient, request: Request, plan: Plan, *, round_number: int
    ) -> StockPushBatch | None:
        if not self.lock.still_held():
            raise LockLost
        batch = records.prepare(self.log, request, plan, round_number=round_number)
        try:
            batch_request_id = client.push_price_and_inventory(request.inventory_items)
        except TrendyolError as error:
            # "The same request came before" means that it may well be working.
            unknown = error.outcome_unknown or isinstance(error, RepeatedRequest)
            records.mark_failed(batch, str(error), outcome_unknown=unknown)
            self.trouble = self.trouble or error
            return None
        records.mark_sent(batch, batch_request_id)
        return batch

    def _pushed_and_sold_since(self) -> list[str]:
        """Barcodes of this push that now differ: sold, cancelled or picked up while we were sending."""
        rows = StockPushItem.objects.filter(batch__push=self.log, state=PushItemState.SUCCESS)
        return sorted(set(rows.values_list("barcode", flat=True)))

    def _raise_if_incomplete(self) -> None:
        open_states = [PushItemState.PENDING, PushItemState.SENT, PushItemState.UNKNOWN]
        unclear = (
            StockPushItem.objects.filter(batch__push=self.log, state__in=open_states).count() + self.waiting
        )
        if self.trouble is not None and not unclear:
            raise self.trouble
        if unclear:
            reason = (
                str(self.trouble)
                if self.trouble
                else _("Trendyol has not finished, or must not be asked again yet.")
            )
            raise PushIncomplete(unknown=unclear, reason=reason)


def _read_result(client: TrendyolClient, batch: StockPushBatch) -> TrendyolError | None:
    """Poll until every item has its verdict; a result that does not come in time is left for the next run.

    Returns what prevented the reading, if something did.
    """
    deadline = time.monotonic() + RESULT_PATIENCE_SECONDS
    attempt = 0
    while True:
        try:
            result = client.get_batch_result(batch.batch_request_id)
        except Rejected as error:
            records.mark_failed(batch, str(error), outcome_unknown=True)
            return error
        except TrendyolError as error:
            return error
        if result.finished:
            records.settle(batch, result)
            return None
        if time.monotonic() >= deadline:
            logger.info(
                "batch %s is still running there; the next push reads its result", batch.batch_request_id
            )
            return None
        time.sleep(RESULT_POLL_SECONDS[min(attempt, len(RESULT_POLL_SECONDS) - 1)])
        attempt += 1


def _close(log: StockPushLog, started: float, run: _Run, *, reason: str) -> None:
    """Write the figures of the run onto its row; also after a failure, from what was recorded on the way."""
    latest = (
        StockPushItem.objects.filter(batch__push=log).order_by("variant_id", "-pk").distinct("variant_id")
    )
    quantities = list(latest.values_list("quantity", "state"))
    counts = StockPushItem.objects.filter(batch__push=log).aggregate(
        failed=Count("variant", filter=Q(state=PushItemState.FAILED), distinct=True),
        unknown=Count(
            "variant",
            filter=Q(state__in=[PushItemState.UNKNOWN, PushItemState.SENT, PushItemState.PENDING]),
            distinct=True,
        ),
    )
    plan = run.first_plan
    log.total_items = len(quantities)
    log.total_quantity = sum(quantity for quantity, _state in quantities)
    log.reserved_quantity = plan.reserved if plan else 0
    log.evaluated = plan.evaluated if plan else 0
    log.skipped = plan.skipped if plan else 0
    log.failed = counts["failed"]
    log.unknown = counts["unknown"] + run.waiting
    log.success = not reason
    log.duration_seconds = time.monotonic() - started
    log.error_message = reason
    log.save()


def _result(log: StockPushLog) -> PushResult:
    return PushResult(
        PushOutcome.DONE,
        log_id=log.pk,
        evaluated=log.evaluated,
        sent=log.total_items,
        quantity=log.total_quantity,
        reserved=log.reserved_quantity,
        skipped=log.skipped,
        failed=log.failed,
        unknown=log.unknown,
        duration_seconds=log.duration_seconds or 0.0,
    )
