"""Differences as a page shows them: alike barcodes in one line, values in words, and what can be done about each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models.fields.json import KT
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Product, ProductImage, VatRate
from gullu.money import format_money, format_number
from integrations.listing.comparing import Field, Gap
from integrations.listing.differences import Row
from integrations.models import (
    Listing,
    MarketAttribute,
    MarketBrand,
    MarketCategory,
    MarketValue,
    ProductWrite,
)
from inventory.stock_grid import size_order

_LONGEST_TEXT: Final = 400
_LONGEST_NAME: Final = 100
_PICTURES_SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A value in words; pictures beside it where it is about pictures."""

    words: str
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One line: barcodes of a model that differ in the same way. `key` is what a form sends (`Choice.read`).

    `take_why` and `send_why` say why that cannot be done; empty where it can.
    """

    field: Field
    stamp: str
    listing_ids: tuple[int, ...]
    where: str
    ours: Shown
    theirs: Shown
    missing: bool
    take_why: str
    send_why: str

    @property
    def key(self) -> str:
        return f"{self.field}:{self.stamp}:{'.'.join(map(str, self.listing_ids))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDifferences:
    """One model on the page; `picture` is the address of a small one, or empty.

    `sent`: changes of it were sent after the listing was read, so it may look otherwise there by now.
    """

    product_id: int
    code: str
    title: str
    picture: str
    sent: bool
    differences: tuple[Difference, ...]


@dataclass(slots=True)
class _Names:
    """What numbers are called. `texts` are descriptions, ours by model, theirs by listing."""

    brands: dict[int, str] = field(default_factory=dict)
    categories: dict[int, str] = field(default_factory=dict)
    attributes: dict[int, str] = field(default_factory=dict)
    values: dict[int, str] = field(default_factory=dict)
    our_texts: dict[int, str] = field(default_factory=dict)
    their_texts: dict[int, str] = field(default_factory=dict)


def in_words(
    rows: Sequence[Row], *, channel: str, field: Field | None = None, read_at: datetime | None = None
) -> list[ModelDifferences]:
    """The differences of these rows by model, in this field or all. Eight statements at most, however many rows.

    `read_at` is when the listing was read.
    """
    pairs = [(row, gap) for row in rows for gap in row.gaps if field is None or gap.field == field]
    groups: defaultdict[tuple[int, str, str, bool], list[tuple[Row, Gap]]] = defaultdict(list)
    for row, gap in pairs:
        groups[row.product_id, gap.field, gap.stamp, row.sendable(gap.field)].append((row, gap))
    names = _names(channel, pairs)
    by_model: defaultdict[int, list[Difference]] = defaultdict(list)
    for (product_id, *_key), found in groups.items():
        by_model[product_id].append(_difference(found, names))
    small, sent = _small_pictures(by_model), _sent_since(channel, by_model, read_at)
    order = list(Field)
    models = {row.product_id: row for row, _gap in pairs}
    return [
        ModelDifferences(
            product_id=product_id,
            code=row.ours.product_code,
            title=row.product_title,
            picture=small.get(product_id, ""),
            sent=product_id in sent,
            differences=tuple(sorted(by_model[product_id], key=lambda one: order.index(one.field))),
        )
        for product_id, row in models.items()
    ]


def _sent_since(channel: str, products: Iterable[int], read_at: datetime | None) -> set[int]:
    rows = ProductWrite.objects.filter(message__channel=channel, product__in=list(products))
    if read_at is not None:
        rows = rows.filter(message__created_at__gt=read_at)
    return set(rows.exclude(state=ProductWrite.State.FAILED).values_list("product", flat=True))


def _small_pictures(products: Iterable[int]) -> dict[int, str]:
    rows = ProductImage.objects.filter(product__in=list(products)).order_by(
        "product", "position", "colour", "pk"
    )
    return {row.product_id: row.thumb_address for row in rows.distinct("product")}


def _difference(found: Sequence[tuple[Row, Gap]], names: _Names) -> Difference:
    row, gap = found[0]
    rows = [one for one, _gap in found]
    ours, theirs = _sides(row, gap, names)
    return Difference(
        field=gap.field,
        stamp=gap.stamp,
        listing_ids=tuple(one.listing_id for one in rows),
        where=_where(rows),
        ours=Shown("—") if gap.missing else ours,
        theirs=theirs,
        missing=gap.missing,
        take_why=why_not_take(row, gap),
        send_why=_why_not_send(row, gap),
    )


def _where(rows: Sequence[Row]) -> str:
    """`Siyah 36, 37 · Bej 36`; a single barcode by itself."""
    if len(rows) == 1:
        return f"{rows[0].ours.colour} {rows[0].ours.size} · {rows[0].barcode}"
    sizes: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        sizes[row.ours.colour].append(row.ours.size)
    parts = (f"{colour} {', '.join(sorted(found, key=size_order))}" for colour, found in sizes.items())
    return " · ".join(parts)


# --- what can be done ---------------------------------------------------------------------------------------------


def why_not_take(row: Row, gap: Gap) -> str:
    """Why theirs cannot become ours; empty where it can."""
    return next(_against_taking(row, gap), "")


def _against_taking(row: Row, gap: Gap) -> Iterator[str]:
    if gap.field == Field.PRODUCT_CODE:
        yield _("A barcode stays with its model here.")
    if gap.field in {Field.COLOUR, Field.SIZE}:
        yield _("Colour and size of a barcode are changed on its own page.")
    if gap.field == Field.PICTURES and row.ours.pictures.own:
        yield _("Files of our own are not given up for copies of them.")
    if gap.field == Field.VAT_RATE and gap.theirs not in VatRate.values:
        yield _("There is no such VAT here.")
    if gap.field in {Field.TITLE, Field.STOCK_CODE} and len(gap.theirs) > _LONGEST_NAME:
        yield _("It has more than 100 letters.")
    if gap.field == Field.ORIGIN and len(gap.theirs) != 2:
        yield _("A country of origin has two letters.")


def _why_not_send(row: Row, gap: Gap) -> str:
    if gap.missing:
        return _("Nothing is written down here.")
    if row.state == Listing.State.ARCHIVED:
        return _("It is archived there: bring it back first.")
    if row.sendable(gap.field):
        return ""
    if row.approved:
        return _("Once approved, the marketplace does not let it be changed.")
    return _("Prices can be sent once it is approved.")


# --- words --------------------------------------------------------------------------------------------------------


def _names(channel: str, pairs: Sequence[tuple[Row, Gap]]) -> _Names:
    fields = {gap.field for _row, gap in pairs}
    names = _Names()
    if Field.BRAND in fields:
        brands = [row.ours.brand_id for row, _gap in pairs]
        rows = MarketBrand.objects.filter(channel=channel, remote_id__in=[x for x in brands if x])
        names.brands = dict(rows.values_list("remote_id", "name"))
    if Field.CATEGORY in fields:
        categories = [row.ours.category_id for row, _gap in pairs]
        found = MarketCategory.objects.filter(channel=channel, remote_id__in=[x for x in categories if x])
        names.categories = dict(found.values_list("remote_id", "path"))
    if Field.ATTRIBUTES in fields:
        _name_attributes(names, channel, [gap for _row, gap in pairs if gap.field == Field.ATTRIBUTES])
    if Field.DESCRIPTION in fields:
        _read_texts(names, [row for row, gap in pairs if gap.field == Field.DESCRIPTION])
    return names


def _name_attributes(names: _Names, channel: str, found: Sequence[Gap]) -> None:
    told = [pair for gap in found for pair in (*gap.ours, *gap.theirs)]
    rows = MarketAttribute.objects.filter(
        category__channel=channel, remote_id__in={number for number, _value in told}
    )
    names.attributes = dict(rows.values_list("remote_id", "name"))
    wanted = {value for _number, (values, _text) in told for value in values}
    values = MarketValue.objects.filter(attribute__category__channel=channel, remote_id__in=wanted)
    names.values = dict(values.values_list("remote_id", "name"))


def _read_texts(names: _Names, rows: Sequence[Row]) -> None:
    ours = Product.objects.filter(pk__in={row.product_id for row in rows})
    names.our_texts = dict(ours.values_list("pk", "description"))
    theirs = Listing.objects.filter(pk__in={row.listing_id for row in rows})
    names.their_texts = dict(theirs.values_list("pk", KT("remote__description")))


def _days(days: int) -> str:
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days} if days else _("The same day")


_FORMATS: Final[Mapping[Field, Callable[[Any], str]]] = {
    Field.LIST_PRICE: format_money,
    Field.SALE_PRICE: format_money,
    Field.VAT_RATE: lambda rate: f"% {rate}",
    Field.DESI: lambda desi: format_number(desi, places=1),
    Field.DELIVERY_DAYS: _days,
}


def _sides(row: Row, gap: Gap, names: _Names) -> tuple[Shown, Shown]:
    """Ours and theirs; call it for ours only where it is not missing."""
    if gap.field == Field.PICTURES:
        return _counted(row.ours.pictures.urls), _counted(row.theirs.remote.image_urls)
    if gap.field == Field.DESCRIPTION:
        return _texts(names.our_texts.get(row.product_id, ""), names.their_texts.get(row.listing_id, ""))
    if gap.field == Field.ATTRIBUTES:
        return Shown(_chosen(gap.ours, names)), Shown(_chosen(gap.theirs, names))
    remote = row.theirs.remote
    if gap.field == Field.BRAND:
        return Shown(_named(names.brands, gap.ours)), Shown(remote.brand or str(gap.theirs))
    if gap.field == Field.CATEGORY:
        return Shown(_named(names.categories, gap.ours)), Shown(remote.category or str(gap.theirs))
    words = _FORMATS.get(gap.field, str)
    return Shown("—" if gap.missing else words(gap.ours)), Shown(words(gap.theirs))


def _named(names: Mapping[int, str], number: int | None) -> str:
    return names.get(number or 0, str(number))


def _texts(ours: str, theirs: str) -> tuple[Shown, Shown]:
    first, second = (" ".join(strip_tags(text).split()) for text in (ours, theirs))
    if first == second:  # only the marks differ
        first, second = ours, theirs
    return Shown(Truncator(first).chars(_LONGEST_TEXT)), Shown(Truncator(second).chars(_LONGEST_TEXT))


def _chosen(pairs: Iterable[tuple[int, tuple[tuple[int, ...], str]]], names: _Names) -> str:
    lines = []
    for number, (values, text) in pairs:
        words = ", ".join(_named(names.values, value) for value in values) or text or "—"
        lines.append(f"{_named(names.attributes, number)}: {words}")
    return "\n".join(lines)


def _counted(urls: Sequence[str]) -> Shown:
    text = ngettext("%(count)s picture", "%(count)s pictures", len(urls)) % {"count": len(urls)}
    return Shown(text, tuple(urls[:_PICTURES_SHOWN]))


__all__ = ["Difference", "ModelDifferences", "Shown", "in_words", "why_not_take"]
