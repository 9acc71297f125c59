"""Rows of the accounts in our words, matched set-wise to the orders and lines they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.utils import timezone

from integrations.models import Settlement
from integrations.settlement_kinds import Kind
from integrations.trendyol.mapping import clean, storable
from integrations.trendyol.schemas import SettlementRow
from orders.enums import Channel, OrderState
from orders.models import Order, OrderLine

_CENT: Final = Decimal("0.01")
_PERSONAL: Final = ("storeAddress",)


@dataclass(slots=True)
class Matches:
    """Orders and lines a page of rows may be about. Built by `find_matches`."""

    by_package: dict[int, Order] = field(default_factory=dict)
    by_number: dict[str, list[Order]] = field(default_factory=lambda: defaultdict(list))
    lines: dict[tuple[int, str], list[OrderLine]] = field(default_factory=lambda: defaultdict(list))

    def order_of(self, row: SettlementRow) -> Order | None:
        """By package, else by number; a number of several packages decides only where one of them fits."""
        if row.package_id is not None and row.package_id in self.by_package:
            return self.by_package[row.package_id]
        packages = self.by_number.get(row.order_number.strip(), [])
        if len(packages) > 1:
            packages = [
                order for order in packages if not order.superseded and order.status != OrderState.CANCELLED
            ]
        if len(packages) > 1 and row.barcode:
            packages = [order for order in packages if self.lines.get((order.pk, row.barcode.strip()))]
        return packages[0] if len(packages) == 1 else None

    def lines_of(self, order: Order | None, row: SettlementRow) -> list[OrderLine]:
        return self.lines.get((order.pk, row.barcode.strip()), []) if order else []


def find_matches(rows: Sequence[SettlementRow]) -> Matches:
    """What these rows may be about. Three statements, however many rows."""
    found = Matches()
    packages = {row.package_id for row in rows if row.package_id is not None and row.package_id < 2**63}
    columns = ("package_id", "order_number", "superseded", "status")
    orders = {order.pk: order for order in Order.objects.filter(package_id__in=packages).only(*columns)}
    found.by_package = {order.package_id: order for order in orders.values() if order.package_id is not None}
    numbers = {row.order_number.strip() for row in rows if row.package_id not in found.by_package} - {""}
    named = Order.objects.filter(order_number__in=numbers, channel=Channel.TRENDYOL).only(*columns)
    for order in named.order_by("pk"):
        orders[order.pk] = order
        found.by_number[order.order_number].append(order)
    barcodes = {row.barcode.strip() for row in rows}
    lines = OrderLine.objects.filter(order_id__in=orders, barcode__in=barcodes)
    for line in lines.only("order_id", "barcode", "commission_rate").order_by("pk"):
        found.lines[line.order_id, line.barcode].append(line)
    return found


def expected_commission(amount: Decimal, lines: Sequence[OrderLine]) -> Decimal | None:
    """What the lines' rate (percent) promises for this amount; None where the rate is unknown or differs."""
    rates = {line.commission_rate for line in lines}
    rate = rates.pop() if len(rates) == 1 else None
    return None if rate is None else (amount * rate / 100).quantize(_CENT, rounding=ROUND_HALF_UP)


def to_settlement(
    row: SettlementRow, kind: Kind, matches: Matches, *, raw: dict[str, Any], read_at: datetime
) -> Settlement:
    """The record of a row. Amounts keep the marketplace's form: unsigned, debt or credit gives the direction."""
    order = matches.order_of(row)
    lines = matches.lines_of(order, row)
    debt, credit = _money(row.debt), _money(row.credit)
    paid_at = row.paid_at
    return Settlement(
        channel=Channel.TRENDYOL,
        kind=kind.name,
        record_id=clean(row.id, 60),
        label=clean(row.label, 100),
        order=order,
        line=lines[0] if lines else None,
        order_number=clean(row.order_number, 40),
        package_id=row.package_id if row.package_id is not None and row.package_id < 2**63 else None,
        barcode=clean(row.barcode.strip(), 100),
        description=clean(row.description, 300),
        debt=debt,
        credit=credit,
        commission_rate=_rate(row.commission_rate),
        commission_amount=_cents(row.commission_amount),
        expected_commission=expected_commission(abs(credit - debt), lines) if kind.rated and lines else None,
        seller_revenue=_cents(row.seller_revenue),
        currency=clean(row.currency, 3) or "TRY",
        transaction_at=row.transaction_at,
        payment_date=timezone.localdate(paid_at) if paid_at else None,
        payment_order_id=clean(row.payment_order_id, 40),
        payload={key: value for key, value in storable(raw).items() if key not in _PERSONAL},
        read_at=read_at,
    )


def _money(value: Decimal | None) -> Decimal:
    return _cents(value) or Decimal(0)


def _cents(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(_CENT, rounding=ROUND_HALF_UP)


def _rate(value: Decimal | None) -> Decimal | None:
    return value if value is not None and abs(value) < 1000 else None
