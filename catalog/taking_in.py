"""Taking whole models into the catalogue at once: what a marketplace lists of ours and is not here yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

import pghistory
from django.db import transaction

from catalog.models import AgeGroup, Product, Variant, VatRate, default_stock_code
from catalog.pictures.services import put_addresses
from gullu.models import User

_AT_ONCE: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVariant:
    """A barcode to be. An empty `stock_code` becomes the shop's own."""

    barcode: str
    colour: str
    size: str
    stock_code: str = ""
    list_price: Decimal | None = None
    sale_price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewModel:
    """A model to be, or more barcodes for the one that has this code: then only `variants` and `pictures` count.

    `pictures` are addresses by colour, the main one first.
    """

    code: str
    title: str
    brand: str = ""
    category: str = ""
    age_group: AgeGroup = AgeGroup.WOMEN
    vat_rate: int = VatRate.TEN
    desi: Decimal = Decimal(2)
    description: str = ""
    origin: str = ""
    variants: tuple[NewVariant, ...] = ()
    pictures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What is new, and `products`: the numbers of all models named, by their codes.

    `left` are barcodes that somebody else took, or whose place in the model, at the same moment.
    """

    products: Mapping[str, int]
    models: int
    variants: int
    pictures: int
    left: frozenset[str]


@transaction.atomic
def take_in(models: Sequence[NewModel], *, user: User | None = None) -> TakenIn:
    """Write models, barcodes and addresses of pictures, none of them a draft. A bounded number of statements.

    Takes what the constraints allow and names what they do not; the caller has checked everything a person can mend.
    Stock is not touched: it is counted. The history names `user`.
    """
    with nullcontext() if user is None else pghistory.context(user=user.pk):
        return _take_in(models, user)


def _take_in(models: Sequence[NewModel], user: User | None) -> TakenIn:
    codes = [model.code for model in models]
    before = _products(codes)
    new = [_product(model) for model in models if model.code not in before]
    Product.objects.bulk_create(new, batch_size=_AT_ONCE, ignore_conflicts=True)
    products = {**_products(codes), **before} if new else before
    rows = [
        _variant(variant, model, products[model.code])
        for model in models
        if model.code in products
        for variant in model.variants
    ]
    known = _barcodes(rows)
    Variant.objects.bulk_create(rows, batch_size=_AT_ONCE, ignore_conflicts=True)
    written = _barcodes(rows) - known
    wanted = {
        (products[model.code], colour): urls
        for model in models
        if model.code in products
        for colour, urls in model.pictures.items()
    }
    return TakenIn(
        products=products,
        models=len(products) - len(before),
        variants=len(written),
        pictures=put_addresses(wanted=wanted, user=user),
        left=frozenset(variant.barcode for model in models for variant in model.variants) - written,
    )


def _products(codes: Collection[str]) -> dict[str, int]:
    return dict(Product.objects.filter(code__in=codes, draft=False).values_list("code", "pk"))


def _barcodes(rows: Collection[Variant]) -> set[str]:
    found = Variant.objects.filter(barcode__in=[row.barcode for row in rows])
    return set(found.values_list("barcode", flat=True))


def _product(model: NewModel) -> Product:
    return Product(
        code=model.code,
        title=model.title,
        brand=model.brand,
        category=model.category,
        age_group=model.age_group,
        vat_rate=model.vat_rate,
        desi=model.desi,
        description=model.description,
        origin=model.origin,
    )


def _variant(variant: NewVariant, model: NewModel, product_id: int) -> Variant:
    named = {"code": model.code, "colour": variant.colour, "size": variant.size}
    return Variant(
        product_id=product_id,
        barcode=variant.barcode,
        colour=variant.colour,
        size=variant.size,
        stock_code=variant.stock_code or default_stock_code(**named)[:100],
        list_price=variant.list_price,
        sale_price=variant.sale_price,
    )
