"""Where a broken rule is mended: the step and the field that each violation leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from django.urls import reverse
from django.utils.functional import Promise

from catalog.models import Product
from integrations.listing.building import Checked
from integrations.listing.sheets import AttributeRule, Sheet, Violation
from integrations.models import ChannelProduct
from integrations.product_create.shell import step_url
from integrations.product_create.slots import Scope, anchor_of, scope_of
from integrations.product_create.steps import Step

_PLACES: Final[Mapping[str, tuple[Step, str]]] = {
    "product_code": (Step.MODEL, "id_code"),
    "description": (Step.MODEL, "id_description"),
    "vat_rate": (Step.MODEL, "id_vat_rate"),
    "origin": (Step.MODEL, "id_origin"),
    "barcode": (Step.VARIANTS, "pc-form"),
    "colour": (Step.VARIANTS, "pc-colours"),
    "size": (Step.VARIANTS, "pc-sizes"),
    "image_urls": (Step.PICTURES, "pictures"),
    "title": (Step.LISTING, "id_title_pattern"),
    "delivery_days": (Step.LISTING, "id_delivery_days"),
    "brand_id": (Step.LISTING, "q-brand"),
    "category_id": (Step.LISTING, "q-category"),
    "attributes": (Step.LISTING, "attributes"),
    "desi": (Step.PRICES, "id_desi"),
    "list_price": (Step.PRICES, "pc-form"),
    "sale_price": (Step.PRICES, "pc-form"),
}
_PRICES: Final = frozenset({"list_price", "sale_price"})


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken rule as the page tells it: the sentence, what it concerns, and where it is mended.

    `step` and `url` are empty for what is mended on no step (stock).
    """

    sentence: str | Promise
    barcode: str
    colour: str
    size: str
    step: Step | None
    url: str


def faults_of(product: Product, card: ChannelProduct, checked: Checked) -> list[Fault]:
    """Every violation with its way out, in the order of the steps."""
    sheets = {sheet.barcode: sheet for sheet in checked.sheets}
    rules = {rule.remote_id: rule for rule in checked.category.attributes} if checked.category else {}
    order = {step: number for number, step in enumerate(Step)}
    first: dict[tuple[str, int | None], int] = {}
    placed: list[tuple[int, int, Fault]] = []
    for number, violation in enumerate(checked.violations):
        fault = _fault(product, card, violation, sheets.get(violation.barcode), rules)
        # What is mended at one place stands together.
        together = first.setdefault((violation.field, violation.attribute_id), number)
        placed.append((order[fault.step] if fault.step else len(order), together, fault))
    return [fault for _step, _together, fault in sorted(placed, key=lambda row: row[:2])]


def _fault(
    product: Product,
    card: ChannelProduct,
    violation: Violation,
    sheet: Sheet | None,
    rules: Mapping[int, AttributeRule],
) -> Fault:
    size = sheet.size if sheet else ""
    step, anchor = _place(card, violation, sheet, rules)
    url = f"{step_url(product, step)}#{quote(anchor)}" if step else _stock_url(product)
    return Fault(violation.message, violation.barcode, violation.colour, size, step, url)


def _place(
    card: ChannelProduct, violation: Violation, sheet: Sheet | None, rules: Mapping[int, AttributeRule]
) -> tuple[Step | None, str]:
    """The step, and the id or the name of the field there (`static/product_create/steps.js`)."""
    if violation.field == "attributes" and violation.attribute_id is not None:
        rule = rules.get(violation.attribute_id)
        keys = {Scope.COLOUR: violation.colour, Scope.SIZE: sheet.size if sheet else "", Scope.MODEL: ""}
        key = keys[scope_of(rule, card)] if rule else ""
        return Step.LISTING, anchor_of(violation.attribute_id, key)
    if violation.field == "title" and violation.code == "required":
        return Step.MODEL, "id_title"
    if sheet is not None and violation.field in _PRICES:
        return Step.PRICES, f"{violation.field}-{sheet.variant_id}"
    return _PLACES.get(violation.field, (None, ""))


def _stock_url(product: Product) -> str:
    return reverse("admin:catalog_product_change", args=[product.pk])
