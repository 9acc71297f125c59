"""Product labels of variants."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.barcodes import normalise_barcode
from catalog.models import Variant
from gullu.labels.designs.product import ProductText, product_label
from gullu.labels.designs.spec import Design
from gullu.labels.elements import Label
from gullu.money import format_money


def product_text(variant: Variant) -> ProductText:
    """What stands on the label of a variant whose product is loaded."""
    return ProductText(
        barcode=variant.barcode,
        model=variant.product.code,
        colour=variant.colour,
        size=variant.size,
        title=variant.product.title,
        price="" if variant.sale_price is None else format_money(variant.sale_price),
    )


def product_labels(variant_ids: Sequence[int], design: Design) -> dict[int, list[Label]]:
    """The label of each variant that exists, by its primary key. Raises `LabelRefused`."""
    rows = Variant.objects.select_related("product").filter(pk__in=variant_ids)
    return {row.pk: [product_label(product_text(row), design)] for row in rows}


def variants_named(code: str) -> list[int]:
    """Variants meant by what was scanned or typed: a barcode, or a model code for all its colours and sizes."""
    barcode = normalise_barcode(code)
    exact = list(Variant.objects.filter(barcode=barcode).values_list("pk", flat=True))
    if exact:
        return exact
    rows = Variant.objects.filter(product__code__iexact=code.strip(), active=True)
    return list(rows.order_by("colour", "size", "pk").values_list("pk", flat=True))


SAMPLE = ProductText(
    barcode="2900000000018",
    model="0172",
    colour="Koyu Kahverengi Süet",
    size="38",
    title="Kadın Şık İğne Topuklu Ayakkabı",
    price="1.234,50 ₺",
)


def sample_labels(design: Design) -> list[Label]:
    """What a template is shown with while it is being edited."""
    return [product_label(SAMPLE, design)]
