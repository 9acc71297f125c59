"""How long people stay signed in, and how they are signed out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gullu.accounts.devices import device_words
from gullu.accounts.policy import BADGE, BADGE_KEY, LIMITS, LONGEST, STRICTEST, TOUCHED_EVERY, shortest
from gullu.accounts.records import Session
from gullu.accounts.selectors import sessions_of
from gullu.accounts.services import end_sessions
from gullu.audit.records import Activity
from gullu.models import User
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from gullu.tasks import prune_records_job
from tests.accounts.conftest import sign_in
from tests.factories import PASSWORD, make_superuser, make_user

pytestmark = pytest.mark.django_db
NEW = "dort-kelime-yan-yana"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"


def is_in(client: Client) -> bool:
    return client.get(reverse("scan:who")).status_code == 200


def device_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("role", [MANAGER, OFFICE, WAREHOUSE, ANALYST, None])
def test_session_ends_when_idle_and_at_the_end_of_the_day(
    client: Client, time_machine: Any, role: str | None
) -> None:
    limits = LIMITS[role] if role else STRICTEST
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    user = make_user(role)
    idle = device_of(user)
    client.force_login(user)

    # In use all the time, one request before each idle end.
    passed, step = timedelta(0), limits.idle - timedelta(minutes=1)
    while passed + step < limits.whole:
        passed += step
        time_machine.move_to(start + passed, tick=False)
        assert is_in(client)
    time_machine.move_to(start + limits.whole - timedelta(seconds=1), tick=False)
    # In use until its last second, and not a second longer.
    assert is_in(client)
    time_machine.move_to(start + limits.whole + timedelta(seconds=1), tick=False)
    assert (is_in(client), is_in(idle)) == (False, False)


def test_idle_session_of_a_badge_ends_after_half_an_hour(client: Client, time_machine: Any) -> None:
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    user = make_user(WAREHOUSE)
    client.force_login(user)
    session = client.session
    session[BADGE_KEY] = True
    session.save()

    row = Session.objects.get(user=user)
    time_machine.move_to(start + BADGE.idle - timedelta(seconds=1), tick=False)
    before = is_in(client)
    time_machine.move_to(start + 2 * BADGE.idle, tick=False)

    assert (row.idle, row.ends_at - row.started_at, before, is_in(client)) == (
        BADGE.idle,
        BADGE.whole,
        True,
        False,
    )


def test_several_roles_have_the_shorter_limits_and_the_cookie_lives_as_long_as_the_longest(
    settings: Any,
) -> None:
    assert shortest([WAREHOUSE, ANALYST, "own group"]).idle == LIMITS[ANALYST].idle
    assert shortest([None]) == STRICTEST
    assert timedelta(seconds=settings.SESSION_COOKIE_AGE) == LONGEST


def test_request_reads_session_and_person_and_writes_every_few_minutes_only(
    client: Client, time_machine: Any, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    client.force_login(make_user(OFFICE))

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert is_in(client)
        return len(seen)

    counts = [statements() for _number in range(3)]
    time_machine.move_to(start + TOUCHED_EVERY + timedelta(seconds=1), tick=False)
    later = [statements(), statements()]

    assert (counts, later) == ([2, 2, 2], [3, 2])
    assert Session.objects.get().last_seen_at == start + TOUCHED_EVERY + timedelta(seconds=1)


def test_page_of_devices_ends_one_or_all_others(client: Client) -> None:
    user, stranger = make_user(WAREHOUSE), make_user(WAREHOUSE)
    sign_in(client, user)
    one, two = Client(headers={"user-agent": CHROME}), Client()
    for device in (one, two):
        sign_in(device, user)
    foreign = device_of(stranger)
    mark = next(found.mark for found in sessions_of(user) if found.device == "Chrome · Windows")
    address = reverse("account_sessions")

    key = one.cookies["sessionid"].value
    page = client.get(address).content.decode()
    client.post(address, {"end": mark})
    after_one = [is_in(device) for device in (client, one, two)]
    again = client.post(address, {"end": mark}, follow=True)
    client.post(address, {"end": sessions_of(stranger)[0].mark})
    client.post(address, {"end": "others"})

    assert (mark in page, key in page) == (True, False)
    assert (after_one, [one.level_tag for one in again.context["messages"]]) == (
        [True, False, True],
        ["success", "error"],
    )
    assert [is_in(device) for device in (client, two, foreign)] == [True, False, True]
    assert list(Activity.objects.filter(kind="ENDED_SESSIONS").values_list("details__count", flat=True)) == [
        1,
        1,
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_page_of_devices_has_a_constant_number_of_statements(
    client: Client, django_assert_num_queries: Any, number: int
) -> None:
    user = make_user(WAREHOUSE)
    for _number in range(number - 1):
        device_of(user)
    client.force_login(user)

    # session, person, sessions
    with django_assert_num_queries(3):
        client.get(reverse("account_sessions"))


def test_people_are_signed_out_everywhere_by_whoever_has_the_right(client: Client) -> None:
    user, boss = make_user(OFFICE), make_user(MANAGER)
    devices = [device_of(user), device_of(user)]
    ask = {"action": "end_sessions", "_selected_action": [user.pk]}
    office = device_of(make_user(OFFICE))

    office.post(reverse("admin:gullu_user_changelist"), ask)
    before = [is_in(device) for device in devices]
    client.force_login(boss)
    client.post(reverse("admin:gullu_user_changelist"), ask)

    assert (before, [is_in(device) for device in devices]) == ([True, True], [False, False])
    found = Activity.objects.get(kind="ENDED_SESSIONS")
    assert (found.actor, found.subject_id, found.details) == (boss, str(user.pk), {"count": 2})
    assert end_sessions(person=user, actor=boss) == 0


def test_changed_password_ends_the_other_devices(client: Client) -> None:
    user = make_user(OFFICE)
    other = device_of(user)
    client.force_login(user)
    page = reverse("account_change_password")

    wrong = client.post(page, {"oldpassword": "x", "password1": NEW, "password2": NEW})
    client.post(page, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    user.refresh_from_db()
    assert (wrong.status_code, user.check_password(NEW)) == (200, True)
    assert (is_in(client), is_in(other)) == (True, False)
    assert list(Activity.objects.filter(actor=user).order_by("id").values_list("kind", flat=True)) == [
        "PASSWORD_CHANGED",
        "ENDED_SESSIONS",
    ]


def test_password_set_by_a_manager_is_written_down_and_ends_all_devices(client: Client) -> None:
    user, boss = make_user(OFFICE), make_user(MANAGER)
    device = device_of(user)
    client.force_login(boss)

    client.post(
        reverse("admin:auth_user_password_change", args=[user.pk]), {"password1": NEW, "password2": NEW}
    )

    found = Activity.objects.get(kind="PASSWORD_CHANGED")
    assert (found.actor, found.subject_id, is_in(device)) == (boss, str(user.pk), False)
    assert sign_in(Client(), user, NEW).status_code == 302


@pytest.mark.parametrize("change", ["is_active", "groups"])
def test_deactivation_and_another_role_end_all_devices(client: Client, change: str) -> None:
    user = make_user(OFFICE)
    device = device_of(user)
    client.force_login(make_superuser())
    form = {
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": "",
        "is_active": "on",
        "is_staff": "on",
        "groups": [group.pk for group in user.groups.all()],
    }
    unchanged = client.post(
        reverse("admin:gullu_user_change", args=[user.pk]), {**form, "email": "a@example.com"}
    )
    before = is_in(device)
    new = {"is_active": ""} if change == "is_active" else {"groups": [Group.objects.get(name=MANAGER).pk]}

    client.post(reverse("admin:gullu_user_change", args=[user.pk]), {**form, **new})

    assert (unchanged.status_code, before) == (302, True)
    assert (Session.objects.filter(user=user).count(), is_in(device)) == (0, False)


def test_badge_is_not_enough_to_change_the_password(client: Client) -> None:
    client.force_login(make_user(WAREHOUSE))
    session = client.session
    session[BADGE_KEY] = True
    session.save()

    assert client.get(reverse("account_change_password")).status_code == 403


def test_ended_sessions_are_cleared_away(client: Client, time_machine: Any) -> None:
    start = timezone.now()
    time_machine.move_to(start)
    client.force_login(make_user(MANAGER))
    time_machine.move_to(start + timedelta(days=1))

    counts = prune_records_job()

    assert (counts["sessions"], Session.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("description", "words"),
    [
        (CHROME, "Chrome · Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
            "Safari · iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit Chrome/140 Mobile Safari/537.36 EdgA/140",
            "Edge · Android",
        ),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
    ],
)
def test_device_is_told_in_words(description: str, words: str) -> None:
    assert device_words(description) == words
