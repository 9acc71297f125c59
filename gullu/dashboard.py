"""The home page: what must go out, what is wrong with stock, when we last spoke with the marketplace, what was sold.

Each block is read only for those who may see it, in a constant number of statements.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics.selectors import DaySales, Sales, sales_between, sales_by_day, start_of_day
from gullu.alarms.selectors import AlarmList, alarm_list
from gullu.backup.selectors import BACKUP, DRILL, HomeBackup, LastRuns
from gullu.health.runs import newest_runs
from gullu.models import JobRun
from gullu.roles import KEEP_BACKUPS, VIEW_MONEY
from gullu.run_now import STAFF_JOBS
from gullu.run_words import counts_in_words, job_name
from integrations.models import Listing, OutboxMessage, SyncProblem
from inventory.enums import PushItemState, StockState
from inventory.models import StockPushLog
from inventory.selectors import Availability, availability
from orders.enums import OrderState, PutBackState
from orders.models import Order, OrderLine, PutBack
from orders.reminders import due_reminders

Runs = dict[str, tuple[JobRun | None, JobRun | None]]

STALE_AFTER: Final = timedelta(minutes=30)
# A nightly job that ran late once is not yet a reason to worry.
NIGHTLY_STALE_AFTER: Final = timedelta(hours=30)
CHART_DAYS: Final = 14
OVERSOLD_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Tile:
    """A number with its name; `link` leads to exactly the rows it counts. `tone`: calm, warning or danger."""

    label: Any
    value: int
    link: str
    tone: str = "calm"


@dataclass(frozen=True, slots=True)
class Stock:
    """What there is to do about stock and the marketplace. `oversold` is cut to what fits; `oversold_count` is not."""

    tiles: tuple[Tile, ...]
    oversold: tuple[Availability, ...]
    oversold_count: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The newest run: when it began, how it ended (`state`: running, done, failed, skipped, lost), and why."""

    at: datetime
    state: str
    label: Any
    reason: str
    details: str
    link: str


@dataclass(frozen=True, slots=True)
class LastRun:
    """A job's newest run and its last success. `stale`: no success for longer than the job may be silent."""

    label: Any
    newest: Outcome | None
    success_at: datetime | None
    stale: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the chart; `height` and `y` are in the chart's own units (0–100)."""

    day: DaySales
    x: int
    height: int
    y: int
    today: bool


@dataclass(frozen=True, slots=True)
class SalesToday:
    """Today so far, the same weekday last week until the same time, and the last 14 days."""

    today: Sales
    last_week: Sales
    last_week_day: date
    until: datetime
    change_percent: Decimal | None
    bars: tuple[Bar, ...]
    any_sale: bool


@dataclass(frozen=True, slots=True)
class Button:
    """A job this person may start now."""

    label: Any
    url: str


@dataclass(frozen=True, slots=True)
class Home:
    """The blocks this person may see; None where they may not."""

    buttons: tuple[Button, ...]
    alarms: AlarmList | None
    orders: tuple[Tile, ...] | None
    stock: Stock | None
    runs: tuple[LastRun, ...] | None
    backup: HomeBackup | None
    sales: SalesToday | None


def dashboard_callback(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Called by the skin for the index page."""
    return {**context, "home": home_page(request.user), "title": _("Today")}


def home_page(user: Any, *, now: datetime | None = None) -> Home:
    """Everything the home page shows to this person."""
    moment = now or timezone.now()
    known = newest_runs((PULL_JOB, SETTLEMENTS_JOB, BACKUP, DRILL))
    return Home(
        buttons=tuple(
            Button(job.label, reverse("run_now", args=[name]))
            for name, job in STAFF_JOBS.items()
            if user.has_perm(job.permission)
        ),
        alarms=alarm_list(user, now=moment) if user.has_perm("gullu.view_jobrun") else None,
        orders=order_tiles(moment) if user.has_perm("orders.view_order") else None,
        stock=stock_state(user) if user.has_perm("inventory.view_centralstock") else None,
        runs=last_runs(moment, user, known) if user.has_perm("gullu.view_jobrun") else None,
        backup=HomeBackup(LastRuns(*known[BACKUP]), LastRuns(*known[DRILL]))
        if user.has_perm(KEEP_BACKUPS)
        else None,
        sales=sales_today(moment) if user.has_perm(VIEW_MONEY) else None,
    )


# --- orders -----------------------------------------------------------------------------------------------------


def order_tiles(now: datetime) -> tuple[Tile, ...]:
    """Open orders by what they need; five statements. Each link shows the orders that were counted."""
    orders = Order.objects.all()
    open_orders = orders.open().aggregate(
        unpaid=Count("pk", filter=Q(payment_pending=True)),
        parked=Count("pk", filter=Q(parked=True)),
        picking=Count("pk", filter=Q(status=OrderState.PICKING)),
        late=Count("pk", filter=Q(payment_pending=False, ship_by_at__lt=now)),
    )
    ready, urgent, missed, reminders = (
        orders.to_prepare().count(),
        orders.urgent(now).count(),
        orders.missed_picks().count(),
        due_reminders(now=now),
    )
    return (
        Tile(_("To prepare"), ready, _orders("ordercreated", "ready")),
        Tile(_("Urgent"), urgent, _orders("order", "urgent"), _tone(urgent, "warning")),
        Tile(_("Late"), open_orders["late"], _orders("order", "late"), _tone(open_orders["late"], "danger")),
        Tile(_("Being prepared"), open_orders["picking"], _list("orders_orderpicking")),
        Tile(_("Payment pending"), open_orders["unpaid"], _orders("order", "unpaid")),
        Tile(
            _("Parked"),
            open_orders["parked"],
            _orders("order", "parked"),
            _tone(open_orders["parked"], "warning"),
        ),
        Tile(
            _("Parked, want a look"),
            reminders,
            reverse("admin:orders_order_parked"),
            _tone(reminders, "warning"),
        ),
        Tile(_("Missed picks"), missed, reverse("admin:orders_order_missed"), _tone(missed, "warning")),
    )


def _tone(count: int, tone: str) -> str:
    return tone if count else "calm"


def _list(name: str, query: str = "") -> str:
    return reverse(f"admin:{name}_changelist") + (f"?{query}" if query else "")


def _orders(model: str, attention: str) -> str:
    return _list(f"orders_{model}", f"attention={attention}")


# --- stock ------------------------------------------------------------------------------------------------------


def stock_state(user: Any) -> Stock:
    """Stock and marketplace in numbers, each with the right it needs."""
    oversold = sorted((row for row in availability() if row.oversold), key=lambda row: -row.oversold)
    tiles = [
        Tile(
            _("Oversold barcodes"),
            len(oversold),
            _list("inventory_centralstock", "available=oversold"),
            _tone(len(oversold), "danger"),
        )
    ]
    if user.has_perm("orders.view_putback"):
        waiting = PutBack.objects.filter(state=PutBackState.WAITING).count()
        tiles.append(
            Tile(
                _("Put-backs waiting"),
                waiting,
                _list("orders_putback", "state__exact=WAITING"),
                _tone(waiting, "warning"),
            )
        )
    if user.has_perm("orders.view_order"):
        unknown = _unknown_barcodes()
        tiles.append(
            Tile(_("Unknown barcodes"), unknown, _orders("order", "unknown"), _tone(unknown, "warning"))
        )
    if user.has_perm("integrations.view_syncproblem"):
        tiles += _marketplace_tiles()
    return Stock(tuple(tiles), tuple(oversold[:OVERSOLD_SHOWN]), len(oversold))


def _unknown_barcodes() -> int:
    lines = OrderLine.objects.filter(variant=None, stock_state=StockState.RESERVED)
    return lines.aggregate(count=Count("barcode", distinct=True))["count"]  # type: ignore[no-any-return]


def _marketplace_tiles() -> list[Tile]:
    problems = SyncProblem.objects.filter(resolved_at=None).count()
    refused = Listing.objects.filter(last_push_item__state=PushItemState.FAILED).count()
    messages = OutboxMessage.objects.filter(state=OutboxMessage.State.PARKED).count()
    return [
        Tile(
            _("Open sync problems"),
            problems,
            _list("integrations_syncproblem", "open=yes"),
            _tone(problems, "warning"),
        ),
        Tile(
            _("Refused quantities"),
            refused,
            _list("integrations_listing", "pushed=failed"),
            _tone(refused, "danger"),
        ),
        Tile(
            _("Refused messages"),
            messages,
            _list("integrations_outboxmessage", "state__exact=PARKED"),
            _tone(messages, "danger"),
        ),
    ]


# --- last runs --------------------------------------------------------------------------------------------------

PULL_JOB: Final = "sync_orders"
SETTLEMENTS_JOB: Final = "sync_settlements"


def last_runs(now: datetime, user: Any, known: Runs) -> tuple[LastRun, ...]:
    """The last pull and the last push, and of the accounts for those who see them."""
    runs = (_last_job(PULL_JOB, known, now, silent=STALE_AFTER), _last_push(now))
    if not user.has_perm("integrations.view_settlement"):
        return runs
    return (*runs, _last_job(SETTLEMENTS_JOB, known, now, silent=NIGHTLY_STALE_AFTER))


def _last_job(name: str, known: Runs, now: datetime, *, silent: timedelta) -> LastRun:
    newest, success = known[name]
    at = success.started_at if success else None
    stale = _is_stale(at, now, silent=silent)
    return LastRun(job_name(name), _pull_outcome(newest) if newest else None, at, stale)


def _pull_outcome(run: JobRun) -> Outcome:
    return Outcome(
        at=run.started_at,
        state=run.state.lower(),
        label=JobRun.State(run.state).label,
        reason=run.error,
        details=counts_in_words(run.counts),
        link=reverse("admin:gullu_jobrun_change", args=[run.pk]),
    )


def _last_push(now: datetime) -> LastRun:
    pushes = StockPushLog.objects.order_by("-push_time", "-pk")
    newest, success = pushes.first(), pushes.filter(success=True).first()
    at = success.push_time if success else None
    return LastRun(
        _("Stock sent"), _push_outcome(newest) if newest else None, at, _is_stale(at, now, silent=STALE_AFTER)
    )


def _push_outcome(push: StockPushLog) -> Outcome:
    state = {None: JobRun.State.RUNNING, True: JobRun.State.DONE, False: JobRun.State.FAILED}[push.success]
    words = _("%(sent)s barcodes sent, %(pairs)s pairs offered, %(failed)s refused, %(unknown)s unknown")
    numbers = {
        "sent": push.total_items,
        "pairs": push.total_quantity,
        "failed": push.failed,
        "unknown": push.unknown,
    }
    return Outcome(
        at=push.push_time,
        state=state.lower(),
        label=state.label,
        reason=push.error_message,
        details=str(words) % numbers,
        link=reverse("admin:inventory_stockpushlog_change", args=[push.pk]),
    )


def _is_stale(at: datetime | None, now: datetime, *, silent: timedelta) -> bool:
    return at is None or now - at > silent


# --- sales ------------------------------------------------------------------------------------------------------


def sales_today(now: datetime) -> SalesToday:
    """Today's sales and the days before; two statements."""
    today = timezone.localdate(now)
    days = sales_by_day(first=today - timedelta(days=CHART_DAYS - 1), last=today)
    week_ago = today - timedelta(days=7)
    before = sales_between(start=start_of_day(week_ago), end=now - timedelta(days=7))
    sold = days[-1].sales
    return SalesToday(
        today=sold,
        last_week=before,
        last_week_day=week_ago,
        until=now,
        change_percent=(sold.amount - before.amount) * 100 / before.amount if before.amount else None,
        bars=bars(days, today),
        any_sale=any(day.sales.orders for day in days),
    )


def bars(days: list[DaySales], today: date) -> tuple[Bar, ...]:
    """Heights in proportion to the best day; a day with a sale is never drawn as nothing."""
    best = max((day.sales.amount for day in days), default=Decimal(0))
    heights = [max(int(day.sales.amount * 100 / best), 1) if best and day.sales.amount else 0 for day in days]
    return tuple(
        Bar(day=day, x=number * 20, height=height, y=100 - height, today=day.day == today)
        for number, (day, height) in enumerate(zip(days, heights, strict=True))
    )
