"""Deciding on returns as the marketplace wants it: its current reasons, its proof, its times, and second tries.

The decision itself is `orders.services.returns`; here is what only the layer that talks to the marketplace knows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Final

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError
from integrations import claim_messages
from integrations.models import ClaimIssueReason
from integrations.trendyol.claim_rules import needs_file, usable_from
from orders.enums import Channel
from orders.models import ReturnUnit
from orders.return_words import moment_words
from orders.services.returns import Decided, Refusal, approve_returns, refuse_returns, reopen_decisions

OLD_AFTER: Final = timedelta(days=1)


class ReasonNotOffered(DomainError):
    """Data: reason."""

    code = "return_reason_not_offered"
    template = _(
        "The marketplace does not offer reason %(reason)s: read the reasons again and choose another one."
    )


class PictureMissing(DomainError):
    """Data: reason (name)."""

    code = "return_picture_missing"
    template = _(
        "Reason “%(reason)s” needs a picture: add one here, or photograph the goods at the inspection."
    )


class TooEarly(DomainError):
    """Data: reason (name), time."""

    code = "return_reason_too_early"
    template = _("Reason “%(reason)s” can be used from %(time)s on: wait, or choose another one.")


@dataclass(frozen=True, slots=True)
class Reasons:
    """What can be chosen now. `old`: the list was read more than a day ago and may be wrong by now."""

    offered: tuple[ClaimIssueReason, ...]
    read_at: datetime | None
    old: bool


def reasons(now: datetime | None = None) -> Reasons:
    """The marketplace's reasons for refusing a return, as they were read last."""
    rows = ClaimIssueReason.objects.filter(channel=Channel.TRENDYOL, active=True).order_by("reason_id")
    offered = tuple(rows)
    read_at = max((row.read_at for row in offered), default=None)
    old = read_at is not None and (now or timezone.now()) - read_at > OLD_AFTER
    return Reasons(offered=offered, read_at=read_at, old=old)


def approve(*, unit_ids: Collection[int], user: AbstractBaseUser | None = None) -> Decided:
    """Accept units, each claim as a transaction of its own; a decision the marketplace did not take is replaced.

    Raises nothing for a unit: the reasons are in the result.
    """
    unit_ids = set(unit_ids)
    claims = _by_claim(unit_ids)
    done = [
        _once_more(claim, ids, partial(approve_returns, unit_ids=ids, user=user), user)
        for claim, ids in claims
    ]
    strangers = unit_ids - {pk for _claim, ids in claims for pk in ids}
    done.append(approve_returns(unit_ids=strangers, user=user))
    return Decided(
        tuple(pk for result in done for pk in result.unit_ids),
        tuple(row for result in done for row in result.refused),
    )


def refuse(*, unit_ids: Collection[int], refusal: Refusal, user: AbstractBaseUser | None = None) -> Decided:
    """Refuse units of one claim; a decision the marketplace did not take is replaced.

    Raises `ReasonNotOffered`, `PictureMissing`, `TooEarly`, and what `refuse_returns` raises.
    """
    reason = _offered(refusal.reason_id)
    if needs_file(reason.reason_id) and not refusal.photo_ids:
        raise PictureMissing(reason=reason.name)
    _require_time(reason, unit_ids)
    claims = _by_claim(unit_ids)
    if len(claims) != 1:
        return refuse_returns(unit_ids=unit_ids, refusal=refusal, user=user)
    ((claim, _ids),) = claims
    decide = partial(refuse_returns, unit_ids=unit_ids, refusal=refusal, user=user)
    return _once_more(claim, unit_ids, decide, user)


@transaction.atomic
def _once_more(
    claim_id: str, ids: Collection[int], decide: Callable[[], Decided], user: AbstractBaseUser | None
) -> Decided:
    """Take back what was refused about these units, then decide; nothing is taken back when nothing was decided."""
    decided = ReturnUnit.objects.filter(pk__in=ids, status=ReturnUnit.Status.WAITING).exclude(decision="")
    units = list(decided.values_list("claim_item_id", flat=True))
    withdrawn = claim_messages.withdraw(claim_id=claim_id, units=units) if units else frozenset()
    if withdrawn:
        reopen_decisions(claim_item_ids=withdrawn, user=user)
    result = decide()
    if withdrawn and not result.unit_ids:
        transaction.set_rollback(True)
    return result


def _by_claim(unit_ids: Collection[int]) -> list[tuple[str, set[int]]]:
    rows = ReturnUnit.objects.filter(pk__in=unit_ids).order_by("claim_id", "pk").values_list("claim_id", "pk")
    return [(claim, {pk for _claim, pk in group}) for claim, group in groupby(rows, key=lambda row: row[0])]


def _offered(reason_id: int) -> ClaimIssueReason:
    rows = ClaimIssueReason.objects.filter(channel=Channel.TRENDYOL, active=True, reason_id=reason_id)
    reason = rows.first()
    if reason is None:
        raise ReasonNotOffered(reason=reason_id)
    return reason


def _require_time(reason: ClaimIssueReason, unit_ids: Collection[int]) -> None:
    deadlines = ReturnUnit.objects.filter(pk__in=unit_ids).values_list("act_by_at", flat=True)
    times = [time for deadline in deadlines if (time := usable_from(reason.reason_id, deadline))]
    if times and timezone.now() < max(times):
        raise TooEarly(reason=reason.name, time=moment_words(max(times)))
