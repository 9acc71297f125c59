"""How long each role stays signed in, and who needs a second factor: one table, read by everything that signs in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, Permission
from django.db.models import Q, QuerySet

from gullu.models import User
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE

# Set by who signs in with a badge: `request.session[BADGE_KEY] = True`, after `login()`.
BADGE_KEY: Final = "badge"


@dataclass(frozen=True, slots=True)
class Limits:
    """A session ends `whole` after the sign-in, and earlier when nothing was asked for as long as `idle`."""

    whole: timedelta
    idle: timedelta


STRICTEST: Final = Limits(timedelta(hours=8), timedelta(hours=1))
LIMITS: Final[dict[str, Limits]] = {
    MANAGER: STRICTEST,
    OFFICE: Limits(timedelta(hours=12), timedelta(hours=4)),
    # One shift: a picker who packs a big order does not sign in again at its end.
    WAREHOUSE: Limits(timedelta(hours=12), timedelta(hours=12)),
    ANALYST: Limits(timedelta(hours=12), timedelta(hours=2)),
}
# Devices that several people share.
BADGE: Final = Limits(timedelta(hours=12), timedelta(minutes=30))
# Somebody who has not signed in yet: the password was right, the second factor is awaited.
NOBODY: Final = Limits(timedelta(hours=1), timedelta(minutes=30))
LONGEST: Final = max(limits.whole for limits in LIMITS.values())
# A session in use is written this often, not at every request: the end of an idle one is as exact as this.
TOUCHED_EVERY: Final = timedelta(minutes=5)

# What counts as a second factor; recovery codes only help out when one of these is lost.
FACTORS: Final = (Authenticator.Type.TOTP.value, Authenticator.Type.WEBAUTHN.value)


def limits_of(user_id: int, *, badge: bool = False) -> Limits:
    """The limits of a person's new session: of several roles the shorter ones. One statement."""
    rows = list(User.objects.filter(pk=user_id).values_list("is_superuser", "groups__name"))
    if badge:
        return BADGE
    if any(superuser for superuser, _role in rows):
        return STRICTEST
    return shortest(role for _superuser, role in rows)


def shortest(roles: Iterable[str | None]) -> Limits:
    """Of the roles that are in the table; the strictest limits there are for somebody without any."""
    known = [LIMITS[role] for role in roles if role in LIMITS] or [STRICTEST]
    return Limits(min(one.whole for one in known), min(one.idle for one in known))


def needs_second_factor(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether this person may do nothing without a second factor: superusers and managers, where it is required.

    Costs no statement for the person behind a request (`gullu.people` reads both answers with the person).
    """
    if not settings.REQUIRE_SECOND_FACTOR or not isinstance(user, User):
        return False
    return user.is_superuser or _known(user, "is_manager", _is_manager)


def may_manage(actor: User, person: User) -> bool:
    """Whether the one may change how the other signs in and what they may do.

    Nobody may for an owner but another owner, nor for somebody with a right they have not themselves: a new password
    would give it to them. One statement at most.
    """
    if actor.is_superuser or actor.pk == person.pk:
        return True
    return not person.is_superuser and not rights_of(person).exclude(pk__in=rights_of(actor)).exists()


def rights_of(person: User) -> QuerySet[Permission]:
    """Their own rights and those of their roles, also of somebody who is deactivated."""
    return Permission.objects.filter(Q(user=person) | Q(group__user=person))


def has_second_factor(user: User) -> bool:
    """Whether they can prove themselves by an authenticator app or a passkey."""
    return _known(user, "has_factor", _has_factor)


def _known(user: User, name: str, ask: Callable[[User], bool]) -> bool:
    """From what was read with the person; asked anew for somebody who was read otherwise."""
    kept = getattr(user, name, None)
    return ask(user) if kept is None else bool(kept)


def _is_manager(user: User) -> bool:
    return user.groups.filter(name=MANAGER).exists()


def _has_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists())
