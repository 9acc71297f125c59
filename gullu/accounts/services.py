"""Signing people out, unlocking them and taking a second factor away: each written down in the same transaction."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.db import transaction

from gullu.accounts.errors import (
    MoreRights,
    NoSecondFactor,
    NotLocked,
    OwnersOnly,
    OwnSecondFactor,
    SessionGone,
)
from gullu.accounts.policy import FACTORS, may_manage
from gullu.accounts.records import Session
from gullu.accounts.selectors import sessions_of
from gullu.audit.records import Activity
from gullu.audit.services import record
from gullu.models import User


@transaction.atomic
def end_sessions(*, person: User, actor: User | None, keep: str | None = None) -> int:
    """Sign a person out on all devices; `keep` is the key of a session that stays. Returns how many ended.

    An open page of theirs is refused at its next request. Nothing is written down where nothing was open.
    """
    open_now = Session.objects.filter(user=person)
    if keep is not None:
        open_now = open_now.exclude(session_key=keep)
    ended, _kinds = open_now.delete()
    if ended:
        record(Activity.Kind.ENDED_SESSIONS, actor=actor, subject=person, details={"count": ended})
    return ended


@transaction.atomic
def end_session(*, person: User, mark: str) -> None:
    """Sign out one device of one's own; `mark` is `OpenSession.mark`. Raises `SessionGone`."""
    for one in sessions_of(person):
        if one.mark == mark:
            Session.objects.filter(session_key=one.key).delete()
            record(Activity.Kind.ENDED_SESSIONS, actor=person, subject=person, details={"count": 1})
            return
    raise SessionGone


@transaction.atomic
def reset_second_factor(*, person_id: int, actor: User) -> int:
    """Take away somebody's authenticator app, passkeys and recovery codes, and sign them out. Returns how many.

    For who lost their telephone. Raises `OwnSecondFactor`, `OwnersOnly`, `MoreRights`, `NoSecondFactor`.
    """
    if person_id == actor.pk:
        # Their own page keeps them from being left without one.
        raise OwnSecondFactor
    person = _changeable(person_id, actor)
    known = Authenticator.objects.filter(user=person)
    factors: int = known.filter(type__in=FACTORS).count()
    if not known.exists():
        raise NoSecondFactor(person=person)
    known.delete()
    record(
        Activity.Kind.SECOND_FACTOR, actor=actor, subject=person, details={"what": "RESET", "count": factors}
    )
    end_sessions(person=person, actor=actor)
    return factors


@transaction.atomic
def unlock(*, person_id: int, actor: User) -> None:
    """Let somebody who was locked out try again at once. Raises `OwnersOnly`, `MoreRights`, `NotLocked`."""
    person = _changeable(person_id, actor)
    if not AccessAttempt.objects.filter(username=person.username).exists():
        raise NotLocked(person=person)
    AxesProxyHandler.reset_attempts(username=person.username)
    record(Activity.Kind.LOCKED_OUT, actor=actor, subject=person, details={"what": "UNLOCKED"})


def prune_sessions(*, now: datetime) -> int:
    """Drop the rows of sessions that have ended. Returns how many."""
    ended, _kinds = Session.objects.filter(expire_date__lt=now).delete()
    return ended


@transaction.atomic
def password_was_changed(*, person: User, actor: User, keep: str | None = None) -> None:
    """Write down a new password, and end what was signed in with the old one."""
    record(Activity.Kind.PASSWORD_CHANGED, actor=actor, subject=person)
    end_sessions(person=person, actor=actor, keep=keep)


def _changeable(person_id: int, actor: User) -> User:
    person = User.objects.get(pk=person_id)
    if person.is_superuser and not actor.is_superuser:
        raise OwnersOnly(person=person)
    if not may_manage(actor, person):
        raise MoreRights(person=person)
    return person
