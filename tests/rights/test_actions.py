"""Every action of the back office with every role, as docs/permissions.md has it."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from gullu.models import User
from gullu.roles import ROLES
from tests.factories import make_superuser, make_user
from tests.rights.table import MARK, NO_ROLE, differences, read_table
from tests.rights.walking import actions

pytestmark = pytest.mark.django_db

STAFF = (*ROLES, NO_ROLE)


def offered(user: User, rf: RequestFactory) -> set[str]:
    request = rf.get("/admin/")
    request.user = user
    return actions(request)


def test_every_action_is_offered_to_whom_the_table_says(rf: RequestFactory) -> None:
    people = {who: make_user(is_staff=True) if who == NO_ROLE else make_user(who) for who in STAFF}
    theirs = {who: offered(user, rf) for who, user in people.items()}
    names = sorted(offered(make_superuser(), rf).union(*theirs.values()))
    found = {name: {who: MARK if name in theirs[who] else "" for who in STAFF} for name in names}

    wrong = differences(found, read_table("Actions", STAFF))

    if wrong:
        pytest.fail(wrong, pytrace=False)
