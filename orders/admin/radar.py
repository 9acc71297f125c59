"""The deadline radar ("Teslim Takvimi"): what must leave by when, and when work on it must begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from unfold.views import UnfoldModelAdminViewMixin

from gullu.roles import EDIT_ORDERS
from orders.admin.columns import flags, haste, summary, time_left
from orders.deadlines import (
    Due,
    DueDay,
    QueuePlan,
    RadarRow,
    bar_heights,
    count_due,
    due_days,
    radar,
)
from orders.pace import ENOUGH, Pace, measured_pace, people_picking

DAYS_SHOWN: Final = 10
# Groups that are open when the page comes, and in which more time is offered for every order.
PRESSING: Final = (Due.LATE, Due.URGENT, Due.TODAY)
MOST_PICKERS: Final = 50
BAR_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class GroupBar:
    """A group with its bar (`length` in the drawing's units) and the list of exactly these orders."""

    due: Due
    count: int
    length: int
    link: str


@dataclass(frozen=True, slots=True)
class DayBar:
    """A day with its bar, in the drawing's units."""

    day: DueDay
    x: int
    height: int
    y: int
    today: bool
    link: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the radar in words. `extra_time` is the address for asking for more time, empty where it is closed."""

    row: RadarRow
    haste: str
    time_left: str
    articles: str
    flags: tuple[str, ...]
    latest_start: datetime | None
    extra_time: str


@dataclass(frozen=True, slots=True)
class Pickers:
    """How many people are reckoned with, and where the number comes from: `asked`, `seen` or `assumed`."""

    count: int
    seen: int
    origin: str


class RadarView(UnfoldModelAdminViewMixin, TemplateView):
    """`?pickers=3` reckons with three people instead of those seen at work."""

    title = _("Deadline radar")
    template_name = "admin/orders/radar.html"
    permission_required = ("orders.view_order",)
    raise_exception = True

    def get_context_data(self, **_url: Any) -> dict[str, Any]:
        now = timezone.now()
        counts = count_due(now)
        pickers, refused = self._pickers(now)
        pace = measured_pace(now=now)
        found = radar(QueuePlan(pace, pickers.count), now=now, total=sum(counts.values()))
        may_edit = self.request.user.has_perm(EDIT_ORDERS)
        shown = [_shown(row, now, may_edit=may_edit) for row in found.rows]
        today = timezone.localdate(now)
        return super().get_context_data(
            bars=_group_bars(counts),
            days=_day_bars(due_days(first=today, last=today + timedelta(days=DAYS_SHOWN - 1)), today),
            groups=[
                (due, counts[due], [one for one in shown if one.row.due is due]) for due in Due if counts[due]
            ],
            pressing=PRESSING,
            hidden=found.hidden,
            pace=_pace_words(pace),
            enough=ENOUGH,
            pickers=pickers,
            refused_pickers=refused,
            most_pickers=MOST_PICKERS,
            extra_time_for_all=_extra_time([one.row for one in shown if one.row.ask]) if may_edit else "",
            to_ask=sum(one.row.ask for one in shown),
            now=now,
        )

    def _pickers(self, now: datetime) -> tuple[Pickers, str]:
        """Who is reckoned with, and the text that was no number of people."""
        seen = people_picking(now=now)
        text = self.request.GET.get("pickers", "").strip()
        given = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
        if 1 <= given <= MOST_PICKERS:
            return Pickers(given, seen, "asked"), ""
        return Pickers(max(seen, 1), seen, "seen" if seen else "assumed"), text[:20]


def _pace_words(pace: Pace) -> dict[str, Any]:
    """The figures for the page; minutes would be too coarse for an order that takes 80 seconds."""
    return {
        "known": pace.known,
        "measured": pace.measured,
        "median": None if pace.median is None else pace.median.total_seconds() / 60,
        "p90": None if pace.p90 is None else pace.p90.total_seconds() / 60,
    }


def _group_bars(counts: dict[Due, int]) -> list[GroupBar]:
    lengths = bar_heights(list(counts.values()), full=BAR_LENGTH)
    return [
        GroupBar(due, count, length, _list_link(attention=due.value))
        for (due, count), length in zip(counts.items(), lengths, strict=True)
    ]


def _day_bars(days: list[DueDay], today: date) -> list[DayBar]:
    heights = bar_heights([day.orders for day in days])
    return [
        DayBar(
            day=day,
            x=place * 20,
            height=height,
            y=100 - height,
            today=day.day == today,
            link=_day_link(day.day),
        )
        for place, (day, height) in enumerate(zip(days, heights, strict=True))
    ]


def _day_link(day: date) -> str:
    start = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    return _list_link(
        ship_by_at__gte=start.isoformat(sep=" "),
        ship_by_at__lt=(start + timedelta(days=1)).isoformat(sep=" "),
        payment_pending__exact="0",
        status__in="CREATED,PICKING",
    )


def _list_link(**query: str) -> str:
    return f"{reverse('admin:orders_order_changelist')}?{urlencode(query)}"


def _shown(row: RadarRow, now: datetime, *, may_edit: bool) -> Shown:
    order = row.order
    lines = list(order.lines.all())
    return Shown(
        row=row,
        haste=haste(order, now).value,
        time_left=time_left(order, now),
        articles=summary(lines),
        flags=tuple(flags(order, lines)),
        latest_start=row.latest_start,
        extra_time=_extra_time([row]) if may_edit and row.may_ask and row.due in PRESSING else "",
    )


def _extra_time(rows: list[RadarRow]) -> str:
    if not rows:
        return ""
    page = reverse("admin:orders_order_extra_time")
    return f"{page}?ids={','.join(str(row.order.pk) for row in rows)}"


def urls(model_admin: Any) -> tuple[tuple[str, str, Any], ...]:
    """Mounted by the admin of all orders."""
    return (("radar/", "orders_order_radar", RadarView.as_view(model_admin=model_admin)),)
