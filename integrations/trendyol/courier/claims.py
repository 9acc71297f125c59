"""What we decided about a return (contract sections 9.2 and 9.3)."""

from __future__ import annotations

import mimetypes
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gullu.http import FilePart
from integrations.models import OutboxMessage
from integrations.outbox import Delivery, Verdict
from integrations.trendyol.client import TrendyolClient
from integrations.trendyol.courier.handler import SOON, Answer, Handler, NotSendable, already_so
from integrations.trendyol.errors import TrendyolError
from integrations.trendyol.sync.returns import reread_claims
from orders.models import ReturnPhoto, ReturnUnit

Status = ReturnUnit.Status


class PhotoMissing(NotSendable):
    """Data: none."""

    template = gettext_lazy("A picture of the return is no longer here: add it and refuse the return again.")


class ClaimHandler(Handler):
    """One message is one call for all its units; five calls a minute are allowed, so its kind rests when told to."""

    trouble: ClassVar[Verdict] = Verdict.PAUSE
    learns: ClassVar[bool] = True
    wanted: ClassVar[frozenset[str]]
    """Statuses that mean it is as we said."""

    def look(self, client: TrendyolClient, message: OutboxMessage) -> None:
        reread_claims([message.claim_id], client=client)

    def judge(self, message: OutboxMessage) -> Delivery | None:
        statuses = _statuses(message)
        if not statuses or set(statuses.values()) & {Status.CREATED, Status.WAITING}:
            return None
        if set(statuses.values()) <= self.wanted:
            return already_so()
        return Delivery(
            Verdict.OBSOLETE, _("It was decided otherwise on Trendyol meanwhile."), answer={"units": statuses}
        )

    def refused(self, client: TrendyolClient, message: OutboxMessage, refusal: TrendyolError) -> Delivery:
        asked = open_units(message)
        delivery = super().refused(client, message, refusal)
        if delivery.verdict is Verdict.REFUSED and open_units(message) != asked:
            # Trendyol takes all units of a call or none, and one of them was decided meanwhile.
            return Delivery(Verdict.LATER, delivery.reason, wait=SOON)
        return delivery

    def learnt(self, message: OutboxMessage) -> Answer:
        return {"units": _statuses(message)}


class ApproveClaim(ClaimHandler):
    wanted = frozenset({Status.ACCEPTED, Status.FRAUD_CHECK})

    def send(self, client: TrendyolClient, message: OutboxMessage) -> Delivery:
        client.approve_claim_items(claim_id=message.claim_id, unit_ids=open_units(message))
        return Delivery(Verdict.DELIVERED)


class RefuseClaim(ClaimHandler):
    wanted = frozenset({Status.UNRESOLVED, Status.ANALYSIS, Status.REJECTED})

    def send(self, client: TrendyolClient, message: OutboxMessage) -> Delivery:
        client.create_claim_issue(
            claim_id=message.claim_id,
            reason_id=int(message.body["reason_id"]),
            unit_ids=open_units(message),
            description=str(message.body["description"]),
            files=_photos(message.body["photo_ids"]),
        )
        return Delivery(Verdict.DELIVERED)


def open_units(message: OutboxMessage) -> list[str]:
    """Units of the message that still wait for us; all of them while we know nothing better."""
    waiting = [unit for unit, status in _statuses(message).items() if status == Status.WAITING]
    return sorted(waiting) or sorted(message.body["units"])


def _statuses(message: OutboxMessage) -> dict[str, str]:
    rows = ReturnUnit.objects.filter(claim_item_id__in=message.body["units"])
    return dict(rows.values_list("claim_item_id", "status"))


def _photos(photo_ids: list[int]) -> list[FilePart]:
    photos = list(ReturnPhoto.objects.filter(pk__in=photo_ids).order_by("pk"))
    if len(photos) < len(set(photo_ids)):
        raise PhotoMissing
    return [_photo(photo, number) for number, photo in enumerate(photos, start=1)]


def _photo(photo: ReturnPhoto, number: int) -> FilePart:
    kind = mimetypes.guess_type(photo.image.name or "")[0] or "application/octet-stream"
    try:
        with photo.image.open("rb") as opened:
            content = opened.read()
    except (OSError, ValueError) as error:
        raise PhotoMissing from error
    ending = mimetypes.guess_extension(kind) or ""
    return FilePart(name="files", filename=f"photo-{number}{ending}", content_type=kind, content=content)
