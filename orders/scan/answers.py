"""What the picking pages answer: refusals with their own tone, and the sentences they share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
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
from orders.services.preparing import SPLIT
from orders.services.splitting_at_hand import SplitInHand
from orders.split_plan import SplitPlan

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


@dataclass(frozen=True, slots=True)
class SplitOffer:
    """The button `Böl`: the question names both parcels, the token stands for them."""

    token: str
    question: str


def offer_split(plan: SplitPlan | None, *, order_number: str) -> SplitOffer | None:
    """The offer to split as planned; None where there is nothing to split."""
    if plan is None:
        return None
    lines = (
        _("Order %(order)s becomes two parcels. This cannot be undone.") % {"order": order_number},
        "",
        _("Leaves now: %(articles)s") % {"articles": plan.here},
        _("Another parcel: %(articles)s") % {"articles": plan.rest},
    )
    return SplitOffer(plan.token, "\n".join(lines))


def split_answer(done: SplitInHand) -> Answer:
    """After `Böl` on an order in hand."""
    words = {"order": done.order_number}
    if not done.waiting:
        message = _("Order %(order)s is split: confirm this parcel. The rest is a new order in the queue.")
        return Answer(
            outcome=ScanOutcome.OK, message=message % words, code="split_here", reference=done.order_number
        )
    message = _("Order %(order)s is being split: its parcels come as new orders in a few minutes.") % words
    return Answer(
        outcome=ScanOutcome.OK,
        message=sentences(message, put_back_words(done.pairs)),
        code=SPLIT,
        reference=done.order_number,
    )


def not_allowed() -> Answer:
    message = _("You are not allowed to do this: ask the office.")
    return Answer(outcome=ScanOutcome.REFUSED, message=message, code="not_allowed")


def nothing_waits() -> Answer:
    return Answer(
        outcome=ScanOutcome.REFUSED, message=_("No order waits to be prepared."), code="nothing_waits"
    )


def reload_page() -> Answer:
    return Answer(outcome=ScanOutcome.UNKNOWN, message=_("Reload the page and try again."), code="reload")
