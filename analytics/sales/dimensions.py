"""What figures can be grouped by. A group's key is a text, the same in the address, in a chart and in a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.db import models
from django.db.models import Case, CharField, DateField, F, Value, When
from django.db.models.functions import Cast, Coalesce, ExtractIsoWeekDay, NullIf, TruncMonth, TruncWeek
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analytics.sales.periods import Span
from catalog.models import Product, Variant
from gullu.models import User
from orders.enums import CancelledBy, Channel, OrderState

UNDELIVERED: Final = "UNDELIVERED"


class Dimension(models.TextChoices):
    """The last three cannot be chosen: they lead from a number to its lines."""

    DAY = "DAY", _("Day")
    WEEK = "WEEK", _("Week")
    MONTH = "MONTH", _("Month")
    WEEKDAY = "WEEKDAY", _("Day of the week")
    HOUR = "HOUR", _("Hour")
    MODEL = "MODEL", _("Model")
    VARIANT = "VARIANT", _("Variant")
    COLOUR = "COLOUR", _("Colour")
    SIZE = "SIZE", _("Size")
    CATEGORY = "CATEGORY", _("Category")
    CAMPAIGN = "CAMPAIGN", _("Campaign")
    CITY = "CITY", _("City")
    CARRIER = "CARRIER", _("Carrier")
    STATUS = "STATUS", _("Order state")
    CHANNEL = "CHANNEL", _("Channel")
    CANCEL_REASON = "CANCEL_REASON", _("Cancellation reason")
    RETURN_REASON = "RETURN_REASON", _("Return reason")
    PICKER = "PICKER", _("Picked by")


D = Dimension
TO_CHOOSE: Final = tuple(one for one in D if one not in {D.CANCEL_REASON, D.RETURN_REASON, D.PICKER})
# Shown in their own order, also where nothing was sold; the others by their figures.
DATES: Final = frozenset({D.DAY, D.WEEK, D.MONTH})
CLOCK: Final = frozenset({*DATES, D.WEEKDAY, D.HOUR})
ORDERED: Final = frozenset({*CLOCK, D.SIZE})

_EXPRESSIONS: Final[Mapping[Dimension, Any]] = {
    D.DAY: F("day"),
    D.WEEK: Cast(TruncWeek("day", output_field=DateField()), DateField()),
    D.MONTH: Cast(TruncMonth("day", output_field=DateField()), DateField()),
    D.WEEKDAY: ExtractIsoWeekDay("day"),
    D.HOUR: F("hour"),
    D.MODEL: F("model_code"),
    D.VARIANT: F("barcode"),
    D.COLOUR: F("colour"),
    D.SIZE: F("size"),
    D.CATEGORY: F("category"),
    D.CAMPAIGN: F("campaign"),
    D.CITY: F("city"),
    D.CARRIER: F("carrier"),
    D.STATUS: F("status"),
    D.CHANNEL: F("channel"),
    D.CANCEL_REASON: Coalesce(NullIf(F("cancel_reason"), Value("")), F("cancelled_by")),
    D.RETURN_REASON: Case(
        When(status=OrderState.RETURNED, then=Value(UNDELIVERED)),
        default=F("return_reason"),
        output_field=CharField(),
    ),
    D.PICKER: F("picked_by_id"),
}
_NUMBERS: Final = {D.WEEKDAY: range(1, 8), D.HOUR: range(24), D.PICKER: range(1, 2**31)}


def expression(dimension: Dimension) -> Any:
    """What a line's group is, in SQL."""
    return _EXPRESSIONS[dimension]


def key_of(value: Any) -> str:
    """`date(2026, 11, 1)` → `2026-11-01`; nothing → an empty text."""
    return "" if value is None else str(value)


def value_of(dimension: Dimension, key: str) -> Any:
    """The value in SQL of a key. Raises `ValueError` when this cannot be a key of the dimension."""
    if dimension in DATES:
        return date.fromisoformat(key)
    if dimension in _NUMBERS:
        number = int(key) if key.isascii() and key.isdecimal() else -1
        if number not in _NUMBERS[dimension]:
            raise ValueError(key)
        return number
    if "\0" in key:
        raise ValueError(key)
    return key


def all_keys(dimension: Dimension, span: Span) -> list[str]:
    """Every group of a dimension of time, in its order, also those without a sale; none of other dimensions."""
    if dimension in _NUMBERS and dimension in CLOCK:
        return [str(number) for number in _NUMBERS[dimension]]
    if dimension not in DATES:
        return []
    starts = {_start(dimension, day): None for day in span.all_days()}
    return [day.isoformat() for day in starts]


def _start(dimension: Dimension, day: date) -> date:
    if dimension == D.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if dimension == D.MONTH else day


def order_of(dimension: Dimension, key: str) -> tuple[Any, ...]:
    """For sorting the keys of `ORDERED` dimensions: 36, 36,5, 37 … by number, other sizes behind them."""
    if dimension in DATES:
        return (0, 0, key)
    try:
        return (0, float(key.replace(",", ".")), key)
    except ValueError:
        return (1, 0, key)


# --- words ----------------------------------------------------------------------------------------------------------


def labels_of(dimension: Dimension, keys: Iterable[str]) -> dict[str, str]:
    """What people read for these keys; one statement for models, variants and people, else none."""
    wanted = list(keys)
    found = {key: _label(dimension, key) for key in wanted}
    return {**found, **_looked_up(dimension, [key for key in wanted if key])}


def _label(dimension: Dimension, key: str) -> str:
    if not key:
        return gettext("No campaign") if dimension == D.CAMPAIGN else gettext("Not known")
    if dimension in CLOCK:
        return _label_of_time(dimension, key)
    known: dict[Dimension, Any] = {
        D.STATUS: dict(OrderState.choices),
        D.CHANNEL: dict(Channel.choices),
        D.CANCEL_REASON: dict(CancelledBy.choices),
        D.RETURN_REASON: {UNDELIVERED: _("Could not be delivered")},
    }
    return str(known.get(dimension, {}).get(key, key))


def _label_of_time(dimension: Dimension, key: str) -> str:
    if dimension == D.WEEKDAY:
        return str(WEEKDAYS[int(key) - 1])
    if dimension == D.HOUR:
        return f"{int(key):02d}:00"
    day = date.fromisoformat(key)
    if dimension == D.MONTH:
        return f"{MONTHS[day.month]} {day.year}"
    end = day + timedelta(days=6)
    return f"{day:%d.%m.%Y}" if dimension == D.DAY else f"{day:%d.%m} – {end:%d.%m.%Y}"


def _looked_up(dimension: Dimension, keys: list[str]) -> dict[str, str]:
    if dimension == D.MODEL:
        models_ = Product.objects.filter(code__in=keys).values_list("code", "title")
        return {code: f"{code} {title}" for code, title in models_}
    if dimension == D.VARIANT:
        goods = Variant.objects.filter(barcode__in=keys)
        rows = goods.values_list("barcode", "product__code", "colour", "size")
        return {barcode: f"{code} {colour} {size} ({barcode})" for barcode, code, colour, size in rows}
    if dimension == D.PICKER:
        people = User.objects.filter(pk__in=[int(key) for key in keys])
        return {str(one.pk): one.get_full_name() or one.username for one in people}
    return {}
