"""Repair: read orders again by package or number. Daily for every order that is still open here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gullu.jobs import record_run
from gullu.locks import advisory_lock
from gullu.models import JobRun
from integrations import problems
from integrations.models import SyncProblem
from integrations.problems import Problem
from integrations.progress import Progress, silent
from integrations.trendyol.client import MAX_PACKAGE_IDS, TrendyolClient
from integrations.trendyol.connection import get_client
from integrations.trendyol.sync.orders import SyncOutcome, open_cursor
from integrations.trendyol.sync.pages import store_page
from inventory.enums import StockState
from orders.enums import Channel, OrderState
from orders.models import Order
from orders.services import release_unreplaced

LOCK = "trendyol.reconcile_orders"
# The marketplace shows the packages that replace another one within minutes.
REPLACED_WITHIN = timedelta(hours=6)


@dataclass(slots=True)
class ReconcileResult:
    """`asked` open orders, `changed` by what was read, `missing` there."""

    outcome: SyncOutcome = SyncOutcome.DONE
    asked: int = 0
    changed: int = 0
    missing: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome.value,
            "asked": self.asked,
            "changed": self.changed,
            "missing": self.missing,
        }


def reconcile_orders(
    *, trigger: str = JobRun.Trigger.INTERNAL, actor: Any = None, progress: Progress = silent
) -> ReconcileResult:
    """Read every order again that is not finished here; report those the marketplace does not know.

    By package in groups of 50; what does not answer that way is asked for by its order number, which reaches
    further back (contract section 1.2) and brings the packages it was split into. Raises TrendyolError.
    """
    with advisory_lock(LOCK) as lock:
        if not lock.acquired:
            return ReconcileResult(outcome=SyncOutcome.ALREADY_RUNNING)
        with record_run("reconcile_orders", trigger=trigger, actor=actor, alone=True) as run:
            result = _reconcile(get_client(), progress)
            run.counts = result.as_dict()
            return result


def reread_orders(order_ids: Sequence[int], *, progress: Progress = silent) -> ReconcileResult:
    """Read these orders again, whatever became of them here; report those the marketplace does not know.

    Orders no marketplace knows are passed over. Raises TrendyolError, `NotConfigured`.
    """
    rows = Order.objects.filter(pk__in=order_ids, channel=Channel.TRENDYOL).order_by("pk")
    return _reread(get_client(), rows, progress)


def _reconcile(client: TrendyolClient, progress: Progress) -> ReconcileResult:
    unfinished = Q(status__in=[OrderState.CREATED, OrderState.PICKING, OrderState.SHIPPED])
    rows = Order.objects.filter(unfinished, channel=Channel.TRENDYOL).order_by("pk")
    result = _reread(client, rows, progress)
    for number in sorted(_unreplaced_numbers()):
        reread_order(number, client=client, result=result)
    _release_unreplaced()
    return result


def _reread(client: TrendyolClient, rows: QuerySet[Order], progress: Progress) -> ReconcileResult:
    numbers = {
        order.marketplace_package: order.order_number for order in rows.only("package_id", "order_number")
    }
    result = ReconcileResult(asked=len(numbers))
    left = dict(numbers)
    ids = list(numbers)
    for place in range(0, len(ids), MAX_PACKAGE_IDS):
        found = reread_packages(ids[place : place + MAX_PACKAGE_IDS], client=client, result=result)
        for package_id in found:
            left.pop(package_id, None)
        progress(_("orders"), min(place + MAX_PACKAGE_IDS, len(ids)), len(ids))
    for number in sorted(set(left.values())):
        for package_id in reread_order(number, client=client, result=result):
            left.pop(package_id, None)
    _report_missing(numbers, left)
    result.missing = len(left)
    return result


def _unreplaced_numbers() -> set[str]:
    """Order numbers of packages that were replaced by others we have not seen yet."""
    waiting = Order.objects.filter(superseded=True, lines__stock_state=StockState.RESERVED)
    return set(waiting.filter(channel=Channel.TRENDYOL).values_list("order_number", flat=True))


def _release_unreplaced() -> None:
    released = release_unreplaced(before=timezone.now() - REPLACED_WITHIN)
    problems.report(
        Problem(
            SyncProblem.Kind.ODD_MOVE,
            f"package {gone.package_id}",
            f"Package {gone.package_id} of order {gone.order_number} was replaced, but no package that replaces it "
            f"was found: {gone.pairs} pairs were freed.",
            {"order_number": gone.order_number, "pairs": gone.pairs},
        )
        for gone in released
    )


def reread_packages(
    package_ids: Sequence[int], *, client: TrendyolClient | None = None, result: ReconcileResult | None = None
) -> set[int]:
    """Read up to 50 packages again and store them; returns those that were found."""
    page = (client or get_client()).get_orders(package_ids=list(package_ids))
    return _store(page.content, result)


def reread_order(
    order_number: str, *, client: TrendyolClient | None = None, result: ReconcileResult | None = None
) -> set[int]:
    """Read all packages of one order again and store them; returns the packages found."""
    page = (client or get_client()).get_orders(order_number=order_number)
    return _store(page.content, result)


def _store(content: list[dict[str, Any]], result: ReconcileResult | None) -> set[int]:
    stored = store_page(content, live_since=open_cursor(now=timezone.now()).live_since)
    if result is not None:
        result.changed += stored.created + stored.updated
    return {
        int(raw["shipmentPackageId"]) for raw in content if str(raw.get("shipmentPackageId", "")).isdigit()
    }


def _report_missing(asked: dict[int, str], left: dict[int, str]) -> None:
    problems.report(
        Problem(
            SyncProblem.Kind.NOT_FOUND,
            f"package {package_id}",
            f"Order {number} is open here, but the marketplace does not list its package {package_id}.",
            {"order_number": number},
        )
        for package_id, number in left.items()
    )
    found = [f"package {package_id}" for package_id in asked if package_id not in left]
    problems.resolve(SyncProblem.Kind.NOT_FOUND, found)
