"""Who may have a badge, and who has one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.utils import timezone

from gullu.badges.records import Badge
from gullu.models import User
from gullu.roles import ROLES, WAREHOUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgePerson:
    """Somebody of the warehouse with their badge, if they have one. `allowed`: a badge may be given to them."""

    person_id: int
    name: str
    username: str
    allowed: bool
    issued_at: datetime | None = None
    last_used_at: datetime | None = None
    locked_until: datetime | None = None

    @property
    def locked(self) -> bool:
        """Wrong PINs are being waited out at this moment."""
        return self.locked_until is not None and self.locked_until > timezone.now()


def may_have_badge(person: User) -> bool:
    """Active, of the role Depo, and with no right beyond it: four digits must not open more than a shelf."""
    if not person.is_active or person.is_superuser:
        return False
    groups = list(person.groups.all())
    rights = [
        *person.user_permissions.all(),
        *(right for group in groups for right in group.permissions.all()),
    ]
    names = {f"{right.content_type.app_label}.{right.codename}" for right in rights}
    return any(group.name == WAREHOUSE for group in groups) and names <= ROLES[WAREHOUSE]


def warehouse_people() -> list[BadgePerson]:
    """Active people of the role Depo by name, those with more rights, too; a constant number of statements."""
    badges = Badge.objects.filter(revoked_at=None)
    people = User.objects.filter(is_active=True, groups__name=WAREHOUSE).prefetch_related(
        "groups__permissions__content_type",
        "user_permissions__content_type",
        Prefetch("badges", badges, to_attr="live_badges"),
    )
    return [badge_person(one) for one in people.order_by("first_name", "last_name", "pk")]


def badge_person(person: User) -> BadgePerson:
    """One person as the list shows them."""
    live = getattr(person, "live_badges", None)
    badges = live if live is not None else list(person.badges.filter(revoked_at=None))
    badge = badges[0] if badges else None
    return BadgePerson(
        person_id=person.pk,
        name=person.get_full_name() or person.get_username(),
        username=person.get_username(),
        allowed=may_have_badge(person),
        issued_at=badge.issued_at if badge else None,
        last_used_at=badge.last_used_at if badge else None,
        locked_until=badge.locked_until if badge else None,
    )
