"""Work of the order desk beside the orders themselves: papers of an order, and exchanges."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from gullu.audit.tracking import track
from inventory.models import Shelf
from orders.enums import Disposition, ExchangeReason, ExchangeState
from orders.models.orders import Order, OrderLine


@track("OrderDocumentHistory")
class OrderDocument(models.Model):
    """An invoice of an order, as a link or as a file kept here. What the marketplace says of it is on the order."""

    class Kind(models.TextChoices):
        INVOICE = "INVOICE", _("Invoice")

    order = models.ForeignKey(Order, models.CASCADE, related_name="documents", verbose_name=_("order"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.INVOICE)
    number = models.CharField(_("number"), max_length=40, blank=True)
    issued_at = models.DateTimeField(_("issued"))
    link = models.URLField(_("link"), max_length=500, blank=True)
    file = models.FileField(_("file"), upload_to="documents/%Y/%m/", blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(link="") | ~Q(file="") | ~Q(number=""), name="document_says_something"
            )
        ]

    def __str__(self) -> str:
        return self.number or self.link or str(self.file)


@track("ExchangeHistory", exclude=["updated_at"])
class Exchange(models.Model):
    """A customer sends one article back and gets another (`Değişim`), agreed here and not on a marketplace.

    `new_order` reserves the new pair and goes through picking like any order. It may leave only with the
    customer's return tracking number, or with a recorded override. `disposition` says what became of the old
    pair; with it and the delivery of the new one the exchange is closed (`closed_at`).
    """

    state = models.CharField(_("state"), max_length=10, choices=ExchangeState, default=ExchangeState.CREATED)
    line = models.ForeignKey(
        OrderLine,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="exchanges",
        verbose_name=_("line of the first order"),
    )
    order_number = models.CharField(_("first order"), max_length=40, blank=True)
    old_variant = models.ForeignKey(
        Variant, models.PROTECT, related_name="+", verbose_name=_("article sent back")
    )
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1)
    reason = models.CharField(_("reason"), max_length=10, choices=ExchangeReason)
    note = models.CharField(_("note"), max_length=500, blank=True)
    new_order = models.OneToOneField(
        Order, models.PROTECT, related_name="exchange", verbose_name=_("order of the new article")
    )
    return_tracking_number = models.CharField(_("return tracking number"), max_length=40, blank=True)
    return_carrier = models.CharField(_("return carrier"), max_length=100, blank=True)
    override_reason = models.CharField(_("sent without return number because"), max_length=300, blank=True)
    override_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("allowed by"),
    )
    override_at = models.DateTimeField(_("allowed"), null=True, blank=True)
    disposition = models.CharField(_("old article"), max_length=11, choices=Disposition, blank=True)
    shelf = models.ForeignKey(
        Shelf, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shelf")
    )
    returned_at = models.DateTimeField(_("came back"), null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken in by"),
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("opened by"),
    )
    created_at = models.DateTimeField(_("opened"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("exchange")
        verbose_name_plural = _("exchanges")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=ExchangeState.values), name="exchange_state_known"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="exchange_of_something"),
            models.CheckConstraint(
                condition=~Q(disposition=Disposition.RESTOCKED) | Q(shelf__isnull=False),
                name="exchange_restocked_names_shelf",
            ),
            models.CheckConstraint(
                condition=Q(override_reason="") | Q(override_by__isnull=False),
                name="exchange_override_names_person",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-created_at", "-id"], name="exchange_newest"),
            models.Index(
                fields=["return_tracking_number"],
                condition=Q(disposition=""),
                name="exchange_expected_parcel",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
