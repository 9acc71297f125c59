"""Why a file, a cell, a row or a decision is refused: one sentence each, with the value and the way out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError

# --- the file -----------------------------------------------------------------------------------------------------


class FileRefused(DomainError):
    """The whole file cannot be read; nothing of it was taken. Data: file."""

    code = "file_refused"


class FileMissing(FileRefused):
    code = "file_missing"
    template = _("No file was chosen: choose an .xlsx or .csv file first.")


class FileEmpty(FileRefused):
    code = "file_empty"
    template = _("%(file)s is empty: save it again and hand it in once more.")


class FileTooLarge(FileRefused):
    """Data: file, what, most."""

    code = "file_too_large"
    template = _("%(file)s is too large (%(what)s; at most %(most)s): hand it in as several smaller files.")


class NotATable(FileRefused):
    code = "not_a_table"
    template = _("%(file)s is no Excel workbook and no CSV text: save it as .xlsx and hand it in again.")


class OldExcel(FileRefused):
    code = "old_excel"
    template = _(
        "%(file)s is an old (.xls), binary or locked Excel file: open it in Excel and save it as .xlsx without "
        "a password."
    )


class BrokenWorkbook(FileRefused):
    """Data: file, detail."""

    code = "broken_workbook"
    template = _(
        "%(file)s is a damaged workbook (%(detail)s): open it in Excel, save it again and hand it in."
    )


class BrokenText(FileRefused):
    """Data: file, row, detail."""

    code = "broken_text"
    template = _(
        "Row %(row)s of %(file)s cannot be read (%(detail)s): save the file as .xlsx and hand it in."
    )


class RowShifted(FileRefused):
    """Data: file, row."""

    code = "row_shifted"
    template = _(
        "Row %(row)s of %(file)s has more cells than there are headings: amounts with a comma need ; between the "
        "cells, or quotes."
    )


class ColumnMissing(FileRefused):
    """Data: file, missing, sheet."""

    code = "column_missing"
    template = _(
        "The column %(missing)s is missing in %(file)s (sheet %(sheet)s): add it to the first row, or begin with the "
        "empty template."
    )


class ColumnTwice(FileRefused):
    """Data: heading, sheet, columns (letters)."""

    code = "column_twice"
    template = _(
        "The column %(heading)s stands twice in sheet %(sheet)s (%(columns)s): delete or rename one of them."
    )


class NoRowsBelow(FileRefused):
    """Data: sheet."""

    code = "no_rows_below"
    template = _(
        "There is no row below the headings in sheet %(sheet)s: fill one in and hand the file in again."
    )


class ContentGone(FileRefused):
    code = "content_gone"
    template = _("The content of %(file)s is no longer kept here: hand the file in again.")


# --- a cell -------------------------------------------------------------------------------------------------------


class CellRefused(DomainError):
    """A value in a row that cannot be used. Data: heading, value."""

    code = "cell_refused"


class CellEmpty(CellRefused):
    code = "cell_empty"
    template = _(
        "There is nothing under %(heading)s: fill it in (a formula needs to have been computed by Excel)."
    )


class NotAnAmount(CellRefused):
    code = "not_an_amount"
    template = _("“%(value)s” under %(heading)s is no amount: write it like 1.234,50.")


class NotABarcode(CellRefused):
    code = "not_a_barcode"
    template = _("“%(value)s” under %(heading)s is no barcode: write all of it, formatted as text.")


class NotACode(CellRefused):
    code = "not_a_code"
    template = _(
        "“%(value)s” under %(heading)s lost digits on its way: format the column as text and write it anew."
    )


class NotAWholeNumber(CellRefused):
    code = "not_a_whole_number"
    template = _("“%(value)s” under %(heading)s is no whole number: write it like 12.")


class NotAText(CellRefused):
    code = "not_a_text"
    template = _(
        "“%(value)s” under %(heading)s is no text any more, Excel made a date or a truth value of it: format the "
        "column as text and write it anew."
    )


class TextTooLong(CellRefused):
    """Data: heading, length, most."""

    code = "text_too_long"
    template = _("The text under %(heading)s has %(length)s letters: %(most)s at most.")


class NotAFlag(CellRefused):
    code = "not_a_flag"
    template = _("“%(value)s” under %(heading)s is neither yes nor no: write “yes” or “no”.")


class NotAChoice(CellRefused):
    """Data: heading, value, known."""

    code = "not_a_choice"
    template = _("“%(value)s” under %(heading)s is not known: write one of %(known)s.")


class NotComputed(CellRefused):
    code = "not_computed"
    template = _(
        "The formula under %(heading)s has no result: open the file in Excel, save it, or write the value."
    )


class FormulaBroken(CellRefused):
    code = "formula_broken"
    template = _(
        "Excel shows the error %(value)s under %(heading)s: correct the formula, or write the value."
    )


class NotToBeEmptied(CellRefused):
    code = "not_to_be_emptied"
    template = _(
        "%(heading)s cannot be emptied: write a value, or leave the cell empty to keep what is there."
    )


# --- a row --------------------------------------------------------------------------------------------------------


class RowRefused(DomainError):
    """A row that cannot be taken, whatever its cells say."""


class RowTwice(RowRefused):
    """Data: row, other (numbers of rows), what."""

    code = "row_twice"
    template = _("%(what)s stands in row %(other)s as well: keep only one of the rows.")


class ChangedMeanwhile(RowRefused):
    """Data: what, before, now."""

    code = "changed_meanwhile"
    template = _(
        "Changed by somebody else since the preview: %(what)s was %(before)s and is %(now)s now. Look at it again."
    )


class MadeMeanwhile(RowRefused):
    """Data: what."""

    code = "made_meanwhile"
    template = _(
        "%(what)s was added, moved or taken away by somebody else since the preview: look at it again."
    )


class WrongInPreview(RowRefused):
    code = "wrong_in_preview"
    template = _("The row was wrong in the preview: look at it again.")


# --- a decision ---------------------------------------------------------------------------------------------------


class StillReading(DomainError):
    """Data: file."""

    code = "still_reading"
    template = _("%(file)s is still being read: wait until its preview is shown.")


class RowsWrong(DomainError):
    """Data: count."""

    code = "rows_wrong"
    template = _(
        "Nothing was written, wrong rows: %(count)s. Mend the file and hand it in again, or take the valid rows only."
    )


class NothingToWrite(DomainError):
    """Data: file."""

    code = "nothing_to_write"
    template = _("There is nothing to write in %(file)s: every row is wrong or says what is so already.")


class PreviewOutdated(DomainError):
    """Data: count, first (a sentence)."""

    code = "preview_outdated"
    template = _(
        "Nothing was written: %(count)s rows are no longer as the preview showed them (%(first)s). The preview below "
        "is new: look at it once more."
    )


class PreviewRenewed(DomainError):
    """Data: file."""

    code = "preview_renewed"
    template = _(
        "Nothing was written: the preview of %(file)s was made anew meanwhile. Look at it once more."
    )
