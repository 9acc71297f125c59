"""What a pair would earn at another price: the formula of `definition`, with the pairs that come back spread over all.

Where nothing comes back, a trial is a line of one pair. Else it is reckoned as a line of ten thousand pairs, of which
as many come back as the rates say (12,34 % is a whole number of pairs), and divided by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Final

from analytics.enums import VatTreatment, WithholdingTreatment
from analytics.profit.definition import DEDUCTIONS, Inputs, Policy, Result, simulate

_PAIRS: Final = 10_000
_CENT: Final = Decimal("0.01")
_HUNDRED: Final = Decimal(100)
# So many kuruş beside the straight line the first price without a loss can lie.
_ROUNDED_AWAY: Final = 30
# The curve goes this far below and above the price, in so many steps.
_STEPS: Final = 20
_LEAST: Final = Decimal("0.5")
_MOST: Final = Decimal("1.5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is tried. Amounts are TRY per pair with VAT, rates percent; None is not known.

    `price` is before our own `discount`. `return_cargo` is for a pair that comes back; `return_rate` of a hundred pairs
    come back for money, and `lost_rate` of a hundred of those cannot be sold again.
    """

    price: Decimal
    discount: Decimal = Decimal(0)
    commission_rate: Decimal | None = None
    unit_cost: Decimal | None = None
    staff: Decimal | None = None
    cargo: Decimal | None = None
    return_cargo: Decimal | None = None
    service_fee: Decimal | None = None
    packaging: Decimal | None = None
    return_rate: Decimal = Decimal(0)
    lost_rate: Decimal = Decimal(0)
    vat_rate: Decimal | None = None
    vat_treatment: str = VatTreatment.DEDUCTED
    service_vat_rate: Decimal = Decimal(20)
    cost_vat_rate: Decimal = Decimal(0)
    withholding_rate: Decimal = Decimal(0)
    withholding_treatment: str = WithholdingTreatment.PREPAID

    @property
    def paid(self) -> Decimal:
        """What the customer pays for a pair."""
        return (self.price * (_HUNDRED - self.discount) / _HUNDRED).quantize(_CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Per pair sold, in kuruş. `parts` has what is taken off, by the names of `DEDUCTIONS`; `missing` holds codes."""

    paid: Decimal
    sale: Decimal
    parts: Mapping[str, Decimal | None]
    withheld: Decimal | None
    missing: tuple[str, ...]

    @property
    def profit(self) -> Decimal | None:
        """The net sale less every part as shown; None while anything is missing."""
        return (
            None if self.missing else self.sale - sum((part or 0 for part in self.parts.values()), Decimal(0))
        )

    @property
    def margin(self) -> Decimal | None:
        """Profit of a hundred lira of net sale."""
        if self.profit is None or not self.sale:
            return None
        return (self.profit * 100 / self.sale).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The profit per pair at a price."""

    price: Decimal
    profit: Decimal


def outcome(trial: Trial) -> Outcome:
    """What a pair of this trial earns."""
    pairs = _PAIRS if trial.return_rate else 1
    found = _reckoned(trial, trial.paid, pairs)
    return Outcome(
        paid=trial.paid,
        sale=_of_pair(found.sale, pairs) or Decimal(0),
        parts={name: _of_pair(getattr(found, name), pairs) for name in DEDUCTIONS},
        withheld=_of_pair(found.withheld, pairs),
        missing=found.missing,
    )


def break_even(trial: Trial) -> Decimal | None:
    """The lowest price, before our discount, at which a pair earns its costs; None where no price does.

    Every part is a constant or a share of the sale, so the profit is a straight line over the price, but for kuruş that
    are rounded away; those are searched for.
    """
    at_nothing = _reckoned(trial, Decimal(0), _PAIRS).profit
    at_hundred = _reckoned(trial, _HUNDRED, _PAIRS).profit
    if at_nothing is None or at_hundred is None or at_hundred <= at_nothing or trial.discount >= _HUNDRED:
        return None
    paid = max(-at_nothing * _HUNDRED / (at_hundred - at_nothing), Decimal(0))
    paid = paid.quantize(_CENT, ROUND_CEILING)
    price = (paid * _HUNDRED / (_HUNDRED - trial.discount)).quantize(_CENT, ROUND_CEILING)
    near = (price + _CENT * number for number in range(-_ROUNDED_AWAY, _ROUNDED_AWAY + 1))
    return next((one for one in near if one >= 0 and _earns(trial, one)), price)


def _earns(trial: Trial, price: Decimal) -> bool:
    profit = outcome(replace(trial, price=price)).profit
    return profit is not None and profit >= 0


def curve(trial: Trial, *, also: tuple[Decimal, ...] = ()) -> list[CurvePoint]:
    """Profit per pair at prices around this one, and at the prices of `also`; empty while anything is missing."""
    step = (_MOST - _LEAST) / _STEPS
    prices = {(trial.price * (_LEAST + step * number)).quantize(_CENT) for number in range(_STEPS + 1)}
    points = []
    for price in sorted({*prices, *also, trial.price}):
        profit = outcome(replace(trial, price=price)).profit
        if profit is not None:
            points.append(CurvePoint(price, profit))
    return points


def _reckoned(trial: Trial, paid: Decimal, pairs: int) -> Result:
    """So many pairs together at a price that is paid."""
    returned = int((trial.return_rate * pairs / _HUNDRED).to_integral_value(ROUND_HALF_UP))
    lost = int((trial.lost_rate * returned / _HUNDRED).to_integral_value(ROUND_HALF_UP))
    return simulate(
        Inputs(
            total=paid * pairs,
            quantity=pairs,
            returned=returned,
            lost=lost,
            vat_rate=trial.vat_rate,
            unit_cost=trial.unit_cost,
            commission_rate=trial.commission_rate,
            cargo=_times(trial.cargo, pairs),
            return_cargo=_times(trial.return_cargo, returned),
            service_fee=_times(trial.service_fee, pairs),
            policy=Policy(
                packaging=trial.packaging,
                staff_per_pair=trial.staff,
                vat_treatment=trial.vat_treatment,
                service_vat_rate=trial.service_vat_rate,
                cost_vat_rate=trial.cost_vat_rate,
                withholding_rate=trial.withholding_rate,
                withholding_treatment=trial.withholding_treatment,
            ),
        )
    )


def _times(value: Decimal | None, pairs: int) -> Decimal | None:
    return None if value is None else value * pairs


def _of_pair(value: Decimal | None, pairs: int) -> Decimal | None:
    return None if value is None else (value / pairs).quantize(_CENT, ROUND_HALF_UP)


__all__ = ["CurvePoint", "Outcome", "Trial", "break_even", "curve", "outcome"]
