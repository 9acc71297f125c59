from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrderState(models.TextChoices):
    """Where an order stands here. One column, one writer (`orders.services.status`)."""

    CREATED = "CREATED", pgettext_lazy("order state", "New")
    PICKING = "PICKING", _("Being prepared")
    SHIPPED = "SHIPPED", _("Shipped")
    DELIVERED = "DELIVERED", _("Delivered")
    CANCELLED = "CANCELLED", _("Cancelled")
    RETURNED = "RETURNED", _("Came back")


OPEN_STATES = frozenset({OrderState.CREATED, OrderState.PICKING})
# States in which the goods have left the warehouse, with or without our knowing.
GONE_STATES = frozenset({OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED})

ALLOWED_MOVES: dict[OrderState, frozenset[OrderState]] = {
    OrderState.CREATED: frozenset(set(OrderState) - {OrderState.CREATED}),
    OrderState.PICKING: frozenset(set(OrderState) - {OrderState.CREATED, OrderState.PICKING}),
    OrderState.SHIPPED: frozenset({OrderState.DELIVERED, OrderState.RETURNED, OrderState.CANCELLED}),
    OrderState.DELIVERED: frozenset({OrderState.RETURNED}),
    OrderState.CANCELLED: frozenset(),
    OrderState.RETURNED: frozenset(),
}


class Channel(models.TextChoices):
    TRENDYOL = "TRENDYOL", "Trendyol"
    MANUAL = "MANUAL", _("Manual")


class OrderSource(models.TextChoices):
    """Where an order that no marketplace knows came from."""

    PHONE = "PHONE", _("Phone")
    SHOP = "SHOP", _("Shop")
    INSTAGRAM = "INSTAGRAM", "Instagram"
    WHOLESALE = "WHOLESALE", _("Wholesale")
    EXCHANGE = "EXCHANGE", _("Exchange")
    OTHER = "OTHER", pgettext_lazy("order source", "Other")


class CancelledBy(models.TextChoices):
    """Who ended the order. Empty while it lives."""

    HERE = "HERE", _("Us")
    MARKETPLACE = "MARKETPLACE", _("Marketplace")


class ParkReason(models.TextChoices):
    NO_STOCK = "NO_STOCK", _("Not in stock / not on the shelf")
    PRODUCT = "PRODUCT", _("Product problem (sent to the workshop)")
    SYSTEM = "SYSTEM", _("System error")
    OTHER = "OTHER", pgettext_lazy("parking reason", "Other")


class ParkState(models.TextChoices):
    CHECKING = "CHECKING", _("Being checked")
    PRODUCING = "PRODUCING", _("Being made")
    READY = "READY", pgettext_lazy("parked order", "Ready")


class EventKind(models.TextChoices):
    """Timeline entries. Values are stored for ever: add, never rename."""

    RECEIVED = "RECEIVED", _("Received")
    STATUS = "STATUS", _("Status changed")
    LINES = "LINES", _("Lines changed")
    PICKED = "PICKED", _("Picked")
    MISSED_PICK = "MISSED_PICK", _("Left without being picked here")
    MISSED_SETTLED = "MISSED_SETTLED", _("Missed pick settled")
    CANCELLED = "CANCELLED", _("Cancelled here")
    PUT_BACK = "PUT_BACK", _("Put back on a shelf")
    SPLIT = "SPLIT", _("Goods handed to a split package")
    SPLIT_ASKED = "SPLIT_ASKED", _("Split asked for")
    SPLIT_ENDED = "SPLIT_ENDED", _("Split not made")
    INVOICED = "INVOICED", _("Invoiced")
    CARRIER = "CARRIER", _("Carrier changed")
    BOXES = "BOXES", _("Boxes and desi reported")
    EXTRA_TIME = "EXTRA_TIME", _("Extra supply time asked for")
    SENT = "SENT", _("Handed to the carrier")
    EXCHANGE = "EXCHANGE", _("Exchange")
    RETURN = "RETURN", _("Return")
    PARKED = "PARKED", pgettext_lazy("event", "Parked")
    UNPARKED = "UNPARKED", _("Taken out of parking")
    PROBLEM = "PROBLEM", _("Problem")


class PutBackState(models.TextChoices):
    WAITING = "WAITING", _("Waiting for a shelf")
    DONE = "DONE", _("Back on a shelf")
    VOID = "VOID", _("No longer needed")


class UnsuppliedReason(models.IntegerChoices):
    """Reasons the marketplace accepts for "cannot supply" (contract section 6; 503 does not exist)."""

    OUT_OF_STOCK = 500, _("Out of stock")
    DEFECTIVE = 501, _("Defective")
    WRONG_PRICE = 502, _("Wrong price")
    INTEGRATION = 504, _("Integration problem")
    BULK_PURCHASE = 505, _("Bulk purchase")
    FORCE_MAJEURE = 506, _("Force majeure")


class CarrierCode(models.TextChoices):
    """Carriers the marketplace can change a package to (contract section 6)."""

    YURTICI = "YKMP", "Yurtiçi Kargo"
    ARAS = "ARASMP", "Aras Kargo"
    SURAT = "SURATMP", "Sürat Kargo"
    HOROZ = "HOROZMP", "Horoz Kargo"
    DHL = "DHLECOMMP", "DHL eCommerce"
    PTT = "PTTMP", "PTT Kargo"
    CEVA = "CEVAMP", "CEVA"
    TEX = "TEXMP", "Trendyol Express"
    UPS = "UPSMP", "UPS Kargo"
    KOLAY_GELSIN = "KOLAYGELSINMP", "Kolay Gelsin"
    CEVA_SUPPLY = "CEVATEDARIK", "CEVA Tedarik"


class BatchState(models.TextChoices):
    COLLECTING = "COLLECTING", _("Being collected")
    SORTING = "SORTING", _("Being sorted")
    PAUSED = "PAUSED", _("Paused")
    CLOSED = "CLOSED", pgettext_lazy("batch", "Closed")


class GoodsCondition(models.TextChoices):
    """What the warehouse found in a parcel that came back."""

    SOUND = "SOUND", _("As new")
    WORN = "WORN", _("Worn")
    DAMAGED = "DAMAGED", _("Damaged")
    WRONG_ITEM = "WRONG_ITEM", _("Another article")
    MISSING = "MISSING", _("Box was empty")


class ReturnDecision(models.TextChoices):
    """What we told the marketplace about a returned unit."""

    APPROVED = "APPROVED", pgettext_lazy("return decision", "Approved")
    REFUSED = "REFUSED", pgettext_lazy("return decision", "Refused")


class Disposition(models.TextChoices):
    """Where goods that came back went: one ledger entry each."""

    RESTOCKED = "RESTOCKED", _("Back in stock")
    WRITTEN_OFF = "WRITTEN_OFF", _("Written off")


class ExchangeReason(models.TextChoices):
    TOO_LARGE = "TOO_LARGE", _("Too large")
    TOO_SMALL = "TOO_SMALL", _("Too small")
    DEFECTIVE = "DEFECTIVE", pgettext_lazy("exchange", "Defective")
    WRONG_ITEM = "WRONG_ITEM", _("Wrong article sent")
    SPECIAL = "SPECIAL", pgettext_lazy("exchange", "Special")


class ExchangeState(models.TextChoices):
    """Where an exchange stands. Written by `orders.services.exchange_states` alone."""

    CREATED = "CREATED", _("Opened")
    WAITING = "WAITING", pgettext_lazy("exchange", "Waiting")
    PROCESSING = "PROCESSING", pgettext_lazy("exchange", "In progress")
    SHIPPED = "SHIPPED", pgettext_lazy("exchange", "Handed to the carrier")
    DELIVERED = "DELIVERED", pgettext_lazy("exchange", "Delivered")
    CANCELLED = "CANCELLED", pgettext_lazy("exchange", "Cancelled")
