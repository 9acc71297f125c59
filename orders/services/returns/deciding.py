"""Deciding on returned units that wait for us: accept, or refuse with a reason, a text and pictures.

A decision is one transaction: the units, the timeline, and the message to the marketplace. Units of one claim go out in
one message, because the marketplace takes five a minute. All units of the claim are locked, so of two people who decide
at once the second finds what the first one did.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from gullu.errors import DomainError
from orders import outbound
from orders.enums import ReturnDecision
from orders.models import ReturnPhoto, ReturnUnit
from orders.return_errors import (
    AlreadyDecided,
    DescriptionMissing,
    DescriptionTooLong,
    NotWaiting,
    ReturnNotFound,
    SeveralClaims,
    StrangePhoto,
    TimeIsOver,
)
from orders.return_selectors import is_overdue
from orders.return_words import ReturnStep, moment_words, status_words
from orders.services.returns.events import record
from orders.services.returns.locks import lock_claims

MOST_DESCRIPTION: Final = 500
_COLUMNS: Final = (
    "decision",
    "issue_reason_id",
    "issue_description",
    "decided_at",
    "decided_by",
    "updated_at",
)


@dataclass(frozen=True, slots=True)
class NotDecided:
    """A unit that was left as it was, and why."""

    unit_id: int
    name: str
    error: DomainError


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision did: ids of the units decided now, and those it could not decide."""

    unit_ids: tuple[int, ...]
    refused: tuple[NotDecided, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why units are refused: the marketplace's current reason number, our text, and pictures of these units."""

    reason_id: int
    description: str
    photo_ids: tuple[int, ...] = ()


def approve_returns(*, unit_ids: Collection[int], user: AbstractBaseUser | None = None) -> Decided:
    """Accept units; each claim is a transaction and a message of its own. Units that cannot be decided are named.

    Locks all units of a claim. Raises nothing for a unit: the reasons are in the result.
    """
    decided: list[int] = []
    refused: list[NotDecided] = []
    for claim_id, ids in _by_claim(unit_ids, refused):
        result = _decide(claim_id, ids, _approval(user))
        decided += result.unit_ids
        refused += result.refused
    return Decided(tuple(decided), tuple(refused))


def refuse_returns(
    *, unit_ids: Collection[int], refusal: Refusal, user: AbstractBaseUser | None = None
) -> Decided:
    """Refuse units of one claim. What the marketplace asks of a refusal beyond this is checked by the layer above.

    Raises `DescriptionMissing`, `DescriptionTooLong`, `SeveralClaims`, `StrangePhoto`; the reasons of single units are
    in the result.
    """
    text = refusal.description.strip()
    if not text:
        raise DescriptionMissing
    if len(text) > MOST_DESCRIPTION:
        raise DescriptionTooLong(length=len(text), most=MOST_DESCRIPTION)
    refused: list[NotDecided] = []
    claims = list(_by_claim(unit_ids, refused))
    if len(claims) > 1:
        raise SeveralClaims(claims=len(claims))
    if not claims:
        return Decided((), tuple(refused))
    ((claim_id, ids),) = claims
    _require_photos_of(claim_id, refusal.photo_ids)
    result = _decide(claim_id, ids, _refusal(refusal, text, user))
    return Decided(result.unit_ids, (*refused, *result.refused))


@transaction.atomic
def reopen_decisions(*, claim_item_ids: Collection[str], user: AbstractBaseUser | None = None) -> int:
    """Clear decisions the marketplace did not take, so that the units can be decided again; returns how many.

    Call with the message withdrawn, in the transaction of the new decision. Locks all units of the claims.
    """
    claims = ReturnUnit.objects.filter(claim_item_id__in=claim_item_ids).values_list("claim_id", flat=True)
    units = [
        unit
        for unit in lock_claims(set(claims))
        if unit.claim_item_id in set(claim_item_ids)
        and unit.decision
        and unit.status == ReturnUnit.Status.WAITING
    ]
    _write(units, decision="", at=None, user=None)
    record(units, ReturnStep.REOPENED, at=timezone.now(), user=user)
    return len(units)


def _by_claim(unit_ids: Collection[int], refused: list[NotDecided]) -> list[tuple[str, set[int]]]:
    """The units by claim; numbers that do not exist are added to `refused`."""
    rows = ReturnUnit.objects.filter(pk__in=unit_ids).order_by("claim_id", "pk").values_list("claim_id", "pk")
    claims = [(claim, {pk for _claim, pk in group}) for claim, group in groupby(rows, key=lambda row: row[0])]
    known = {pk for _claim, ids in claims for pk in ids}
    refused += [NotDecided(pk, str(pk), ReturnNotFound(unit=pk)) for pk in sorted(set(unit_ids) - known)]
    return claims


Step = Callable[[Sequence[ReturnUnit], datetime], None]


@transaction.atomic
def _decide(claim_id: str, ids: set[int], step: Step) -> Decided:
    units = [unit for unit in lock_claims([claim_id]) if unit.pk in ids]
    # Read after the locks: messages of one claim then have different times, and so different keys.
    now = timezone.now()
    open_units: list[ReturnUnit] = []
    refused: list[NotDecided] = []
    for unit in units:
        error = _objection(unit, now)
        if error is None:
            open_units.append(unit)
        else:
            refused.append(NotDecided(unit.pk, str(unit), error))
    if open_units:
        step(open_units, now)
    return Decided(tuple(unit.pk for unit in open_units), tuple(refused))


def _objection(unit: ReturnUnit, now: datetime) -> DomainError | None:
    """Why this unit cannot be decided now; None when it can."""
    if unit.decision and unit.decided_at:
        return AlreadyDecided(
            barcode=unit.barcode,
            person=unit.decided_by or "—",
            decision=unit.get_decision_display(),
            time=moment_words(unit.decided_at),
        )
    if unit.status != ReturnUnit.Status.WAITING:
        return NotWaiting(barcode=unit.barcode, status=status_words(unit.status))
    if unit.act_by_at and is_overdue(unit, now):
        return TimeIsOver(barcode=unit.barcode, time=moment_words(unit.act_by_at))
    return None


def _approval(user: AbstractBaseUser | None) -> Step:
    def step(units: Sequence[ReturnUnit], now: datetime) -> None:
        _write(units, decision=ReturnDecision.APPROVED, at=now, user=user)
        record(units, ReturnStep.APPROVED, at=now, user=user)
        outbound.tell_claim_approved(
            claim_id=units[0].claim_id,
            units=[unit.claim_item_id for unit in units],
            order=units[0].order,
            decided_at=now,
            user=user,
        )

    return step


def _refusal(refusal: Refusal, text: str, user: AbstractBaseUser | None) -> Step:
    def step(units: Sequence[ReturnUnit], now: datetime) -> None:
        for unit in units:
            unit.issue_reason_id, unit.issue_description = refusal.reason_id, text
        _write(units, decision=ReturnDecision.REFUSED, at=now, user=user)
        record(units, ReturnStep.REFUSED, at=now, user=user, reason=str(refusal.reason_id), note=text)
        outbound.tell_claim_refused(
            claim_id=units[0].claim_id,
            units=[unit.claim_item_id for unit in units],
            reason_id=refusal.reason_id,
            description=text,
            photo_ids=refusal.photo_ids,
            order=units[0].order,
            decided_at=now,
            user=user,
        )

    return step


def _write(
    units: Iterable[ReturnUnit], *, decision: str, at: datetime | None, user: AbstractBaseUser | None
) -> None:
    rows = list(units)
    for unit in rows:
        unit.decision, unit.decided_at = decision, at
        unit.decided_by_id = user.pk if user else None
        unit.updated_at = timezone.now()
        if not decision:
            unit.issue_reason_id, unit.issue_description = None, ""
    ReturnUnit.objects.bulk_update(rows, list(_COLUMNS))


def _require_photos_of(claim_id: str, photo_ids: Sequence[int]) -> None:
    known = ReturnPhoto.objects.filter(pk__in=photo_ids, unit__claim_id=claim_id).values_list("pk", flat=True)
    strange = sorted(set(photo_ids) - set(known))
    if strange:
        raise StrangePhoto(photo=strange[0])
