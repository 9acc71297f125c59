"""Where our barcodes and what a marketplace shows of them differ: plain values, field by field.

Something that one side does not know is no difference. What we have not written down and the marketplace shows can be
asked for, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gullu.text import fold
from integrations.listing.sheets import Choice, RemoteSheet


class Field(models.TextChoices):
    """What is compared. The values are names of fields of `Sheet`."""

    TITLE = "title", _("Title")
    DESCRIPTION = "description", _("Description")
    PICTURES = "image_urls", _("Pictures")
    ATTRIBUTES = "attributes", _("Attributes")
    STOCK_CODE = "stock_code", _("Stock code")
    LIST_PRICE = "list_price", _("List price")
    SALE_PRICE = "sale_price", _("Sale price")
    VAT_RATE = "vat_rate", _("VAT")
    DESI = "desi", _("Desi")
    ORIGIN = "origin", _("Country of origin")
    DELIVERY_DAYS = "delivery_days", _("Days until it ships")
    BRAND = "brand_id", _("Brand")
    CATEGORY = "category_id", _("Category")
    PRODUCT_CODE = "product_code", _("Model code")
    COLOUR = "colour", pgettext_lazy("difference", "Colour")
    SIZE = "size", pgettext_lazy("difference", "Size")


PRICES: Final = frozenset({Field.LIST_PRICE, Field.SALE_PRICE})
"""Shown only to those who may see amounts."""
_TENTH: Final = Decimal("0.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Addresses of the pictures of a colour; `own` when one is a file of ours, which gets another address there."""

    urls: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """One of our barcodes, as it is listed. Empty and None: not written down. `description` is a digest."""

    product_code: str
    colour: str
    size: str
    title: str
    card_title: str
    description: str
    stock_code: str
    brand_id: int | None
    category_id: int | None
    vat_rate: int
    desi: Decimal
    origin: str
    delivery_days: int | None
    list_price: Decimal | None
    sale_price: Decimal | None
    pictures: Pictures
    attributes: Mapping[str, Any]
    """As `ChannelProduct` keeps them, those of its colour and size included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """The same barcode as it is shown there. `description` is a digest; attributes None where none were told."""

    remote: RemoteSheet
    description: str
    list_price: Decimal | None
    sale_price: Decimal | None


@dataclass(frozen=True, slots=True)
class Gap:
    """One field that differs. `ours` and `theirs` are comparable values; `missing`: we have written nothing down."""

    field: Field
    ours: Any
    theirs: Any

    @property
    def missing(self) -> bool:
        return _empty(self.ours)

    @property
    def stamp(self) -> str:
        """What a page showed, in short: with another value on either side it is another stamp."""
        told = f"{self.field}|{self.ours!r}|{self.theirs!r}"
        return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()


def gaps(ours: Ours, theirs: Theirs, *, titles: Iterable[str], with_missing: bool = False) -> Iterator[Gap]:
    """Every field that both know and that differs; `with_missing` also what only the marketplace knows.

    `titles` are ours of the card and of all its sizes: a card there has one title, and any of ours may be it. Where
    none is, the shortest stands for all.
    """
    for field, here, there in _pairs(ours, theirs, frozenset(titles)):
        if _empty(there) or here == there or (_empty(here) and not with_missing):
            continue
        yield Gap(field, here, there)


def _empty(value: Any) -> bool:
    return value is None or value in ("", (), {})


def _pairs(ours: Ours, theirs: Theirs, titles: frozenset[str]) -> Iterator[tuple[Field, Any, Any]]:
    remote = theirs.remote
    title = min(titles, default=ours.title)
    yield Field.TITLE, remote.title if remote.title in titles else title, remote.title
    yield Field.DESCRIPTION, ours.description, theirs.description
    yield Field.PICTURES, *_pictures(ours.pictures, remote.image_urls)
    yield Field.ATTRIBUTES, *_attributes(ours.attributes, remote)
    yield Field.STOCK_CODE, ours.stock_code, remote.stock_code
    yield Field.LIST_PRICE, ours.list_price, theirs.list_price
    yield Field.SALE_PRICE, ours.sale_price, theirs.sale_price
    yield Field.VAT_RATE, ours.vat_rate, remote.vat_rate
    yield Field.DESI, _tenth(ours.desi), _tenth(remote.desi)
    yield Field.ORIGIN, ours.origin.upper(), remote.origin.upper()
    yield Field.DELIVERY_DAYS, ours.delivery_days, remote.delivery_days
    yield Field.BRAND, ours.brand_id, remote.brand_id
    yield Field.CATEGORY, ours.category_id, remote.category_id
    yield Field.PRODUCT_CODE, ours.product_code, remote.product_code
    yield Field.COLOUR, *_words(ours.colour, remote.colour)
    yield Field.SIZE, *_words(ours.size, remote.size)


@lru_cache(maxsize=256)
def _tenth(value: Decimal | str | None) -> Decimal | None:
    """Models keep one decimal, so what is behind it is no difference."""
    try:
        return None if value is None else Decimal(value).quantize(_TENTH, ROUND_HALF_UP)
    except InvalidOperation:
        return None


def _words(ours: str, theirs: str) -> tuple[str, str]:
    """Capital letters and Turkish dots make no other colour."""
    same = ours == theirs or fold(ours) == fold(theirs)
    return (theirs, theirs) if same else (ours, theirs)


def _pictures(ours: Pictures, theirs: Sequence[str]) -> tuple[Any, Any]:
    """Addresses where both name the same host; the marketplace keeps copies of the others, and then numbers must do."""
    if not ours.own and (not ours.urls or ours.urls == theirs or _hosts(ours.urls) <= _hosts(theirs)):
        return ours.urls, tuple(theirs)
    return (len(ours.urls), len(theirs)) if theirs else ((), ())


def _hosts(urls: Sequence[str]) -> set[str]:
    return {urlsplit(url).netloc for url in urls}


def _attributes(ours: Mapping[str, Any], remote: RemoteSheet) -> tuple[Any, Any]:
    """Only attributes that we chose, each as a pair with what is shown; colour and size are compared by themselves."""
    if remote.attributes is None:
        return (), ()
    places = {str(number) for number in (*remote.size_attributes, *remote.colour_attributes[:1])}
    there: Mapping[str, Any] = remote.attributes
    wanted = [
        number for number in (ours or there) if number not in places and ours.get(number) != there.get(number)
    ]
    # What is written in another way may still be the same choice.
    pairs = [(int(n), _choice(ours.get(n)), _choice(there.get(n))) for n in sorted(wanted, key=int)]
    differing = [pair for pair in pairs if pair[1] != pair[2]]
    here = tuple((number, choice) for number, choice, _shown in differing if choice != _NO_CHOICE)
    return here, tuple((number, shown) for number, _choice_of, shown in differing)


def _choice(value: Any) -> tuple[tuple[int, ...], str]:
    choice = Choice.from_json(value)
    return tuple(sorted(choice.values)), "" if choice.values else choice.text.strip()


_NO_CHOICE: Final = _choice(None)

__all__ = ["PRICES", "Field", "Gap", "Ours", "Pictures", "Theirs", "gaps"]
