"""What the shop sells: a `Product` is a model; a `Variant` is one colour and size of it, with one barcode.

A barcode is one box is one pair: the unit of stock everywhere else.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from catalog.errors import NoPublicAddress
from gullu.audit.tracking import track
from gullu.text import Fold


class Currency(models.TextChoices):
    TRY = "TRY", _("Turkish lira")
    USD = "USD", _("US dollar")


class AgeGroup(models.TextChoices):
    WOMEN = "WOMEN", _("Women")
    MEN = "MEN", _("Men")
    CHILDREN = "CHILDREN", _("Children")


class VatRate(models.IntegerChoices):
    """Rates the marketplace accepts (contract section 8.4)."""

    ZERO = 0, "0 %"
    ONE = 1, "1 %"
    TEN = 10, "10 %"
    TWENTY = 20, "20 %"


@track("ProductHistory", exclude=["search_key", "updated_at"])
class Product(models.Model):
    """A model (`model kodu`), sold in colours and sizes. `code` is the marketplace's `productMainId`.

    A `draft` is still being written: nobody outside has heard of it, and its barcodes may be taken away again.
    `discontinued` is sold until it is gone and never made again; `origin` is a code of two letters.
    """

    code = models.CharField(_("model code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=100)
    brand = models.CharField(_("brand"), max_length=100, blank=True)
    category = models.CharField(_("category"), max_length=100, blank=True)
    age_group = models.CharField(_("for"), max_length=10, choices=AgeGroup, default=AgeGroup.WOMEN)
    vat_rate = models.PositiveSmallIntegerField(_("VAT"), choices=VatRate, default=VatRate.TEN)
    desi = models.DecimalField(
        _("desi"),
        max_digits=5,
        decimal_places=1,
        default=Decimal(2),
        validators=[MinValueValidator(Decimal("0.1"))],
    )
    description = models.TextField(
        _("description"), blank=True, help_text=_("What customers read on the marketplace. HTML is allowed.")
    )
    origin = models.CharField(_("country of origin"), max_length=2, blank=True)
    size_chart = models.ForeignKey(
        "SizeChart",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="products",
        verbose_name=_("size chart"),
    )
    draft = models.BooleanField(_("draft"), default=False)
    discontinued = models.BooleanField(
        _("discontinued"), default=False, help_text=_("Sold until it is gone, never made again.")
    )
    active = models.BooleanField(_("active"), default=True)
    search_key = models.GeneratedField(
        expression=Fold(Concat(F("code"), Value(" "), F("title"), Value(" "), F("brand"))),
        output_field=models.TextField(),
        db_persist=True,
        verbose_name=_("search key"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("model")
        verbose_name_plural = _("models")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(vat_rate__in=VatRate.values), name="product_vat_rate_known"),
            models.CheckConstraint(condition=Q(desi__gt=0), name="product_desi_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


@track("ProductImageHistory", exclude=["digest", "look"])
class ProductImage(models.Model):
    """A picture of one colour of a model. Position 1 is the one shown to pickers and customers.

    `url` is where our own pages show it: an address of the marketplace, or the path of `file` on this site. `file` is
    empty for a picture that lies elsewhere; its content never changes (its name is the SHA-256 of it), and `thumb` is a
    small one of it. `width` × `height` is the size it was sent in, `digest` and `look` are what duplicates are known by
    (`catalog.pictures.processing`). Only `catalog.pictures.services` writes here.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="images", verbose_name=_("model"))
    colour = models.CharField(_("colour"), max_length=50)
    url = models.CharField(_("address"), max_length=500)
    position = models.PositiveSmallIntegerField(_("position"), default=1, validators=[MinValueValidator(1)])
    file = models.ImageField(_("file"), max_length=100, blank=True)
    thumb = models.ImageField(_("thumbnail"), max_length=100, blank=True)
    width = models.PositiveIntegerField(_("width"), null=True, blank=True)
    height = models.PositiveIntegerField(_("height"), null=True, blank=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    look = models.BigIntegerField(_("look"), null=True, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("added by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Checked at the end of each statement, so that one UPDATE can put all pictures in another order.
            models.UniqueConstraint(
                fields=["product", "colour", "position"],
                name="image_position_once",
                deferrable=models.Deferrable.IMMEDIATE,
            ),
            models.CheckConstraint(
                condition=Q(file="", thumb="", digest="")
                | (~Q(file="") & ~Q(thumb="") & ~Q(digest="") & Q(width__gt=0, height__gt=0)),
                name="image_file_described",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.colour} {self.position}"

    def address(self, *, public: bool) -> str:
        """Where the picture is: for our own pages, or (`public`) for somebody outside, such as Trendyol.

        Raises `NoPublicAddress` for a picture of ours while PUBLIC_BASE_URL is not set. Whether others can reach that
        address is asked with `gullu.public_address.public_address_problem`.
        """
        if not public or not self.file:
            return self.url
        if not settings.PUBLIC_BASE_URL:
            raise NoPublicAddress(product=self.product_id, colour=self.colour, position=self.position)
        return f"{settings.PUBLIC_BASE_URL}{self.url}"

    @property
    def thumb_address(self) -> str:
        """A small one for lists, where there is one."""
        return self.thumb.url if self.thumb else self.url


@track("VariantHistory", exclude=["search_key", "updated_at"])
class Variant(models.Model):
    """One colour and size of a model: one barcode, one box, one pair.

    Prices include VAT. `cost` is per pair in `cost_currency`; NULL means not known, never zero.
    `safety_buffer` is the number of pairs never offered for sale.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="variants", verbose_name=_("model"))
    barcode = models.CharField(_("barcode"), max_length=40, unique=True)
    colour = models.CharField(_("colour"), max_length=50)
    size = models.CharField(_("size"), max_length=20)
    stock_code = models.CharField(_("stock code"), max_length=100, blank=True)
    list_price = models.DecimalField(_("list price"), max_digits=12, decimal_places=2, null=True, blank=True)
    sale_price = models.DecimalField(_("sale price"), max_digits=12, decimal_places=2, null=True, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=12, decimal_places=2, null=True, blank=True)
    cost_currency = models.CharField(_("cost currency"), max_length=3, choices=Currency, default=Currency.TRY)
    safety_buffer = models.PositiveSmallIntegerField(_("safety buffer"), default=0)
    discontinued = models.BooleanField(
        _("discontinued"), default=False, help_text=_("Sold until it is gone, never made again.")
    )
    active = models.BooleanField(_("active"), default=True)
    search_key = models.GeneratedField(
        expression=Fold(
            Concat(F("barcode"), Value(" "), F("stock_code"), Value(" "), F("colour"), Value(" "), F("size"))
        ),
        output_field=models.TextField(),
        db_persist=True,
        verbose_name=_("search key"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["product", "colour", "size"], name="variant_colour_size_once"),
            models.CheckConstraint(
                condition=~Q(barcode="") & ~Q(barcode__contains=" "), name="variant_barcode_clean"
            ),
            models.CheckConstraint(
                condition=Q(list_price__isnull=True)
                | Q(sale_price__isnull=True)
                | Q(list_price__gte=F("sale_price")),
                name="variant_list_price_not_below_sale",
            ),
            models.CheckConstraint(
                condition=Q(cost__isnull=True) | Q(cost__gte=0), name="variant_cost_not_negative"
            ),
            models.CheckConstraint(
                condition=(Q(sale_price__isnull=True) | Q(sale_price__gt=0))
                & (Q(list_price__isnull=True) | Q(list_price__gt=0)),
                name="variant_prices_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.barcode} {self.colour} {self.size}"


@track("BundlePartHistory")
class BundlePart(models.Model):
    """What a closed carton holds: `quantity` pairs of `part` in each `bundle`, both barcodes of one model.

    A variant with parts is a bundle: it has a barcode, a price and a stock of its own, counted in closed cartons.
    """

    bundle = models.ForeignKey(Variant, models.CASCADE, related_name="bundle_parts", verbose_name=_("bundle"))
    part = models.ForeignKey(Variant, models.PROTECT, related_name="in_bundles", verbose_name=_("variant"))
    quantity = models.PositiveSmallIntegerField(_("pairs"), validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("content of a bundle")
        verbose_name_plural = _("contents of bundles")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["bundle", "part"], name="bundle_part_once"),
            models.CheckConstraint(condition=~Q(bundle=F("part")), name="bundle_holds_others"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="bundle_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.part_id}"


@track("SizeChartHistory")
class SizeChart(models.Model):
    """Which foot a size fits, for one or more models."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    note = models.CharField(
        _("advice"), max_length=300, blank=True, help_text=_("For example: half a size smaller than usual.")
    )

    class Meta:
        verbose_name = _("size chart")
        verbose_name_plural = _("size charts")

    def __str__(self) -> str:
        return self.name


@track("SizeChartRowHistory")
class SizeChartRow(models.Model):
    """One size of a chart; lengths in millimetres."""

    chart = models.ForeignKey(SizeChart, models.CASCADE, related_name="rows", verbose_name=_("size chart"))
    size = models.CharField(_("size"), max_length=20)
    foot_mm = models.PositiveSmallIntegerField(_("foot length (mm)"), validators=[MinValueValidator(80)])
    insole_mm = models.PositiveSmallIntegerField(_("insole length (mm)"), null=True, blank=True)

    class Meta:
        verbose_name = _("size of a chart")
        verbose_name_plural = _("sizes of a chart")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["chart", "size"], name="size_chart_size_once")
        ]

    def __str__(self) -> str:
        return f"{self.size}: {self.foot_mm} mm"


@track("BarcodeAliasHistory")
class BarcodeAlias(models.Model):
    """Another code printed on boxes of a variant (an old label, a supplier's code)."""

    code = models.CharField(_("code"), max_length=100, unique=True)
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="aliases", verbose_name=_("variant"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("barcode alias")
        verbose_name_plural = _("barcode aliases")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(code="") & ~Q(code__contains=" "), name="alias_code_clean")
        ]

    def __str__(self) -> str:
        return self.code


def default_stock_code(*, code: str, colour: str, size: str) -> str:
    """The shop's own stock code: ``"{model}-{size} {colour}"``."""
    return f"{code}-{size} {colour}"


__all__ = [
    "AgeGroup",
    "BarcodeAlias",
    "BundlePart",
    "Currency",
    "Product",
    "ProductImage",
    "SizeChart",
    "SizeChartRow",
    "Variant",
    "VatRate",
    "default_stock_code",
]
