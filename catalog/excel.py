"""Sheets of barcodes: prices and costs. Both go through `catalog.changing`, which knows what can be taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.changing import VariantChange, change_variants, problems_of
from catalog.errors import UnknownBarcode
from catalog.excel_errors import StillDraft
from catalog.locks import lock_variants
from catalog.models import Currency, Product, Variant
from gullu.excel.columns import AmountCell, BarcodeCell, Cell, ChoiceCell, Column
from gullu.excel.errors import CellEmpty
from gullu.excel.lines import Line
from gullu.excel.resources import ExcelResource
from gullu.roles import VIEW_MONEY
from gullu.text import fold

SEE_VARIANTS: Final = ("catalog.view_product", "catalog.view_variant")
AT_ONCE: Final = 2_000


def matching(search: str, *, product: str, variant: str) -> Q:
    """Every word of a search in model or barcode; `product` and `variant` are the ways to their search keys."""
    found = Q()
    for word in fold(search).split():
        found &= Q(**{f"{product}__contains": word}) | Q(**{f"{variant}__contains": word})
    return found


def name_of(variant: Variant, code: str) -> str:
    """How a barcode is named in a preview."""
    return f"{code} {variant.colour} {variant.size} · {variant.barcode}"


class OfBarcodes(ExcelResource):
    """A sheet with one row a barcode that exists already."""

    see: ClassVar[tuple[str, ...]] = (*SEE_VARIANTS, VIEW_MONEY)
    write_rights: ClassVar[tuple[str, ...]] = ("catalog.change_variant",)

    barcode = Column(
        _("barcode"),
        BarcodeCell(),
        path="barcode",
        key=True,
        required=True,
        width=16,
        also="urun barkodu|barkod no|ean",
        says=_("Which barcode the row is about; it exists already."),
        example="8680000000017",
    )
    code = Column(_("model code"), Cell(), path="product__code", info=True, also="model|product code")
    title = Column(_("title"), Cell(), path="product__title", info=True, width=34, also="urun adi")
    colour = Column(_("colour"), Cell(), path="colour", info=True, also="color")
    size = Column(_("size"), Cell(), path="size", info=True, width=9, also="numara")

    class Meta:
        chunk_size = AT_ONCE

    def load(self, rows: Sequence[Mapping[str, Any]], *, lock: bool) -> None:
        barcodes = {code for row in rows if (code := self.value_or_none(row, "barcode"))}
        found = Variant.objects.filter(barcode__in=barcodes)
        variants = lock_variants(list(found.values_list("pk", flat=True))) if lock else list(found)
        self._variants = {variant.barcode: variant for variant in variants}
        products = Product.objects.filter(pk__in={variant.product_id for variant in variants})
        self._products = {product.pk: product for product in products.only("code", "draft")}
        self._changes: list[VariantChange] = []

    def line_of(self, row: Mapping[str, Any]) -> Line:
        barcode = self.value(row, "barcode")
        if barcode is None:
            raise CellEmpty(heading=self.fields["barcode"].title)
        variant = self._variants.get(barcode)
        if variant is None:
            raise UnknownBarcode(barcode=barcode)
        product = self._products[variant.product_id]
        if product.draft:
            raise StillDraft(code=product.code)
        stored = {column.name: getattr(variant, column.name) for column in self._writable()}
        name = name_of(variant, product.code)
        return Line(name=name, record=str(variant.pk), values=dict(stored), stored=stored, extra=variant)

    def _writable(self) -> list[Column]:
        return [column for column in self.columns if not (column.key or column.info)]

    def _change(self, line: Line) -> VariantChange:
        return VariantChange(
            variant_id=line.extra.pk, values={name: line.values[name] for name in sorted(line.given)}
        )

    def check(self, line: Line, number: int) -> Iterator[str]:
        return (problem.message for problem in problems_of(self._change(line), line.extra))

    def keep(self, line: Line, number: int) -> None:
        self._changes.append(self._change(line))

    def write(self) -> None:
        change_variants(self._changes, user=self.person)

    def found(self, search: str) -> QuerySet[Variant]:
        rows = Variant.objects.filter(matching(search, product="product__search_key", variant="search_key"))
        rows = rows.filter(product__draft=False).select_related("product")
        return rows.order_by("product__code", "colour", "size", "pk")


def list_price_column() -> Column:
    """The column of the price that is crossed out."""
    return Column(
        _("list price"),
        AmountCell(),
        path="list_price",
        money=True,
        may_be_empty=True,
        empty=None,
        also="liste fiyati|piyasa satis fiyati|psf",
        says=_("With VAT, in TRY; not below the sale price."),
        example="1.499,90",
    )


def sale_price_column() -> Column:
    """The column of the price customers pay."""
    return Column(
        _("sale price"),
        AmountCell(),
        path="sale_price",
        money=True,
        may_be_empty=True,
        empty=None,
        also="satis fiyati|fiyat|price|trendyol satis fiyati",
        says=_("With VAT, in TRY."),
        example="1.299,90",
    )


def cost_column() -> Column:
    """The column of what a pair costs us."""
    return Column(
        _("cost"),
        AmountCell(),
        path="cost",
        money=True,
        may_be_empty=True,
        empty=None,
        also="alis fiyati|birim maliyet|unit cost",
        says=_("For one pair, in the currency beside it; empty means not known, which is not zero."),
        example="450,00",
    )


def cost_currency_column() -> Column:
    """The column of the currency of the cost."""
    return Column(
        _("cost currency"),
        ChoiceCell([(currency, currency) for currency in Currency.values]),
        path="cost_currency",
        money=True,
        also="para birimi|doviz|currency",
        says=_("TRY or USD."),
        example="TRY",
    )


class Prices(OfBarcodes):
    slug = "prices"
    label = _("Prices")
    says = _("List price and sale price of barcodes that exist.")
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (("list_price", "sale_price"),)

    list_price = list_price_column()
    sale_price = sale_price_column()


class Costs(OfBarcodes):
    slug = "costs"
    label = _("Costs")
    says = _("What a pair of a barcode costs, and in which currency.")
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (("cost", "cost_currency"),)

    cost = cost_column()
    cost_currency = cost_currency_column()


__all__ = [
    "AT_ONCE",
    "SEE_VARIANTS",
    "Costs",
    "OfBarcodes",
    "Prices",
    "cost_column",
    "cost_currency_column",
    "list_price_column",
    "matching",
    "name_of",
    "sale_price_column",
]
