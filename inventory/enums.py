from django.db import models
from django.utils.translation import gettext_lazy as _


class MovementKind(models.TextChoices):
    """Why a quantity changed. Values are stored for ever: add, never rename."""

    OPENING = "OPENING", _("Opening stock")
    RECEIVE = "RECEIVE", _("Goods in")
    MOVE = "MOVE", _("Moved")
    COUNT = "COUNT", _("Count")
    PICK = "PICK", _("Picked for an order")
    PUT_BACK = "PUT_BACK", _("Put back")
    SPLIT = "SPLIT", _("Handed to a split package")
    WRITE_OFF = "WRITE_OFF", _("Written off")


class StockState(models.TextChoices):
    """The one stock outcome of an order line (DESIGN: reserved and available)."""

    RESERVED = "RESERVED", _("Reserved")
    DEDUCTED = "DEDUCTED", _("Taken from the shelf")
    RELEASED = "RELEASED", _("Released")
    HISTORIC = "HISTORIC", _("Before this system")


class PushItemState(models.TextChoices):
    PENDING = "PENDING", _("Written, not sent")
    SENT = "SENT", _("Sent, result not read")
    SUCCESS = "SUCCESS", _("Accepted")
    FAILED = "FAILED", _("Refused")
    UNKNOWN = "UNKNOWN", _("Outcome unknown")
