"""Customer returns: one row per unit, as the marketplace has it. Units of one claim can differ."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Variant
from gullu.audit.tracking import track
from inventory.models import Shelf
from orders.enums import Disposition, GoodsCondition, ReturnDecision
from orders.models.orders import Order, OrderLine


@track("ReturnUnitHistory", whole=False, exclude=["updated_at"])
class ReturnUnit(models.Model):
    """One returned unit. `act_by_at` ends the time to decide; after it the marketplace accepts by itself.

    The upper half is the marketplace's and is overwritten by each pull. The lower half is ours: what the warehouse
    found (`condition`), what we decided, and where the goods went (`disposition`, one ledger entry).
    `decision` is set when it was decided here; `status` says what the marketplace made of it.
    """

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
    return_package_id = models.BigIntegerField(_("return package"), null=True, blank=True)
    replacement_package_id = models.BigIntegerField(_("replacement package"), null=True, blank=True)
    rejected_package_id = models.BigIntegerField(_("package going back"), null=True, blank=True)

    condition = models.CharField(_("condition"), max_length=10, choices=GoodsCondition, blank=True)
    inspection_note = models.CharField(_("inspection note"), max_length=500, blank=True)
    inspected_at = models.DateTimeField(_("inspected"), null=True, blank=True)
    inspected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("inspected by"),
    )
    decision = models.CharField(_("decision"), max_length=8, choices=ReturnDecision, blank=True)
    issue_reason_id = models.IntegerField(_("refusal reason no"), null=True, blank=True)
    issue_description = models.CharField(_("refusal text"), max_length=500, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    disposition = models.CharField(_("goods"), max_length=11, choices=Disposition, blank=True)
    shelf = models.ForeignKey(
        Shelf, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shelf")
    )
    settled_at = models.DateTimeField(_("goods settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("settled by"),
    )
    created_at = models.DateTimeField(_("first seen"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("returned unit")
        verbose_name_plural = _("returned units")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(disposition=Disposition.RESTOCKED) | Q(shelf__isnull=False),
                name="return_restocked_names_shelf",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["act_by_at"], condition=Q(status="WaitingInAction"), name="return_to_decide"
            ),
            models.Index(fields=["barcode"], condition=Q(disposition=""), name="return_goods_expected"),
            models.Index(fields=["cargo_tracking_number"], name="return_cargo_number"),
            models.Index(fields=["order_number"], name="return_order_number"),
            models.Index(fields=["claim_id"], name="return_claim"),
            models.Index(fields=["-claimed_at"], name="return_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.order_number} {self.barcode}"

    @property
    def ledger_reference(self) -> str:
        """How movements of this unit are marked in the ledger; the key of its one booking as well."""
        return f"return:{self.pk}"


@track("ReturnPhotoHistory")
class ReturnPhoto(models.Model):
    """A picture of a returned unit, made at the inspection: proof for a refusal."""

    unit = models.ForeignKey(
        ReturnUnit, models.CASCADE, related_name="photos", verbose_name=_("returned unit")
    )
    image = models.ImageField(_("picture"), upload_to="returns/%Y/%m/")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("picture of a return")
        verbose_name_plural = _("pictures of returns")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return str(self.image)
