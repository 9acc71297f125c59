"""Badges used at the same moment: what is counted is exact, and a revoked badge leaves nobody signed in."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.test import Client

from gullu.accounts.records import Session
from gullu.badges.records import Badge
from gullu.badges.services import issue_badge, revoke_badge
from gullu.models import Activity, User
from gullu.roles import WAREHOUSE
from tests.concurrency.threads import race
from tests.factories import make_superuser, make_user

pytestmark = pytest.mark.django_db(transaction=True)

PIN = "4716"


@pytest.fixture
def owner() -> User:
    return make_superuser()


@pytest.fixture
def picker() -> User:
    return make_user(WAREHOUSE)


def try_badge(code: str, pin: str = PIN) -> int:
    return Client().post("/badge/", {"badge": code, "pin": pin}).status_code


def test_wrong_pins_side_by_side_are_all_counted(picker: User, owner: User) -> None:
    code = issue_badge(person_id=picker.pk, pin=PIN, actor=owner).code

    answers = race(*[partial(try_badge, code, "9035") for _device in range(7)])

    failures = Activity.objects.filter(kind="SIGN_IN_FAILED").values_list("details__why", flat=True)
    assert answers == [422] * 7
    assert sorted(failures) == ["LOCKED"] * 2 + ["PIN"] * 5
    assert Activity.objects.filter(kind="LOCKED_OUT").count() == 1


def test_two_devices_with_one_badge_are_both_let_in(picker: User, owner: User) -> None:
    code = issue_badge(person_id=picker.pk, pin=PIN, actor=owner).code

    answers = race(*[partial(try_badge, code) for _device in range(2)])

    assert answers == [302, 302]
    assert Session.objects.filter(user=picker).count() == 2


def test_badge_revoked_in_the_moment_of_signing_in_leaves_nobody_signed_in(picker: User, owner: User) -> None:
    for _round in range(4):
        code = issue_badge(person_id=picker.pk, pin=PIN, actor=owner).code

        race(partial(try_badge, code), partial(revoke_badge, person_id=picker.pk, actor=owner))

        assert Session.objects.filter(user=picker).count() == 0
        assert try_badge(code) == 422


def test_two_badges_given_out_at_once_leave_one(picker: User, owner: User) -> None:
    give: Any = partial(issue_badge, person_id=picker.pk, actor=owner)

    first, second = race(partial(give, pin=PIN), partial(give, pin="9305"))

    live = Badge.objects.get(revoked_at=None)
    assert {first.badge_id, second.badge_id} == set(Badge.objects.values_list("pk", flat=True))
    assert live.pk == max(first.badge_id, second.badge_id)
