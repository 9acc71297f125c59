"""The profit of one sold line, as plain arithmetic; docs/profit.md has the formula.

`statements` says the same in SQL, and a test compares the two. All amounts are TRY of the whole line unless a name says
otherwise; a part that is not known is None.

Every part is rounded to kuruş by itself, half away from zero, and the profit is what is left of the rounded parts:
what a page shows adds up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from analytics.enums import Missing, VatTreatment, WithholdingTreatment

_CENT: Final = Decimal("0.01")
_UNIT: Final = Decimal("0.0001")
_ZERO: Final = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The shop's own figures of the day (`ProfitPolicy`): TRY per pair, and percent."""

    packaging: Decimal | None = None
    staff_per_pair: Decimal | None = None
    vat_treatment: str = VatTreatment.DEDUCTED
    service_vat_rate: Decimal = Decimal(20)
    cost_vat_rate: Decimal = Decimal(0)
    withholding_rate: Decimal = Decimal(1)
    withholding_treatment: str = WithholdingTreatment.PREPAID


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What the profit of a line follows from.

    `total` is what the customer was to pay, with VAT, after discounts; `quantity` pairs of it were sold, of which
    `returned` came back for money and `exchanged` for another article; `lost` of those cannot be sold again.
    `unit_cost` is per pair; `rate_missing`: the cost is known in dollars alone. `commission` is an amount that is known
    (settled, or from the accounting file); without it `commission_rate` percent of the net sale counts. `cargo`,
    `return_cargo` and `service_fee` are the line's shares of what its parcel and its order cost (`shares`).
    """

    total: Decimal
    quantity: int = 1
    returned: int = 0
    exchanged: int = 0
    lost: int = 0
    vat_rate: Decimal | None = None
    marketplace: bool = True
    unit_cost: Decimal | None = None
    rate_missing: bool = False
    commission: Decimal | None = None
    commission_rate: Decimal | None = None
    cargo: Decimal | None = None
    return_cargo: Decimal | None = None
    service_fee: Decimal | None = None
    policy: Policy | None = field(default_factory=Policy)

    @property
    def kept(self) -> int:
        """Pairs the customer kept."""
        return self.quantity - self.returned - self.exchanged

    @property
    def back(self) -> int:
        """Pairs that came back, for whatever reason."""
        return self.returned + self.exchanged

    @property
    def sale(self) -> Decimal:
        """What was paid for the pairs that were not given back for money."""
        paid_back = self.total * self.returned / self.quantity if self.quantity else _ZERO
        return self.total - _cents(paid_back)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The parts of `ProfitLine`, under the same names; `missing` holds codes of `analytics.enums.Missing`."""

    sale: Decimal
    commission: Decimal | None
    product_cost: Decimal | None
    staff: Decimal | None
    cargo: Decimal | None
    service_fee: Decimal | None
    packaging: Decimal | None
    return_cost: Decimal | None
    vat: Decimal | None
    withheld: Decimal | None
    withholding_cost: Decimal | None
    missing: tuple[str, ...]

    @property
    def profit(self) -> Decimal | None:
        """The net sale less every deduction; None while anything is missing."""
        parts = [getattr(self, name) for name in DEDUCTIONS]
        return None if self.missing else self.sale - sum(parts, _ZERO)


# What is taken off the sale, in this order.
DEDUCTIONS: Final = (
    "commission",
    "product_cost",
    "staff",
    "cargo",
    "service_fee",
    "packaging",
    "return_cost",
    "vat",
    "withholding_cost",
)


def simulate(given: Inputs) -> Result:
    """The profit of a line, part by part."""
    policy = given.policy
    parts: dict[str, Decimal | None] = {
        "sale": given.sale,
        "commission": _commission(given),
        "product_cost": _times(given.unit_cost, given.kept),
        "staff": _times(policy.staff_per_pair, given.quantity) if policy else None,
        "cargo": _rounded(given.cargo),
        "service_fee": _service_fee(given),
        "packaging": _times(policy.packaging, given.quantity) if policy else None,
        "return_cost": _added(_return_cargo(given), _times(given.unit_cost, given.lost)),
    }
    parts["vat"] = _vat(given, parts)
    parts["withheld"] = _withheld(given)
    parts["withholding_cost"] = _withholding_cost(given, parts["withheld"])
    return Result(**parts, missing=_missing(given, parts))  # type: ignore[arg-type]


def staff_per_pair(*, staff: Decimal, days_counted: int, days_of_month: int, pairs: int) -> Decimal | None:
    """Staff per month × the part of the month that counts ÷ pairs sold in it, in TRY with four places."""
    if not pairs:
        return None
    return (staff * days_counted / (days_of_month * pairs)).quantize(_UNIT, ROUND_HALF_UP)


def shares(
    amount: Decimal, weights: Sequence[Decimal | int], *, otherwise: Sequence[int] = ()
) -> list[Decimal]:
    """Share an amount by weights, in kuruş, without losing one: each gets what the running sum rounds to.

    Where the weights add up to nothing, those of `otherwise` count.
    """
    whole = sum(weights, Decimal(0))
    if not whole:
        weights, whole = otherwise, sum(otherwise, Decimal(0))
    given: list[Decimal] = []
    before = reached = Decimal(0)
    for weight in weights:
        reached += weight
        upto = _cents(amount * reached / whole)
        given.append(upto - before)
        before = upto
    return given


def _cents(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else _cents(value)


def _times(per_pair: Decimal | None, pairs: int) -> Decimal | None:
    """Nothing of something unknown is nothing."""
    if pairs == 0:
        return _ZERO
    return None if per_pair is None else _cents(per_pair * pairs)


def _added(*values: Decimal | None) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, _ZERO) if len(known) == len(values) else None


def _commission(given: Inputs) -> Decimal | None:
    if not given.marketplace:
        return _ZERO
    if given.commission is not None:
        return _cents(given.commission)
    return None if given.commission_rate is None else _cents(given.sale * given.commission_rate / 100)


def _service_fee(given: Inputs) -> Decimal | None:
    return _rounded(given.service_fee) if given.marketplace else _ZERO


def _return_cargo(given: Inputs) -> Decimal | None:
    return _rounded(given.return_cargo) if given.back else _ZERO


def _vat_in(amount: Decimal, rate: Decimal) -> Decimal:
    """The VAT that an amount contains."""
    return amount * rate / (100 + rate)


def _vat(given: Inputs, parts: dict[str, Decimal | None]) -> Decimal | None:
    """VAT owed of the sale after what the costs contained. What cannot be sold again gives none back."""
    policy = given.policy
    if policy is None:
        return None
    if policy.vat_treatment == VatTreatment.IGNORED:
        return _ZERO
    services = _added(
        *(parts[name] for name in ("commission", "cargo", "service_fee", "packaging")), _return_cargo(given)
    )
    goods = parts["product_cost"]
    if given.vat_rate is None or services is None or goods is None:
        return None
    owed = _vat_in(given.sale, given.vat_rate)
    return _cents(owed - _vat_in(services, policy.service_vat_rate) - _vat_in(goods, policy.cost_vat_rate))


def _withheld(given: Inputs) -> Decimal | None:
    """The marketplace keeps a part of the sale without VAT."""
    if not given.marketplace:
        return _ZERO
    policy = given.policy
    if policy is None:
        return None
    if not policy.withholding_rate:
        return _ZERO
    if given.vat_rate is None:
        return None
    return _cents(given.sale * policy.withholding_rate / (100 + given.vat_rate))


def _withholding_cost(given: Inputs, withheld: Decimal | None) -> Decimal | None:
    prepaid = given.policy is not None and given.policy.withholding_treatment == WithholdingTreatment.PREPAID
    return _ZERO if withheld is not None and prepaid else withheld


def _missing(given: Inputs, parts: dict[str, Decimal | None]) -> tuple[str, ...]:
    """Every reason by itself, in the order of `Missing`."""
    policy = given.policy
    cost = given.unit_cost is None and (given.kept != 0 or given.lost != 0)
    wants_vat_rate = policy is not None and (
        policy.vat_treatment == VatTreatment.DEDUCTED or (given.marketplace and bool(policy.withholding_rate))
    )
    reasons = {
        Missing.COST: cost and not given.rate_missing,
        Missing.RATE: cost and given.rate_missing,
        Missing.COMMISSION: parts["commission"] is None,
        Missing.CARGO: parts["cargo"] is None,
        Missing.RETURN_CARGO: _return_cargo(given) is None,
        Missing.PACKAGING: policy is not None and parts["packaging"] is None,
        Missing.STAFF: policy is not None and parts["staff"] is None,
        Missing.SERVICE_FEE: policy is not None and parts["service_fee"] is None,
        Missing.VAT_RATE: wants_vat_rate and given.vat_rate is None,
        Missing.POLICY: policy is None,
    }
    return tuple(reason.value for reason, applies in reasons.items() if applies)


PARTS: Final = tuple(one.name for one in fields(Result) if one.name != "missing")
