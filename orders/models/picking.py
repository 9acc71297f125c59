"""Picking on the scan pages: who holds which order, what was scanned for it, and batches."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from inventory.models import Shelf
from orders.enums import BatchState
from orders.models.orders import Order, OrderLine


class PickClaim(models.Model):
    """Who prepares an order right now. It expires by itself; nobody has to give it back."""

    order = models.OneToOneField(
        Order, models.CASCADE, primary_key=True, related_name="claim", verbose_name=_("order")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="pick_claims", verbose_name=_("person")
    )
    shelf = models.ForeignKey(
        Shelf, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("shelf just scanned")
    )
    claimed_at = models.DateTimeField(_("since"))
    expires_at = models.DateTimeField(_("expires"))

    class Meta:
        verbose_name = _("order in hand")
        verbose_name_plural = _("orders in hand")
        default_permissions = ("view",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "expires_at"], name="claim_person")
        ]

    def __str__(self) -> str:
        return f"{self.order_id} → {self.user_id}"


class PickScan(models.Model):
    """Boxes scanned for a line from one shelf, before the order is confirmed. Confirming turns them into movements."""

    line = models.ForeignKey(
        OrderLine, models.CASCADE, related_name="pick_scans", verbose_name=_("order line")
    )
    shelf = models.ForeignKey(Shelf, models.PROTECT, related_name="+", verbose_name=_("shelf"))
    quantity = models.PositiveIntegerField(_("quantity"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    scanned_at = models.DateTimeField(_("scanned"), auto_now=True)

    class Meta:
        verbose_name = _("scanned pick")
        verbose_name_plural = _("scanned picks")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["line", "shelf"], name="pick_scan_once_per_shelf"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="pick_scan_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} × {self.quantity}"


class PickBatch(models.Model):
    """Orders collected in one walk, then sorted into slots (`toplu toplama`)."""

    state = models.CharField(_("state"), max_length=10, choices=BatchState, default=BatchState.COLLECTING)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("in hand of"),
    )
    shelf = models.ForeignKey(
        Shelf, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("shelf just scanned")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"#{self.pk}"


class PickBatchOrder(models.Model):
    """An order's slot in a batch. An order is in one open batch at most."""

    batch = models.ForeignKey(PickBatch, models.CASCADE, related_name="slots", verbose_name=_("batch"))
    order = models.ForeignKey(Order, models.CASCADE, related_name="batch_slots", verbose_name=_("order"))
    slot = models.PositiveSmallIntegerField(_("slot"))
    active = models.BooleanField(_("active"), default=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["batch", "slot"], name="batch_slot_once"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(active=True), name="order_in_one_open_batch"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.slot}"


class PickBatchItem(models.Model):
    """Boxes of one barcode collected for a batch from one shelf; `sorted` of them lie in slots already."""

    batch = models.ForeignKey(PickBatch, models.CASCADE, related_name="items", verbose_name=_("batch"))
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+", verbose_name=_("variant"))
    shelf = models.ForeignKey(Shelf, models.PROTECT, related_name="+", verbose_name=_("shelf"))
    collected = models.PositiveIntegerField(_("collected"), default=0)
    sorted = models.PositiveIntegerField(_("sorted"), default=0)

    class Meta:
        verbose_name = _("collected boxes")
        verbose_name_plural = _("collected boxes")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["batch", "variant", "shelf"], name="batch_item_once"),
            models.CheckConstraint(
                condition=Q(sorted__lte=models.F("collected")), name="batch_sorted_was_collected"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variant_id} × {self.collected}"
