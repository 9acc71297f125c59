"""Where the pairs are. The ledger (`StockMovement`) is the truth; the balances follow it.

`CentralStock.qty` and `RafUrun.adet` are written by `inventory.ledger` alone, in the transaction that
writes the movement. No form, page, import or command edits them.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from gullu.audit.tracking import no_truncate, track
from inventory.enums import MovementKind


@track("StockPolicyHistory")
class StockPolicy(models.Model):
    """The one row of shop-wide buffers: pairs that are on the shelf but not offered for sale."""

    SINGLETON_ID = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=SINGLETON_ID, editable=False)
    safety_buffer = models.PositiveSmallIntegerField(
        _("buffer for every barcode"), default=0, help_text=_("Pairs held back from sale on every barcode.")
    )
    risk_buffer = models.PositiveSmallIntegerField(
        _("extra buffer after cancellations"),
        default=0,
        help_text=_("Held back in addition where two or more orders were cancelled within 30 days."),
    )

    class Meta:
        verbose_name = _("stock policy")
        verbose_name_plural = _("stock policy")
        default_permissions = ("view", "change")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(id=1), name="stock_policy_single_row")
        ]

    def __str__(self) -> str:
        return str(_("Stock policy"))


@track("ShelfHistory")
class Shelf(models.Model):
    """A place for boxes. `route_order` is its place in the walk through the warehouse."""

    code = models.CharField(
        _("shelf code"),
        max_length=30,
        unique=True,
        validators=[RegexValidator(r"^[A-Z0-9ÇĞÖŞÜ]+(-[A-Z0-9ÇĞÖŞÜ]+)*$", _("Write it like A-B-03."))],
    )
    route_order = models.PositiveIntegerField(_("walking order"), default=0)
    active = models.BooleanField(_("open"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("shelf")
        verbose_name_plural = _("shelves")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["route_order", "code"], name="shelf_route")
        ]

    def __str__(self) -> str:
        return self.code


class CentralStock(models.Model):
    """How many pairs of a barcode exist here in all (I1, I3)."""

    variant = models.OneToOneField(
        Variant, models.PROTECT, primary_key=True, related_name="central_stock", verbose_name=_("variant")
    )
    qty = models.IntegerField(_("quantity"), default=0)
    updated_at = models.DateTimeField(_("updated"))

    class Meta:
        verbose_name = _("central stock")
        verbose_name_plural = _("central stock")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(qty__gte=0), name="central_stock_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.qty}"


class RafUrun(models.Model):
    """How many pairs of a barcode lie on one shelf (I2)."""

    variant = models.ForeignKey(
        Variant, models.PROTECT, related_name="shelf_stock", verbose_name=_("variant")
    )
    shelf = models.ForeignKey(Shelf, models.PROTECT, related_name="contents", verbose_name=_("shelf"))
    adet = models.IntegerField(_("quantity"), default=0)
    updated_at = models.DateTimeField(_("updated"))

    class Meta:
        verbose_name = _("shelf stock")
        verbose_name_plural = _("shelf stock")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["variant", "shelf"], name="raf_urun_once"),
            models.CheckConstraint(condition=Q(adet__gte=0), name="raf_urun_not_negative"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["shelf"], condition=Q(adet__gt=0), name="raf_urun_filled")
        ]

    def __str__(self) -> str:
        return f"{self.variant_id} @ {self.shelf_id}: {self.adet}"


class StockMovement(models.Model):
    """One line of the ledger: a signed change of one barcode on one shelf. Never changed, never deleted.

    `key` is the idempotency key: the same key is booked once, whoever repeats it (I5 for order lines).
    """

    id = models.BigAutoField(primary_key=True)
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="movements", verbose_name=_("variant"))
    shelf = models.ForeignKey(Shelf, models.PROTECT, related_name="movements", verbose_name=_("shelf"))
    delta = models.IntegerField(_("change"))
    kind = models.CharField(_("kind"), max_length=12, choices=MovementKind)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    key = models.CharField(_("key"), max_length=120, null=True, blank=True, unique=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    created_at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(delta=0) | Q(kind="COUNT"), name="movement_changes_something"
            ),
            models.CheckConstraint(condition=Q(kind__in=MovementKind.values), name="movement_kind_known"),
            models.CheckConstraint(condition=~Q(key=""), name="movement_key_not_empty"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["variant", "-id"], name="movement_variant_newest"),
            models.Index(fields=["shelf", "-id"], name="movement_shelf_newest"),
            models.Index(fields=["reference"], name="movement_reference"),
            models.Index(fields=["-created_at"], name="movement_newest"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="ledger_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.delta:+d}"
