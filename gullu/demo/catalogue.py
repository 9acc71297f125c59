"""The demo's catalogue: about 120 models in colours and sizes, 3,071 barcodes, and the shelves they lie on."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from catalog.barcodes import ean13_check_digit
from catalog.models import AgeGroup, Currency, default_stock_code
from gullu.demo.chance import dice
from gullu.demo.kinds import COLOURS, EDITIONS, KINDS, LEATHERS, SIZES, WORDS, Kind
from inventory.shelf_codes import RECEIVING_CODE

BARCODES: Final = 3071
BRAND: Final = "Güllü Shoes"
# GS1 leaves numbers that begin with 20 to a company's own use, so none of these belongs to anybody's goods.
_BARCODE_PREFIX: Final = "2086"
_BLOCKS, _SECONDARIES, _LEVELS = "ABCDEFGH", 10, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoModel:
    """A model. Prices and costs in kuruş or cents; `cost` is None where the shop never wrote it down.

    `born` and `ends` are days since the history began: before 0 it was there already, `ends` None means still made.
    """

    code: str
    title: str
    kind: Kind
    sale_price: int
    list_price: int
    cost: int | None
    cost_currency: Currency
    born: int
    ends: int | None


@dataclass(frozen=True, slots=True)
class DemoGroup:
    """One colour of a model; `variants` are indexes into the catalogue, `shares` their part of 1000 buyers."""

    model: int
    colour: str
    popularity: float
    variants: tuple[int, ...]
    shares: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DemoVariant:
    """One barcode. `shelves` are indexes into the catalogue's shelves, the usual place first."""

    model: int
    group: int
    barcode: str
    colour: str
    size: str
    stock_code: str
    shelves: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DemoCatalogue:
    """Everything that exists before the first order. Shelf 0 is the receiving shelf."""

    models: tuple[DemoModel, ...]
    groups: tuple[DemoGroup, ...]
    variants: tuple[DemoVariant, ...]
    shelves: tuple[str, ...]

    def model_of(self, variant: int) -> DemoModel:
        return self.models[self.variants[variant].model]


def make_catalogue(*, seed: int, days: int, barcodes: int = BARCODES) -> DemoCatalogue:
    """Invent a catalogue of exactly `barcodes` barcodes whose models are born and end within `days` of history."""
    rng = dice(seed, "catalogue")
    models = _models(rng, days)
    wanted = _colours(rng, models, barcodes)
    shelves = shelf_codes()
    serials = rng.sample(range(10_000_000, 99_999_999), barcodes)
    groups: list[DemoGroup] = []
    variants: list[DemoVariant] = []
    for group, (model, colour, sizes) in enumerate(wanted):
        first = len(variants)
        # A model's colours stand side by side, and all of them fill the warehouse.
        home = 1 + group * (len(shelves) - 1) // len(wanted)
        for size in sizes:
            first_twelve = f"{_BARCODE_PREFIX}{serials[len(variants)]:08d}"
            variants.append(
                DemoVariant(
                    model=model,
                    group=group,
                    barcode=first_twelve + ean13_check_digit(first_twelve),
                    colour=colour,
                    size=size,
                    stock_code=default_stock_code(code=models[model].code, colour=colour, size=size),
                    shelves=_places(rng, home, last=len(shelves) - 1),
                )
            )
        run = SIZES[models[model].kind.age_group]
        shares = tuple(run.shares[run.names.index(size)] for size in sizes)
        members = tuple(range(first, len(variants)))
        groups.append(DemoGroup(model, colour, _popularity(rng, colour), members, shares))
    return DemoCatalogue(tuple(models), tuple(groups), tuple(variants), shelves)


def shelf_codes() -> tuple[str, ...]:
    """The receiving shelf and 400 more, `A-01-01` to `H-10-05`, in walking order."""
    codes = [
        f"{block}-{secondary:02d}-{level:02d}"
        for block in _BLOCKS
        for secondary in range(1, _SECONDARIES + 1)
        for level in range(1, _LEVELS + 1)
    ]
    return (RECEIVING_CODE, *codes)


def _models(rng: Random, days: int) -> list[DemoModel]:
    kinds = [kind for kind in KINDS for _ in range(kind.models)]
    rng.shuffle(kinds)
    births = _births(rng, len(kinds), days)
    codes = sorted(rng.sample(range(101, 1290), len(kinds)))
    titles: set[str] = set()
    return [
        _model(rng, kind, code=f"{code:04d}", born=born, days=days, titles=titles)
        for kind, code, born in zip(kinds, codes, births, strict=True)
    ]


def _births(rng: Random, count: int, days: int) -> list[int]:
    """Three of five models are older than the history; the others appear through it, none in its last weeks."""
    late = [rng.randint(1, max(days - 25, 1)) for _ in range(count * 2 // 5)]
    return [-rng.randint(1, 400) for _ in range(count - len(late))] + sorted(late)


def _model(rng: Random, kind: Kind, *, code: str, born: int, days: int, titles: set[str]) -> DemoModel:
    low, high = kind.prices
    price = _price(rng.randint(low, high), even=rng.random() < 0.25)
    cost, currency = _cost(rng, kind)
    ends = rng.randint(days // 3, days - 60) if born < days // 4 and rng.random() < 0.25 else None
    return DemoModel(
        code=code,
        title=_title(rng, kind, titles),
        kind=kind,
        sale_price=price,
        list_price=_price(price * rng.randint(115, 145) // 10_000, even=False),
        cost=cost,
        cost_currency=currency,
        born=born,
        ends=ends,
    )


def _price(lira: int, *, even: bool) -> int:
    """Kuruş, ending in .00 or 9.90 as prices in the shop window do."""
    tens = (lira + 9) // 10 * 10
    return tens * 100 if even else tens * 100 - 10


def _cost(rng: Random, kind: Kind) -> tuple[int | None, Currency]:
    lot = rng.random()
    low, high = kind.dollars
    cents = rng.randint(low * 100, high * 100) // 5 * 5
    if lot < 0.09:
        return None, Currency.TRY
    if lot < 0.55:
        return cents, Currency.USD
    # A cost noted in lira, at about the rate of 2026.
    return cents * 43 // 100 * 100, Currency.TRY


def _title(rng: Random, kind: Kind, titles: set[str]) -> str:
    """A title no other model has."""
    while True:
        material = "" if kind.age_group == AgeGroup.CHILDREN else f"{rng.choice(LEATHERS)} "
        title = f"{WORDS[kind.age_group]} {material}{rng.choice(kind.features)} {kind.name}"
        if title in titles:
            title = f"{title} {rng.choice(EDITIONS)}"
        if title not in titles:
            titles.add(title)
            return title


def _colours(rng: Random, models: list[DemoModel], barcodes: int) -> list[tuple[int, str, tuple[str, ...]]]:
    """(model, colour, sizes) such that the sizes add up to exactly `barcodes`, in model order.

    Every model has a colour; more are dealt out in rounds, and the last colour has only the middle sizes.
    """
    colours = [_palette(rng) for _ in models]
    given = [0] * len(models)
    parts: list[tuple[int, str, tuple[str, ...]]] = []
    left, turn = barcodes, 0
    order = list(range(len(models)))
    while left:
        model = order[turn % len(order)]
        turn += 1
        if turn % len(order) == 0:
            rng.shuffle(order)
        if given[model] == len(colours[model]) or (given[model] >= 2 and rng.random() < 0.3):
            continue
        names = SIZES[models[model].kind.age_group].names
        sizes = names[(len(names) - left) // 2 :][:left] if left < len(names) else names
        parts.append((model, colours[model][given[model]], sizes))
        given[model] += 1
        left -= len(sizes)
    return sorted(parts, key=lambda part: part[0])


def _palette(rng: Random) -> list[str]:
    """Colours of one model, the common ones first more often."""
    names, weights = [name for name, _ in COLOURS], [weight for _, weight in COLOURS]
    chosen: list[str] = []
    while len(chosen) < 9:
        name = rng.choices(names, weights)[0]
        if name not in chosen:
            chosen.append(name)
    return chosen


def _popularity(rng: Random, colour: str) -> float:
    """A few colours of a few models sell most; black sells a little better than the rest."""
    draw = rng.random()
    return (0.15 + draw * draw * draw * 4) * (1.4 if colour == "Siyah" else 1.0)


def _places(rng: Random, home: int, *, last: int) -> tuple[int, ...]:
    """The usual shelf, and for some barcodes one or two more somewhere else."""
    lot = rng.random()
    others = 2 if lot < 0.06 else 1 if lot < 0.3 else 0
    places = [home]
    while len(places) <= others:
        shelf = rng.randint(1, last)
        if shelf not in places:
            places.append(shelf)
    return tuple(places)
