"""What a marketplace shows, what it was told, and how far it was read."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Variant
from gullu.audit.tracking import CHANGED, track
from inventory.models import StockPushItem
from orders.enums import Channel
from orders.models import Order, OrderLine


@track(
    "ListingHistory",
    whole=False,
    fields=[
        "channel",
        "barcode",
        "variant",
        "state",
        "content_id",
        "on_sale",
        "locked_reason",
        "reject_reason",
        "sale_price",
        "list_price",
    ],
)
class Listing(models.Model):
    """A barcode on a marketplace, and what we know it shows there.

    `remote_quantity` is the last confirmed quantity (NULL = unknown); `quantity_read_at` is when we had
    computed it, `quantity_effective_at` when it had taken effect there. What the marketplace is believed to
    show now also counts the sales since: `integrations.selectors.beliefs`. `remote` is everything else it said of the
    barcode when it was last read (`integrations.listing.sheets.RemoteSheet`).
    """

    class State(models.TextChoices):
        UNKNOWN = "UNKNOWN", _("Not read yet")
        APPROVED = "APPROVED", _("On the marketplace")
        PENDING = "PENDING", _("Waiting for approval")
        REJECTED = "REJECTED", pgettext_lazy("listing", "Rejected")
        ARCHIVED = "ARCHIVED", pgettext_lazy("listing", "Archived")
        MISSING = "MISSING", _("Not found on the marketplace")

    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.TRENDYOL)
    barcode = models.CharField(_("barcode"), max_length=100)
    variant = models.ForeignKey(
        Variant, models.PROTECT, null=True, blank=True, related_name="listings", verbose_name=_("variant")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UNKNOWN)
    content_id = models.BigIntegerField(_("content"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=300, blank=True)
    on_sale = models.BooleanField(_("on sale"), null=True, blank=True)
    locked_reason = models.CharField(_("locked because"), max_length=300, blank=True)
    reject_reason = models.TextField(_("rejected because"), blank=True)
    sale_price = models.DecimalField(
        _("sale price there"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    list_price = models.DecimalField(
        _("list price there"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    remote = models.JSONField(_("what it shows"), default=dict, blank=True)

    remote_quantity = models.IntegerField(_("confirmed quantity"), null=True, blank=True)
    quantity_read_at = models.DateTimeField(_("quantity computed"), null=True, blank=True)
    quantity_effective_at = models.DateTimeField(_("quantity took effect"), null=True, blank=True)
    last_push_item = models.ForeignKey(
        StockPushItem, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("last sent")
    )
    observed_quantity = models.IntegerField(_("read back"), null=True, blank=True)
    observed_at = models.DateTimeField(_("read back at"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last seen in a complete listing"), null=True, blank=True)

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["channel", "barcode"], name="listing_barcode_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["variant"], name="listing_variant")]

    def __str__(self) -> str:
        return f"{self.channel} {self.barcode}"


@track(
    "OutboxMessageHistory",
    fields=["channel", "kind", "order", "key", "claim_id", "state"],
    # Waiting and delivered says the message itself; what people decide about a refused one is kept.
    trackers=(
        pghistory.UpdateEvent(
            label=CHANGED,
            row=pghistory.Old,
            condition=pgtrigger.Q(old__state="PARKED") & ~pgtrigger.Q(new__state="PARKED"),
        ),
        pghistory.DeleteEvent(),
    ),
)
class OutboxMessage(models.Model):
    """Something a marketplace must be told, written with the data it belongs to and delivered afterwards.

    Delivered at least once. `key` makes writing it idempotent. `answer` is what came back. A refused message is
    parked with its reason, where staff can see and retry it.
    """

    class Kind(models.TextChoices):
        PICKING = "PICKING", _("Being prepared")
        UNSUPPLIED = "UNSUPPLIED", _("Cannot be supplied")
        INVOICED = "INVOICED", _("Invoiced")
        INVOICE_LINK = "INVOICE_LINK", _("Link of the invoice")
        INVOICE_FILE = "INVOICE_FILE", _("File of the invoice")
        SPLIT = "SPLIT", _("Split the package")
        CARRIER = "CARRIER", _("Change the carrier")
        BOXES = "BOXES", _("Boxes and desi")
        EXTRA_TIME = "EXTRA_TIME", _("Extra supply time")
        LABEL = "LABEL", _("Label of the carrier")
        CLAIM_APPROVE = "CLAIM_APPROVE", _("Accept a return")
        CLAIM_REFUSE = "CLAIM_REFUSE", _("Refuse a return")
        PRODUCT_CREATE = "PRODUCT_CREATE", _("List products")
        PRODUCT_UNAPPROVED = "PRODUCT_UNAPPROVED", _("Correct products before approval")
        PRODUCT_CONTENT = "PRODUCT_CONTENT", _("Change texts, pictures and attributes")
        PRODUCT_VARIANT = "PRODUCT_VARIANT", _("Change data of barcodes")
        PRODUCT_DELIVERY = "PRODUCT_DELIVERY", _("Change delivery times")
        PRODUCT_PRICE = "PRODUCT_PRICE", _("Change prices")
        PRODUCT_ARCHIVE = "PRODUCT_ARCHIVE", _("Archive or bring back")
        PRODUCT_UNLOCK = "PRODUCT_UNLOCK", _("Unlock")
        PRODUCT_DELETE = "PRODUCT_DELETE", _("Delete from the marketplace")

    class State(models.TextChoices):
        WAITING = "WAITING", pgettext_lazy("message", "Waiting")
        DELIVERED = "DELIVERED", pgettext_lazy("message", "Delivered")
        PARKED = "PARKED", pgettext_lazy("message", "Refused, needs a person")
        OBSOLETE = "OBSOLETE", pgettext_lazy("message", "No longer needed")

    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.TRENDYOL)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    order = models.ForeignKey(
        Order, models.CASCADE, null=True, blank=True, related_name="outbox_messages", verbose_name=_("order")
    )
    key = models.CharField(_("key"), max_length=120, unique=True)
    claim_id = models.CharField(_("claim"), max_length=60, blank=True)
    body = models.JSONField(_("content"), default=dict)
    answer = models.JSONField(_("answer"), default=dict, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next attempt"))
    last_error = models.TextField(_("reason"), blank=True)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("message to the marketplace")
        verbose_name_plural = _("messages to the marketplace")
        default_permissions = ("view", "change")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(state="WAITING"), name="outbox_due"),
            models.Index(fields=["order"], condition=Q(state="PARKED"), name="outbox_refused"),
            models.Index(fields=["-created_at"], name="outbox_newest"),
            models.Index(fields=["claim_id"], condition=~Q(claim_id=""), name="outbox_claim"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class ClaimIssueReason(models.Model):
    """A reason the marketplace takes for refusing a return, as it lists them now (contract section 9.4)."""

    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.TRENDYOL)
    reason_id = models.IntegerField(_("reason no"))
    name = models.CharField(_("reason"), max_length=300)
    active = models.BooleanField(_("offered"), default=True)
    read_at = models.DateTimeField(_("read"))

    class Meta:
        verbose_name = _("reason for refusing a return")
        verbose_name_plural = _("reasons for refusing a return")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["channel", "reason_id"], name="claim_issue_reason_once")
        ]

    def __str__(self) -> str:
        return f"{self.reason_id} {self.name}"


class Settlement(models.Model):
    """One row of the marketplace's accounts (contract section 10), matched to its order and line when we know them.

    `kind` is the type that was asked for (`Sale`, `Return`, `PaymentOrder` …), `label` the marketplace's own word.
    `credit` is owed to us, `debt` by us; `commission_rate` is percent, `commission_amount` is money.
    `expected_commission` is what the line's rate promised for the same amount; NULL when it cannot be said.
    """

    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.TRENDYOL)
    kind = models.CharField(_("kind"), max_length=40)
    record_id = models.CharField(_("record"), max_length=60)
    label = models.CharField(_("name there"), max_length=100, blank=True)
    order = models.ForeignKey(
        Order, models.SET_NULL, null=True, blank=True, related_name="settlements", verbose_name=_("order")
    )
    line = models.ForeignKey(
        OrderLine,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="settlements",
        verbose_name=_("order line"),
    )
    order_number = models.CharField(_("order number"), max_length=40, blank=True)
    package_id = models.BigIntegerField(_("package"), null=True, blank=True)
    barcode = models.CharField(_("barcode"), max_length=100, blank=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    debt = models.DecimalField(_("owed by us"), max_digits=14, decimal_places=2, default=0)
    credit = models.DecimalField(_("owed to us"), max_digits=14, decimal_places=2, default=0)
    commission_rate = models.DecimalField(
        _("commission rate"), max_digits=6, decimal_places=3, null=True, blank=True
    )
    commission_amount = models.DecimalField(
        _("commission"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    expected_commission = models.DecimalField(
        _("commission expected"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    seller_revenue = models.DecimalField(
        _("our share"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, default="TRY")
    transaction_at = models.DateTimeField(_("booked"))
    payment_date = models.DateField(_("paid on"), null=True, blank=True)
    payment_order_id = models.CharField(_("payment"), max_length=40, blank=True)
    payload = models.JSONField(_("message"), default=dict, blank=True)
    read_at = models.DateTimeField(_("read"))

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["channel", "kind", "record_id"], name="settlement_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-transaction_at", "-id"], name="settlement_newest"),
            models.Index(fields=["order_number"], name="settlement_order_number"),
            models.Index(fields=["payment_order_id"], name="settlement_payment"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id}"


class SyncCursor(models.Model):
    """How far a pull has read, and since when this shop is live here.

    `position` is the newest change that is surely stored; `live_since` is the first pull ever: what had left
    the warehouse before it is historic.
    """

    name = models.CharField(_("name"), max_length=60, unique=True)
    position = models.DateTimeField(_("read until"), null=True, blank=True)
    live_since = models.DateTimeField(_("live since"))
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("sync position")
        verbose_name_plural = _("sync positions")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.name


@track("SyncProblemHistory", whole=False, fields=["channel", "kind", "reference", "message", "resolved_at"])
class SyncProblem(models.Model):
    """Something a marketplace sent that could not be taken as it was. Open until `resolved_at` is set."""

    class Kind(models.TextChoices):
        BAD_PAYLOAD = "BAD_PAYLOAD", _("Message cannot be read")
        UNKNOWN_BARCODE = "UNKNOWN_BARCODE", _("Unknown barcode")
        UNKNOWN_STATUS = "UNKNOWN_STATUS", _("Unknown status")
        ODD_MOVE = "ODD_MOVE", _("Unexpected status change")
        NOT_FOUND = "NOT_FOUND", _("Not found on the marketplace")
        QUANTITY_DRIFT = "QUANTITY_DRIFT", _("Stock differs from what was sent")

    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.TRENDYOL)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    reference = models.CharField(_("about"), max_length=120)
    message = models.TextField(_("what happened"))
    data = models.JSONField(_("details"), default=dict, blank=True)
    times_seen = models.PositiveIntegerField(_("times seen"), default=1)
    first_seen_at = models.DateTimeField(_("first seen"), auto_now_add=True)
    last_seen_at = models.DateTimeField(_("last seen"))
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)

    class Meta:
        verbose_name = _("sync problem")
        verbose_name_plural = _("sync problems")
        default_permissions = ("view", "change")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["channel", "kind", "reference"], name="sync_problem_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["-last_seen_at"], condition=Q(resolved_at__isnull=True), name="sync_problem_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class RateWindow(models.Model):
    """Calls made lately against one quota of one credential, shared by every process and machine.

    `hits` are call times (seconds since the epoch, database clock) inside the quota's window.
    """

    key = models.CharField(_("quota"), max_length=160, unique=True)
    hits = ArrayField(models.FloatField(), verbose_name=_("calls"), default=list, blank=True)
    blocked_until = models.FloatField(_("blocked until"), default=0)

    class Meta:
        verbose_name = _("rate window")
        verbose_name_plural = _("rate windows")
        default_permissions = ()

    def __str__(self) -> str:
        return self.key
