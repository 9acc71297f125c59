"""The sheet of products: one row a barcode, with what holds for its model beside it. It makes what is missing.

A row without a barcode means the colour and size of its model, or, without those too, the model alone. What the rows
of one model say about the model has to agree; a row is compared with what the rows above it do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from catalog.changing import VariantChange, problems_of
from catalog.excel import name_of
from catalog.excel_columns import ProductColumns
from catalog.excel_errors import (
    BarcodeElsewhere,
    BarcodeOfOther,
    CodeAlike,
    HasBarcode,
    ModelUnnamed,
    RowsDisagree,
    StillDraft,
    TitleMissing,
    VariantUnclear,
)
from catalog.excel_models import (
    MODEL_FIELDS,
    VARIANT_FIELDS,
    Batch,
    Model,
    NewRow,
    Shop,
    read_shop,
    write_batch,
)
from catalog.models import Product, Variant
from catalog.writing_errors import BarcodeRefused, BarcodeTaken
from catalog.writing_variants import is_barcode
from gullu.excel.columns import Column
from gullu.excel.errors import RowTwice
from gullu.excel.lines import Line
from gullu.text import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a row is about. `variant` is None for one to be made, or (without a colour) for the model alone."""

    model: Model
    variant: Variant | None = None
    barcode: str = ""
    colour: str = ""
    size: str = ""

    @property
    def pair(self) -> tuple[str, str]:
        return fold(self.colour), fold(self.size)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the download: a barcode, or a model that has none."""

    product: Product
    variant: Variant | None


class Products(ProductColumns):
    """Finds, checks and writes the rows of the sheet."""

    # --- reading --------------------------------------------------------------------------------------------------

    def load(self, rows: Sequence[Mapping[str, Any]], *, lock: bool) -> None:
        codes = list(dict.fromkeys(code for row in rows if (code := self.value_or_none(row, "code"))))
        barcodes = {code for row in rows if (code := self.value_or_none(row, "barcode"))}
        self._shop: Shop = read_shop(codes, barcodes, lock=lock)
        self._batch = Batch()

    def line_of(self, row: Mapping[str, Any]) -> Line:
        target = self._target(row)
        model, variant = target.model, target.variant
        if model.product is not None and model.product.draft:
            raise StillDraft(code=model.code)
        own = {} if variant is None else {name: getattr(variant, name) for name in VARIANT_FIELDS}
        return Line(
            name=_name(target),
            record=_record(target),
            values={**model.pending, **own},
            stored={**model.stored, **own},
            extra=target,
        )

    def _target(self, row: Mapping[str, Any]) -> Target:
        barcode, code = self.value(row, "barcode"), self.value(row, "code")
        colour, size = self.value(row, "colour") or "", self.value(row, "size") or ""
        variant = self._shop.by_barcode.get(barcode) if barcode else None
        if variant is not None:
            return self._known(variant, code, colour, size)
        if code is None:
            # A barcode alone cannot be made: nobody knows of what.
            raise ModelUnnamed
        model = self._model(code)
        if bool(colour) != bool(size) or (barcode and not colour):
            raise VariantUnclear(code=code)
        if not colour:
            return Target(model=model)
        there = model.variant(colour, size)
        if there is None:
            return Target(
                model=model, barcode=barcode or "", colour=model.colour_as_written(colour), size=size
            )
        if barcode:
            raise HasBarcode(what=f"{code} {there.colour} {there.size}", barcode=there.barcode)
        return Target(model=model, variant=there, barcode=there.barcode, colour=there.colour, size=there.size)

    def _known(self, variant: Variant, code: str | None, colour: str, size: str) -> Target:
        """The barcode exists: what else the row says about which one it is has to agree."""
        model = self._shop.model_of(variant)
        if code is not None and code != model.code:
            raise BarcodeElsewhere(barcode=variant.barcode, model=model.code, code=code)
        says = (colour or variant.colour, size or variant.size)
        if (fold(says[0]), fold(says[1])) != (fold(variant.colour), fold(variant.size)):
            is_ = f"{variant.colour} {variant.size}"
            raise BarcodeOfOther(barcode=variant.barcode, is_=is_, says=" ".join(says))
        return Target(
            model=model, variant=variant, barcode=variant.barcode, colour=variant.colour, size=variant.size
        )

    def _model(self, code: str) -> Model:
        known = self._shop.models.get(code)
        if known is None:
            raise CodeAlike(code=code, other=self._shop.alike[fold(code)])
        return known

    def key_of(self, line: Line) -> tuple[Any, ...] | None:
        target: Target = line.extra
        if target.barcode:
            return ("barcode", target.barcode)
        return (target.model.code, *target.pair) if target.colour else None

    # --- checking -------------------------------------------------------------------------------------------------

    def check(self, line: Line, number: int) -> Iterator[str]:
        target: Target = line.extra
        yield from self._disagreements(line, target.model)
        if target.model.product is None and not line.values.get("title"):
            yield TitleMissing(code=target.model.code).message
        if target.colour:
            yield from self._variant_problems(line, target, number)

    def _disagreements(self, line: Line, model: Model) -> Iterator[str]:
        for name in sorted(line.given & model.said.keys()):
            if line.values[name] != model.pending[name]:
                heading = self.fields[name].title
                yield RowsDisagree(row=model.said[name], heading=heading, code=model.code).message

    def _variant_problems(self, line: Line, target: Target, number: int) -> Iterator[str]:
        if target.variant is None:
            yield from self._new_problems(target, number)
        row = target.variant or Variant(barcode=line.name, product=target.model.product)
        change = VariantChange(variant_id=row.pk or 0, values=_variant_values(line))
        yield from (problem.message for problem in problems_of(change, row))

    def _new_problems(self, target: Target, number: int) -> Iterator[str]:
        other = target.model.made.get(target.pair)
        if other is not None:
            yield RowTwice(
                what=f"{target.model.code} {target.colour} {target.size}", row=number, other=other
            ).message
        if target.barcode and not is_barcode(target.barcode):
            yield BarcodeRefused(barcode=target.barcode).message
        if target.barcode in self._shop.aliases:
            yield BarcodeTaken(barcode=target.barcode, model=self._shop.aliases[target.barcode]).message

    def is_changed(self, column: Column, before: Line, after: Line) -> bool:
        """Of a new model everything is told that a row is the first to say, also what it would be anyway."""
        model: Model = after.extra.model
        first = model.said.get(column.name, self._number) == self._number
        is_news = model.product is None and column.name in MODEL_FIELDS and first
        return is_news or super().is_changed(column, before, after)

    # --- writing --------------------------------------------------------------------------------------------------

    def keep(self, line: Line, number: int) -> None:
        target: Target = line.extra
        model = target.model
        for name in line.given & MODEL_FIELDS.keys():
            model.pending[name] = line.values[name]
            model.said.setdefault(name, number)
        self._batch.models[model.code] = model
        values = _variant_values(line)
        if target.variant is not None and values:
            self._batch.changes.append(VariantChange(variant_id=target.variant.pk, values=values))
        elif target.variant is None and target.colour:
            model.made[target.pair] = number
            model.colours.add(target.colour)
            self._batch.new.append(
                NewRow(
                    model=model,
                    barcode=target.barcode,
                    colour=target.colour,
                    size=target.size,
                    values=values,
                )
            )

    def unchanged(self, line: Line, number: int) -> None:
        # A row below that says something else disagrees with this one, too.
        target: Target = line.extra
        for name in line.given & MODEL_FIELDS.keys():
            target.model.said.setdefault(name, number)

    def write(self) -> None:
        write_batch(self._batch, user=self.person)

    # --- downloading ----------------------------------------------------------------------------------------------

    def found(self, search: str) -> Iterable[Entry]:
        products = Product.objects.filter(draft=False)
        for word in fold(search).split():
            theirs = Variant.objects.filter(product=OuterRef("pk"), search_key__contains=word)
            products = products.filter(Q(search_key__contains=word) | Exists(theirs))
        listed = list(products.order_by("code"))
        variants: dict[int, list[Variant]] = {}
        rows = Variant.objects.filter(product__in=products).order_by("colour", "size", "pk")
        for variant in rows:
            variants.setdefault(variant.product_id, []).append(variant)
        return [Entry(product, one) for product in listed for one in variants.get(product.pk, [None])]


def _variant_values(line: Line) -> dict[str, Any]:
    return {name: line.values[name] for name in sorted(line.given & VARIANT_FIELDS)}


def _name(target: Target) -> str:
    if target.variant is not None:
        return name_of(target.variant, target.model.code)
    return " ".join(part for part in (target.model.code, target.colour, target.size, target.barcode) if part)


def _record(target: Target) -> str:
    """What must still be the same when the preview is applied; empty for what is to be made."""
    if target.colour:
        return f"variant {target.variant.pk}" if target.variant else ""
    if target.model.pk:
        return f"model {target.model.pk}"
    # A row further up makes it.
    return "model" if target.model.said else ""
