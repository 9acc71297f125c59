"""What stands in a paper: one entry for each model and colour, with its sizes, their prices and their stock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from analytics.papers.kinds import Order
from analytics.papers.pictures import Key
from catalog.models import Product, Variant
from gullu.money import format_money
from gullu.text import fold
from inventory.selectors import Availability, availability
from inventory.stock_grid import size_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which entries are wanted; empty texts mean all. `only_stock`: at least one pair can be delivered."""

    search: str = ""
    brand: str = ""
    category: str = ""
    only_stock: bool = False
    only_active: bool = True
    order: str = Order.CODE


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """One barcode of an entry. Prices are TRY with VAT; `stock` is None where it was not asked for."""

    size: str
    barcode: str
    list_price: Decimal | None
    sale_price: Decimal | None
    stock: Availability | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A model in one colour, its sizes in their order."""

    product_id: int
    code: str
    title: str
    brand: str
    category: str
    age_group: str
    vat_rate: int
    created_at: datetime
    colour: str
    sizes: tuple[Size, ...] = field(default=())

    @property
    def key(self) -> Key:
        return self.product_id, self.colour

    @property
    def offered(self) -> int:
        """Pairs that can be delivered, over all sizes; 0 where stock was not asked for."""
        return sum(size.stock.offered for size in self.sizes if size.stock)

    @property
    def sale_prices(self) -> tuple[Decimal, Decimal] | None:
        """The lowest and the highest price of the sizes; None when none has one."""
        return _span(size.sale_price for size in self.sizes)

    @property
    def list_prices(self) -> tuple[Decimal, Decimal] | None:
        return _span(size.list_price for size in self.sizes)

    @property
    def sizes_words(self) -> str:
        """`36–41` when no whole size between is missing, else `36, 38, S`."""
        names = list(dict.fromkeys(size.size for size in self.sizes))
        numbers = [int(name) for name in names if name.isdecimal()]
        whole = len(numbers) == len(names) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1))
        return f"{names[0]}–{names[-1]}" if whole else ", ".join(names)


def _span(prices: Iterable[Decimal | None]) -> tuple[Decimal, Decimal] | None:
    known = [price for price in prices if price is not None]
    return (min(known), max(known)) if known else None


def span_words(prices: tuple[Decimal, Decimal] | None) -> str:
    """`1.299,90 ₺`, or `1.299,90 ₺ – 1.399,90 ₺` when sizes differ; a dash when none is known."""
    if prices is None:
        return format_money(None)
    lowest, highest = prices
    if lowest == highest:
        return format_money(lowest)
    return f"{format_money(lowest)} – {format_money(highest)}"


def find_entries(wanted: Filter, *, with_stock: bool) -> list[Entry]:
    """The entries a filter finds, in its order. One statement, and one for stock where that is asked for."""
    rows = _variants(only_active=wanted.only_active)
    if wanted.brand:
        rows = rows.filter(product__brand=wanted.brand)
    if wanted.category:
        rows = rows.filter(product__category=wanted.category)
    for word in fold(wanted.search).split():
        rows = rows.filter(_has(word))
    entries = _entries(rows, with_stock=with_stock or wanted.only_stock)
    found = [entry for entry in entries if entry.offered] if wanted.only_stock else entries
    return in_order(found, wanted.order)


def _has(word: str) -> Q:
    """The model, or any size of the same model and colour, has this word: found entries keep all their sizes."""
    same = Variant.objects.filter(product=OuterRef("product"), colour=OuterRef("colour"))
    return Q(product__search_key__contains=word) | Q(Exists(same.filter(search_key__contains=word)))


def entries_of(
    keys: Collection[Key], *, only_active: bool, with_stock: bool, order: str = Order.CODE
) -> list[Entry]:
    """The entries of these models and colours that still exist. The same statements as `find_entries`."""
    wanted = set(keys)
    rows = _variants(only_active=only_active).filter(product_id__in={product for product, _colour in wanted})
    entries = _entries(rows, with_stock=with_stock)
    return in_order([entry for entry in entries if entry.key in wanted], order)


def _variants(*, only_active: bool) -> QuerySet[Variant]:
    rows = Variant.objects.all()
    return rows.filter(active=True, product__active=True) if only_active else rows


_FACTS = ("product_id", "colour", "size", "barcode", "list_price", "sale_price")
_MODEL = ("code", "title", "brand", "category", "age_group", "vat_rate", "created_at")


def _entries(rows: QuerySet[Variant], *, with_stock: bool) -> list[Entry]:
    found = list(rows.values(*_FACTS, *(f"product__{name}" for name in _MODEL)))
    stock = (
        {row.barcode: row for row in availability([row["barcode"] for row in found])} if with_stock else {}
    )
    grouped: dict[Key, list[dict[str, Any]]] = {}
    for row in found:
        grouped.setdefault((row["product_id"], row["colour"]), []).append(row)
    return [_entry(group, stock) for group in grouped.values()]


def _entry(rows: list[dict[str, Any]], stock: dict[str, Availability]) -> Entry:
    sizes = [
        Size(
            size=row["size"],
            barcode=row["barcode"],
            list_price=row["list_price"],
            sale_price=row["sale_price"],
            stock=stock.get(row["barcode"]),
        )
        for row in rows
    ]
    sizes.sort(key=lambda size: size_order(size.size))
    model = {name: rows[0][f"product__{name}"] for name in _MODEL}
    return Entry(product_id=rows[0]["product_id"], colour=rows[0]["colour"], sizes=tuple(sizes), **model)


def in_order(entries: Sequence[Entry], order: str) -> list[Entry]:
    """Colours of a model always stand together."""
    ordered = sorted(entries, key=lambda entry: (fold(entry.code), entry.product_id, fold(entry.colour)))
    if order == Order.CATEGORY:
        ordered.sort(key=lambda entry: fold(entry.category))
    if order == Order.NEWEST:
        ordered.sort(key=lambda entry: entry.created_at, reverse=True)
    return ordered


def brands() -> list[str]:
    """Every brand there is, in alphabetical order."""
    return _values("brand")


def categories() -> list[str]:
    """Every category there is, in alphabetical order."""
    return _values("category")


def _values(name: str) -> list[str]:
    rows = Product.objects.exclude(**{name: ""}).values_list(name, flat=True).distinct()
    return sorted(rows, key=fold)


__all__ = [
    "Entry",
    "Filter",
    "Size",
    "brands",
    "categories",
    "entries_of",
    "find_entries",
    "in_order",
    "span_words",
]
