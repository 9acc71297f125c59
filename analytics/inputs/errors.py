"""Why something about the inputs of the profit is refused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError
from gullu.excel.errors import CellRefused, RowRefused


class RatesOff(DomainError):
    code = "rates_off"
    template = _("Reading exchange rates is switched off: set EXCHANGE_RATE_URL, or enter the rates by hand.")


class BankRefused(DomainError):
    """The bank answered, but not with a file. Data: status, day."""

    code = "bank_refused"
    template = _(
        "The central bank answered %(status)s to the question for %(day)s: it is asked again later, or enter the rate "
        "by hand."
    )


class RateUnreadable(DomainError):
    """Data: day (as asked), detail."""

    code = "rate_unreadable"
    template = _(
        "The answer of the central bank for %(day)s cannot be read (%(detail)s): enter the rate by hand."
    )


class NothingToCopy(DomainError):
    code = "nothing_to_copy"
    template = _("No row of the tariff is chosen: tick the rows that go on with new prices.")


class CopyTooEarly(DomainError):
    """Data: row (in words), day (its first day)."""

    code = "copy_too_early"
    template = _("%(row)s holds from %(day)s itself: choose a later day for the new prices.")


class CopyOverlaps(DomainError):
    """Data: row (in words), day (first day of the row that is there)."""

    code = "copy_overlaps"
    template = _("There is a row for %(row)s from %(day)s already: change that one, or leave this row out.")


class NotADate(CellRefused):
    code = "not_a_date"
    template = _("“%(value)s” under %(heading)s is no day: write it like 25.10.2026.")


class PriceMissing(RowRefused):
    """Data: row (in words)."""

    code = "price_missing"
    template = _("%(row)s is new: write its price.")


class NotAboveZero(RowRefused):
    """Data: value, heading."""

    code = "not_above_zero"
    template = _("%(value)s under %(heading)s is too small: write a number above zero.")


class TariffEndsEarly(RowRefused):
    """Data: last, first."""

    code = "tariff_ends_early"
    template = _("The last day %(last)s comes before the first one, %(first)s: correct one of the two.")


class TariffMeets(RowRefused):
    """Data: row (in words), day."""

    code = "tariff_meets"
    template = _("%(row)s has a price from %(day)s already: let that row end first, further up in the file.")
