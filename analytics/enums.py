"""States and kinds of the analytics app."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ImportKind(models.TextChoices):
    """What a commission file holds: what Trendyol charged per order, or the rates it charges."""

    ACCOUNTS = "ACCOUNTS", _("Commissions of orders")
    TARIFF = "TARIFF", _("Commission rates")


class ImportState(models.TextChoices):
    """READING and PREVIEW have written nothing yet; UNCHANGED was applied and had nothing to change."""

    READING = "READING", pgettext_lazy("commission file", "Being read")
    PREVIEW = "PREVIEW", pgettext_lazy("commission file", "Waits for a decision")
    APPLIED = "APPLIED", pgettext_lazy("commission file", "Applied")
    UNCHANGED = "UNCHANGED", pgettext_lazy("commission file", "Changed nothing")
    UNDONE = "UNDONE", pgettext_lazy("commission file", "Undone")
    DROPPED = "DROPPED", pgettext_lazy("commission file", "Dropped")
    FAILED = "FAILED", pgettext_lazy("commission file", "Cannot be read")


class RowOutcome(models.TextChoices):
    """What applying a row does. ENDED: a price band that the new tariff no longer has."""

    WRONG = "WRONG", pgettext_lazy("row of a file", "Wrong")
    CHANGED = "CHANGED", pgettext_lazy("row of a file", "Changed")
    ENDED = "ENDED", pgettext_lazy("row of a file", "Ended")
    NEW = "NEW", pgettext_lazy("row of a file", "New")
    SAME = "SAME", pgettext_lazy("row of a file", "Unchanged")


class RowTarget(models.TextChoices):
    """What the key of a row names."""

    ORDER = "ORDER", _("Order")
    BARCODE = "BARCODE", _("Barcode")
    CATEGORY = "CATEGORY", _("Category")


class RowHint(models.TextChoices):
    """What is worth a look although the row is right."""

    NOT_HERE = "NOT_HERE", _("Not known here")
    TURNS_NEGATIVE = "TURNS_NEGATIVE", _("Only the return is in the file")


class SaleState(models.TextChoices):
    """What an order line counts as (`analytics.facts.definition`).

    REPLACED: its package was broken up, and the same pairs stand in the packages that took its place.
    """

    SOLD = "SOLD", pgettext_lazy("sale", "Sold")
    CANCELLED = "CANCELLED", pgettext_lazy("sale", "Cancelled")
    PENDING = "PENDING", _("Waits for payment")
    REPLACED = "REPLACED", _("Replaced by another package")


class DataKind(models.TextChoices):
    """What figures are made of; `analytics.caching` keeps figures until their data changes."""

    SALES = "SALES", _("Sales")
    PROFIT = "PROFIT", _("Profit")
    STOCK = "STOCK", _("Stock")
    FORECAST = "FORECAST", _("Forecasts")


class RateSource(models.TextChoices):
    """Where an exchange rate comes from."""

    BANK = "BANK", _("Central bank")
    ENTERED = "ENTERED", _("Entered by hand")


class CostKind(models.TextChoices):
    """The parts of what a pair costs to make."""

    CUTTING = "CUTTING", _("Cutting")
    STITCHING = "STITCHING", _("Stitching")
    LASTING = "LASTING", _("Lasting")
    UPPER = "UPPER", _("Upper material")
    LINING = "LINING", _("Lining")
    SOLE = "SOLE", _("Sole")
    HEEL = "HEEL", _("Heel")
    ACCESSORY = "ACCESSORY", _("Accessories")
    BOX = "BOX", _("Box")
    RENT = "RENT", _("Rent")
    BOUGHT = "BOUGHT", _("Bought finished")
    OTHER = "OTHER", _("Other")


class VatTreatment(models.TextChoices):
    """DEDUCTED: the VAT in the sale is owed, less the VAT contained in the costs. IGNORED: VAT is not looked at."""

    DEDUCTED = "DEDUCTED", _("Owed after deduction")
    IGNORED = "IGNORED", pgettext_lazy("VAT", "Not counted")


class WithholdingTreatment(models.TextChoices):
    """PREPAID: withheld tax is set off against the income tax, so it is shown and costs nothing."""

    PREPAID = "PREPAID", _("Prepaid tax, no cost")
    COST = "COST", _("Counts as a cost")


class CostBasis(models.TextChoices):
    """Where the cost of a sale was found."""

    SHEET = "SHEET", _("Cost sheet of the model")
    VARIANT = "VARIANT", _("Cost noted at the barcode")


class CommissionBasis(models.TextChoices):
    """Where the commission of a line comes from, the surest first."""

    SETTLED = "SETTLED", _("Settled by the marketplace")
    FILE = "FILE", _("From the accounting file")
    LINE = "LINE", _("Rate sent with the order")
    TARIFF = "TARIFF", _("Rate of the tariff")
    NONE = "NONE", _("No commission")
    UNKNOWN = "UNKNOWN", pgettext_lazy("commission", "Not known")


class Missing(models.TextChoices):
    """What keeps a line from having a profit."""

    COST = "COST", _("Product cost")
    RATE = "RATE", _("Exchange rate")
    COMMISSION = "COMMISSION", _("Commission")
    CARGO = "CARGO", _("Cargo tariff")
    RETURN_CARGO = "RETURN_CARGO", _("Cargo tariff of returns")
    PACKAGING = "PACKAGING", _("Packaging cost")
    STAFF = "STAFF", _("Staff cost")
    SERVICE_FEE = "SERVICE_FEE", _("Service fee")
    VAT_RATE = "VAT_RATE", _("VAT rate of the line")
    POLICY = "POLICY", _("Figures of the shop")


class PlanState(models.TextChoices):
    """States of a production plan; the pairs of a WORKING one count as coming."""

    DRAFT = "DRAFT", pgettext_lazy("plan", "Draft")
    WORKING = "WORKING", pgettext_lazy("plan", "To be worked on")
    DONE = "DONE", pgettext_lazy("plan", "Finished")
    CANCELLED = "CANCELLED", pgettext_lazy("plan", "Cancelled")
