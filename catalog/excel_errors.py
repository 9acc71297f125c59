"""Why a row of a sheet of products is refused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.excel.errors import CellRefused, RowRefused


class ModelUnnamed(RowRefused):
    code = "model_unnamed"
    template = _("The row names neither a barcode nor a model code: write one of them.")


class VariantUnclear(RowRefused):
    """Data: code."""

    code = "variant_unclear"
    template = _(
        "A barcode of model %(code)s needs both colour and size: write both, or neither for the model alone."
    )


class CodeAlike(RowRefused):
    """Data: code, other."""

    code = "code_alike"
    template = _(
        "Model code %(code)s reads like %(other)s, which exists: write it exactly so, or take another code."
    )


class BarcodeElsewhere(RowRefused):
    """Data: barcode, model, code."""

    code = "barcode_elsewhere"
    template = _("Barcode %(barcode)s belongs to model %(model)s, not to %(code)s: correct one of the two.")


class BarcodeOfOther(RowRefused):
    """Data: barcode, is_, says (colour and size)."""

    code = "barcode_of_other"
    template = _(
        "Barcode %(barcode)s is %(is_)s, the row says %(says)s: a barcode keeps its colour and size, correct the row."
    )


class HasBarcode(RowRefused):
    """Data: what (model, colour, size), barcode (the one it has)."""

    code = "has_barcode"
    template = _("%(what)s has barcode %(barcode)s already: write that one, or leave the cell empty.")


class StillDraft(RowRefused):
    """Data: code."""

    code = "still_draft"
    template = _("Model %(code)s is still a draft: finish it on its page first.")


class TitleMissing(RowRefused):
    """Data: code."""

    code = "title_missing"
    template = _("Model %(code)s does not exist yet: give it a title, or correct the code.")


class RowsDisagree(RowRefused):
    """Data: row, heading, code."""

    code = "rows_disagree"
    template = _(
        "Row %(row)s says something else under %(heading)s for model %(code)s: write the same in both, or leave one "
        "empty."
    )


class NoDesi(CellRefused):
    """Data: heading, value."""

    code = "no_desi"
    template = _("%(value)s is no desi: write a number above zero with one digit after the comma, like 1,5.")


class NoOrigin(CellRefused):
    """Data: heading, value."""

    code = "no_origin"
    template = _("“%(value)s” is no country of origin: write its code of two letters, like TR.")
