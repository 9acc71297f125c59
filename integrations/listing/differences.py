"""Our models beside what a marketplace shows of them: finding where they differ. Selectors.

`find` looks at everything in three statements; `integrations.listing.difference_words` turns the differences of one
page of models into words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, Func, JSONField, QuerySet, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import MD5, Coalesce, NullIf, Trim

from catalog.models import ProductImage
from gullu.text import fold
from integrations.listing.adopting import LISTED
from integrations.listing.building import card_title_for, title_for
from integrations.listing.comparing import PRICES, Field, Gap, Ours, Pictures, Theirs, gaps
from integrations.listing.planning import AFTER_APPROVAL, BEFORE_APPROVAL
from integrations.listing.sheets import RemoteSheet
from integrations.listing.standing import UNAPPROVED
from integrations.models import ChannelProduct, Listing

_COLUMNS: Final = (
    "pk", "state", "content_id", "barcode", "list_price", "sale_price", "lean", "their_text", "variant_id",
    "variant__colour", "variant__size", "variant__stock_code", "variant__list_price", "variant__sale_price",
    "variant__product_id", "variant__product__code", "variant__product__title", "variant__product__vat_rate",
    "variant__product__desi", "variant__product__origin", "our_text",
)  # fmt: skip
_NO_CARD: Final = ChannelProduct()
_NO_TEXT: Final = "d41d8cd98f00b204e9800998ecf8427e"
"""MD5 of an empty text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One barcode that differs in at least one field."""

    listing_id: int
    variant_id: int
    product_id: int
    barcode: str
    state: str
    product_title: str
    ours: Ours
    theirs: Theirs
    gaps: tuple[Gap, ...]

    @property
    def approved(self) -> bool:
        return self.state not in UNAPPROVED

    def sendable(self, field: Field) -> bool:
        """Whether the marketplace takes this field of it in its present state (contract sections 8.5 to 8.9)."""
        if self.state == Listing.State.ARCHIVED:
            return False
        return field in (AFTER_APPROVAL if self.approved else BEFORE_APPROVAL)


@dataclass(frozen=True, slots=True)
class FieldCount:
    """How many barcodes and models differ in a field."""

    field: Field
    barcodes: int
    models: int


def find(
    *,
    channel: str,
    search: str = "",
    product_ids: Collection[int] | None = None,
    listing_ids: Collection[int] | None = None,
    with_missing: bool = False,
    money: bool = True,
) -> list[Row]:
    """Every barcode that differs, by model code and barcode; without the prices unless `money`. Three statements.

    `search` are parts of a model's code, title or brand; `listing_ids` narrows to these listings.
    """
    listings = _listings(channel, search)
    if product_ids is not None:
        listings = listings.filter(variant__product__in=product_ids)
    if listing_ids is not None:
        listings = listings.filter(variant__product__in=_products_of(listing_ids))
    raw = [dict(zip(_COLUMNS, row, strict=True)) for row in listings]
    products = {row["variant__product_id"] for row in raw}
    cards = _cards(channel, products)
    pictures = _pictures(products)
    ours = {row["pk"]: _ours(row, cards, pictures) for row in raw}
    titles = _titles(raw, ours)
    rows = (_row(row, ours[row["pk"]], titles, with_missing=with_missing, money=money) for row in raw)
    wanted = None if listing_ids is None else frozenset(listing_ids)
    return [row for row in rows if row.gaps and (wanted is None or row.listing_id in wanted)]


def count_fields(rows: Sequence[Row]) -> list[FieldCount]:
    """Fields that differ, most models first."""
    barcodes = Counter(gap.field for row in rows for gap in row.gaps)
    models = Counter(
        field for field, _product in {(gap.field, row.product_id) for row in rows for gap in row.gaps}
    )
    order = list(Field)
    found = [FieldCount(field, count, models[field]) for field, count in barcodes.items()]
    return sorted(found, key=lambda one: (-one.models, -one.barcodes, order.index(one.field)))


def models_in(rows: Sequence[Row], field: Field | None) -> list[int]:
    """Numbers of the models that differ, in this field or any, in the order of their codes."""
    return list(
        dict.fromkeys(
            row.product_id for row in rows if field is None or any(gap.field == field for gap in row.gaps)
        )
    )


# --- reading ------------------------------------------------------------------------------------------------------


def _digest(expression: Any) -> NullIf:
    """Of a text without blanks at its ends; None where there is none."""
    text = Trim(Coalesce(expression, Value(""), output_field=TextField()))
    return NullIf(MD5(text), Value(_NO_TEXT), output_field=TextField())


def _minus(expression: Any, key: str) -> Func:
    return Func(
        expression, Value(key), template="%(expressions)s", arg_joiner=" - ", output_field=JSONField()
    )


def _listings(channel: str, search: str) -> QuerySet[Listing, Any]:
    rows = Listing.objects.filter(
        channel=channel, state__in=LISTED, variant__isnull=False, variant__product__draft=False
    )
    for word in search.split():
        rows = rows.filter(variant__product__search_key__contains=fold(word))
    # A description is read only where a page shows it.
    return (
        rows.exclude(remote={})
        .annotate(
            lean=_minus(F("remote"), "description"),
            their_text=_digest(KT("remote__description")),
            our_text=_digest(F("variant__product__description")),
        )
        .order_by("variant__product__code", "barcode", "pk")
        .values_list(*_COLUMNS)
    )


def _products_of(listing_ids: Collection[int]) -> QuerySet[Listing, Any]:
    """A card has one title for all its sizes, so its other barcodes are needed to judge one of them."""
    return Listing.objects.filter(pk__in=listing_ids).values("variant__product")


def _cards(channel: str, products: Collection[int]) -> dict[int, ChannelProduct]:
    rows = ChannelProduct.objects.filter(channel=channel, product__in=products)
    return {card.product_id: card for card in rows.select_related("brand", "category")}


def _pictures(products: Collection[int]) -> dict[tuple[int, str], Pictures]:
    urls: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    own: set[tuple[int, str]] = set()
    rows = ProductImage.objects.filter(product__in=products).order_by("product", "colour", "position")
    for product_id, colour, url, file in rows.values_list("product_id", "colour", "url", "file"):
        urls[product_id, colour].append(url)
        if file:
            own.add((product_id, colour))
    return {key: Pictures(urls=tuple(found), own=key in own) for key, found in urls.items()}


def _ours(
    row: Mapping[str, Any],
    cards: Mapping[int, ChannelProduct],
    pictures: Mapping[tuple[int, str], Pictures],
) -> Ours:
    product_id, colour, size = row["variant__product_id"], row["variant__colour"], row["variant__size"]
    card = cards.get(product_id) or _NO_CARD
    named = {"title": row["variant__product__title"], "colour": colour, "size": size}
    return Ours(
        product_code=row["variant__product__code"],
        colour=colour,
        size=size,
        title=title_for(card.title_pattern, **named),
        card_title=card_title_for(card.title_pattern, title=named["title"], colour=colour),
        description=row["our_text"] or "",
        stock_code=row["variant__stock_code"],
        brand_id=card.brand.remote_id if card.brand else None,
        category_id=card.category.remote_id if card.category else None,
        vat_rate=row["variant__product__vat_rate"],
        desi=row["variant__product__desi"],
        origin=row["variant__product__origin"],
        delivery_days=card.delivery_days,
        list_price=row["variant__list_price"],
        sale_price=row["variant__sale_price"],
        pictures=pictures.get((product_id, colour), Pictures()),
        attributes={
            **card.attributes,
            **card.colour_attributes.get(colour, {}),
            **card.size_attributes.get(size, {}),
        },
    )


def _titles(raw: Sequence[Mapping[str, Any]], ours: Mapping[int, Ours]) -> dict[int, set[str]]:
    """Our titles by card there."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for row in raw:
        if row["content_id"] is not None:
            found[row["content_id"]] |= {ours[row["pk"]].title, ours[row["pk"]].card_title}
    return found


def _row(
    row: Mapping[str, Any], ours: Ours, titles: Mapping[int, set[str]], *, with_missing: bool, money: bool
) -> Row:
    theirs = Theirs(
        remote=RemoteSheet.from_json(row["lean"]),
        description=row["their_text"] or "",
        list_price=row["list_price"],
        sale_price=row["sale_price"],
    )
    of_card = titles.get(row["content_id"] or 0, set())
    found = gaps(ours, theirs, titles=of_card, with_missing=with_missing)
    return Row(
        listing_id=row["pk"],
        variant_id=row["variant_id"],
        product_id=row["variant__product_id"],
        barcode=row["barcode"],
        state=row["state"],
        product_title=row["variant__product__title"],
        ours=ours,
        theirs=theirs,
        gaps=tuple(gap for gap in found if money or gap.field not in PRICES),
    )


__all__ = ["FieldCount", "Row", "count_fields", "find", "models_in"]
