"""Why a file, a row or a decision is refused: one sentence each, with the value and the way out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError
from gullu.excel.errors import (
    BrokenText,
    BrokenWorkbook,
    CellEmpty,
    CellRefused,
    FileEmpty,
    FileRefused,
    FileTooLarge,
    NotABarcode,
    NotAnAmount,
    NotATable,
    OldExcel,
)

# --- the file -----------------------------------------------------------------------------------------------------


class NoHeadings(FileRefused):
    code = "no_headings"
    template = _(
        "%(file)s has neither the headings Sipariş No, Komisyon, Sipariş Tutarı nor Barkod or Kategori with "
        "commission rates in its first %(rows)s rows: hand in Trendyol’s export as it was downloaded."
    )


class HeadingMissing(FileRefused):
    code = "heading_missing"
    template = _(
        "The heading %(missing)s is missing in row %(row)s of sheet %(sheet)s: add it, or hand in Trendyol’s "
        "export as it was downloaded."
    )


class HeadingTwice(FileRefused):
    code = "heading_twice"
    template = _(
        "The heading %(heading)s stands twice in row %(row)s of sheet %(sheet)s (columns %(columns)s): delete or "
        "rename one of them."
    )


class SeveralTables(FileRefused):
    code = "several_tables"
    template = _(
        "The sheets %(first)s and %(second)s both hold such a table: keep only one of them in the file."
    )


class NoRows(FileRefused):
    code = "no_rows"
    template = _("There is no row below the headings in sheet %(sheet)s: export a period with orders.")


class FileGone(FileRefused):
    code = "file_gone"
    template = _("The content of %(file)s is no longer here: hand the file in again.")


# --- a cell -------------------------------------------------------------------------------------------------------


class NotAnOrderNumber(CellRefused):
    code = "not_an_order_number"
    template = _("“%(value)s” under %(heading)s is no order number: write all its digits, formatted as text.")


class NotADate(CellRefused):
    code = "not_a_date"
    template = _("“%(value)s” under %(heading)s is no date: write it like 25.10.2026.")


class NotARate(CellRefused):
    code = "not_a_rate"
    template = _("“%(value)s” under %(heading)s is no rate: write the percent like 19 or 19,5.")


class RateUnclear(CellRefused):
    code = "rate_unclear"
    template = _("“%(value)s” under %(heading)s may be a share or a percent: write it like 19,5.")


class NotABand(CellRefused):
    code = "not_a_band"
    template = _("“%(value)s” under %(heading)s is no price band: write it like 0-499,99.")


class BandReversed(CellRefused):
    code = "band_reversed"
    template = _("The price band %(band)s ends before it begins: exchange its limits.")


class BandsOverlap(CellRefused):
    code = "bands_overlap"
    template = _(
        "The price bands %(first)s and %(second)s of %(name)s overlap: let one end where the other begins."
    )


class RatesDiffer(CellRefused):
    code = "rates_differ"
    template = _("%(name)s has two rates for %(band)s (%(first)s and %(second)s): keep one of the rows.")


class NoRateInRow(CellRefused):
    code = "no_rate"
    template = _("%(name)s has no rate in any price band: fill one in, or delete the row.")


class TooManyCells(CellRefused):
    code = "too_many_cells"
    template = _(
        "The row has more cells than there are headings: amounts with a comma need ; between the cells, or quotes."
    )


class OtherRowWrong(CellRefused):
    code = "other_row_wrong"
    template = _("Row %(row)s of %(name)s is wrong, and its rows count only together: mend that row.")


class LaterRates(CellRefused):
    code = "later_rates"
    template = _(
        "Rates from %(day)s or later are known for this: choose a later first day, or undo that file first."
    )


# --- a decision ---------------------------------------------------------------------------------------------------


class ImportNotFound(DomainError):
    code = "import_not_found"
    template = _("There is no commission file %(id)s: open the list of files and choose one.")


class NotWaiting(DomainError):
    code = "not_waiting"
    template = _(
        "%(file)s no longer waits for a decision (now: %(state)s): hand it in again to apply it anew."
    )


class NotApplied(DomainError):
    code = "not_applied"
    template = _("%(file)s cannot be undone (now: %(state)s): only an applied file can.")


class RowsWrong(DomainError):
    code = "rows_wrong"
    template = _(
        "Nothing was written, wrong rows: %(count)s. Mend the file and hand it in again, or apply the valid rows only."
    )


class NothingValid(DomainError):
    code = "nothing_valid"
    template = _("Every row of %(file)s is wrong: mend the file and hand it in again.")


class PreviewOutdated(DomainError):
    code = "preview_outdated"
    template = _(
        "Other commissions were written since %(file)s was compared: compare it again and look at it once more."
    )


class LaterImport(DomainError):
    code = "later_import"
    template = _("%(later)s was applied after %(file)s: undo %(later)s first.")


__all__ = [
    "BandReversed",
    "BandsOverlap",
    "BrokenText",
    "BrokenWorkbook",
    "CellEmpty",
    "CellRefused",
    "FileEmpty",
    "FileGone",
    "FileRefused",
    "FileTooLarge",
    "HeadingMissing",
    "HeadingTwice",
    "ImportNotFound",
    "LaterImport",
    "LaterRates",
    "NoHeadings",
    "NoRateInRow",
    "NoRows",
    "NotABand",
    "NotABarcode",
    "NotADate",
    "NotARate",
    "NotATable",
    "NotAnAmount",
    "NotAnOrderNumber",
    "NotApplied",
    "NotWaiting",
    "NothingValid",
    "OldExcel",
    "OtherRowWrong",
    "PreviewOutdated",
    "RateUnclear",
    "RatesDiffer",
    "RowsWrong",
    "SeveralTables",
    "TooManyCells",
]
