"""The columns of the sheet of products."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _

from catalog.excel import (
    AT_ONCE,
    SEE_VARIANTS,
    cost_column,
    cost_currency_column,
    list_price_column,
    sale_price_column,
)
from catalog.excel_errors import NoDesi, NoOrigin
from catalog.excel_models import VARIANT_FIELDS
from catalog.models import AgeGroup, VatRate
from catalog.writing import LONGEST_DESCRIPTION
from gullu.excel.cells import shown
from gullu.excel.columns import (
    AmountCell,
    BarcodeCell,
    Cell,
    ChoiceCell,
    CodeCell,
    Column,
    FlagCell,
    WholeCell,
)
from gullu.excel.resources import ExcelResource

_ORIGIN: Final = re.compile(r"[A-Z]{2}")
_LARGEST_DESI: Final = 9999


class DesiCell(AmountCell):
    def read(self, value: Any, heading: str) -> Decimal:
        desi = super().read(value, heading)
        if not 0 < desi <= _LARGEST_DESI or desi != round(desi, 1):
            raise NoDesi(heading=heading, value=shown(value))
        return desi


class OriginCell(Cell):
    def read(self, value: Any, heading: str) -> str:
        # No country's code has a dotted İ.
        origin = str(super().read(value, heading)).upper().replace("İ", "I")
        if not _ORIGIN.fullmatch(origin):
            raise NoOrigin(heading=heading, value=shown(value))
        return origin


def _of_model(heading: Any, cell: Cell, path: str, **options: Any) -> Column:
    return Column(heading, cell, path=f"product__{path}", **options)


class ProductColumns(ExcelResource):
    """What stands in the sheet: the model first, then the barcode."""

    slug = "products"
    label = _("Products")
    says = _("Models and their barcodes. New models, colours and sizes are made.")
    see: ClassVar[tuple[str, ...]] = SEE_VARIANTS
    write_rights: ClassVar[tuple[str, ...]] = (
        "catalog.add_product",
        "catalog.change_product",
        "catalog.add_variant",
        "catalog.change_variant",
    )
    needs: ClassVar[tuple[tuple[str, ...], ...]] = (("code", "barcode"),)

    code = _of_model(
        _("model code"),
        CodeCell(longest=40),
        "code",
        key=True,
        also="model|product code|product main id",
        says=_("The model. A code that does not exist yet makes a new one; then the title is needed."),
        example="GA-1042",
    )
    title = _of_model(
        _("title"),
        Cell(longest=100),
        "title",
        width=34,
        also="urun adi|baslik|name",
        says=_("At most 100 letters."),
        example="Topuklu Ayakkabı",
    )
    brand = _of_model(_("brand"), Cell(longest=100), "brand", may_be_empty=True, example="Güllü")
    category = _of_model(
        _("category"), Cell(longest=100), "category", may_be_empty=True, width=20, example="Topuklu Ayakkabı"
    )
    age_group = _of_model(
        _("age group"),
        ChoiceCell(AgeGroup.choices),
        "age_group",
        also="for|kimin icin|cinsiyet",
        says=_("Women, men or children."),
        example="Kadın",
    )
    vat_rate = _of_model(
        _("VAT"),
        ChoiceCell(VatRate.choices),
        "vat_rate",
        width=8,
        also="kdv orani|vat rate",
        says=_("In percent: 0, 1, 10 or 20."),
        example="10",
    )
    desi = _of_model(_("desi"), DesiCell(places=1), "desi", width=8, says=_("Of one box."), example="2,0")
    description = _of_model(
        _("description"),
        Cell(longest=LONGEST_DESCRIPTION, lines=True),
        "description",
        may_be_empty=True,
        width=30,
        says=_("What customers read on the marketplace. HTML is allowed."),
    )
    origin = _of_model(
        _("country of origin"),
        OriginCell(longest=10),
        "origin",
        may_be_empty=True,
        width=10,
        also="mensei|mense|origin",
        says=_("Its code of two letters."),
        example="TR",
    )
    model_discontinued = _of_model(
        _("model discontinued"),
        FlagCell(),
        "discontinued",
        says=_("yes: sold until it is gone, never made again."),
        example="hayır",
    )
    model_active = _of_model(_("model active"), FlagCell(), "active", says=_("yes or no."), example="evet")
    colour = Column(
        _("colour"),
        Cell(longest=50),
        path="variant__colour",
        key=True,
        also="color",
        says=_("With the size: which barcode of the model. One that is not there yet is made."),
        example="Siyah",
    )
    size = Column(
        _("size"),
        Cell(longest=20),
        path="variant__size",
        key=True,
        width=9,
        also="numara",
        says=_("With the colour, see there."),
        example="37",
    )
    barcode = Column(
        _("barcode"),
        BarcodeCell(),
        path="variant__barcode",
        key=True,
        width=16,
        also="urun barkodu|barkod no|ean",
        says=_(
            "May be left empty: the colour and size tell which, and a new one gets a barcode of our own series."
        ),
        example="8680000000017",
    )
    stock_code = Column(
        _("stock code"),
        Cell(longest=100),
        path="variant__stock_code",
        may_be_empty=True,
        width=20,
        also="satici stok kodu|sku",
        says=_("A new barcode without one gets “model-size colour”."),
        example="GA-1042-37 Siyah",
    )
    list_price = list_price_column()
    sale_price = sale_price_column()
    cost = cost_column()
    cost_currency = cost_currency_column()
    safety_buffer = Column(
        _("safety buffer"),
        WholeCell(),
        path="variant__safety_buffer",
        width=10,
        also="guvenlik payi|tampon|buffer",
        says=_("Pairs of this barcode that are never offered for sale."),
        example="0",
    )
    discontinued = Column(
        _("barcode discontinued"),
        FlagCell(),
        path="variant__discontinued",
        says=_("yes: sold until it is gone, never made again."),
        example="hayır",
    )
    active = Column(
        _("barcode active"), FlagCell(), path="variant__active", says=_("yes or no."), example="evet"
    )

    class Meta:
        chunk_size = AT_ONCE

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name in VARIANT_FIELDS:
            if name in self.fields:
                self.fields[name].attribute = f"variant__{name}"
