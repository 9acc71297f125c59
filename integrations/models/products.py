"""How our models stand on a marketplace: what was chosen for them there, and each thing that was asked of it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Product, Variant
from gullu.audit.tracking import track
from integrations.models.core import OutboxMessage
from integrations.models.market import MarketBrand, MarketCategory
from orders.enums import Channel


@track("ChannelProductHistory")
class ChannelProduct(models.Model):
    """What a model is on one marketplace: brand, category, and the attributes of that category.

    `attributes` holds what is the same for all its barcodes, `colour_attributes` what a colour adds, `size_attributes`
    what a size adds. Keys are attribute numbers as text; a value is ``{"values": [338]}`` or ``{"text": "Gül kurusu"}``
    (`integrations.listing.sheets.Choice`)::

        attributes         {"296": {"values": [2874]}}
        colour_attributes  {"Gül kurusu": {"47": {"text": "Gül kurusu"}, "348": {"values": [686238]}}}
        size_attributes    {"37": {"293": {"values": [4286]}}}

    `delivery_days`: 0 ships today, 1 tomorrow at the latest; None leaves it to the marketplace.
    """

    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.TRENDYOL)
    product = models.ForeignKey(Product, models.CASCADE, related_name="channels", verbose_name=_("model"))
    brand = models.ForeignKey(
        MarketBrand, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("brand there")
    )
    category = models.ForeignKey(
        MarketCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category there"),
    )
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    colour_attributes = models.JSONField(_("attributes of colours"), default=dict, blank=True)
    size_attributes = models.JSONField(_("attributes of sizes"), default=dict, blank=True)
    title_pattern = models.CharField(
        _("pattern of the title"),
        max_length=60,
        default="{title} - {colour} - Beden {size}",
        help_text=_("{title}, {colour} and {size} are filled in."),
    )
    delivery_days = models.PositiveSmallIntegerField(_("days until it ships"), null=True, blank=True)

    class Meta:
        verbose_name = _("model on a marketplace")
        verbose_name_plural = _("models on marketplaces")
        default_permissions = ("view", "change")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["channel", "product"], name="channel_product_once")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.product_id}"


class ProductWrite(models.Model):
    """One item of a message about products: what was asked for a barcode (or a card), and what became of it.

    The message (`OutboxMessage`, kinds PRODUCT_*) is the batch and keeps its number in `answer["batch"]`. `body` is the
    item exactly as it is sent. ENTERED: the marketplace took a change of content, and its quality control has
    not judged it.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", pgettext_lazy("product write", "Waiting")
        SENT = "SENT", pgettext_lazy("product write", "Sent, result not read")
        ENTERED = "ENTERED", pgettext_lazy("product write", "In quality control")
        SUCCESS = "SUCCESS", pgettext_lazy("product write", "Done")
        FAILED = "FAILED", pgettext_lazy("product write", "Refused")
        UNKNOWN = "UNKNOWN", pgettext_lazy("product write", "Outcome unknown")

    message = models.ForeignKey(
        OutboxMessage, models.CASCADE, related_name="product_writes", verbose_name=_("message")
    )
    product = models.ForeignKey(
        Product, models.CASCADE, null=True, related_name="writes", verbose_name=_("model")
    )
    variant = models.ForeignKey(
        Variant, models.CASCADE, null=True, blank=True, related_name="writes", verbose_name=_("variant")
    )
    barcode = models.CharField(_("barcode"), max_length=100, blank=True)
    content_id = models.BigIntegerField(_("content"), null=True, blank=True)
    body = models.JSONField(_("content sent"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    reasons = ArrayField(models.TextField(), verbose_name=_("reasons"), default=list, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("change of a listing")
        verbose_name_plural = _("changes of listings")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["message", "barcode"], condition=~Q(barcode=""), name="product_write_barcode_once"
            ),
            models.CheckConstraint(
                condition=~Q(barcode="") | Q(content_id__isnull=False), name="product_write_about_something"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["product", "-id"], name="product_write_of_product"),
            models.Index(fields=["barcode"], condition=~Q(barcode=""), name="product_write_of_barcode"),
            models.Index(
                fields=["state"],
                condition=Q(state__in=["WAITING", "SENT", "ENTERED", "UNKNOWN"]),
                name="product_write_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.barcode or self.content_id} {self.state}"


__all__ = ["ChannelProduct", "ProductWrite"]
