"""What the simulator begins with: the real figures of a model, each with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Avg, Count, F, Q, Sum
from django.utils.translation import gettext as _

from analytics.enums import CommissionBasis
from analytics.inputs.costs import with_totals
from analytics.inputs.rates import rate_on
from analytics.inputs.tariffs import holds
from analytics.models import Campaign, CargoTariff, CostSheet, ProfitLine, ProfitPolicy
from catalog.models import Currency, Product, Variant
from orders.enums import Disposition
from orders.models import ReturnUnit

DAYS: Final = 90
_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a field, and where it comes from."""

    value: Decimal | str | None
    source: str


Values = dict[str, Value]


def of_shop(today: date) -> Values:
    """What is the same for every model: the shop's figures, and the staff share lately; two statements."""
    found = {"return_rate": Value(Decimal(0), ""), "lost_rate": Value(Decimal(0), "")}
    policy = ProfitPolicy.objects.filter(valid_from__lte=today).order_by("-valid_from").first()
    staff = ProfitLine.objects.filter(_lately(today), staff__isnull=False).aggregate(
        sum_staff=Sum("staff"), sum_pairs=Sum("line__quantity")
    )
    if staff["sum_pairs"]:
        found["staff"] = Value(staff["sum_staff"] / staff["sum_pairs"], _average())
    source = (
        _("figures of the shop from %(day)s") % {"day": f"{policy.valid_from:%d.%m.%Y}"} if policy else ""
    )
    names = (
        "packaging",
        "service_fee",
        "vat_treatment",
        "service_vat_rate",
        "cost_vat_rate",
        "withholding_rate",
        "withholding_treatment",
    )
    # Without any: what a new row of figures begins with.
    return found | {name: Value(getattr(policy or ProfitPolicy(), name), source) for name in names}


def of_model(product: Product, today: date) -> Values:
    """What this model really had: its sales of the last days, its cost of today; eight statements at most."""
    found = _of_sales(product, today)
    found["vat_rate"] = Value(Decimal(product.vat_rate), _("the model"))
    found["unit_cost"] = _unit_cost(product, today)
    found["lost_rate"] = _lost_rate(product)
    tariff = _tariff(product, today)
    if tariff is not None:
        source = _("tariff of %(carrier)s") % {"carrier": tariff.carrier or _("all carriers")}
        found.setdefault("cargo", Value(tariff.price, source))
        found["return_cargo"] = Value(tariff.return_price, source)
    if "price" not in found:
        price = product.variants.filter(active=True).aggregate(price=Avg("sale_price"))["price"]
        found["price"] = Value(price, _("the sale price of today"))
    return {name: value for name, value in found.items() if value.value is not None}


def of_campaign(campaign: Campaign) -> Values:
    """What a campaign promises."""
    found = {
        "discount": Value(campaign.discount, campaign.name),
        "commission_rate": Value(campaign.commission_rate, campaign.name),
    }
    return {name: value for name, value in found.items() if value.value is not None}


# --- parts ----------------------------------------------------------------------------------------------------------


def _lately(today: date) -> Q:
    return Q(line__day__gt=today - timedelta(days=DAYS), line__day__lte=today)


def _average() -> str:
    return _("average of the last %(days)s days") % {"days": DAYS}


def _of_sales(product: Product, today: date) -> Values:
    with_commission = Q(commission__isnull=False) & ~Q(commission_basis=CommissionBasis.NONE)
    sums: dict[str, Any] = ProfitLine.objects.filter(_lately(today), line__product=product).aggregate(
        sum_pairs=Sum("line__quantity"),
        sum_total=Sum("line__total"),
        sum_returned=Sum("line__returned_quantity"),
        sum_commission=Sum("commission", filter=with_commission),
        commission_of=Sum("sale", filter=with_commission),
        sum_cargo=Sum("cargo"),
        cargo_of=Sum("line__quantity", filter=Q(cargo__isnull=False)),
        sum_fee=Sum("service_fee", filter=Q(service_fee__gt=0)),
        fee_of=Sum("line__quantity", filter=Q(service_fee__gt=0)),
    )
    pairs = sums["sum_pairs"]
    if not pairs:
        return {}
    found = {
        "price": sums["sum_total"] / pairs,
        "return_rate": Decimal(sums["sum_returned"]) * _HUNDRED / pairs,
        "commission_rate": _ratio(sums["sum_commission"], sums["commission_of"], _HUNDRED),
        "cargo": _ratio(sums["sum_cargo"], sums["cargo_of"]),
        "service_fee": _ratio(sums["sum_fee"], sums["fee_of"]),
    }
    return {name: Value(value, _average()) for name, value in found.items() if value is not None}


def _ratio(part: Decimal | None, whole: Decimal | int | None, times: Decimal = Decimal(1)) -> Decimal | None:
    return part * times / whole if part is not None and whole else None


def _unit_cost(product: Product, today: date) -> Value:
    """The cost sheet of today; without one, the average of what is noted at the barcodes, if all are noted."""
    sheets = CostSheet.objects.filter(product=product, valid_from__lte=today).order_by("-valid_from")
    sheet: Any = with_totals(sheets).first()
    if sheet is not None:
        source = _("cost sheet from %(day)s") % {"day": f"{sheet.valid_from:%d.%m.%Y}"}
        return Value(sheet.in_lira, source)
    rate = rate_on(today)
    goods = Variant.objects.filter(product=product, active=True).values("cost_currency").order_by()
    whole = pairs = Decimal(0)
    for row in goods.annotate(sum_cost=Sum("cost"), known=Count("cost"), pairs=Count("pk")):
        in_lira = Decimal(1) if row["cost_currency"] == Currency.TRY else rate.rate if rate else None
        if row["known"] != row["pairs"] or in_lira is None:
            return Value(None, "")
        whole += row["sum_cost"] * in_lira
        pairs += row["pairs"]
    return Value(whole / pairs if pairs else None, _("average of the barcodes"))


def _lost_rate(product: Product) -> Value:
    """Of the pairs that came back and were dealt with, those that went to no shelf."""
    units = ReturnUnit.objects.filter(variant__product=product).exclude(disposition="")
    counts = units.aggregate(
        units=Sum(1), lost=Sum(1, filter=~Q(disposition=Disposition.RESTOCKED), default=0)
    )
    if not counts["units"]:
        return Value(Decimal(0), "")
    return Value(Decimal(counts["lost"]) * _HUNDRED / counts["units"], _("all returns of the model"))


def _tariff(product: Product, today: date) -> CargoTariff | None:
    """What the carrier that took most of its pairs charges for one of them."""
    sold = ProfitLine.objects.filter(_lately(today), line__product=product).exclude(line__carrier="")
    carriers = sold.values("line__carrier").annotate(pairs=Sum("line__quantity"))
    first = carriers.order_by("-pairs", "line__carrier").first()
    names = ["", *([first["line__carrier"]] if first else [])]
    fits = CargoTariff.objects.filter(holds(today), carrier__in=names, desi_to__gte=product.desi)
    fits = fits.filter(order_below__isnull=True)
    return fits.order_by(F("carrier").desc(), "desi_to", "-valid_from").first()


__all__ = ["DAYS", "Value", "Values", "of_campaign", "of_model", "of_shop"]
