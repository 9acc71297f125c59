"""What the demo's office has entered for the profit: dollar rates, cost sheets, tariffs, the shop's own figures.

Rates in ten-thousandths of a lira, amounts in kuruş or cents. Some models have no cost at all and one carrier no price
for returns: what is missing must be seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final

import holidays

from analytics.enums import CostKind
from catalog.models import Currency
from gullu.demo.catalogue import DemoCatalogue, DemoModel
from gullu.demo.chance import dice
from gullu.demo.orders import CARRIERS

_DAY: Final = timedelta(days=1)
_FIRST_RATE, _LAST_RATE = 345_000, 431_000
_SHEETS_OF_1000: Final = 360
_HEELED: Final = ("Topuklu Ayakkabı", "Stiletto")
# Kind, name, its part of 1000, and whether it is bought in dollars where the model's cost is in dollars.
_PARTS: Final = (
    (CostKind.UPPER, "", 300, True),
    (CostKind.LINING, "", 80, False),
    (CostKind.SOLE, "", 180, True),
    (CostKind.HEEL, "", 60, False),
    (CostKind.ACCESSORY, "Toka, zincir", 40, True),
    (CostKind.CUTTING, "", 70, False),
    (CostKind.STITCHING, "", 120, False),
    (CostKind.LASTING, "", 70, False),
    (CostKind.BOX, "", 35, False),
    (CostKind.RENT, "Atölye payı", 45, False),
)
# Kuruş up to a desi, for the dearest of the periods.
_DESI: Final = (
    ("1", 6_490), ("2", 6_990), ("3", 7_790), ("4", 8_690), ("5", 9_790), ("7", 11_990), ("10", 14_990),
    ("15", 19_990), ("20", 25_990), ("30", 37_990),
)  # fmt: skip
# Per carrier, in the order of CARRIERS, what it takes of 1000; whoever is not named is every other carrier.
_CARRIER_FACTORS: Final = (1000, 1060, 1150, 980, 920)
_OTHER_FACTOR: Final = 1100
# First day of a period in parts of 1000 of the history, its prices of 1000, and the support band: below, price.
_PERIODS: Final = ((0, 640, 20_000, 2_650), (400, 810, 27_500, 3_390), (780, 1000, 35_000, 4_190))
_NO_RETURN_PRICE: Final = "PTTMP"
_SUPPORT_DESI: Final = "10"
# The way back of a cheap order is not supported: it costs what a parcel of this desi does.
_SUPPORT_RETURN: Final = "3"


@dataclass(frozen=True, slots=True)
class DemoPart:
    """One part of a cost; `amount` in kuruş or cents."""

    kind: CostKind
    name: str
    amount: int
    currency: Currency


@dataclass(frozen=True, slots=True)
class DemoSheet:
    """What a pair of a model (its index) costs from a day on."""

    model: int
    day: date
    parts: tuple[DemoPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoTariff:
    """One row of a carrier's price list; amounts in kuruş."""

    carrier: str
    first: date
    last: date | None
    desi: str
    below: int | None
    price: int
    return_price: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPolicy:
    """The shop's own figures from a day on, in kuruş."""

    first: date
    packaging: int
    staff: int
    service_fee: int
    note: str


def dollar_rates(*, seed: int, first: date, today: date) -> list[tuple[date, int]]:
    """A rate for each working day of the bank: rising, with small steps back."""
    closed = holidays.country_holidays("TR", years=range(first.year, today.year + 1), language="tr")
    days = [first + number * _DAY for number in range((today - first).days + 1)]
    rng = dice(seed, "rates")
    step, found = 0, []
    for number, day in enumerate(days):
        step = step * 9 // 10 + rng.randint(-900, 900)
        line = _FIRST_RATE + (_LAST_RATE - _FIRST_RATE) * number // max(len(days) - 1, 1)
        if day.weekday() < 5 and day not in closed:
            found.append((day, line + step))
    return found


def cost_sheets(catalogue: DemoCatalogue, *, seed: int, first: date, today: date) -> list[DemoSheet]:
    """Sheets of about a third of the models whose cost is known: the first, and new ones when wages rose."""
    rng = dice(seed, "costs")
    sheets: list[DemoSheet] = []
    for number, model in enumerate(catalogue.models):
        chosen, halves = rng.randrange(1000) < _SHEETS_OF_1000, rng.random() < 0.5
        if chosen and model.cost is not None:
            begins = first + max(model.born, 0) * _DAY
            days = [begins, *_raises(begins, today, halves=halves)]
            sheets += [_sheet(rng, number, model, day, ago=(today - day).days) for day in days]
    return sheets


def _raises(begins: date, today: date, *, halves: bool) -> Iterator[date]:
    """Wages rise in January, for some models' parts in July as well."""
    for year in range(begins.year, today.year + 1):
        for month in (1, 7) if halves else (1,):
            if begins < date(year, month, 1) <= today:
                yield date(year, month, 1)


def _sheet(rng: Random, number: int, model: DemoModel, day: date, *, ago: int) -> DemoSheet:
    """Parts in lira were cheaper by more than a third two years ago, parts in dollars by a few percent."""
    in_dollars = model.cost_currency == Currency.USD
    cost = model.cost or 0
    parts = []
    for kind, name, share, imported in _PARTS:
        if kind == CostKind.HEEL and model.kind.name not in _HEELED:
            continue
        part = cost * share * rng.randint(900, 1100) // 1_000_000
        if in_dollars and imported:
            amount, currency = part * (1000 - ago * 70 // 730) // 1000, Currency.USD
        else:
            lira = part * _LAST_RATE // 10_000 if in_dollars else part
            amount, currency = lira * (1000 - ago * 380 // 730) // 1000 // 5 * 5, Currency.TRY
        parts.append(DemoPart(kind, name, max(amount, 5), currency))
    return DemoSheet(number, day, tuple(parts))


def cargo_tariffs(*, first: date, today: date) -> list[DemoTariff]:
    """The price lists of all carriers in three periods, with the marketplace's support for cheap orders."""
    carriers = [
        (name, code, factor) for (code, _, name, _), factor in zip(CARRIERS, _CARRIER_FACTORS, strict=True)
    ]
    days = [first + (today - first).days * part // 1000 * _DAY for part, *_ in _PERIODS]
    ends: list[date | None] = [*(day - _DAY for day in days[1:]), None]
    rows: list[DemoTariff] = []
    for (_part, level, below, support), begins, ends_on in zip(_PERIODS, days, ends, strict=True):
        for name, code, factor in [*carriers, ("", "", _OTHER_FACTOR)]:
            for desi, full in _DESI:
                price = full * level * factor // 1_000_000 // 10 * 10
                back = None if code == _NO_RETURN_PRICE else price
                rows.append(
                    DemoTariff(
                        carrier=name,
                        first=begins,
                        last=ends_on,
                        desi=desi,
                        below=None,
                        price=price,
                        return_price=back,
                    )
                )
            if code:
                full = dict(_DESI)[_SUPPORT_RETURN] * level * factor // 1_000_000 // 10 * 10
                back = None if code == _NO_RETURN_PRICE else full
                rows.append(
                    DemoTariff(
                        carrier=name,
                        first=begins,
                        last=ends_on,
                        desi=_SUPPORT_DESI,
                        below=below,
                        price=support,
                        return_price=back,
                    )
                )
    return rows


def policies(*, first: date, today: date) -> list[DemoPolicy]:
    """The figures of the beginning, and those since the first of January of this year."""
    return [
        DemoPolicy(first=first, packaging=950, staff=9_500_000, service_fee=829, note=""),
        DemoPolicy(
            first=max(date(today.year, 1, 1), first + _DAY),
            packaging=1_380,
            staff=16_800_000,
            service_fee=1_019,
            note="Asgari ücret ve kutu zammı",
        ),
    ]


def rate_as_decimal(rate: int) -> Decimal:
    """Ten-thousandths of a lira → TRY."""
    return Decimal(rate).scaleb(-4)
