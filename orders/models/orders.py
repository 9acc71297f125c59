"""Orders: one `Order` is one shipment package; its number repeats after splits.

The state of an order lives in `status` and is written by `orders.services.status` alone. The stock outcome
of a line lives in `stock_state` and is written by the order services alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from gullu.audit.tracking import no_truncate, track
from gullu.text import Fold, short_name
from inventory.enums import StockState
from inventory.models import Shelf
from orders.enums import (
    OPEN_STATES,
    CancelledBy,
    Channel,
    EventKind,
    OrderSource,
    OrderState,
    ParkReason,
    ParkState,
    PutBackState,
)
from orders.querysets import OrderQuerySet
from orders.search import Tokens


def money(verbose_name: Any) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(verbose_name, max_digits=14, decimal_places=2, default=0)


@track("OrderHistory", whole=False, exclude=["payload", "anonymized_at", "search_key", "updated_at"])
class Order(models.Model):
    """A shipment package. Times are UTC; `ship_by_at` is the marketplace's agreed delivery date.

    `source` and `collect_amount` (what the carrier collects) belong to orders no marketplace knows. While
    `split_asked_at` is set the marketplace is breaking the package up: nobody may prepare it.
    """

    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.TRENDYOL)
    source = models.CharField(_("came by"), max_length=10, choices=OrderSource, blank=True)
    package_id = models.BigIntegerField(_("package"), null=True, blank=True, unique=True)
    order_number = models.CharField(_("order number"), max_length=40)
    shipment_number = models.CharField(_("shipment number"), max_length=40, blank=True)
    status = models.CharField(_("state"), max_length=10, choices=OrderState, default=OrderState.CREATED)
    remote_status = models.CharField(_("marketplace status"), max_length=40, blank=True)
    payment_pending = models.BooleanField(_("payment pending"), default=False)
    superseded = models.BooleanField(_("replaced by other packages"), default=False)
    cancelled_by = models.CharField(_("cancelled by"), max_length=12, choices=CancelledBy, blank=True)
    origin_package_ids = ArrayField(
        models.BigIntegerField(), verbose_name=_("made from packages"), default=list, blank=True
    )

    ordered_at = models.DateTimeField(_("ordered"))
    reached_us_at = models.DateTimeField(_("reached us"), null=True, blank=True)
    ship_by_at = models.DateTimeField(_("ship by"), null=True, blank=True)
    remote_modified_at = models.DateTimeField(_("changed on the marketplace"), null=True, blank=True)
    picked_at = models.DateTimeField(_("picked"), null=True, blank=True)
    picked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picked by"),
    )
    shipped_at = models.DateTimeField(_("shipped"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)

    customer_id = models.BigIntegerField(_("customer no"), null=True, blank=True)
    customer_first_name = models.CharField(_("first name"), max_length=200, blank=True)
    customer_last_name = models.CharField(_("last name"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    district = models.CharField(_("district"), max_length=100, blank=True)
    shipment_address = models.JSONField(_("delivery address"), default=dict, blank=True)
    invoice_address = models.JSONField(_("invoice address"), default=dict, blank=True)

    currency = models.CharField(_("currency"), max_length=3, default="TRY")
    gross_amount = money(_("gross"))
    seller_discount = money(_("our discount"))
    marketplace_discount = money(_("marketplace discount"))
    total_amount = money(_("total"))

    cargo_tracking_number = models.CharField(_("cargo number"), max_length=40, blank=True)
    cargo_provider = models.CharField(_("carrier"), max_length=100, blank=True)
    desi = models.DecimalField(_("desi"), max_digits=8, decimal_places=2, null=True, blank=True)
    commercial = models.BooleanField(_("corporate invoice"), default=False)
    micro_export = models.BooleanField(_("micro export"), default=False)
    invoice_status = models.CharField(_("invoice status"), max_length=30, blank=True)
    invoice_number = models.CharField(_("invoice number"), max_length=40, blank=True)
    box_count = models.PositiveSmallIntegerField(_("boxes"), null=True, blank=True)
    collect_amount = models.DecimalField(
        _("cash on delivery"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    split_asked_at = models.DateTimeField(_("split asked for"), null=True, blank=True)

    parked = models.BooleanField(_("parked"), default=False)
    park_reason = models.CharField(_("parked because"), max_length=10, choices=ParkReason, blank=True)
    park_state = models.CharField(_("parking state"), max_length=10, choices=ParkState, blank=True)
    park_note = models.CharField(_("parking note"), max_length=300, blank=True)
    parked_at = models.DateTimeField(_("parked since"), null=True, blank=True)

    payload = models.JSONField(_("last message"), default=dict, blank=True)
    anonymized_at = models.DateTimeField(_("personal data emptied"), null=True, blank=True, editable=False)
    search_key = models.GeneratedField(
        expression=Fold(
            Concat(
                F("order_number"),
                Value(" "),
                F("cargo_tracking_number"),
                Value(" "),
                F("customer_first_name"),
                Value(" "),
                F("customer_last_name"),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
        verbose_name=_("search key"),
    )
    created_at = models.DateTimeField(_("first seen"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(status__in=OrderState.values), name="order_status_known"),
            models.CheckConstraint(
                condition=Q(channel=Channel.MANUAL) | Q(package_id__isnull=False), name="order_package_named"
            ),
            models.CheckConstraint(
                condition=Q(parked=False) | ~Q(park_reason=""), name="order_parked_with_reason"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["ship_by_at", "ordered_at"],
                condition=Q(status__in=["CREATED", "PICKING"]),
                name="order_open_queue",
            ),
            models.Index(fields=["status", "-ordered_at", "-id"], name="order_state_newest"),
            models.Index(fields=["order_number"], name="order_number"),
            models.Index(fields=["cargo_tracking_number"], name="order_cargo_number"),
            models.Index(fields=["-ordered_at", "-id"], name="order_newest"),
            models.Index(fields=["customer_id"], name="order_customer"),
            GinIndex(fields=["origin_package_ids"], name="order_origin_packages"),
            GinIndex(Tokens("search_key"), name="order_search"),
            # What the lists can be narrowed to: each has its rows in the order they are shown.
            models.Index(fields=["city", "-ordered_at", "-id"], name="order_city_newest"),
            models.Index(fields=["cargo_provider", "-ordered_at", "-id"], name="order_carrier_newest"),
            models.Index(
                fields=["-shipped_at", "-id"],
                condition=Q(shipped_at__isnull=False),
                name="order_shipped_newest",
            ),
            models.Index(
                fields=["-ship_by_at", "-id"],
                condition=Q(ship_by_at__isnull=False),
                name="order_ship_by_newest",
            ),
            models.Index(
                fields=["-ordered_at", "-id"], condition=Q(micro_export=True), name="order_micro_export"
            ),
            models.Index(
                fields=["-ordered_at", "-id"], condition=~Q(channel="TRENDYOL"), name="order_from_elsewhere"
            ),
            # What still holds personal data: the nightly cleaning must not read the whole table.
            models.Index(
                fields=["ordered_at", "id"],
                condition=Q(anonymized_at__isnull=True),
                name="order_personal",
            ),
            models.Index(fields=["ordered_at", "id"], condition=~Q(payload={}), name="order_with_message"),
        ]

    def __str__(self) -> str:
        return self.order_number

    @property
    def customer_name(self) -> str:
        return f"{self.customer_first_name} {self.customer_last_name}".strip()

    @property
    def customer_short(self) -> str:
        """`Ayşe Y.`: enough to tell two parcels apart."""
        return short_name(self.customer_first_name, self.customer_last_name)

    @property
    def marketplace_package(self) -> int:
        """The package number; raises ValueError for an order no marketplace knows."""
        if self.package_id is None:
            raise ValueError(f"order {self.order_number} has no package")
        return self.package_id

    def is_late(self, now: datetime) -> bool:
        return self.status in OPEN_STATES and self.ship_by_at is not None and self.ship_by_at < now


@track("OrderLineHistory", whole=False, exclude=["search_key", "updated_at"])
class OrderLine(models.Model):
    """One article of a package, `quantity` pairs of one barcode, with exactly one stock outcome.

    `variant` is empty while the barcode is unknown here. Unit prices are the marketplace's rounded averages;
    `total` is the sum of its per-unit prices and the only figure to add up. `commission_rate` is percent.
    `deducted_quantity` is what was taken from shelves for this line (= −Σ of its PICK and SPLIT movements).
    `freed_at` is when the marketplace may have given pairs of this line back to its own stock.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", verbose_name=_("order"))
    line_id = models.BigIntegerField(_("line no"))
    variant = models.ForeignKey(
        Variant, models.PROTECT, null=True, blank=True, related_name="order_lines", verbose_name=_("variant")
    )
    barcode = models.CharField(_("barcode"), max_length=100)
    stock_code = models.CharField(_("stock code"), max_length=200, blank=True)
    product_name = models.CharField(_("product"), max_length=500, blank=True)
    colour = models.CharField(_("colour"), max_length=100, blank=True)
    size = models.CharField(_("size"), max_length=50, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_gross = money(_("unit gross"))
    unit_seller_discount = money(_("our discount per unit"))
    unit_marketplace_discount = money(_("marketplace discount per unit"))
    unit_price = money(_("unit price"))
    total = money(_("total"))
    units = models.JSONField(_("units"), default=list, blank=True)
    vat_rate = models.DecimalField(_("VAT"), max_digits=5, decimal_places=2, null=True, blank=True)
    commission_rate = models.DecimalField(
        _("commission rate"), max_digits=6, decimal_places=3, null=True, blank=True
    )
    remote_status = models.CharField(_("marketplace status"), max_length=40, blank=True)
    cancel_reason = models.CharField(_("cancellation reason"), max_length=300, blank=True)

    stock_state = models.CharField(_("stock"), max_length=10, choices=StockState, default=StockState.RESERVED)
    deducted_quantity = models.PositiveIntegerField(_("taken from shelves"), default=0)
    scanned = models.BooleanField(_("taken with a scan"), default=False)
    freed_at = models.DateTimeField(_("freed"), null=True, blank=True)
    search_key = models.GeneratedField(
        expression=Fold(Concat(F("barcode"), Value(" "), F("stock_code"), Value(" "), F("product_name"))),
        output_field=models.TextField(),
        db_persist=True,
        verbose_name=_("search key"),
    )
    created_at = models.DateTimeField(_("first seen"))
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["order", "line_id"], name="line_once_per_order"),
            models.CheckConstraint(
                condition=Q(stock_state__in=StockState.values), name="line_stock_state_known"
            ),
            models.CheckConstraint(
                condition=(Q(stock_state="DEDUCTED") & Q(deducted_quantity__gt=0))
                | (~Q(stock_state="DEDUCTED") & Q(deducted_quantity=0)),
                name="line_deducted_means_taken",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["variant"],
                include=["quantity"],
                condition=Q(stock_state="RESERVED"),
                name="line_reserved",
            ),
            models.Index(fields=["variant", "created_at"], name="line_variant_seen"),
            models.Index(
                fields=["variant", "freed_at"], condition=Q(freed_at__isnull=False), name="line_variant_freed"
            ),
            models.Index(
                fields=["barcode"],
                condition=Q(variant__isnull=True),
                name="line_unknown_barcode",
                # Found by how it begins as well, whatever the database's collation.
                opclasses=["text_pattern_ops"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.barcode} × {self.quantity}"

    @property
    def ledger_reference(self) -> str:
        """How movements of this line are marked in the ledger."""
        return f"line:{self.pk}"


class OrderEvent(models.Model):
    """One entry of an order's timeline. `at` is when it happened, `created_at` when it was written."""

    class Source(models.TextChoices):
        HERE = "HERE", _("Here")
        MARKETPLACE = "MARKETPLACE", _("Marketplace")

    order = models.ForeignKey(Order, models.CASCADE, related_name="events", verbose_name=_("order"))
    kind = models.CharField(_("event"), max_length=15, choices=EventKind)
    source = models.CharField(_("where"), max_length=12, choices=Source)
    at = models.DateTimeField(_("time"))
    from_status = models.CharField(_("from"), max_length=10, blank=True)
    to_status = models.CharField(_("to"), max_length=10, blank=True)
    data = models.JSONField(_("details"), default=dict, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    created_at = models.DateTimeField(_("written"), auto_now_add=True)

    class Meta:
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline entries")
        default_permissions = ("view",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["order", "-at"], name="event_order_newest")
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="timeline_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {timezone.localtime(self.at):%d.%m.%Y %H:%M}"


@track("PutBackHistory")
class PutBack(models.Model):
    """Pairs that were taken for a line that no longer wants them: scan item, scan shelf, done."""

    class Reason(models.TextChoices):
        CANCELLED = "CANCELLED", _("Cancelled after picking")
        CAME_BACK = "CAME_BACK", _("Undelivered and back")

    line = models.ForeignKey(
        OrderLine, models.PROTECT, related_name="put_backs", verbose_name=_("order line")
    )
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+", verbose_name=_("variant"))
    quantity = models.PositiveIntegerField(_("quantity"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    state = models.CharField(_("state"), max_length=8, choices=PutBackState, default=PutBackState.WAITING)
    shelf = models.ForeignKey(
        Shelf, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shelf")
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("done by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("put-back")
        verbose_name_plural = _("put-backs")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="put_back_of_something"),
            models.CheckConstraint(
                condition=~Q(state="DONE") | Q(shelf__isnull=False), name="put_back_done_names_shelf"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at"], condition=Q(state="WAITING"), name="put_back_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.variant_id} × {self.quantity}"
