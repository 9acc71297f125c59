"""The facts of sales: one flat row per order line, made to be grouped. Written by `analytics.facts` alone.

Nothing here is entered by anybody: every row can be made again from the orders (`manage.py rebuild_facts`).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, NullIf, Round
from django.utils.translation import gettext_lazy as _

from analytics.enums import DataKind, SaleState
from catalog.models import Product, Variant
from orders.enums import CancelledBy, Channel, OrderSource, OrderState
from orders.models import Order


def _money(verbose_name: Any) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(verbose_name, max_digits=14, decimal_places=2)


def _loose(model: Any, verbose_name: Any, **options: Any) -> models.ForeignKey:  # type: ignore[type-arg]
    """A link without a rule in the database: a fact follows its order minutes later and must not hold it."""
    return models.ForeignKey(
        model, models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name=verbose_name, **options
    )


class SaleLine(models.Model):
    """One order line; `id` is the line's. `day` and `hour` are those of `ordered_at` in Istanbul.

    What a figure counts is said in docs/analytics.md. `quantity` is what was ordered. Of a SOLD line,
    `returned_quantity` pairs came back for money and `exchanged_quantity` pairs came back for another article.
    Amounts are TRY with VAT: `total` is the line's, `returned_total` the part of it that went back to the customer.
    Names of goods are the catalogue's of today; of an unknown barcode, the marketplace's. `campaign` is the name of the
    campaign that held for the model on the day. `single`: no other SOLD line has this order number, so that counting
    such lines counts their orders; `alone`: no other line, sold or not, is in its package.
    """

    id = models.BigIntegerField(_("order line"), primary_key=True)
    order = _loose(Order, _("order"), db_index=True)
    order_number = models.CharField(_("order number"), max_length=40)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    source = models.CharField(_("came by"), max_length=10, choices=OrderSource, blank=True)
    status = models.CharField(_("order state"), max_length=10, choices=OrderState)
    state = models.CharField(_("counts as"), max_length=10, choices=SaleState)
    city = models.CharField(_("city"), max_length=100, blank=True)
    carrier = models.CharField(_("carrier"), max_length=100, blank=True)
    day = models.DateField(_("day"))
    hour = models.PositiveSmallIntegerField(_("hour"))
    variant = _loose(Variant, _("variant"), null=True, db_index=False)
    product = _loose(Product, _("model"), null=True, db_index=False)
    barcode = models.CharField(_("barcode"), max_length=100)
    model_code = models.CharField(_("model code"), max_length=40, blank=True)
    colour = models.CharField(_("colour"), max_length=100, blank=True)
    size = models.CharField(_("size"), max_length=50, blank=True)
    category = models.CharField(_("category"), max_length=100, blank=True)
    campaign = models.CharField(_("campaign"), max_length=60, blank=True)
    single = models.BooleanField(_("only line of its order"), default=True)
    alone = models.BooleanField(_("only line of its package"), default=True)
    quantity = models.PositiveIntegerField(_("quantity"))
    gross = _money(_("gross"))
    seller_discount = _money(_("our discount"))
    marketplace_discount = _money(_("marketplace discount"))
    total = _money(_("total"))
    vat_rate = models.DecimalField(_("VAT"), max_digits=5, decimal_places=2, null=True)
    cancelled_by = models.CharField(_("cancelled by"), max_length=12, choices=CancelledBy, blank=True)
    cancel_reason = models.CharField(_("cancellation reason"), max_length=300, blank=True)
    returned_quantity = models.PositiveIntegerField(_("returned pairs"))
    return_reason_id = models.IntegerField(_("return reason no"), null=True)
    return_reason = models.CharField(_("return reason"), max_length=300, blank=True)
    exchanged_quantity = models.PositiveIntegerField(_("exchanged pairs"))
    picked_by = _loose(settings.AUTH_USER_MODEL, _("picked by"), null=True, db_index=False)
    picked_day = models.DateField(_("day of picking"), null=True)

    net_quantity = models.GeneratedField(
        expression=F("quantity") - F("returned_quantity") - F("exchanged_quantity"),
        output_field=models.IntegerField(),
        db_persist=True,
        verbose_name=_("pairs kept"),
    )
    returned_total = models.GeneratedField(
        expression=Coalesce(
            Round(F("total") * F("returned_quantity") / NullIf(F("quantity"), Value(0)), precision=2),
            Value(0),
        ),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
        verbose_name=_("paid back"),
    )

    class Meta:
        verbose_name = _("sold line")
        verbose_name_plural = _("sold lines")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=SaleState.values), name="sale_state_known"),
            models.CheckConstraint(condition=Q(hour__lt=24), name="sale_hour_of_day"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["day"], name="sale_day"),
            models.Index(fields=["product", "day"], name="sale_product_day"),
            models.Index(fields=["variant", "day"], name="sale_variant_day"),
            models.Index(fields=["picked_day"], condition=Q(picked_by__isnull=False), name="sale_picked_day"),
            models.Index(
                fields=["picked_day"],
                condition=Q(picked_by__isnull=False, alone=False),
                name="sale_parcel_day",
            ),
            models.Index(
                fields=["day"], condition=Q(state=SaleState.SOLD, single=False), name="sale_shared_day"
            ),
            models.Index(fields=["day"], condition=Q(state=SaleState.CANCELLED), name="sale_cancelled_day"),
            models.Index(
                fields=["day"],
                condition=Q(state=SaleState.SOLD, returned_quantity__gt=0),
                name="sale_returned_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_number} {self.barcode}"


class SaleDay(models.Model):
    """The lines of one day added up by model, channel and campaign; written with the facts of that day.

    There are at most as many rows of a day as models, however many orders it had. `singles` counts the sold lines that
    are the only one of their order; orders of several lines are counted in `SaleLine`. `amount` is what customers kept.
    """

    day = models.DateField(_("day"))
    product = _loose(Product, _("model"), null=True, db_index=False)
    model_code = models.CharField(_("model code"), max_length=40, blank=True)
    category = models.CharField(_("category"), max_length=100, blank=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    campaign = models.CharField(_("campaign"), max_length=60, blank=True)
    sold = models.PositiveIntegerField(_("sold pairs"))
    pairs = models.IntegerField(_("pairs kept"))
    returned = models.PositiveIntegerField(_("returned pairs"))
    exchanged = models.PositiveIntegerField(_("exchanged pairs"))
    cancelled = models.PositiveIntegerField(_("cancelled pairs"))
    singles = models.PositiveIntegerField(_("orders of one line"))
    amount = _money(_("amount"))

    class Meta:
        verbose_name = _("sales of a day")
        verbose_name_plural = _("sales of days")
        default_permissions = ()
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["day"], name="sale_day_day"),
            models.Index(fields=["product", "day"], name="sale_day_product"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y} {self.model_code}"


class FactChange(models.Model):
    """What is out of date: an order, a model, or days (both included) whose campaigns changed.

    Written by triggers, in the transaction that changed it.

    A row becomes visible with the change it tells of, however late that transaction commits, so no clock and no
    watermark can pass it by. `refresh_facts` takes rows away in the transaction in which it writes the facts.
    """

    order_id = models.BigIntegerField(_("order"), null=True)
    product_id = models.BigIntegerField(_("model"), null=True)
    first_day = models.DateField(_("first day"), null=True)
    last_day = models.DateField(_("last day"), null=True)

    class Meta:
        verbose_name = _("changed order")
        verbose_name_plural = _("changed orders")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(order_id__isnull=False)
                | Q(product_id__isnull=False)
                | Q(first_day__isnull=False, last_day__isnull=False),
                name="fact_change_of_something",
            )
        ]

    def __str__(self) -> str:
        return str(self.order_id or self.product_id or self.first_day)


class FactState(models.Model):
    """How fresh the facts are: one row, written with them. Without it they were never built."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    built_at = models.DateTimeField(_("built"))
    refreshed_at = models.DateTimeField(_("refreshed"))

    class Meta:
        verbose_name = _("state of the facts")
        verbose_name_plural = _("state of the facts")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(id=1), name="fact_state_once")
        ]

    def __str__(self) -> str:
        return str(self.refreshed_at)


class DataVersion(models.Model):
    """The state of one kind of data: another `token` after every change of it (`analytics.caching`)."""

    kind = models.CharField(_("data"), max_length=10, choices=DataKind, primary_key=True)
    token = models.UUIDField(_("state"))
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("state of data")
        verbose_name_plural = _("states of data")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.token}"
