from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MovementKind(models.TextChoices):
    """Why a quantity changed. Values are stored for ever: add, never rename."""

    OPENING = "OPENING", _("Opening stock")
    RECEIVE = "RECEIVE", _("Goods in")
    MOVE = "MOVE", _("Moved")
    COUNT = "COUNT", _("Count")
    PICK = "PICK", _("Picked for an order")
    PUT_BACK = "PUT_BACK", _("Put back")
    SPLIT = "SPLIT", _("Handed to a split package")
    RETURN = "RETURN", _("Came back from a customer")
    WRITE_OFF = "WRITE_OFF", _("Written off")
    BUNDLE = "BUNDLE", _("Packed into a bundle")
    UNBUNDLE = "UNBUNDLE", _("Taken out of a bundle")


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


class ScanOutcome(models.TextChoices):
    """What the device is told; each has its own colour, sound and vibration."""

    OK = "OK", _("Right")
    DONE = "DONE", _("Finished")
    WRONG = "WRONG", _("Wrong")
    NEIGHBOUR = "NEIGHBOUR", _("Wrong size or colour")
    REFUSED = "REFUSED", _("Refused")
    UNKNOWN = "UNKNOWN", _("Not recognised")


class CountReason(models.TextChoices):
    EMPTY = "EMPTY", _("Shelf was empty")
    SHORT = "SHORT", _("Fewer than expected")
    ASKED = "ASKED", _("Asked for")


class CountState(models.TextChoices):
    OPEN = "OPEN", _("Being counted")
    COUNTED = "COUNTED", _("Waits for approval")
    APPROVED = "APPROVED", _("Approved")
    REJECTED = "REJECTED", _("Not accepted")


class GoodsInMode(models.TextChoices):
    ADD = "ADD", pgettext_lazy("goods in", "Add")
    REPLACE = "REPLACE", _("Replace what is on the shelf")


class GoodsInState(models.TextChoices):
    OPEN = "OPEN", _("Being scanned")
    BOOKED = "BOOKED", _("Booked")
    DROPPED = "DROPPED", _("Dropped")
