"""The accounts added up: what each payment order brought, what each month cost, and commissions that differ.

Amounts of a row are unsigned (contract section 10): `credit` is owed to us, `debt` by us. A row's direction is +1 when
it is owed to us; commission and our share of it count in that direction, so a return gives its commission back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Expression,
    F,
    IntegerField,
    Max,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncMonth

from integrations.models import Settlement
from integrations.settlement_kinds import PAYMENT, kind_label

# Rounding per unit and per row differs; less than this is no difference.
TOLERANCE: Final = Decimal("0.05")
MONTHS_SHOWN: Final = 12
_MONEY: Final = DecimalField(max_digits=16, decimal_places=2)
_ZERO: Final = Value(Decimal(0), output_field=_MONEY)


def direction() -> Expression:
    """+1 for a row owed to us, −1 for one owed by us."""
    owed_to_us = When(credit__gte=F("debt"), then=Value(1))
    return Case(owed_to_us, default=Value(-1), output_field=IntegerField())


def checked() -> Q:
    """Rows whose commission can be compared with what the line's rate promised."""
    return Q(expected_commission__isnull=False, commission_amount__isnull=False)


def differing(rows: QuerySet[Settlement], *, tolerance: Decimal = TOLERANCE) -> QuerySet[Settlement]:
    """Rows whose commission is further from the promise than `tolerance` (in the row's currency)."""
    gap = F("commission_amount") - F("expected_commission")
    return rows.filter(checked()).alias(gap=gap).filter(Q(gap__gt=tolerance) | Q(gap__lt=-tolerance))


def against_us(row: Settlement) -> Decimal:
    """How much a differing row costs us; negative when the difference is in our favour. Call on `checked` rows."""
    if row.commission_amount is None or row.expected_commission is None:
        raise ValueError(f"the commission of settlement {row.pk} cannot be compared")
    gap = row.commission_amount - row.expected_commission
    return gap if row.credit >= row.debt else -gap


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over rows. `net` is what they bring us: our share where it is named, else credit − debt.

    `commission` is what was charged, less what was given back; `charged` and `expected` are the same over those
    `compared` rows whose line's rate is known; `differences` of them differ.
    """

    rows: int
    credit: Decimal
    debt: Decimal
    net: Decimal
    commission: Decimal
    compared: int
    charged: Decimal
    expected: Decimal
    differences: int

    @property
    def overcharged(self) -> Decimal:
        """Charged beyond the promise; negative in our favour."""
        return self.charged - self.expected


@dataclass(frozen=True, slots=True)
class PaymentTotals:
    """One payment order. `paid` is None while its payment row is unknown; `unexplained` is paid less what we see."""

    payment_order_id: str
    paid: Decimal | None
    paid_on: date | None
    paid_at: datetime | None
    totals: Totals

    @property
    def unexplained(self) -> Decimal | None:
        return None if self.paid is None else self.paid - self.totals.net


@dataclass(frozen=True, slots=True)
class MonthTotals:
    """Rows booked in a month in Istanbul, payments left out."""

    month: date
    totals: Totals


@dataclass(frozen=True, slots=True)
class KindTotals:
    """Rows of one kind."""

    kind: str
    label: str
    totals: Totals


def _sum(expression: Any, *, only: Q | None = None) -> Coalesce:
    return Coalesce(Sum(expression, filter=only, output_field=_MONEY), _ZERO)


def _totals(tolerance: Decimal) -> dict[str, Any]:
    sold, sign = ~Q(kind=PAYMENT), F("sign")
    gap = Q(gap__gt=tolerance) | Q(gap__lt=-tolerance)
    share = Case(
        When(seller_revenue__isnull=False, then=sign * F("seller_revenue")),
        default=F("credit") - F("debt"),
        output_field=_MONEY,
    )
    return {
        "row_count": Count("pk", filter=sold),
        "credit_sum": _sum("credit", only=sold),
        "debt_sum": _sum("debt", only=sold),
        "net_sum": _sum(share, only=sold),
        "commission_sum": _sum(sign * F("commission_amount"), only=sold),
        "compared_count": Count("pk", filter=checked()),
        "charged_sum": _sum(sign * F("commission_amount"), only=checked()),
        "expected_sum": _sum(sign * F("expected_commission"), only=checked()),
        "difference_count": Count("pk", filter=checked() & gap),
    }


def _signed() -> QuerySet[Settlement]:
    return Settlement.objects.annotate(
        sign=direction(), gap=F("commission_amount") - F("expected_commission")
    )


def _read(row: dict[str, Any]) -> Totals:
    return Totals(
        rows=row["row_count"],
        credit=row["credit_sum"],
        debt=row["debt_sum"],
        net=row["net_sum"],
        commission=row["commission_sum"],
        compared=row["compared_count"],
        charged=row["charged_sum"],
        expected=row["expected_sum"],
        differences=row["difference_count"],
    )


def payment_ids() -> QuerySet[Settlement, Any]:
    """Numbers of payment orders, the newest first."""
    rows = Settlement.objects.exclude(payment_order_id="").values("payment_order_id")
    newest = rows.annotate(newest=Max("transaction_at")).order_by("-newest", "-payment_order_id")
    return newest.values_list("payment_order_id", flat=True)


def payments(ids: Sequence[str], *, tolerance: Decimal = TOLERANCE) -> list[PaymentTotals]:
    """These payment orders, in the order given. One statement."""
    paid = Sum(F("debt") - F("credit"), filter=Q(kind=PAYMENT), output_field=_MONEY)
    sold = ~Q(kind=PAYMENT)
    rows: QuerySet[Settlement, Any] = (
        _signed()
        .filter(payment_order_id__in=ids)
        .values("payment_order_id")
        .annotate(
            paid_sum=paid,
            paid_day=Max("payment_date", filter=sold),
            paid_moment=Max("transaction_at", filter=Q(kind=PAYMENT)),
            **_totals(tolerance),
        )
        .order_by()
    )
    found = {row["payment_order_id"]: _payment(row) for row in rows}
    return [found[number] for number in ids if number in found]


def _payment(row: dict[str, Any]) -> PaymentTotals:
    return PaymentTotals(
        payment_order_id=row["payment_order_id"],
        paid=row["paid_sum"],
        paid_on=row["paid_day"],
        paid_at=row["paid_moment"],
        totals=_read(row),
    )


def months(*, tolerance: Decimal = TOLERANCE, most: int = MONTHS_SHOWN) -> list[MonthTotals]:
    """The newest months, newest first. One statement."""
    rows: QuerySet[Settlement, Any] = (
        _signed()
        .exclude(kind=PAYMENT)
        .annotate(month=TruncMonth("transaction_at"))
        .values("month")
        .annotate(**_totals(tolerance))
        .order_by("-month")
    )
    return [MonthTotals(row["month"].date(), _read(row)) for row in rows[:most]]


def kinds_of(payment_order_id: str, *, tolerance: Decimal = TOLERANCE) -> list[KindTotals]:
    """A payment order by kind, the largest first; for "" the rows without a payment. One statement."""
    rows = _signed().filter(payment_order_id=payment_order_id).exclude(kind=PAYMENT)
    found: QuerySet[Settlement, Any] = rows.values("kind").annotate(**_totals(tolerance)).order_by("kind")
    kinds = [KindTotals(row["kind"], kind_label(row["kind"]), _read(row)) for row in found]
    return sorted(kinds, key=lambda one: -one.totals.net)


def unpaid(*, tolerance: Decimal = TOLERANCE) -> Totals:
    """What is booked and has no payment order yet. One statement."""
    return _read(_signed().filter(payment_order_id="").aggregate(**_totals(tolerance)))
