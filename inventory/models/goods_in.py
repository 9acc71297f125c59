"""Goods in (`Stok Ekleme`): boxes scanned onto one shelf, booked all or nothing."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from gullu.audit.tracking import track
from inventory.enums import GoodsInMode, GoodsInState
from inventory.models.stock import Shelf


@track("GoodsInHistory")
class GoodsIn(models.Model):
    """One sheet of goods in. ADD puts what was scanned on the shelf; REPLACE makes the shelf hold exactly it."""

    mode = models.CharField(_("mode"), max_length=8, choices=GoodsInMode)
    shelf = models.ForeignKey(
        Shelf, models.PROTECT, null=True, blank=True, related_name="goods_in", verbose_name=_("shelf")
    )
    state = models.CharField(_("state"), max_length=10, choices=GoodsInState, default=GoodsInState.OPEN)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    created_at = models.DateTimeField(_("started"), auto_now_add=True)
    booked_at = models.DateTimeField(_("booked"), null=True, blank=True)

    class Meta:
        verbose_name = _("goods in")
        verbose_name_plural = _("goods in")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(state="OPEN"), name="goods_in_open_once_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.mode} {timezone.localtime(self.created_at):%d.%m.%Y %H:%M}"


class GoodsInLine(models.Model):
    """Boxes of one barcode on a sheet. An unknown barcode has no variant and is set aside with its count."""

    sheet = models.ForeignKey(GoodsIn, models.CASCADE, related_name="lines", verbose_name=_("sheet"))
    barcode = models.CharField(_("barcode"), max_length=100)
    variant = models.ForeignKey(
        Variant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("variant")
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    set_aside = models.BooleanField(_("set aside"), default=False)

    class Meta:
        verbose_name = _("scanned boxes")
        verbose_name_plural = _("scanned boxes")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sheet", "barcode"], name="goods_in_barcode_once")
        ]

    def __str__(self) -> str:
        return f"{self.barcode} × {self.quantity}"
