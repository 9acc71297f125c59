"""Cargo labels and packing slips of orders."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError
from gullu.labels.designs.cargo import ParcelText, cargo_label
from gullu.labels.designs.slip import slip_labels
from gullu.labels.designs.spec import Design
from gullu.labels.elements import Label
from gullu.labels.kinds import LabelKind
from gullu.labels.records import CarrierLabel
from gullu.money import format_money
from orders.enums import Channel, OrderSource, OrderState
from orders.models import Exchange, Order, OrderLine

# Our own number of a package, printed where there is no cargo number. Letters keep it apart from any barcode.
SLIP_PREFIX = "SF"
_SLIP_DIGITS = 8
# Who prints labels would else have the addresses of all customers there ever were, without anybody asking why.
_ARRIVED = frozenset({OrderState.DELIVERED, OrderState.RETURNED})


class LabelOfCancelledOrder(DomainError):
    """Data: order."""

    code = "label_of_cancelled_order"
    template = _("Order %(order)s is cancelled: it gets no cargo label.")


class LabelOfArrivedOrder(DomainError):
    """Data: order."""

    code = "label_of_arrived_order"
    template = _(
        "Order %(order)s has arrived already: it gets no cargo label, which would only show the customer’s address."
    )


class LabelOfWaitingExchange(DomainError):
    """Data: order."""

    code = "label_of_waiting_exchange"
    template = _(
        "Order %(order)s is an exchange and the customer’s return tracking number is not known: "
        "it gets its cargo label once the number is entered."
    )


def slip_code(order_id: int) -> str:
    """`SF`, the order's primary key, a check digit: unique for each package without being stored."""
    digits = f"{order_id:0{_SLIP_DIGITS}d}"
    return f"{SLIP_PREFIX}{digits}{_check_digit(digits)}"


def order_id_of_slip(code: str) -> int | None:
    """The primary key of the order whose slip was scanned; None when this is no slip code."""
    text = code.strip().upper()
    digits, check = text[len(SLIP_PREFIX) : -1], text[-1:]
    proper = text.startswith(SLIP_PREFIX) and digits.isdecimal() and len(digits) >= _SLIP_DIGITS
    return int(digits) if proper and check == _check_digit(digits) else None


def _check_digit(digits: str) -> str:
    total = sum(int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def cash_due(order: Order) -> Decimal | None:
    """What the carrier collects (`Order.collect_amount`, manual orders alone); None when that is nothing."""
    due = order.collect_amount if order.channel == Channel.MANUAL else None
    return due or None


def parcel_text(order: Order, lines: Sequence[OrderLine], *, code: str) -> ParcelText:
    """What stands on the papers of an order. `code` is what its barcode and QR say."""
    address = order.shipment_address
    due = cash_due(order)
    return ParcelText(
        code=code,
        order_number=order.order_number,
        carrier=order.cargo_provider,
        recipient=address.get("name") or order.customer_name,
        address=_address(order),
        phone=address.get("phone", ""),
        contents=tuple(_article(line) for line in lines),
        cash_due="" if due is None else format_money(due, order.currency),
    )


def _address(order: Order) -> str:
    address = order.shipment_address
    street = address.get("full_address") or " ".join(
        part for part in (address.get("address1"), address.get("address2")) if part
    )
    place = " / ".join(part for part in (order.district, order.city) if part)
    return f"{street}, {place}" if street and place and place not in street else street or place


def _article(line: OrderLine) -> str:
    what = line.variant.product.code if line.variant is not None else line.stock_code or line.barcode
    return " ".join(part for part in (f"{line.quantity} ×", what, line.colour, line.size) if part)


def cargo_labels(order_ids: Sequence[int], design: Design) -> dict[int, list[Label]]:
    """The cargo label of each order that exists, by its primary key.

    Raises `LabelRefused`, `LabelOfCancelledOrder`, `LabelOfArrivedOrder`, `LabelOfWaitingExchange`.
    """
    labels = {}
    loaded = _load(order_ids)
    waiting = _waiting([order.pk for order, _lines in loaded if order.source == OrderSource.EXCHANGE])
    for order, lines in loaded:
        if order.status == OrderState.CANCELLED:
            raise LabelOfCancelledOrder(order=order.order_number)
        if order.status in _ARRIVED:
            raise LabelOfArrivedOrder(order=order.order_number)
        if order.pk in waiting:
            raise LabelOfWaitingExchange(order=order.order_number)
        text = parcel_text(order, lines, code=order.cargo_tracking_number or slip_code(order.pk))
        labels[order.pk] = [cargo_label(text, design)]
    return labels


def _waiting(order_ids: Sequence[int]) -> set[int]:
    """Orders of exchanges that may not leave yet: without its cargo label a parcel stays where it is."""
    if not order_ids:
        return set()
    rows = Exchange.objects.filter(new_order__in=order_ids, return_tracking_number="", override_reason="")
    return set(rows.values_list("new_order_id", flat=True))


def order_slips(order_ids: Sequence[int], design: Design) -> dict[int, list[Label]]:
    """The packing slip of each order that exists: its code names the package, also before it has a cargo number."""
    return {
        order.pk: slip_labels(parcel_text(order, lines, code=slip_code(order.pk)), design)
        for order, lines in _load(order_ids)
    }


def _load(order_ids: Sequence[int]) -> list[tuple[Order, list[OrderLine]]]:
    orders = Order.objects.filter(pk__in=order_ids).order_by("pk")
    lines = OrderLine.objects.filter(order_id__in=order_ids).select_related("variant__product").order_by("pk")
    by_order: dict[int, list[OrderLine]] = {}
    for line in lines:
        by_order.setdefault(line.order_id, []).append(line)
    return [(order, by_order.get(order.pk, [])) for order in orders]


def carrier_zpl(order_ids: Sequence[int]) -> dict[int, str]:
    """Labels in ZPL the marketplace or carrier gave for these orders, by order: printed as they are.

    None for an order that is cancelled or has arrived.
    """
    numbers = dict(
        Order.objects.filter(pk__in=order_ids)
        .exclude(cargo_tracking_number="")
        .exclude(status__in={OrderState.CANCELLED, *_ARRIVED})
        .values_list("cargo_tracking_number", "pk")
    )
    rows = CarrierLabel.objects.filter(cargo_number__in=list(numbers))
    return {numbers[row.cargo_number]: row.zpl for row in rows}


def orders_named(code: str) -> list[int]:
    """Orders meant by what was scanned or typed: slip code, order number, cargo number or package."""
    text = code.strip()
    slip = order_id_of_slip(text)
    if slip is not None:
        return list(Order.objects.filter(pk=slip).values_list("pk", flat=True))
    rows = Order.objects.filter(order_number=text) | Order.objects.filter(cargo_tracking_number=text)
    if text.isdecimal() and len(text) <= 18:
        rows |= Order.objects.filter(package_id=int(text))
    return list(rows.filter(superseded=False).order_by("pk").values_list("pk", flat=True))


SAMPLE = ParcelText(
    code="7280012345678",
    order_number="10452345678",
    carrier="Trendyol Express",
    recipient="Şükriye Işıl Çağlayangil",
    address="Atatürk Mah. İğde Sk. Gül Apt. No: 12 D: 5, Bornova / İzmir",
    phone="0532 000 00 00",
    contents=("1 × 0172 Siyah 38", "2 × 0345 Ekru 37"),
    cash_due="1.234,50 ₺",
)


def sample_labels(design: Design) -> list[Label]:
    """What a template is shown with while it is being edited."""
    return slip_labels(SAMPLE, design) if design.kind == LabelKind.SLIP else [cargo_label(SAMPLE, design)]
