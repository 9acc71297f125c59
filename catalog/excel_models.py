"""Models and barcodes behind a sheet of products: read in a few statements, written in a few statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import pghistory
from django.utils import timezone

from catalog.changing import VariantChange, change_variants
from catalog.locks import lock_products, lock_variants
from catalog.models import BarcodeAlias, Product, Variant
from catalog.new_barcodes import take_barcodes
from catalog.taking_in import NewModel, NewVariant, take_in
from gullu.excel.errors import MadeMeanwhile, PreviewOutdated
from gullu.models import User
from gullu.text import Fold, fold

MODEL_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "title": "title",
        "brand": "brand",
        "category": "category",
        "age_group": "age_group",
        "vat_rate": "vat_rate",
        "desi": "desi",
        "description": "description",
        "origin": "origin",
        "model_discontinued": "discontinued",
        "model_active": "active",
    }
)
"""Columns of a model and the fields they are."""
VARIANT_FIELDS: Final = frozenset(
    {
        "stock_code",
        "list_price",
        "sale_price",
        "cost",
        "cost_currency",
        "safety_buffer",
        "discontinued",
        "active",
    }
)
# What a new barcode is made with at once; the rest is changed right after.
_MADE_WITH: Final = frozenset({"stock_code", "list_price", "sale_price"})
_AFTERWARDS: Final = frozenset({"discontinued", "active"})
_AT_ONCE: Final = 500


@dataclass(slots=True, kw_only=True)
class Model:
    """A model as the rows of a sheet see it. `stored` is what the database has, `pending` what the rows so far made.

    `said`: which row said what is pending of a column. `made`: which row makes a colour and size (folded).
    `colours`: those that rows make.
    """

    code: str
    product: Product | None
    stored: dict[str, Any]
    pending: dict[str, Any]
    variants: list[Variant] = field(default_factory=list)
    said: dict[str, int] = field(default_factory=dict)
    made: dict[tuple[str, str], int] = field(default_factory=dict)
    colours: set[str] = field(default_factory=set)

    @property
    def pk(self) -> int | None:
        return self.product.pk if self.product else None

    def variant(self, colour: str, size: str) -> Variant | None:
        """The barcode of this colour and size: written so, else whatever the letters."""
        folded = (fold(colour), fold(size))
        alike = [row for row in self.variants if (fold(row.colour), fold(row.size)) == folded]
        exact = [row for row in alike if (row.colour, row.size) == (colour, size)]
        return next(iter(exact or alike), None)

    def colour_as_written(self, colour: str) -> str:
        """The colour as this model's other barcodes write it, also those that rows further up make."""
        known = {row.colour for row in self.variants} | self.colours
        alike = (one for one in sorted(known) if fold(one) == fold(colour))
        return colour if colour in known else next(alike, colour)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """A barcode to be made; an empty `barcode` takes the next one of our own series."""

    model: Model
    barcode: str
    colour: str
    size: str
    values: dict[str, Any]


@dataclass(slots=True)
class Batch:
    """What the right rows of a sheet want."""

    models: dict[str, Model] = field(default_factory=dict)
    new: list[NewRow] = field(default_factory=list)
    changes: list[VariantChange] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What the rows of a sheet are about. `alike`: the code that exists, by its folded form, where only letters differ.

    `aliases`: additional barcodes with the code of their model.
    """

    models: dict[str, Model]
    by_barcode: dict[str, Variant]
    alike: dict[str, str]
    aliases: dict[str, str]
    by_pk: dict[int, Model]

    def model_of(self, variant: Variant) -> Model:
        return self.by_pk[variant.product_id]


def read_shop(codes: Collection[str], barcodes: Collection[str], *, lock: bool) -> Shop:
    """Models with these codes or barcodes, with all their barcodes; six statements, locked with `lock`."""
    theirs = Variant.objects.filter(barcode__in=barcodes).values_list("product_id", flat=True)
    folded = Product.objects.annotate(folded=Fold("code")).filter(folded__in={fold(code) for code in codes})
    alike = dict(folded.values_list("code", "pk"))
    wanted = {pk for code, pk in alike.items() if code in codes} | set(theirs)
    products = lock_products(wanted) if lock else list(Product.objects.filter(pk__in=wanted))
    variants = _variants(wanted, lock=lock)
    models = {product.code: _model(product) for product in products}
    by_pk = {product.pk: models[product.code] for product in products}
    for variant in variants:
        by_pk[variant.product_id].variants.append(variant)
    folded_codes = {fold(code): code for code in alike}
    for code in codes:
        # Of two new ones that differ in letters only, the first one is it.
        if code not in models and folded_codes.setdefault(fold(code), code) == code:
            models[code] = _model(Product(code=code), exists=False)
    found_aliases = BarcodeAlias.objects.filter(code__in=barcodes).values_list(
        "code", "variant__product__code"
    )
    return Shop(
        models=models,
        by_barcode={variant.barcode: variant for variant in variants},
        alike=folded_codes,
        aliases=dict(found_aliases),
        by_pk=by_pk,
    )


def _variants(product_ids: Collection[int], *, lock: bool) -> list[Variant]:
    rows = Variant.objects.filter(product_id__in=product_ids)
    return lock_variants(list(rows.values_list("pk", flat=True))) if lock else list(rows)


def _model(product: Product, *, exists: bool = True) -> Model:
    values = {column: getattr(product, name) for column, name in MODEL_FIELDS.items()}
    # Browsers send two signs at the end of a line, a sheet has one.
    values["description"] = values["description"].replace("\r\n", "\n").strip()
    return Model(
        code=product.code,
        product=product if exists else None,
        stored=values if exists else {},
        pending=dict(values),
    )


# --- writing ------------------------------------------------------------------------------------------------------


def write_batch(batch: Batch, *, user: User) -> None:
    """Make and change everything. Raises `SeriesExhausted`, `VariantsRefused`, `PreviewOutdated` (made meanwhile)."""
    with pghistory.context(user=user.pk):
        made = _make(batch, user)
        _change_models([model for model in batch.models.values() if model.product is not None])
    later = [
        VariantChange(variant_id=pk, values=values)
        for pk, row in made
        if (values := {name: value for name, value in row.values.items() if name not in _MADE_WITH})
    ]
    if batch.changes or later:
        change_variants([*batch.changes, *later], user=user)


def _make(batch: Batch, user: User) -> list[tuple[int, NewRow]]:
    """Models and barcodes that do not exist, the latter with their new keys."""
    fresh = iter(take_barcodes(sum(not row.barcode for row in batch.new)))
    rows = {row.barcode or next(fresh): row for row in batch.new}
    by_code: dict[str, list[NewVariant]] = {
        code: [] for code, model in batch.models.items() if model.product is None
    }
    for barcode, row in rows.items():
        by_code.setdefault(row.model.code, []).append(_new_variant(barcode, row))
    if not by_code:
        return []
    taken = take_in([_new_model(batch.models[code], tuple(new)) for code, new in by_code.items()], user=user)
    if taken.left or by_code.keys() - taken.products.keys():
        what = next(iter(sorted(taken.left)), "") or min(by_code)
        raise PreviewOutdated(count=len(taken.left) or 1, first=MadeMeanwhile(what=what).message)
    _flag_new_models(batch, taken.products)
    keys = dict(Variant.objects.filter(barcode__in=rows).values_list("barcode", "pk"))
    return [(keys[barcode], row) for barcode, row in rows.items()]


def _new_variant(barcode: str, row: NewRow) -> NewVariant:
    return NewVariant(
        barcode=barcode,
        colour=row.colour,
        size=row.size,
        stock_code=row.values.get("stock_code") or "",
        list_price=row.values.get("list_price"),
        sale_price=row.values.get("sale_price"),
    )


def _new_model(model: Model, variants: tuple[NewVariant, ...]) -> NewModel:
    values = {name: model.pending[column] for column, name in MODEL_FIELDS.items() if name not in _AFTERWARDS}
    return NewModel(code=model.code, variants=variants, **values)


def _flag_new_models(batch: Batch, products: Mapping[str, int]) -> None:
    """A new model begins active and not discontinued; the few that are to be otherwise are changed at once."""
    flags = [column for column, name in MODEL_FIELDS.items() if name in _AFTERWARDS]
    rows = [
        Product(pk=products[model.code], **{MODEL_FIELDS[column]: model.pending[column] for column in flags})
        for model in batch.models.values()
        if model.product is None and any(column in model.said for column in flags)
    ]
    if rows:
        Product.objects.bulk_update(rows, sorted(_AFTERWARDS), batch_size=_AT_ONCE)


def _change_models(models: Collection[Model]) -> None:
    changed, names, now = [], set(), timezone.now()
    for model in models:
        product = model.product
        different = {column for column in model.said if model.pending[column] != model.stored[column]}
        if product is None or not different:
            continue
        for column in different:
            setattr(product, MODEL_FIELDS[column], model.pending[column])
        product.updated_at = now
        changed.append(product)
        names |= {MODEL_FIELDS[column] for column in different}
    if changed:
        Product.objects.bulk_update(changed, [*sorted(names), "updated_at"], batch_size=_AT_ONCE)
