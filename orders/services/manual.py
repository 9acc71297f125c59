"""Manual orders (`Yeni Sipariş`): made and changed by the office, picked like any other, told to no marketplace."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from gullu.money import format_number
from inventory.selectors import availability
from inventory.services import require_quantity
from orders.enums import Channel, EventKind, OrderSource, OrderState
from orders.locks import lock_lines, lock_order, lock_reservations
from orders.manual_errors import (
    AlreadyPicked,
    AmountImpossible,
    BeingPicked,
    ExchangedArticlesStay,
    FormKeyMissing,
    MoreThanAvailable,
    NoArticles,
    NotManual,
)
from orders.models import Order, OrderLine, PickBatchOrder, PickClaim
from orders.services import timeline

NUMBER_PREFIX: Final = "SP"
_NUMBER_DIGITS: Final = 6
HIGHEST_AMOUNT: Final = Decimal("9999999999.99")
_FIELD_WORDS: Final[dict[str, Any]] = {
    "customer_first_name": _("first name"),
    "customer_last_name": _("last name"),
    "city": _("city"),
    "district": _("district"),
    "shipment_address": _("delivery address"),
    "cargo_provider": _("carrier"),
    "cargo_tracking_number": _("cargo number"),
    "ship_by_at": _("ship by"),
    "collect_amount": _("cash on delivery"),
    "note": _("note"),
}
_REQUEST = re.compile(r"[A-Za-z0-9-]{8,64}")
# A repeated form comes within seconds; orders older than this are not looked through for its key.
_REPEATS_WITHIN: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedLine:
    """`quantity` pairs of a variant for `total` lira; `unit_price` is what one of them costs, rounded."""

    variant_id: int
    quantity: int
    unit_price: Decimal
    exact_total: Decimal | None = None

    @property
    def total(self) -> Decimal:
        return self.unit_price * self.quantity if self.exact_total is None else self.exact_total


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who gets the parcel, and where."""

    name: str
    phone: str = ""
    address: str = ""
    district: str = ""
    city: str = ""

    def columns(self) -> dict[str, Any]:
        """What an order keeps of it. The last word of the name is the last name."""
        first, __, last = self.name.strip().rpartition(" ")
        address = {
            "name": self.name.strip(),
            "full_address": self.address.strip(),
            "phone": self.phone.strip(),
            "district": self.district.strip(),
            "city": self.city.strip(),
        }
        return {
            "customer_first_name": first or last,
            "customer_last_name": last if first else "",
            "district": address["district"],
            "city": address["city"],
            "shipment_address": {key: value for key, value in address.items() if value},
        }

    @classmethod
    def of(cls, order: Order) -> Recipient:
        """As an order has it, also one from a marketplace."""
        address = order.shipment_address
        lines = " ".join(part for part in (address.get("address1"), address.get("address2")) if part)
        return cls(
            name=address.get("name") or order.customer_name,
            phone=address.get("phone") or "",
            address=address.get("full_address") or lines,
            district=order.district,
            city=order.city,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How it is sent. `collect_amount` is what the carrier collects, in lira; None when nothing is."""

    carrier: str = ""
    cargo_number: str = ""
    ship_by_at: datetime | None = None
    collect_amount: Decimal | None = None
    note: str = ""

    def columns(self) -> dict[str, Any]:
        return {
            "cargo_provider": self.carrier.strip(),
            "cargo_tracking_number": self.cargo_number.strip(),
            "ship_by_at": self.ship_by_at,
            "collect_amount": self.collect_amount,
            "note": self.note.strip(),
        }


@dataclass(frozen=True, slots=True)
class MadeOrder:
    """`repeated`: this form was sent before, and made this order then."""

    order_id: int
    order_number: str
    pairs: int
    repeated: bool


@transaction.atomic
def make_order(
    *,
    request: str,
    source: str,
    recipient: Recipient,
    lines: Sequence[WantedLine],
    terms: Terms | None = None,
    reserve_anyway: bool = False,
    user: AbstractBaseUser | None = None,
) -> MadeOrder:
    """Make an order no marketplace knows; its lines are reserved. The same `request` (form key) makes one order.

    Nothing is clamped: more than is available is refused, or with `reserve_anyway` reserved as it is, so that what is
    available goes below zero and raises the alarm. Locks: reservations (they also guard the running number).
    Raises `NoArticles`, `InvalidQuantity`, `AmountImpossible`, `MoreThanAvailable`, `FormKeyMissing`.
    """
    now = lock_reservations()
    before = _made_before(request, now=now)
    if before is not None:
        pairs = sum(before.lines.values_list("quantity", flat=True))
        return MadeOrder(before.pk, before.order_number, pairs, repeated=True)
    terms = terms or Terms()
    _require_sound(lines, terms)
    short = _shortages(lines, own={})
    if short and not reserve_anyway:
        raise MoreThanAvailable(articles=short)
    order = Order.objects.create(
        channel=Channel.MANUAL,
        source=OrderSource(source),
        order_number=_next_number(),
        status=OrderState.CREATED,
        ordered_at=now,
        reached_us_at=now,
        gross_amount=_total(lines),
        total_amount=_total(lines),
        **recipient.columns(),
        **terms.columns(),
    )
    OrderLine.objects.bulk_create(_new_lines(order, lines, first=1, now=now))
    data = {"source": str(OrderSource(source).label), "more_than_available": short, "request": request}
    timeline.note(order.pk, EventKind.RECEIVED, user=user, data=timeline.filled(data), at=now)
    return MadeOrder(order.pk, order.order_number, sum(line.quantity for line in lines), repeated=False)


@dataclass(frozen=True, slots=True)
class EditedOrder:
    """Names of the columns that changed, and whether the articles did."""

    order_id: int
    changed: tuple[str, ...]
    lines_changed: bool


@transaction.atomic
def edit_order(
    *,
    order_id: int,
    recipient: Recipient,
    terms: Terms,
    lines: Sequence[WantedLine],
    reserve_anyway: bool = False,
    user: AbstractBaseUser | None = None,
) -> EditedOrder:
    """Change a manual order that was not picked yet. Its timeline says what was changed, and which articles it had.

    Raises `NotManual`, `AlreadyPicked`, `BeingPicked` and `ExchangedArticlesStay` (both only if the articles change),
    and what `make_order` raises about lines.
    """
    now = lock_reservations()
    order = lock_manual(order_id)
    if order.status != OrderState.CREATED:
        raise AlreadyPicked(order=order.order_number, status=OrderState(order.status).label)
    _require_sound(lines, terms)
    changed = _write_columns(order, {**recipient.columns(), **terms.columns()})
    told = _change_lines(order, lines, reserve_anyway=reserve_anyway, now=now)
    if changed or told:
        # Names of fields alone: what customers are called and where they live is kept in one place.
        fields = [str(_FIELD_WORDS[name]) for name in changed]
        data = timeline.filled({**told, "changed": fields})
        timeline.note(order.pk, EventKind.LINES, user=user, data=data, at=now)
    return EditedOrder(order.pk, changed, lines_changed=bool(told))


def lock_manual(order_id: int) -> Order:
    """The order, locked. Raises `OrderNotFound`, `NotManual`."""
    order = lock_order(order_id)
    if order.channel != Channel.MANUAL:
        raise NotManual(order=order.order_number)
    return order


# --- checks -----------------------------------------------------------------------------------------------------


def _made_before(request: str, *, now: datetime) -> Order | None:
    """The order this form made already. The reservation lock makes repeated forms queue up before they look."""
    if not _REQUEST.fullmatch(request):
        raise FormKeyMissing
    rows = Order.objects.filter(
        channel=Channel.MANUAL,
        ordered_at__gt=now - _REPEATS_WITHIN,
        events__kind=EventKind.RECEIVED,
        events__data__request=request,
    )
    return rows.first()


def _require_sound(lines: Sequence[WantedLine], terms: Terms) -> None:
    if not lines:
        raise NoArticles
    if len({line.variant_id for line in lines}) < len(lines):
        raise ValueError("one line per article: merge them before")
    for line in lines:
        require_quantity(line.quantity, lowest=1)
        _require_amount(line.total)
    if terms.collect_amount is not None:
        _require_amount(terms.collect_amount)


def _require_amount(amount: Decimal) -> None:
    if not 0 <= amount <= HIGHEST_AMOUNT or amount != round(amount, 2):
        raise AmountImpossible(amount=format_number(amount), highest=format_number(HIGHEST_AMOUNT))


def _shortages(lines: Sequence[WantedLine], *, own: dict[int, int]) -> str:
    """`barcode: wanted / available` of what is wanted beyond what is available; empty when all is well.

    `own`: pairs by variant that this order has reserved before. Only what is wanted in addition can be short.
    """
    barcodes = dict(
        Variant.objects.filter(pk__in=[line.variant_id for line in lines]).values_list("pk", "barcode")
    )
    there = {row.barcode: row.available for row in availability(list(barcodes.values()))}
    short = []
    for line in lines:
        before = own.get(line.variant_id, 0)
        free = there[barcodes[line.variant_id]] + before
        if line.quantity > max(free, before):
            short.append(f"{barcodes[line.variant_id]}: {line.quantity} / {free}")
    return ", ".join(short)


# --- writing ----------------------------------------------------------------------------------------------------


def _next_number() -> str:
    """The next running number. Call with the reservation lock held: it makes the number unique."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(max(substr(order_number, 3)::bigint), 0) + 1 FROM orders_order"
            " WHERE order_number >= 'SP' AND order_number < 'SQ' AND order_number ~ '^SP[0-9]{1,15}$'"
        )
        (number,) = cursor.fetchone()
    return f"{NUMBER_PREFIX}{number:0{_NUMBER_DIGITS}d}"


def _total(lines: Sequence[WantedLine]) -> Decimal:
    return sum((line.total for line in lines), Decimal(0))


def _new_lines(order: Order, lines: Sequence[WantedLine], *, first: int, now: datetime) -> list[OrderLine]:
    """Reserved lines, numbered from `first`."""
    variants = Variant.objects.select_related("product").in_bulk([line.variant_id for line in lines])
    return [
        _new_line(order, line, variants[line.variant_id], line_id=number, now=now)
        for number, line in enumerate(lines, start=first)
    ]


def _new_line(order: Order, line: WantedLine, variant: Variant, *, line_id: int, now: datetime) -> OrderLine:
    return OrderLine(
        order=order,
        line_id=line_id,
        variant=variant,
        barcode=variant.barcode,
        stock_code=variant.stock_code,
        product_name=variant.product.title,
        colour=variant.colour,
        size=variant.size,
        quantity=line.quantity,
        unit_gross=line.unit_price,
        unit_price=line.unit_price,
        total=line.total,
        vat_rate=variant.product.vat_rate,
        created_at=now,
    )


def _write_columns(order: Order, values: dict[str, Any]) -> tuple[str, ...]:
    changed = tuple(name for name, value in values.items() if getattr(order, name) != value)
    for name in changed:
        setattr(order, name, values[name])
    if changed:
        order.save(update_fields=[*changed, "updated_at"])
    return changed


def _change_lines(
    order: Order, lines: Sequence[WantedLine], *, reserve_anyway: bool, now: datetime
) -> dict[str, str]:
    """Make the lines those that are wanted: known articles keep their line, others come and go.

    Returns what the timeline is to say, nothing if they are those already.
    """
    there = {line.variant_id: line for line in lock_lines([order.pk])}
    before = {key: (line.quantity, line.unit_price) for key, line in there.items()}
    wanted = {line.variant_id: line for line in lines}
    if before == {key: (line.quantity, line.unit_price) for key, line in wanted.items()}:
        return {}
    _require_free(order, now=now)
    short = _shortages(lines, own={key: line.quantity for key, line in there.items() if key is not None})
    if short and not reserve_anyway:
        raise MoreThanAvailable(articles=short)
    for key, line in there.items():
        if key in wanted:
            _rewrite(line, wanted[key])
    OrderLine.objects.filter(pk__in=[line.pk for key, line in there.items() if key not in wanted]).delete()
    last = max(line.line_id for line in there.values())
    fresh = [line for key, line in wanted.items() if key not in there]
    OrderLine.objects.bulk_create(_new_lines(order, fresh, first=last + 1, now=now))
    order.gross_amount = order.total_amount = _total(lines)
    order.save(update_fields=["gross_amount", "total_amount", "updated_at"])
    was = ", ".join(f"{line.barcode} × {before[key][0]}" for key, line in there.items())
    return {"articles_before": was, "more_than_available": short}


def _rewrite(line: OrderLine, wanted: WantedLine) -> None:
    line.quantity, line.total = wanted.quantity, wanted.total
    line.unit_gross = line.unit_price = wanted.unit_price
    line.save(update_fields=["quantity", "total", "unit_gross", "unit_price", "updated_at"])


def _require_free(order: Order, *, now: datetime) -> None:
    """Articles change only while nobody carries some of them. A claim waits for the order's row, which is ours."""
    if order.source == OrderSource.EXCHANGE:
        raise ExchangedArticlesStay(order=order.order_number)
    in_hand = PickClaim.objects.filter(order=order, expires_at__gt=now).exists()
    if in_hand or PickBatchOrder.objects.filter(order=order, active=True).exists():
        raise BeingPicked(order=order.order_number)
