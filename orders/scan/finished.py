"""The order a person finished last, with its label: right after it was confirmed, and within reach for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.apps import apps
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Exists, OuterRef
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from gullu.labels.records import CarrierLabel
from inventory.scan.kernel import Answer
from orders.enums import Channel, OrderState
from orders.models import Order
from orders.services.preparing import CONFIRMED

# An order's id and channel.
Done = tuple[int, str]
# The parcel is closed and on its pile by then.
_KEPT_FOR: Final = timedelta(minutes=15)


class MarketplaceLabel(StrEnum):
    """The label the marketplace makes for the parcel, which label printers print as it is."""

    NONE = "NONE"
    EXPECTED = "EXPECTED"
    HERE = "HERE"


@dataclass(frozen=True, slots=True)
class Finished:
    """`fresh`: the answer just confirmed it, so its label prints by itself. Addresses are empty without labels."""

    order_number: str
    pdf_url: str
    zpl_url: str
    fresh: bool
    marketplace_label: MarketplaceLabel = MarketplaceLabel.NONE


def just_finished(
    answer: Answer | None, *, user: AbstractBaseUser, done: Done | None = None
) -> Finished | None:
    """The order an answer confirmed. `done` is what the scan knows of it; for a repeated answer it is looked up."""
    if answer is None or answer.code != CONFIRMED:
        return None
    known = done or _last_picked(answer.reference, user)
    return Finished(answer.reference, *_label_urls(*known), fresh=True) if known else None


def finished(answer: Answer | None, *, user: AbstractBaseUser, done: Done | None = None) -> Finished | None:
    """The order an answer confirmed; where nothing was scanned, the one this person finished last.

    A scan does not ask for the latter: its answer is what counts, and the page reads itself again when it is quiet.
    """
    return _kept(user, timezone.now()) if answer is None else just_finished(answer, user=user, done=done)


def _last_picked(order_number: str, user: AbstractBaseUser) -> Done | None:
    rows = Order.objects.filter(order_number=order_number, picked_by_id=user.pk).order_by("-picked_at")
    return rows.values_list("pk", "channel").first()


def _kept(user: AbstractBaseUser, now: datetime) -> Finished | None:
    # By name: the messages to the marketplace are of the layer above.
    messages = apps.get_model("integrations", "OutboxMessage").objects
    asked = messages.filter(kind="LABEL", order=OuterRef("pk"), state="WAITING")
    label = CarrierLabel.objects.filter(cargo_number=OuterRef("cargo_tracking_number"))
    rows = Order.objects.filter(
        status=OrderState.PICKING, picked_by_id=user.pk, picked_at__gt=now - _KEPT_FOR
    ).order_by("-picked_at", "-pk")
    row = rows.values_list("pk", "channel", "order_number", Exists(label), Exists(asked)).first()
    if row is None:
        return None
    order_id, channel, number, is_here, is_asked = row
    made = MarketplaceLabel.EXPECTED if is_asked else MarketplaceLabel.NONE
    made = MarketplaceLabel.HERE if is_here else made
    return Finished(number, *_label_urls(order_id, channel), fresh=False, marketplace_label=made)


def _label_urls(order_id: int, channel: str) -> tuple[str, str]:
    """Addresses of the cargo label as PDF and as ZPL; the latter is the marketplace's own as soon as it is here."""
    slug = "cargo-manual" if channel == Channel.MANUAL else "cargo"
    try:
        pdf, zpl = (
            reverse("labels:single", kwargs={"slug": slug, "key": order_id, "output": output})
            for output in ("pdf", "zpl")
        )
    except NoReverseMatch:
        return "", ""
    return pdf, zpl
