"""Why a model, a draft or its barcodes are not written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class ProductRefused(DomainError):
    """Data: first (a sentence). `problems` has a sentence per field; nothing was written."""

    code = "product_refused"
    template = _("The model was not kept: %(first)s")

    def __init__(self, *, problems: Mapping[str, str], **_data: Any) -> None:
        self.problems = dict(problems)
        super().__init__(problems=self.problems, first=next(iter(self.problems.values())))


class NotADraft(DomainError):
    """Data: product (model code)."""

    code = "not_a_draft"
    template = _("Model %(product)s is no draft any more: it can be switched off, and not thrown away.")


class DraftWithoutVariants(DomainError):
    """Data: product (model code)."""

    code = "draft_without_variants"
    template = _("Model %(product)s has no colour and size yet: add them first.")


class DraftInUse(DomainError):
    """Data: product (model code), barcodes."""

    code = "draft_in_use"
    template = _(
        "These barcodes of model %(product)s are in use already (stock, orders or the marketplace) and cannot be "
        "taken away: %(barcodes)s."
    )


class NamesAlike(DomainError):
    """Data: name, other."""

    code = "names_alike"
    template = _("“%(name)s” and “%(other)s” are the same name written in two ways: keep one of them.")


class NameTooLong(DomainError):
    """Data: name, most."""

    code = "name_too_long"
    template = _("“%(name)s” is too long: %(most)s letters at most.")


class TooManyVariants(DomainError):
    """Data: count, most."""

    code = "too_many_variants"
    template = _("%(count)s new barcodes at once are too many: %(most)s at most, add the others afterwards.")


class BarcodeRefused(DomainError):
    """Data: barcode."""

    code = "barcode_refused"
    template = _(
        "“%(barcode)s” cannot be a barcode: letters, digits, dots and dashes without spaces, 40 at most."
    )


class BarcodeTaken(DomainError):
    """Data: barcode, model (whose it is)."""

    code = "barcode_taken"
    template = _("Barcode %(barcode)s belongs to %(model)s already: type another, or leave the field empty.")


class VariantMadeMeanwhile(DomainError):
    """Data: product (model code)."""

    code = "variant_made_meanwhile"
    template = _(
        "Somebody else added the same colour and size or barcode to model %(product)s in this moment: "
        "look at the table and save again."
    )


__all__ = [
    "BarcodeRefused",
    "BarcodeTaken",
    "DraftInUse",
    "DraftWithoutVariants",
    "NameTooLong",
    "NamesAlike",
    "NotADraft",
    "ProductRefused",
    "TooManyVariants",
    "VariantMadeMeanwhile",
]
