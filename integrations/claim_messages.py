"""Messages about returns: which of them the marketplace did not take, and taking those back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from django.db.models import QuerySet

from integrations.models import OutboxMessage

KINDS: Final = (OutboxMessage.Kind.CLAIM_APPROVE, OutboxMessage.Kind.CLAIM_REFUSE)


def not_taken() -> Mapping[str, str]:
    """Why the marketplace refused what we told it, by the unit's number there; one statement."""
    return {
        unit: message.last_error
        for message in _parked().order_by("pk").only("body", "last_error")
        for unit in message.body.get("units", [])
    }


def about_claim(claim_id: str) -> list[OutboxMessage]:
    """Every message about a claim, newest first."""
    rows = OutboxMessage.objects.filter(claim_id=claim_id, kind__in=KINDS)
    return list(rows.select_related("written_by").order_by("-created_at", "-pk"))


def withdraw(*, claim_id: str, units: Collection[str]) -> frozenset[str]:
    """Close refused messages that name one of these units, because it is decided anew; returns all units they name.

    Call in the transaction of the new decision. A message somebody just made due again is left alone.
    """
    wanted, withdrawn = set(units), set()
    for message in _parked().filter(claim_id=claim_id).order_by("pk"):
        named = set(message.body.get("units", []))
        still_refused = _parked().filter(pk=message.pk)
        if named & wanted and still_refused.update(state=OutboxMessage.State.OBSOLETE):
            withdrawn |= named
    return frozenset(withdrawn)


def _parked() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(kind__in=KINDS, state=OutboxMessage.State.PARKED)
