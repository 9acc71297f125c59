"""Customer returns: one row per unit, as the marketplace has it. Units of one claim can differ."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Variant
from orders.models.orders import Order, OrderLine


class ReturnUnit(models.Model):
    """One returned unit. `act_by_at` ends the time to decide; after it the marketplace accepts by itself."""

    class Status(models.TextChoices):
        CREATED = "Created", _("Customer asked")
        WAITING = "WaitingInAction", _("Waits for our decision")
        FRAUD_CHECK = "WaitingFraudCheck", _("Approved, being checked")
        UNRESOLVED = "Unresolved", _("Disputed")
        ANALYSIS = "InAnalysis", _("In analysis")
        ACCEPTED = "Accepted", _("Accepted")
        REJECTED = "Rejected", _("Rejected")
        CANCELLED = "Cancelled", pgettext_lazy("return", "Cancelled")

    claim_item_id = models.CharField(_("unit no"), max_length=60, unique=True)
    claim_id = models.CharField(_("claim"), max_length=60)
    order_number = models.CharField(_("order number"), max_length=40)
    order = models.ForeignKey(
        Order, models.SET_NULL, null=True, blank=True, related_name="return_units", verbose_name=_("order")
    )
    line = models.ForeignKey(
        OrderLine,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="return_units",
        verbose_name=_("order line"),
    )
    barcode = models.CharField(_("barcode"), max_length=100)
    variant = models.ForeignKey(
        Variant, models.PROTECT, null=True, blank=True, related_name="return_units", verbose_name=_("variant")
    )
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True, blank=True)
    status = models.CharField(_("status"), max_length=40)
    reason_id = models.IntegerField(_("reason no"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    customer_note = models.TextField(_("customer's note"), blank=True)
    auto_accepted = models.BooleanField(_("accepted by itself"), default=False)
    cargo_tracking_number = models.CharField(_("cargo number"), max_length=40, blank=True)
    cargo_provider = models.CharField(_("carrier"), max_length=100, blank=True)
    claimed_at = models.DateTimeField(_("asked"))
    act_by_at = models.DateTimeField(_("decide by"), null=True, blank=True)
    remote_modified_at = models.DateTimeField(_("changed on the marketplace"))
    created_at = models.DateTimeField(_("first seen"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("returned unit")
        verbose_name_plural = _("returned units")
        default_permissions = ("view",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["act_by_at"], condition=models.Q(status="WaitingInAction"), name="return_to_decide"
            ),
            models.Index(fields=["order_number"], name="return_order_number"),
            models.Index(fields=["claim_id"], name="return_claim"),
            models.Index(fields=["-claimed_at"], name="return_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.order_number} {self.barcode}"
