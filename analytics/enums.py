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
