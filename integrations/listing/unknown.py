"""What a marketplace lists of ours and is not in the catalogue: by model, and what would become of it. Selectors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from catalog.models import BarcodeAlias, Product, Variant
from gullu.text import Fold, fold
from integrations.listing.adopting import LISTED
from integrations.listing.import_plan import Known, KnownModel, Listed, PlannedModel, plan
from integrations.listing.sheets import RemoteSheet
from integrations.models import Listing


@dataclass(frozen=True, slots=True)
class UnknownTotals:
    """How much is unknown here; `shown` are pairs the marketplace offers of it."""

    models: int
    barcodes: int
    shown: int


def unknown(channel: str, barcodes: Collection[str] | None = None) -> QuerySet[Any, Any]:
    """Listings the marketplace has, with `code` (their model's there), whose barcode is not in the catalogue."""
    rows = Listing.objects.filter(channel=channel, state__in=LISTED, variant=None)
    # A variant made since the last reading is known, though the listing does not point to it yet.
    rows = rows.filter(~Exists(Variant.objects.filter(barcode=OuterRef("barcode"))))
    if barcodes is not None:
        rows = rows.filter(barcode__in=barcodes)
    return rows.annotate(code=Coalesce(KT("remote__product_code"), Value(""), output_field=TextField()))


def unknown_codes(*, channel: str, search: str = "") -> QuerySet[Any, tuple[str, int]]:
    """(model code, barcodes) in the order of codes; `search` is part of the code, a title or a whole barcode."""
    rows = unknown(channel)
    for word in search.split():
        folded = fold(word)
        found = Q(folded_code__contains=folded) | Q(folded_title__contains=folded) | Q(barcode=word)
        named = unknown(channel).annotate(folded_code=Fold(F("code")), folded_title=Fold(F("title")))
        rows = rows.filter(code__in=named.filter(found).values("code"))
    counted = rows.order_by().values("code").annotate(barcodes=Count("pk")).order_by("code")
    pairs: QuerySet[Any, tuple[str, int]] = counted.values_list("code", "barcodes")
    return pairs


def unknown_totals(*, channel: str) -> UnknownTotals:
    """Over everything. One statement."""
    found = unknown(channel).aggregate(
        models=Count("code", distinct=True), barcodes=Count("pk"), shown=Coalesce(Sum("observed_quantity"), 0)
    )
    return UnknownTotals(**found)


def barcodes_of(*, channel: str, codes: Collection[str]) -> list[str]:
    """Unknown barcodes of these models, in order."""
    rows = unknown(channel).filter(code__in=codes).order_by("barcode")
    return list(rows.values_list("barcode", flat=True))


def plan_of(
    *, channel: str, codes: Collection[str], barcodes: Collection[str] | None = None
) -> list[PlannedModel]:
    """What would become of these models, or of only these barcodes of them. Five statements."""
    rows = unknown(channel, barcodes).filter(code__in=codes).order_by("barcode")
    listed = [
        Listed(
            barcode=row.barcode,
            state=row.state,
            list_price=row.list_price,
            sale_price=row.sale_price,
            quantity=row.observed_quantity,
            remote=RemoteSheet.from_json(row.remote),
        )
        for row in rows
    ]
    return plan(listed, _known([code for code in codes if code], [row.barcode for row in listed]))


def _known(codes: Sequence[str], barcodes: Sequence[str]) -> Known:
    products = list(Product.objects.filter(code__in=codes).only("code", "title", "draft"))
    variants: defaultdict[int, list[tuple[str, str, str]]] = defaultdict(list)
    rows = Variant.objects.filter(product__in=products).order_by("pk")
    for product_id, *variant in rows.values_list("product_id", "barcode", "colour", "size"):
        variants[product_id].append((variant[0], variant[1], variant[2]))
    models = {
        product.code: KnownModel(
            product_id=product.pk,
            title=product.title,
            draft=product.draft,
            places={(fold(c), fold(s)): barcode for barcode, c, s in variants[product.pk]},
            colours={fold(c): c for _barcode, c, _s in variants[product.pk]},
        )
        for product in products
    }
    aliases = BarcodeAlias.objects.filter(code__in=barcodes).values_list("code", "variant__barcode")
    return Known(models, dict(aliases))


__all__ = ["UnknownTotals", "barcodes_of", "plan_of", "unknown", "unknown_codes", "unknown_totals"]
