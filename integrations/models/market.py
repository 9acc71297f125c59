"""What a marketplace lets us choose from when we list a product: brands, categories, attributes and their values.

Copies of what it said last, read by `integrations.listing.reference`; ids are the marketplace's own and differ between
categories (contract sections 8.1 to 8.3).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from gullu.text import Fold
from orders.enums import Channel


class MarketBrand(models.Model):
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.TRENDYOL)
    remote_id = models.BigIntegerField(_("number there"))
    name = models.CharField(_("name"), max_length=200)
    search_key = models.GeneratedField(
        expression=Fold(F("name")),
        output_field=models.TextField(),
        db_persist=True,
        verbose_name=_("search key"),
    )
    read_at = models.DateTimeField(_("read"))

    class Meta:
        verbose_name = _("brand there")
        verbose_name_plural = _("brands there")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["channel", "remote_id"], name="market_brand_once")
        ]

    def __str__(self) -> str:
        return self.name


class MarketCategory(models.Model):
    """A node of the category tree. `path` names it from the root; only a `leaf` takes products.

    `offered` is false once a complete tree no longer had it. `attributes_read_at` is None until its attributes were
    read.
    """

    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.TRENDYOL)
    remote_id = models.BigIntegerField(_("number there"))
    parent_remote_id = models.BigIntegerField(_("above it"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    path = models.CharField(_("path"), max_length=600)
    leaf = models.BooleanField(_("takes products"))
    offered = models.BooleanField(_("offered"), default=True)
    search_key = models.GeneratedField(
        expression=Fold(F("path")),
        output_field=models.TextField(),
        db_persist=True,
        verbose_name=_("search key"),
    )
    read_at = models.DateTimeField(_("read"))
    attributes_read_at = models.DateTimeField(_("attributes read"), null=True, blank=True)

    class Meta:
        verbose_name = _("category there")
        verbose_name_plural = _("categories there")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["channel", "remote_id"], name="market_category_once")
        ]

    def __str__(self) -> str:
        return self.path


class MarketAttribute(models.Model):
    """An attribute of a leaf category.

    `varianter` tells barcodes of one card apart (the size); `slicer` makes cards of their own (the colour). `multiple`
    takes more than one value, `allow_custom` free text. `values_read_at` is None until its values were read.
    """

    category = models.ForeignKey(
        MarketCategory, models.CASCADE, related_name="attributes", verbose_name=_("category there")
    )
    remote_id = models.BigIntegerField(_("number there"))
    name = models.CharField(_("name"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"))
    required = models.BooleanField(_("required"))
    allow_custom = models.BooleanField(_("free text"))
    varianter = models.BooleanField(_("tells sizes apart"))
    slicer = models.BooleanField(_("tells colours apart"))
    multiple = models.BooleanField(_("several values"))
    values_read_at = models.DateTimeField(_("values read"), null=True, blank=True)

    class Meta:
        verbose_name = _("attribute there")
        verbose_name_plural = _("attributes there")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["category", "remote_id"], name="market_attribute_once")
        ]

    def __str__(self) -> str:
        return self.name


class MarketValue(models.Model):
    """A value an attribute can take."""

    attribute = models.ForeignKey(
        MarketAttribute, models.CASCADE, related_name="values", verbose_name=_("attribute there")
    )
    remote_id = models.BigIntegerField(_("number there"))
    name = models.CharField(_("name"), max_length=300)
    search_key = models.GeneratedField(
        expression=Fold(F("name")),
        output_field=models.TextField(),
        db_persist=True,
        verbose_name=_("search key"),
    )

    class Meta:
        verbose_name = _("value there")
        verbose_name_plural = _("values there")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["attribute", "remote_id"], name="market_value_once")
        ]

    def __str__(self) -> str:
        return self.name
