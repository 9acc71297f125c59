"""What was sent to a marketplace: one row per run, per request, per barcode."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from gullu.models import JobRun
from inventory.enums import PushItemState


class StockPushLog(models.Model):
    """One run of "stock out to the marketplace", also when nothing had to be sent or it failed."""

    push_time = models.DateTimeField(_("time"))
    trigger = models.CharField(
        _("started by"), max_length=10, choices=JobRun.Trigger, default=JobRun.Trigger.INTERNAL
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    total_items = models.PositiveIntegerField(_("barcodes sent"), default=0)
    total_quantity = models.PositiveIntegerField(_("pairs offered"), default=0)
    reserved_quantity = models.PositiveIntegerField(_("pairs reserved"), default=0)
    evaluated = models.PositiveIntegerField(_("evaluated"), default=0)
    skipped = models.PositiveIntegerField(_("unchanged"), default=0)
    failed = models.PositiveIntegerField(_("refused"), default=0)
    unknown = models.PositiveIntegerField(_("outcome unknown"), default=0)
    success = models.BooleanField(
        _("succeeded"), null=True, help_text=_("Empty while it runs, or if it was broken off.")
    )
    duration_seconds = models.FloatField(_("seconds"), null=True, blank=True)
    error_message = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("stock push")
        verbose_name_plural = _("stock pushes")
        default_permissions = ("view",)
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["-push_time"], name="stockpush_newest")]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.push_time):%d.%m.%Y %H:%M:%S}"


class StockPushBatch(models.Model):
    """One request of a push: written before it is sent, its batch id stored before anything else.

    `body_hash` guards the 15-minute rule (contract section 8.9). `computed_at` is when the quantities
    were read; `effective_at` when the marketplace says they had taken effect.
    """

    class State(models.TextChoices):
        PREPARED = "PREPARED", _("Written, not sent")
        SENT = "SENT", _("Sent, result not read")
        DONE = "DONE", _("Result read")
        REFUSED = "REFUSED", _("Refused as a whole")
        UNKNOWN = "UNKNOWN", _("Outcome unknown")

    push = models.ForeignKey(
        StockPushLog, models.CASCADE, related_name="batches", verbose_name=_("stock push")
    )
    body_hash = models.CharField(_("fingerprint"), max_length=64)
    batch_request_id = models.CharField(_("batch number"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PREPARED)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    computed_at = models.DateTimeField(_("quantities read"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    effective_at = models.DateTimeField(_("took effect"), null=True, blank=True)
    error_message = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("push request")
        verbose_name_plural = _("push requests")
        default_permissions = ("view",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["body_hash", "-sent_at"], name="pushbatch_body"),
            models.Index(
                fields=["state"], condition=Q(state__in=["PREPARED", "SENT"]), name="pushbatch_unsettled"
            ),
        ]

    def __str__(self) -> str:
        return self.batch_request_id or self.body_hash[:12]


class StockPushItem(models.Model):
    """What was sent for one barcode, why, and what the marketplace answered."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(
        StockPushBatch, models.CASCADE, related_name="items", verbose_name=_("push request")
    )
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="push_items", verbose_name=_("variant"))
    barcode = models.CharField(_("barcode"), max_length=40)
    quantity = models.PositiveIntegerField(_("sent"))
    believed = models.IntegerField(_("believed before"), null=True, blank=True)
    state = models.CharField(_("result"), max_length=8, choices=PushItemState, default=PushItemState.PENDING)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("pushed barcode")
        verbose_name_plural = _("pushed barcodes")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["batch", "variant"], name="push_item_once_per_batch")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["variant", "-id"], name="pushitem_variant_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.barcode} → {self.quantity}"
