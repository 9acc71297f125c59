"""A small shop whose profits can be reckoned by hand. Everything happens in March 2025, which is over."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from analytics.facts.services import refresh_facts
from analytics.models import CargoTariff, OrderCommission, ProfitLine, ProfitPolicy
from analytics.models import CommissionImport as Import
from analytics.profit.services import refresh_profit
from catalog.models import Variant
from integrations.models import Settlement
from orders.enums import OrderState
from orders.models import Order, OrderLine, ReturnUnit
from tests.factories import make_order, make_variant

DAY = date(2025, 3, 10)
NOON = datetime(2025, 3, 10, 9, 0, tzinfo=UTC)
PARTS = (
    "sale",
    "commission",
    "product_cost",
    "staff",
    "cargo",
    "service_fee",
    "packaging",
    "return_cost",
    "vat",
    "profit",
)
_numbers = count(1)


def at(day: date) -> datetime:
    """Noon of this day in Istanbul."""
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)


def make_policy(valid_from: date = date(2025, 1, 1), **fields: Any) -> ProfitPolicy:
    """12 ₺ packaging, 60 ₺ staff a month, 6 ₺ an order; VAT is owed, withholding is prepaid tax."""
    values = {"packaging": Decimal(12), "staff": Decimal(60), "service_fee": Decimal(6), **fields}
    return ProfitPolicy.objects.create(valid_from=valid_from, **values)


def make_tariff(**fields: Any) -> CargoTariff:
    """90 ₺ out and 80 ₺ back for every parcel of every carrier."""
    values: dict[str, Any] = {
        "valid_from": date(2025, 1, 1),
        "desi_to": Decimal(100),
        "price": Decimal(90),
        "return_price": Decimal(80),
        **fields,
    }
    return CargoTariff.objects.create(**values)


def make_shop() -> None:
    make_policy()
    make_tariff()


def sell(
    *goods: tuple[Variant, int], price: str = "500", rate: str | None = "20", **fields: Any
) -> list[OrderLine]:
    """The lines of a delivered order, one pair at 500 ₺ with 20 % commission and 10 % VAT unless said otherwise."""
    values = {"ordered_at": NOON, "status": OrderState.DELIVERED, **fields}
    order = make_order(goods or [(make_variant(), 1)], unit_price=Decimal(price), **values)
    OrderLine.objects.filter(order=order).update(commission_rate=None if rate is None else Decimal(rate))
    return list(order.lines.order_by("pk"))


def sell_one(*goods: tuple[Variant, int], **fields: Any) -> OrderLine:
    (line,) = sell(*goods, **fields)
    return line


def send_back(line: OrderLine, **fields: Any) -> ReturnUnit:
    """One pair of the line, accepted by the marketplace."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "status": ReturnUnit.Status.ACCEPTED,
        "claimed_at": NOON,
        "remote_modified_at": NOON,
        **fields,
    }
    return ReturnUnit.objects.create(
        claim_item_id=f"back-{number}",
        claim_id=f"claim-{number}",
        order_number=line.order.order_number,
        order_id=line.order_id,
        line=line,
        barcode=line.barcode,
        **values,
    )


def settle(line: OrderLine, commission: str, *, kind: str = "Sale", **fields: Any) -> Settlement:
    """A row of the marketplace's accounts; a sale is owed to us, everything else by us."""
    amount = {"credit" if kind == "Sale" else "debt": Decimal(500)}
    return Settlement.objects.create(
        kind=kind,
        record_id=f"row-{next(_numbers)}",
        order_id=line.order_id,
        line=line,
        commission_amount=Decimal(commission),
        transaction_at=NOON,
        read_at=NOON,
        **{**amount, **fields},
    )


def commission_file(order: Order, commission: str) -> OrderCommission:
    """What the accounting file says about an order number."""
    source = Import.objects.create(
        kind="ACCOUNTS",
        state="APPLIED",
        file_name="a.xlsx",
        digest=f"digest-{next(_numbers)}",
        valid_from=DAY,
        applied_at=timezone.now(),
    )
    return OrderCommission.objects.create(
        order_number=order.order_number,
        commission=Decimal(commission),
        order_amount=Decimal(500),
        commission_import=source,
    )


def refresh() -> None:
    refresh_facts()
    refresh_profit()


def profit_of(line: OrderLine) -> ProfitLine:
    """The profit of a line as it is after everything that happened."""
    refresh()
    return ProfitLine.objects.get(pk=line.pk)


def parts_of(row: ProfitLine) -> dict[str, Decimal | None]:
    return {name: getattr(row, name) for name in PARTS}


def parts(**amounts: str | None) -> dict[str, Decimal | None]:
    """All parts: those that are not named are nothing."""
    return {name: None if (value := amounts.get(name, "0")) is None else Decimal(value) for name in PARTS}
