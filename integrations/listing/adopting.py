"""Cards for models that have none: brand, category, attributes and the rest, as the marketplace already shows them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db import transaction
from django.db.models import Exists, F, Func, JSONField, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from integrations.listing.building import title_for
from integrations.listing.locks import lock_cards
from integrations.listing.sheets import RemoteSheet
from integrations.models import ChannelProduct, Listing, MarketBrand, MarketCategory

LISTED: Final = (
    Listing.State.APPROVED,
    Listing.State.ARCHIVED,
    Listing.State.PENDING,
    Listing.State.REJECTED,
)
"""States of a barcode the marketplace has."""
_AT_ONCE: Final = 1000
_SHOP_PATTERN: Final[str] = ChannelProduct._meta.get_field("title_pattern").default  # noqa: SLF001  (public API)
PATTERNS: Final = ("{title}", _SHOP_PATTERN, "{title} - {colour}", "{title} {colour}")
"""How titles may come about, the plainest first."""

T = TypeVar("T", bound=Hashable)
Attributes = dict[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Adopted:
    """Cards that are new, and those that learnt a brand or a category they did not have."""

    cards: int
    completed: int


@dataclass(frozen=True, slots=True)
class Told:
    """What the marketplace says of one of our barcodes."""

    product_id: int
    title: str
    colour: str
    size: str
    remote: RemoteSheet


@dataclass(frozen=True, slots=True)
class Split:
    """Attributes as `ChannelProduct` keeps them."""

    general: Attributes
    by_colour: dict[str, Attributes]
    by_size: dict[str, Attributes]


@transaction.atomic
def adopt(*, channel: str, product_ids: Collection[int] | None = None) -> Adopted:
    """Open cards for all models, or these, that are listed and have none; what is known only now is added to others.

    A brand or a category that somebody chose is left as it is. Two statements where there is nothing to do, and a
    bounded number otherwise.
    """
    new = _by_product(_told(channel, product_ids, Exists(_cards(channel)), negated=True))
    brands, categories = _places(channel, [row for rows in new.values() for row in rows])
    cards = [_card(channel, rows, brands, categories) for rows in new.values()]
    # Somebody may open a card by hand at the same moment: theirs stays.
    ChannelProduct.objects.bulk_create(cards, batch_size=_AT_ONCE, ignore_conflicts=True)
    return Adopted(len(cards), _complete(channel, product_ids))


def _cards(channel: str) -> QuerySet[ChannelProduct]:
    return ChannelProduct.objects.filter(channel=channel, product=OuterRef("variant__product"))


def _told(
    channel: str, product_ids: Collection[int] | None, condition: Any, *, negated: bool = False
) -> list[Told]:
    rows = Listing.objects.filter(channel=channel, state__in=LISTED, variant__isnull=False)
    rows = rows.exclude(remote={}).filter(~condition if negated else condition)
    if product_ids is not None:
        rows = rows.filter(variant__product__in=product_ids)
    # Descriptions and pictures are most of it, and not needed here.
    lean = Func(
        Func(F("remote"), Value("description"), template="%(expressions)s", arg_joiner=" - "),
        Value("image_urls"),
        template="%(expressions)s",
        arg_joiner=" - ",
        output_field=JSONField(),
    )
    found = rows.order_by("variant__product", "pk").values_list(
        "variant__product", "variant__product__title", "variant__colour", "variant__size", lean
    )
    return [
        Told(pk, title, colour, size, RemoteSheet.from_json(remote))
        for pk, title, colour, size, remote in found
    ]


def _by_product(rows: Iterable[Told]) -> dict[int, list[Told]]:
    found: defaultdict[int, list[Told]] = defaultdict(list)
    for row in rows:
        found[row.product_id].append(row)
    return found


def _places(channel: str, rows: Sequence[Told]) -> tuple[dict[int, int], dict[int, int]]:
    """Our keys of brands and categories by the marketplace's numbers; a brand it names is learnt from that."""
    named = {
        row.remote.brand_id: row.remote.brand for row in rows if row.remote.brand_id and row.remote.brand
    }
    numbers = {row.remote.category_id for row in rows if row.remote.category_id}
    if not named and not numbers:
        return {}, {}
    known = _keys(MarketBrand.objects.filter(channel=channel, remote_id__in=named))
    if named.keys() - known.keys():
        learn_brands(channel, {number: named[number] for number in named.keys() - known.keys()})
        known = _keys(MarketBrand.objects.filter(channel=channel, remote_id__in=named))
    leaves = MarketCategory.objects.filter(channel=channel, leaf=True, remote_id__in=numbers)
    return known, _keys(leaves)


def learn_brands(channel: str, named: Mapping[int, str]) -> None:
    """Note brands that a listing names; those known already stay as they are."""
    now = timezone.now()
    rows = [MarketBrand(channel=channel, remote_id=n, name=name, read_at=now) for n, name in named.items()]
    MarketBrand.objects.bulk_create(rows, batch_size=_AT_ONCE, ignore_conflicts=True)


def _keys(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.values_list("remote_id", "pk"))


def _card(
    channel: str, rows: Sequence[Told], brands: Mapping[int, int], categories: Mapping[int, int]
) -> ChannelProduct:
    split = split_attributes(rows)
    brand = commonest(row.remote.brand_id for row in rows)
    category = commonest(row.remote.category_id for row in rows)
    titles = [(row.remote.title, row.colour, row.size) for row in rows]
    return ChannelProduct(
        channel=channel,
        product_id=rows[0].product_id,
        brand_id=brands.get(brand or 0),
        category_id=categories.get(category or 0),
        attributes=split.general,
        colour_attributes=split.by_colour,
        size_attributes=split.by_size,
        title_pattern=pattern_of(rows[0].title, titles),
        delivery_days=commonest(row.remote.delivery_days for row in rows),
    )


def _complete(channel: str, product_ids: Collection[int] | None) -> int:
    """Brands and categories that cards lack and their listings name."""
    lacking = ChannelProduct.objects.filter(Q(brand=None) | Q(category=None), channel=channel)
    if product_ids is not None:
        lacking = lacking.filter(product__in=product_ids)
    products = set(lacking.values_list("product_id", flat=True))
    if not products:
        return 0
    told = _by_product(_told(channel, products, Q()))
    brands, categories = _places(channel, [row for rows in told.values() for row in rows])
    # Somebody may have chosen meanwhile: that stays.
    cards = lock_cards(channel=channel, product_ids=told.keys()).values()
    changed = [card for card in cards if _learn(card, told.get(card.product_id, ()), brands, categories)]
    ChannelProduct.objects.bulk_update(changed, ["brand", "category"], batch_size=_AT_ONCE)
    return len(changed)


def _learn(
    card: ChannelProduct, rows: Sequence[Told], brands: Mapping[int, int], categories: Mapping[int, int]
) -> bool:
    before = (card.brand_id, card.category_id)
    card.brand_id = card.brand_id or brands.get(commonest(row.remote.brand_id for row in rows) or 0)
    found = categories.get(commonest(row.remote.category_id for row in rows) or 0)
    card.category_id = card.category_id or found
    return before != (card.brand_id, card.category_id)


# --- concluding from what is told ---------------------------------------------------------------------------------


def commonest(values: Iterable[T | None]) -> T | None:
    """The value most of them have, of equals the first; None and empty text are no value."""
    counted = Counter(value for value in values if value is not None and value != "")
    return max(counted, key=counted.__getitem__, default=None)


def pattern_of(title: str, told: Iterable[tuple[str, str, str]]) -> str:
    """The first pattern that makes of our `title` every title there; told are (title, colour, size).

    Where the title there is another one, the first pattern all of them were made with; the shop's own where there is
    no such pattern.
    """
    wanted = [row for row in told if row[0]]
    for pattern in PATTERNS if wanted else ():
        if all(title_for(pattern, title=title, colour=c, size=s) == there for there, c, s in wanted):
            return pattern
    return next((pattern for pattern in PATTERNS if _common(pattern, wanted)), _SHOP_PATTERN)


def title_of(told: Iterable[tuple[str, str, str]]) -> str:
    """What all the titles there have in common; told are (title, colour, size). Else the one most barcodes have."""
    wanted = [row for row in told if row[0]]
    shared = (title for pattern in PATTERNS if (title := _common(pattern, wanted)))
    return next(shared, "") or commonest(title for title, _colour, _size in wanted) or ""


def _common(pattern: str, told: Iterable[tuple[str, str, str]]) -> str:
    """The one title that a pattern makes all of these from; empty where there is none."""
    found = {_stripped(pattern, *row) for row in told}
    return (found.pop() or "") if len(found) == 1 else ""


def _stripped(pattern: str, there: str, colour: str, size: str) -> str | None:
    """The part of a title that a pattern leaves to `{title}`; None where the pattern did not make it."""
    before, _mark, after = title_for(pattern, title="\0", colour=colour, size=size).partition("\0")
    if len(there) <= len(before) + len(after) or not (there.startswith(before) and there.endswith(after)):
        return None
    return there[len(before) : len(there) - len(after)].strip()


def split_attributes(rows: Sequence[Told]) -> Split:
    """What is the same for all barcodes, what a colour adds, what a size adds. Rows that told none do not count.

    An attribute that is about the colour or the size goes there, also where a model has only one of them.
    """
    told = [row for row in rows if row.remote.attributes is not None]
    about_colour = {str(number) for row in told for number in row.remote.colour_attributes}
    about_size = {str(number) for row in told for number in row.remote.size_attributes}
    numbers = sorted({number for row in told for number in row.remote.attributes or ()}, key=int)
    split = Split({}, {}, {})
    for number in numbers:
        has = [row for row in told if number in (row.remote.attributes or {})]
        if number in about_colour:
            _share(split.by_colour, number, has, "colour")
        elif number in about_size:
            _share(split.by_size, number, has, "size")
        else:
            _place(split, number, has)
    return split


def _place(split: Split, number: str, rows: Sequence[Told]) -> None:
    """Where an attribute belongs that nothing tells of: as high as its values allow."""
    if len({_text(row, number) for row in rows}) == 1:
        split.general[number] = _value(rows[0], number)
    elif _constant(rows, number, "colour"):
        _share(split.by_colour, number, rows, "colour")
    elif _constant(rows, number, "size"):
        _share(split.by_size, number, rows, "size")
    else:
        split.general[number] = json.loads(commonest(_text(row, number) for row in rows) or "{}")


def _share(target: dict[str, Attributes], number: str, rows: Sequence[Told], kind: str) -> None:
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        texts[getattr(row, kind)].append(_text(row, number))
    for key, found in texts.items():
        target.setdefault(key, {})[number] = json.loads(commonest(found) or "{}")


def _constant(rows: Sequence[Told], number: str, kind: str) -> bool:
    pairs = {(getattr(row, kind), _text(row, number)) for row in rows}
    return len(pairs) == len({key for key, _text_of in pairs})


def _value(row: Told, number: str) -> Mapping[str, Any]:
    return (row.remote.attributes or {})[number]


def _text(row: Told, number: str) -> str:
    return json.dumps(_value(row, number), sort_keys=True, ensure_ascii=False)


__all__ = [
    "LISTED",
    "PATTERNS",
    "Adopted",
    "Told",
    "adopt",
    "commonest",
    "learn_brands",
    "pattern_of",
    "split_attributes",
    "title_of",
]
