"""Why a line's profit is what it is: each part with the numbers it is made of (docs/profit.md)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, Sum
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from analytics.enums import CommissionBasis, VatTreatment, WithholdingTreatment
from analytics.models import ProfitLine, ProfitMonth, ProfitPolicy, SaleCost
from analytics.profit.parts import DEDUCTIONS, percent_in_words
from analytics.sales.periods import Preset
from gullu.money import format_money, format_number
from orders.models import OrderLine


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a profit. `amount` is what it adds to it, mostly less than nothing; None is not known.

    `words` say where the number comes from.
    """

    name: str
    amount: Decimal | None
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """The parts in the order of the formula, and the address of the other lines of the order."""

    sale: Part
    parts: tuple[Part, ...]
    order_query: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read beside the line. `package` and `number`: sums over the lines it shares costs with."""

    row: ProfitLine
    cost: SaleCost | None
    policy: ProfitPolicy | None
    month: ProfitMonth | None
    rate: Decimal | None
    package: dict[str, Any]
    number: dict[str, Any]


def explain(row: ProfitLine) -> Explained:
    """Reckon a line out, read with its `line`; six statements."""
    line = row.line
    known = _Known(
        row=row,
        cost=SaleCost.objects.filter(pk=row.pk).first(),
        policy=ProfitPolicy.objects.filter(valid_from__lte=line.day).order_by("-valid_from").first(),
        month=ProfitMonth.objects.filter(month=line.day.replace(day=1)).first(),
        rate=OrderLine.objects.filter(pk=row.pk).values_list("commission_rate", flat=True).first(),
        package=_sums(Q(line__order_id=line.order_id)),
        number=_sums(Q(line__order_number=line.order_number, line__channel=line.channel)),
    )
    words = {
        "commission": _commission,
        "product_cost": _product_cost,
        "staff": _staff,
        "cargo": _cargo,
        "service_fee": _service_fee,
        "packaging": _packaging,
        "return_cost": _return_cost,
        "vat": _vat,
        "withholding_cost": _withholding,
    }
    parts = tuple(
        Part(str(label), _taken(getattr(row, name)), tuple(words[name](known)))
        for name, label in DEDUCTIONS.items()
    )
    day = line.day.isoformat()
    query = urlencode({"period": Preset.FREE.value, "from": day, "to": day, "order": line.order_number})
    return Explained(Part(_("Net sale"), row.sale, tuple(_sale(known))), parts, query)


def _taken(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount


def _sums(lines: Q) -> dict[str, Any]:
    return ProfitLine.objects.filter(lines).aggregate(
        pairs=Sum("line__quantity", default=0),
        sale=Sum("sale", default=Decimal(0)),
        cargo=Sum("cargo"),
        service_fee=Sum("service_fee"),
    )


# --- words ----------------------------------------------------------------------------------------------------------


def _pairs(number: int) -> str:
    return format_number(number, places=0)


def _each(value: Decimal) -> str:
    """An amount per pair, with four decimals where two do not say it."""
    return f"{format_number(value, places=2 if value == round(value, 2) else 4)} ₺"


def _percent(value: Decimal) -> str:
    """`10.00` → `%10`, `8.25` → `%8,25`."""
    return f"%{format_number(value, places=0 if value == int(value) else 2)}"


def _sale(known: _Known) -> Iterator[str]:
    line = known.row.line
    yield _("%(pairs)s pairs sold for %(total)s.") % {
        "pairs": _pairs(line.quantity),
        "total": format_money(line.total),
    }
    if line.returned_quantity:
        yield _("%(pairs)s of them came back: %(amount)s were paid back.") % {
            "pairs": _pairs(line.returned_quantity),
            "amount": format_money(line.returned_total),
        }
    if line.exchanged_quantity:
        words = _("%(pairs)s of them were exchanged: the money stays, the pairs stand in another order.")
        yield words % {"pairs": _pairs(line.exchanged_quantity)}


def _commission(known: _Known) -> Iterator[str]:
    row = known.row
    yield str(CommissionBasis(row.commission_basis).label)
    if row.commission_basis == CommissionBasis.LINE and known.rate is not None:
        yield _("%(rate)s of %(sale)s.") % {"rate": _percent(known.rate), "sale": format_money(row.sale)}
    elif row.commission and row.sale:
        share = percent_in_words(row.commission * 100 / row.sale)
        yield _("%(share)s of the net sale.") % {"share": share}


def _product_cost(known: _Known) -> Iterator[str]:
    cost, line = known.cost, known.row.line
    if cost is None:
        if known.row.product_cost:
            yield _(
                "With the last dollar rate known: the cost is kept once the rate of the day of the sale is known."
            )
        else:
            yield _("No cost was known for the day of the sale.")
        return
    pairs = line.quantity - line.returned_quantity - line.exchanged_quantity
    yield _("%(pairs)s pairs kept × %(each)s.") % {"pairs": _pairs(pairs), "each": _each(cost.unit_cost)}
    if cost.usd_part and cost.usd_rate:
        yield _("A pair: %(lira)s + %(dollars)s $ × %(rate)s.") % {
            "lira": _each(cost.try_part),
            "dollars": format_number(cost.usd_part, places=2),
            "rate": format_number(cost.usd_rate, places=4),
        }
    yield _("%(basis)s; kept since the sale, whatever the costs of today are.") % {
        "basis": cost.get_basis_display()
    }


def _staff(known: _Known) -> Iterator[str]:
    row, policy = known.row, known.policy
    if row.staff is None or policy is None or policy.staff is None:
        yield _("The staff cost of this day was not entered.")
        return
    quantity = row.line.quantity
    each = row.staff / quantity if quantity else Decimal(0)
    yield _("%(pairs)s pairs × %(each)s.") % {"pairs": _pairs(quantity), "each": format_money(each)}
    day, month = row.line.day, known.month
    if month is not None:
        yield _(
            "%(month)s: %(staff)s a month, %(days)s of its %(all)s days ÷ %(pairs)s pairs sold in them."
        ) % {
            "month": f"{MONTHS[day.month]} {day.year}",
            "staff": format_money(policy.staff),
            "days": month.through.day,
            "all": monthrange(day.year, day.month)[1],
            "pairs": _pairs(month.pairs),
        }


def _cargo(known: _Known) -> Iterator[str]:
    row, package = known.row, known.package
    if row.cargo is None:
        yield _("No tariff of %(carrier)s holds for this package.") % {"carrier": _carrier(known)}
        return
    yield _(
        "%(carrier)s: %(cargo)s for the package of %(pairs)s pairs; %(own)s of them are of this line."
    ) % {
        "carrier": _carrier(known),
        "cargo": format_money(package["cargo"]),
        "pairs": _pairs(package["pairs"]),
        "own": _pairs(row.line.quantity),
    }


def _carrier(known: _Known) -> str:
    return known.row.line.carrier or _("no carrier")


def _service_fee(known: _Known) -> Iterator[str]:
    row, number = known.row, known.number
    if row.service_fee is None:
        yield _("The service fee of this day was not entered.")
    elif not row.service_fee:
        yield _("None is charged on this channel.")
    elif not number["sale"]:
        yield _("%(fee)s per order, shared on its pairs.") % {"fee": format_money(number["service_fee"])}
    else:
        yield _("%(fee)s per order, shared on its lines by their sale: %(own)s of %(sale)s.") % {
            "fee": format_money(number["service_fee"]),
            "own": format_money(row.sale),
            "sale": format_money(number["sale"]),
        }


def _packaging(known: _Known) -> Iterator[str]:
    policy = known.policy
    if known.row.packaging is None or policy is None or policy.packaging is None:
        yield _("The packaging cost of this day was not entered.")
        return
    pairs = _pairs(known.row.line.quantity)
    yield _("%(pairs)s pairs × %(each)s.") % {"pairs": pairs, "each": _each(policy.packaging)}


def _return_cost(known: _Known) -> Iterator[str]:
    row = known.row
    back = row.line.returned_quantity + row.line.exchanged_quantity
    if not back:
        yield _("Nothing came back.")
    elif row.return_cost is None:
        yield _("No tariff of %(carrier)s for the way back holds.") % {"carrier": _carrier(known)}
    else:
        words = _("The way back of %(pairs)s pairs, and the cost of those that cannot be sold again.")
        yield words % {"pairs": _pairs(back)}


def _vat(known: _Known) -> Iterator[str]:
    row, policy = known.row, known.policy
    rate = row.line.vat_rate
    if policy is not None and policy.vat_treatment == VatTreatment.IGNORED:
        yield _("VAT is not counted.")
    elif rate is None:
        yield _("The VAT rate of the line is not known.")
    else:
        owed = row.sale * rate / (100 + rate)
        yield _("VAT in the sale at %(rate)s: %(owed)s.") % {
            "rate": _percent(rate),
            "owed": format_money(owed),
        }
        if row.vat is not None:
            yield _("Less what is contained in the costs: %(contained)s.") % {
                "contained": format_money(owed - row.vat)
            }


def _withholding(known: _Known) -> Iterator[str]:
    row, policy = known.row, known.policy
    if not row.withheld:
        yield _("Nothing was withheld.")
        return
    amount = {"amount": format_money(row.withheld)}
    if policy is not None and policy.withholding_treatment == WithholdingTreatment.COST:
        yield _("%(amount)s were withheld and count as a cost.") % amount
    else:
        yield _("%(amount)s were withheld: prepaid tax, which costs nothing.") % amount


__all__ = ["Explained", "Part", "explain"]
