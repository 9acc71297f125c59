"""Counting: tasks that ask for it, blind counts of a shelf, and barcodes in doubt until counted."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from gullu.audit.tracking import track
from inventory.enums import CountReason, CountState
from inventory.models.stock import Shelf


@track("CountTaskHistory")
class CountTask(models.Model):
    """Somebody should count this barcode on this shelf (or the whole shelf): the system was surprised there."""

    shelf = models.ForeignKey(Shelf, models.PROTECT, related_name="count_tasks", verbose_name=_("shelf"))
    variant = models.ForeignKey(
        Variant, models.PROTECT, null=True, blank=True, related_name="count_tasks", verbose_name=_("variant")
    )
    reason = models.CharField(_("reason"), max_length=10, choices=CountReason)
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("count task")
        verbose_name_plural = _("count tasks")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["shelf", "variant"],
                condition=Q(done_at__isnull=True),
                nulls_distinct=False,
                name="count_task_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.shelf_id} {self.variant_id or ''}"


@track("StockCountHistory")
class StockCount(models.Model):
    """A blind count of one shelf. Nothing is booked until somebody allowed to approves the differences."""

    shelf = models.ForeignKey(Shelf, models.PROTECT, related_name="counts", verbose_name=_("shelf"))
    state = models.CharField(_("state"), max_length=10, choices=CountState, default=CountState.OPEN)
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("counted by")
    )
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("count")
        verbose_name_plural = _("counts")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["shelf"], condition=Q(state="OPEN"), name="count_open_once_per_shelf"
            )
        ]

    def __str__(self) -> str:
        return f"{self.shelf_id} {timezone.localtime(self.started_at):%d.%m.%Y %H:%M}"


class StockCountLine(models.Model):
    """What was counted of one barcode, beside what the ledger said when the count was finished."""

    count = models.ForeignKey(StockCount, models.CASCADE, related_name="lines", verbose_name=_("count"))
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+", verbose_name=_("variant"))
    counted = models.PositiveIntegerField(_("counted"), default=0)
    expected = models.IntegerField(_("expected"), null=True, blank=True)

    class Meta:
        verbose_name = _("counted barcode")
        verbose_name_plural = _("counted barcodes")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["count", "variant"], name="count_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.counted}"


class StockDoubt(models.Model):
    """A barcode that surprised repeatedly (`hayalet stok`): `held` pairs are not offered until it is counted."""

    variant = models.OneToOneField(
        Variant, models.CASCADE, primary_key=True, related_name="doubt", verbose_name=_("variant")
    )
    surprises = models.PositiveIntegerField(_("surprises"), default=0)
    held = models.PositiveIntegerField(_("pairs held back"), default=0)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("stock in doubt")
        verbose_name_plural = _("stock in doubt")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.held}"
