"""Writing what the demo's office has entered: rates, costs, tariffs, campaigns, rules and a production plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Final

from django.db import transaction

from analytics.commissions.applying import apply_import
from analytics.commissions.reading import open_import, read_import
from analytics.enums import PlanState, RateSource
from analytics.models import (
    Campaign,
    CargoTariff,
    CostPart,
    CostSheet,
    ExchangeRate,
    PlanningRule,
    ProductionPlan,
    ProductionPlanLine,
    ProfitPolicy,
)
from catalog.models import Product, Variant
from gullu.demo.chance import dice
from gullu.demo.days import ISTANBUL, from_ms, named_campaigns
from gullu.demo.history import SEED, DemoShop
from gullu.demo.inputs import cargo_tariffs, cost_sheets, dollar_rates, policies, rate_as_decimal
from gullu.demo.kinds import BOOTS, KINDS, SANDALS
from gullu.models import JobRun

# The first sale needs a rate, too, and the bank was closed on some days before it.
_EARLIER: Final = timedelta(days=14)
_AHEAD: Final = timedelta(days=60)
_PLAN_LINES: Final = 48
_PLAN_DAYS, _PLAN_CAPACITY = 10, 24
_SEASONAL: Final = (SANDALS, "Terlik")


@dataclass(frozen=True, slots=True)
class LoadedInputs:
    """How much was entered."""

    rates: int
    sheets: int
    tariffs: int
    campaigns: int
    plan_lines: int


@transaction.atomic
def load_inputs(shop: DemoShop) -> LoadedInputs:
    """Write the inputs into a database that holds the shop and none of them yet."""
    first, today = _span(shop)
    products = dict(Product.objects.values_list("code", "pk"))
    keys = [products[model.code] for model in shop.catalogue.models]
    return LoadedInputs(
        rates=_load_rates(first, today),
        sheets=_load_sheets(shop, keys, first, today),
        tariffs=_load_tariffs(first, today),
        campaigns=_load_campaigns(shop, keys, first, today),
        plan_lines=_load_planning(shop, keys, today),
    )


def load_commission_rates(shop: DemoShop) -> int:
    """The marketplace's tariff by category, as a file the office handed in and applied. Returns the rates."""
    first, _today = _span(shop)
    rows = [f"{kind.category};{kind.commission.replace('.', ',')}" for kind in KINDS]
    content = BytesIO("\r\n".join(["Kategori;Komisyon Oranı", *rows]).encode("utf-8-sig"))
    opened = open_import(content=content, name="komisyon-oranlari.csv", valid_from=first)
    read_import(import_id=opened.import_id, content=content, trigger=JobRun.Trigger.COMMAND)
    return apply_import(import_id=opened.import_id, only_valid=False).new


def _span(shop: DemoShop) -> tuple[date, date]:
    """First and last day of the history."""
    first, today = (
        from_ms(at_ms).astimezone(ISTANBUL).date() for at_ms in (shop.movements[0].at_ms, shop.now_ms)
    )
    return first, today


def _amount(kurus: int) -> Decimal:
    return Decimal(kurus).scaleb(-2)


def _load_rates(first: date, today: date) -> int:
    rates = dollar_rates(seed=SEED, first=first - _EARLIER, today=today)
    rows = [ExchangeRate(day=day, rate=rate_as_decimal(rate), source=RateSource.BANK) for day, rate in rates]
    return len(ExchangeRate.objects.bulk_create(rows))


def _load_sheets(shop: DemoShop, keys: Sequence[int], first: date, today: date) -> int:
    sheets = cost_sheets(shop.catalogue, seed=SEED, first=first, today=today)
    rows = CostSheet.objects.bulk_create(
        CostSheet(product_id=keys[sheet.model], valid_from=sheet.day) for sheet in sheets
    )
    CostPart.objects.bulk_create(
        CostPart(
            sheet=row, kind=part.kind, name=part.name, amount=_amount(part.amount), currency=part.currency
        )
        for row, sheet in zip(rows, sheets, strict=True)
        for part in sheet.parts
    )
    return len(rows)


def _load_tariffs(first: date, today: date) -> int:
    rows = CargoTariff.objects.bulk_create(
        CargoTariff(
            carrier=row.carrier,
            valid_from=row.first,
            valid_to=row.last,
            desi_to=Decimal(row.desi),
            order_below=None if row.below is None else _amount(row.below),
            price=_amount(row.price),
            return_price=None if row.return_price is None else _amount(row.return_price),
        )
        for row in cargo_tariffs(first=first, today=today)
    )
    ProfitPolicy.objects.bulk_create(
        ProfitPolicy(
            valid_from=row.first,
            packaging=_amount(row.packaging),
            staff=_amount(row.staff),
            service_fee=_amount(row.service_fee),
            note=row.note,
        )
        for row in policies(first=first, today=today)
    )
    return len(rows)


def _load_campaigns(shop: DemoShop, keys: Sequence[int], first: date, today: date) -> int:
    """Those the history was made with, those that come, and a sale of summer shoes that changed nothing."""
    known = named_campaigns(first, today + _AHEAD)
    rows = Campaign.objects.bulk_create(
        Campaign(name=row.name, first_day=row.first, last_day=row.last, discount=row.discount)
        for row in known
    )
    summer = [
        key
        for key, model in zip(keys, shop.catalogue.models, strict=True)
        if model.kind.category in _SEASONAL
    ]
    for year in range(first.year, today.year + 1):
        begins = date(year, 8, 15)
        if first <= begins <= today:
            sale = Campaign.objects.create(
                name="Sezon Sonu Sandalet", first_day=begins, last_day=date(year, 8, 31), discount=15
            )
            sale.products.add(*summer)
            rows.append(sale)
    return len(rows)


def _load_planning(shop: DemoShop, keys: Sequence[int], today: date) -> int:
    """The rule for all, rules of a few boots and sandals, and the plan the workshop is working on."""
    PlanningRule.objects.create()
    models = list(zip(keys, shop.catalogue.models, strict=True))
    boots = [key for key, model in models if model.kind.category == BOOTS][:3]
    sandals = [key for key, model in models if model.kind.category == SANDALS][:2]
    rules = [PlanningRule(product_id=key, lead_days=21, service_level=95, minimum_pairs=2) for key in boots]
    rules += [PlanningRule(product_id=key, lead_days=10, overstock_days=60) for key in sandals]
    PlanningRule.objects.bulk_create(rules)
    return _load_plan(shop, today)


def _load_plan(shop: DemoShop, today: date) -> int:
    """Barcodes of liked colours that are nearly sold out, in the lots of the workshop; a part is made already."""
    rng = dice(SEED, "plan")
    catalogue = shop.catalogue
    wanted = [
        (-catalogue.groups[variant.group].popularity, number)
        for number, variant in enumerate(catalogue.variants)
        if shop.stock[number] <= 2 and catalogue.models[variant.model].ends is None
    ]
    barcodes = [catalogue.variants[number].barcode for _popularity, number in sorted(wanted)[:_PLAN_LINES]]
    ids = dict(Variant.objects.filter(barcode__in=barcodes).values_list("barcode", "pk"))
    begun = today - timedelta(days=3)
    plan = ProductionPlan.objects.create(
        name=f"Atölye planı {begun:%d.%m.%Y}",
        state=PlanState.WORKING,
        first_day=begun,
        days=_PLAN_DAYS,
        daily_capacity=_PLAN_CAPACITY,
    )
    lines = []
    for barcode in barcodes:
        planned = 2 * rng.randint(1, 3)
        made = planned if rng.random() < 0.2 else 0
        lines.append(
            ProductionPlanLine(
                plan=plan, variant_id=ids[barcode], suggested=planned, planned=planned, made=made
            )
        )
    return len(ProductionPlanLine.objects.bulk_create(lines))
