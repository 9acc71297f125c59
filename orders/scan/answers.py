"""What the picking pages answer: refusals with their own tone, and the label of a finished order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gullu.errors import DomainError
from inventory.enums import ScanOutcome
from inventory.scan.kernel import Answer
from orders.claim_errors import (
    ClaimLost,
    EnoughOfIt,
    NeighbourBox,
    NothingWanted,
    WantedElsewhere,
    WrongBox,
)
from orders.enums import Channel
from orders.models import Order
from orders.services.preparing import CONFIRMED

# An order's id and channel.
Done = tuple[int, str]
_WRONG = (WrongBox, EnoughOfIt, NothingWanted, WantedElsewhere)


def answered(
    handler: Callable[[], Answer],
    *,
    variant_id: int | None = None,
    shelf_id: int | None = None,
    reference: str = "",
) -> Answer:
    """The handler's answer; a refusal keeps what was scanned in the log and gets the tone of its kind.

    `ClaimLost` goes on: it may come after something was written, which the kernel then takes back.
    """
    try:
        return handler()
    except ClaimLost:
        raise
    except DomainError as error:
        return Answer(
            outcome=_outcome(error),
            message=error.message,
            code=error.code,
            variant_id=variant_id,
            shelf_id=shelf_id,
            reference=reference,
        )


def _outcome(error: DomainError) -> ScanOutcome:
    if isinstance(error, NeighbourBox):
        return ScanOutcome.NEIGHBOUR
    return ScanOutcome.WRONG if isinstance(error, _WRONG) else ScanOutcome.REFUSED


@dataclass(frozen=True, slots=True)
class Finished:
    """An order that was just confirmed, with the address of its cargo label (empty where labels are not mounted)."""

    order_number: str
    label_url: str


def finished(answer: Answer | None, *, user: AbstractBaseUser, done: Done | None = None) -> Finished | None:
    """The order an answer confirmed. `done` is what the scan knows of it; for a repeated answer it is looked up."""
    if answer is None or answer.code != CONFIRMED:
        return None
    known = done or _last_picked(answer.reference, user)
    return Finished(answer.reference, _label_url(*known)) if known else None


def _last_picked(order_number: str, user: AbstractBaseUser) -> Done | None:
    rows = Order.objects.filter(order_number=order_number, picked_by_id=user.pk).order_by("-picked_at")
    return rows.values_list("pk", "channel").first()


def _label_url(order_id: int, channel: str) -> str:
    slug = "cargo-manual" if channel == Channel.MANUAL else "cargo"
    try:
        return reverse("labels:single", kwargs={"slug": slug, "key": order_id, "output": "pdf"})
    except NoReverseMatch:
        return ""


def scanned_at(request: HttpRequest) -> datetime | None:
    """When the device read it, by its own clock."""
    try:
        return parse_datetime(request.POST.get("scanned_at", ""))
    except ValueError:
        return None


def put_back_words(pairs: int) -> str:
    """Boxes that were scanned for an order that is let go."""
    if not pairs:
        return ""
    words = ngettext(
        "Put %(count)s box back on its shelf.", "Put %(count)s boxes back on their shelves.", pairs
    )
    return words % {"count": pairs}


def sentences(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def not_allowed() -> Answer:
    message = _("You are not allowed to do this: ask the office.")
    return Answer(outcome=ScanOutcome.REFUSED, message=message, code="not_allowed")


def nothing_waits() -> Answer:
    return Answer(
        outcome=ScanOutcome.REFUSED, message=_("No order waits to be prepared."), code="nothing_waits"
    )


def reload_page() -> Answer:
    return Answer(outcome=ScanOutcome.UNKNOWN, message=_("Reload the page and try again."), code="reload")
