"""Giving badges out, taking them back, and signing in with one. All of it is written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from django.contrib.auth import login
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from gullu.accounts.policy import BADGE_KEY
from gullu.accounts.services import end_sessions
from gullu.audit.records import Activity
from gullu.audit.services import record
from gullu.badges.codes import LONGEST_PIN, check_pin, digest_of, new_code, read_code
from gullu.badges.errors import NoBadge, NoBadgeFor, NotLetIn, TooManyTries
from gullu.badges.records import Badge
from gullu.badges.selectors import may_have_badge
from gullu.locks import transaction_lock
from gullu.models import User
from gullu.origin import client_address
from gullu.people import lock_person

WRONG_PINS: Final = 5
BADGE_LOCKED_FOR: Final = timedelta(minutes=15)
WRONG_TRIES: Final = 20
ADDRESS_LOCKED_FOR: Final = timedelta(minutes=10)
BACKEND: Final = "gullu.people.Backend"


@dataclass(frozen=True, slots=True)
class Issued:
    """A new badge. `code` is told this once: print it."""

    badge_id: int
    person: str
    code: str

    def __repr__(self) -> str:
        return f"Issued(badge_id={self.badge_id})"


@transaction.atomic
def issue_badge(*, person_id: int, pin: str, actor: User) -> Issued:
    """Give somebody a badge; one they had before no longer opens anything, and what it opened is closed.

    Raises `BadPin`, `WeakPin`, `NoBadgeFor`.
    """
    check_pin(pin)
    lock_person(person_id)
    person = User.objects.get(pk=person_id)
    if not may_have_badge(person):
        raise NoBadgeFor(person=person)
    if _revoke(person, actor):
        end_sessions(person=person, actor=actor)
    code = new_code()
    badge = Badge.objects.create(
        person=person,
        code_digest=digest_of(code),
        pin=make_password(pin),
        issued_at=timezone.now(),
        issued_by=actor,
    )
    record(Activity.Kind.BADGE, actor=actor, subject=person, details={"what": "ISSUED", "badge": badge.pk})
    return Issued(badge.pk, person.get_full_name() or person.get_username(), code)


@transaction.atomic
def revoke_badge(*, person_id: int, actor: User) -> int:
    """Take somebody's badge back; they are signed out everywhere. Returns how many sessions ended. Raises `NoBadge`."""
    lock_person(person_id)
    person = User.objects.get(pk=person_id)
    if not _revoke(person, actor):
        raise NoBadge(person=person)
    return end_sessions(person=person, actor=actor)


def _revoke(person: User, actor: User) -> bool:
    badge = Badge.objects.select_for_update(no_key=True).filter(person=person, revoked_at=None).first()
    if badge is None:
        return False
    badge.revoked_at, badge.revoked_by = timezone.now(), actor
    badge.save(update_fields=["revoked_at", "revoked_by"])
    record(Activity.Kind.BADGE, actor=actor, subject=person, details={"what": "REVOKED", "badge": badge.pk})
    return True


def enter(*, badge_code: str, pin: str, request: HttpRequest) -> User:
    """Sign in with a badge, for the short session of a shared device; whoever was signed in is signed out.

    What was wrong is written down before it is refused. Raises `NotLetIn`, `TooManyTries`.
    """
    with transaction.atomic():
        person = _enter(badge_code, pin, request)
    if person is None:
        raise NotLetIn(tries=WRONG_PINS, minutes=_minutes(BADGE_LOCKED_FOR))
    return person


def _enter(badge_code: str, pin: str, request: HttpRequest) -> User | None:
    now, address = timezone.now(), client_address(request)
    badge = _locked_badge(read_code(badge_code))
    # One after the other: tries side by side would each see a count that the others have not reached yet.
    transaction_lock(f"badges.{address}")
    tries = _failures_from(address, now)
    if tries >= WRONG_TRIES:
        raise TooManyTries(minutes=_minutes(ADDRESS_LOCKED_FOR))
    # The work of comparing is done for unknown and locked badges, too: the time tells nothing.
    fits = check_password(pin[: LONGEST_PIN + 1], badge.pin if badge else _nobodys_pin())
    why = _refusal(badge, now, fits=fits)
    if badge is None or why:
        _note_failure(badge, why, now, last=tries + 1 == WRONG_TRIES)
        return None
    _let_in(badge, request, now)
    return badge.person


@cache
def _nobodys_pin() -> str:
    """Made when first needed: it takes as long as a PIN's."""
    return make_password(new_code())


def _locked_badge(code: str | None) -> Badge | None:
    """The badge of this code with its row locked, and before it its person: revoking one waits.

    It is found by the digest of what was sent: how long that takes tells nothing about any code.
    """
    if code is None:
        return None
    digest = digest_of(code)
    known = Badge.objects.filter(code_digest=digest).values_list("person_id", flat=True).first()
    if known is None:
        return None
    lock_person(known)
    rows = Badge.objects.select_related("person").select_for_update(no_key=True, of=("self",))
    return rows.get(code_digest=digest)


def _failures_from(address: str | None, now: datetime) -> int:
    return Activity.objects.filter(
        kind=Activity.Kind.SIGN_IN_FAILED,
        at__gt=now - ADDRESS_LOCKED_FOR,
        address=address,
        details__by="badge",
    ).count()


def _refusal(badge: Badge | None, now: datetime, *, fits: bool) -> str:
    """Why nobody is let in, as a code for the list of activities; empty when all is well."""
    if badge is None:
        return "UNKNOWN"
    if badge.revoked_at is not None:
        return "REVOKED"
    if badge.locked_until is not None and badge.locked_until > now:
        return "LOCKED"
    if not fits:
        return "PIN"
    return "" if may_have_badge(badge.person) else "NOT_ALLOWED"


def _note_failure(badge: Badge | None, why: str, now: datetime, *, last: bool) -> None:
    """`last`: the try after which the address has to wait."""
    person = badge.person if badge else None
    record(Activity.Kind.SIGN_IN_FAILED, actor=None, subject=person, details={"by": "badge", "why": why})
    if last:
        details = {"by": "badge", "what": "ADDRESS", "minutes": _minutes(ADDRESS_LOCKED_FOR)}
        record(Activity.Kind.LOCKED_OUT, actor=None, details=details)
    if badge is None or why != "PIN":
        return
    badge.failures += 1
    if badge.failures >= WRONG_PINS:
        badge.failures, badge.locked_until = 0, now + BADGE_LOCKED_FOR
        details = {"by": "badge", "what": "BADGE", "minutes": _minutes(BADGE_LOCKED_FOR)}
        record(Activity.Kind.LOCKED_OUT, actor=None, subject=person, details=details)
    badge.save(update_fields=["failures", "locked_until"])


def _let_in(badge: Badge, request: HttpRequest, now: datetime) -> None:
    badge.failures, badge.locked_until, badge.last_used_at = 0, None, now
    badge.save(update_fields=["failures", "locked_until", "last_used_at"])
    request.session.flush()
    login(request, badge.person, backend=BACKEND)
    request.session[BADGE_KEY] = True
    # Kept while the badge's row is locked: a badge revoked in this moment ends this session as well.
    request.session.save()
    record(Activity.Kind.SIGNED_IN, actor=badge.person, subject=badge.person, details={"by": "badge"})


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
