"""Commissions read from files: the files, what each row would change, and what holds now and held before.

Only `analytics.commissions` writes these tables. Amounts are TRY with VAT, rates are percent of the price.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.enums import ImportKind, ImportState, RowHint, RowOutcome, RowTarget
from gullu.audit.tracking import track


def _amount(verbose_name: Any, **options: Any) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(verbose_name, max_digits=14, decimal_places=2, **options)


def _person(verbose_name: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=verbose_name,
    )


def _count(verbose_name: Any) -> models.PositiveIntegerField:  # type: ignore[type-arg]
    return models.PositiveIntegerField(verbose_name, default=0)


@track(
    "CommissionImportHistory",
    fields=[
        "kind",
        "state",
        "file_name",
        "valid_from",
        "only_valid",
        "created_by",
        "applied_at",
        "applied_by",
        "undone_at",
        "undone_by",
    ],
)
class CommissionImport(models.Model):
    """A file: read, looked at, applied whole or in its valid rows, and undone if need be.

    `kind` is empty until the headings were recognised. `valid_from` is the first day of a tariff's rates.
    `compared_at` (database clock, under the lock of its kind) is when old and new were compared: what was applied
    or undone later makes the preview outdated. `file` is kept only until it has been read.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=ImportKind, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.READING)
    file_name = models.CharField(_("file"), max_length=200)
    digest = models.CharField(_("digest"), max_length=64)
    file = models.FileField(_("content"), upload_to="commissions/%Y/%m/", blank=True)
    sheet = models.CharField(pgettext_lazy("workbook", "sheet"), max_length=100, blank=True)
    valid_from = models.DateField(_("valid from"))
    only_valid = models.BooleanField(_("valid rows only"), default=False)
    error = models.TextField(_("reason"), blank=True)

    read_count = _count(_("rows read"))
    read_total = _count(_("rows in the file"))
    new_count = _count(pgettext_lazy("rows of a file", "new"))
    changed_count = _count(pgettext_lazy("rows of a file", "changed"))
    ended_count = _count(pgettext_lazy("rows of a file", "ended"))
    same_count = _count(pgettext_lazy("rows of a file", "unchanged"))
    wrong_count = _count(pgettext_lazy("rows of a file", "wrong"))

    created_at = models.DateTimeField(_("given"), auto_now_add=True)
    created_by = _person(_("given by"))
    compared_at = models.DateTimeField(_("compared"), null=True, blank=True)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)
    applied_by = _person(_("applied by"))
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = _person(_("undone by"))

    class Meta:
        verbose_name = _("commission file")
        verbose_name_plural = _("commission files")
        default_permissions = ("add", "change", "view")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(kind__in=ImportKind.values)
                | Q(kind="", state__in=[ImportState.READING, ImportState.FAILED, ImportState.DROPPED]),
                name="commission_import_kind_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ImportState.APPLIED, ImportState.UNDONE])
                | Q(applied_at__isnull=False),
                name="commission_import_applied_when",
            ),
            # One file waits for one decision, however often it is handed in.
            models.UniqueConstraint(
                fields=["digest", "valid_from"],
                condition=Q(state__in=[ImportState.READING, ImportState.PREVIEW]),
                name="commission_import_waits_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "-applied_at"], name="commission_import_applied"),
        ]

    def __str__(self) -> str:
        return self.file_name


class CommissionImportRow(models.Model):
    """What one order, or one price band of a barcode or category, was and would be. Kept as the history.

    `key` is the order number, the barcode, or the folded category; `name` is how the file writes it. `new_value` is
    the commission in TRY (ORDER) or the rate in percent. `row_number` counts the rows of the sheet as Excel does;
    ENDED rows are in no sheet and have none.
    """

    commission_import = models.ForeignKey(
        CommissionImport, models.CASCADE, related_name="rows", verbose_name=_("commission file")
    )
    row_number = models.PositiveIntegerField(_("row"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=RowOutcome, default=RowOutcome.NEW)
    target = models.CharField(pgettext_lazy("commission rate", "of"), max_length=8, choices=RowTarget)
    key = models.CharField(_("key"), max_length=120, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    price_from = _amount(_("price from"), default=0)
    price_to = _amount(_("price to"), null=True, blank=True)
    old_value = _amount(pgettext_lazy("row of a file", "before"), null=True, blank=True)
    new_value = _amount(pgettext_lazy("row of a file", "after"), null=True, blank=True)
    old_amount = _amount(_("order amount before"), null=True, blank=True)
    new_amount = _amount(_("order amount"), null=True, blank=True)
    old_discount = _amount(_("discount before"), null=True, blank=True)
    new_discount = _amount(_("discount"), null=True, blank=True)
    order_date = models.DateField(_("order date"), null=True, blank=True)
    hint = models.CharField(_("hint"), max_length=15, choices=RowHint, blank=True)
    error_code = models.CharField(_("code"), max_length=40, blank=True)
    error = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("row of a commission file")
        verbose_name_plural = _("rows of commission files")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(outcome=RowOutcome.WRONG, error__gt="") | ~Q(outcome=RowOutcome.WRONG),
                name="commission_row_wrong_says_why",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=[RowOutcome.WRONG, RowOutcome.ENDED]) | Q(new_value__isnull=False),
                name="commission_row_has_value",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["commission_import", "outcome", "id"], name="commission_row_shown"),
            models.Index(fields=["commission_import", "target", "key"], name="commission_row_key"),
        ]

    def __str__(self) -> str:
        return f"{self.row_number} {self.name}"


class CommissionRate(models.Model):
    """The commission in percent for a barcode or category, for prices of a band, from a day on.

    A price belongs to a band when `price_from <= price <= price_to`; where two bands touch, the upper one counts.
    Valid on days with `valid_from <= day < valid_to`; `valid_to` NULL is open, and equal to `valid_from` it was
    corrected before it ever held. `ended_by` is the file that ended it.
    """

    target = models.CharField(pgettext_lazy("commission rate", "of"), max_length=8, choices=RowTarget)
    key = models.CharField(_("key"), max_length=120)
    name = models.CharField(_("name"), max_length=120)
    price_from = _amount(_("price from"), default=0)
    price_to = _amount(_("price to"), null=True, blank=True)
    rate = models.DecimalField(_("rate, %"), max_digits=5, decimal_places=2)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until before"), null=True, blank=True)
    commission_import = models.ForeignKey(
        CommissionImport, models.PROTECT, related_name="rates", verbose_name=_("commission file")
    )
    ended_by = models.ForeignKey(
        CommissionImport,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ended_rates",
        verbose_name=_("ended by"),
    )

    class Meta:
        verbose_name = _("commission rate")
        verbose_name_plural = _("commission rates")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(target__in=[RowTarget.BARCODE, RowTarget.CATEGORY]) & ~Q(key=""),
                name="commission_rate_of_something",
            ),
            models.CheckConstraint(
                condition=Q(rate__gte=0, rate__lte=100), name="commission_rate_is_percent"
            ),
            models.CheckConstraint(
                condition=Q(price_from__gte=0)
                & (Q(price_to__isnull=True) | Q(price_to__gte=F("price_from"))),
                name="commission_rate_band_ordered",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True, ended_by__isnull=True)
                | Q(valid_to__gte=F("valid_from"), ended_by__isnull=False),
                name="commission_rate_validity",
            ),
            models.UniqueConstraint(
                fields=["target", "key", "price_from"],
                condition=Q(valid_to__isnull=True),
                name="commission_rate_open_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["target", "key", "valid_from"], name="commission_rate_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.rate}"


class OrderCommission(models.Model):
    """What the marketplace charged for an order by its accounting export; the number covers all its packages.

    The row without `replaced_by` holds now; the others are the history. `order_date` is what the file says: orders
    themselves are never changed by it.
    """

    order_number = models.CharField(_("order number"), max_length=40)
    commission = _amount(_("commission"))
    order_amount = _amount(_("order amount"))
    discount = _amount(_("discount"), default=Decimal(0))
    order_date = models.DateField(_("order date"), null=True, blank=True)
    commission_import = models.ForeignKey(
        CommissionImport, models.PROTECT, related_name="order_commissions", verbose_name=_("commission file")
    )
    replaced_by = models.ForeignKey(
        CommissionImport,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_commissions",
        verbose_name=_("replaced by"),
    )

    class Meta:
        verbose_name = _("commission of an order")
        verbose_name_plural = _("commissions of orders")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(order_number=""), name="order_commission_of_an_order"),
            models.UniqueConstraint(
                fields=["order_number"],
                condition=Q(replaced_by__isnull=True),
                name="order_commission_once",
            ),
        ]

    def __str__(self) -> str:
        return self.order_number
