"""The sign-in itself: password, lock-out, where it leads, and what is written down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from gullu.audit.records import Activity
from gullu.models import User
from gullu.origin import client_address
from gullu.roles import MANAGER, OFFICE, WAREHOUSE
from tests.accounts.conftest import sign_in
from tests.factories import PASSWORD, make_superuser, make_user

pytestmark = pytest.mark.django_db
WRONG = "not-the-password-1"


def activities() -> list[tuple[str, str]]:
    return [
        (one.kind, one.actor.username if one.actor else one.name) for one in Activity.objects.order_by("id")
    ]


def person_in(client: Client) -> str | None:
    user = client.get(reverse("scan:who")).json()["user"]
    return user and User.objects.get(pk=user).username


def test_right_password_signs_in_and_both_ways_are_written_down(client: Client) -> None:
    user = make_user(OFFICE, username="ofis")

    answer = sign_in(client, user)
    inside = person_in(client)
    left = client.post(reverse("account_logout"))

    assert (answer.status_code, answer["Location"], inside) == (302, reverse("home"), "ofis")
    assert (left.status_code, left["Location"], person_in(client)) == (302, reverse("account_login"), None)
    assert activities() == [("SIGNED_IN", "ofis"), ("SIGNED_OUT", "ofis")]
    assert Activity.objects.get(kind="SIGNED_IN").details == {"by": ["password"]}


def test_wrong_password_is_one_sentence_and_is_written_down_with_what_was_typed(client: Client) -> None:
    user = make_user(OFFICE, username="ofis")

    answers = [sign_in(client, user, WRONG), sign_in(client, "kimse", WRONG)]

    assert [one.context["form"].non_field_errors() for one in answers] == [
        answers[0].context["form"].non_field_errors()
    ] * 2
    assert activities() == [("SIGN_IN_FAILED", "ofis"), ("SIGN_IN_FAILED", "kimse")]
    assert list(Activity.objects.order_by("id").values_list("subject_id", flat=True)) == [str(user.pk), ""]
    assert WRONG not in str(list(AccessAttempt.objects.values()) + list(Activity.objects.values()))


def test_guessing_locks_out_until_the_time_is_over(client: Client, time_machine: Any) -> None:
    start = timezone.now().replace(microsecond=0)
    time_machine.move_to(start, tick=False)
    user = make_user(OFFICE, username="ofis")

    guesses = [sign_in(client, user, WRONG) for _number in range(5)]
    locked = sign_in(client, user)

    until = f"{timezone.localtime(start + timedelta(minutes=15)):%H:%M}"
    assert [one.status_code for one in guesses] == [200] * 4 + [429]
    assert (locked.status_code, until in locked.content.decode()) == (429, True)
    assert [kind for kind, _name in activities()] == ["SIGN_IN_FAILED"] * 5 + ["LOCKED_OUT"]
    time_machine.move_to(start + timedelta(minutes=15, seconds=1), tick=False)
    assert sign_in(client, user).status_code == 302


def test_lock_out_holds_one_person_at_one_address_only(client: Client) -> None:
    user, other = make_user(OFFICE, username="ofis"), make_user(OFFICE)
    for _number in range(5):
        sign_in(client, user, WRONG)

    assert sign_in(Client(), other).status_code == 302
    assert sign_in(Client(REMOTE_ADDR="203.0.113.9"), user).status_code == 302
    assert sign_in(Client(), user).status_code == 429


@pytest.mark.parametrize(("field", "most"), [("ip_address", 30), ("username", 60)])
def test_many_names_from_one_address_and_many_addresses_for_one_name_are_locked_out(
    client: Client, field: str, most: int
) -> None:
    user = make_user(OFFICE, username="ofis")
    known = {"ip_address": "127.0.0.1", "username": "baskasi", "user_agent": ""}
    if field == "username":
        known |= {"ip_address": "203.0.113.7", "username": "ofis"}
    attempt = AccessAttempt.objects.create(
        **known, failures_since_start=most - 1, attempt_time=timezone.now(), get_data="", post_data=""
    )

    before = sign_in(Client(), user)
    AccessAttempt.objects.filter(pk=attempt.pk).update(failures_since_start=most)

    assert (before.status_code, sign_in(client, user).status_code) == (302, 429)


def test_stranger_at_one_address_keeps_nobody_out_elsewhere(client: Client) -> None:
    user = make_user(OFFICE, username="ofis")

    stranger = Client(REMOTE_ADDR="203.0.113.9")
    tries = [sign_in(stranger, user, WRONG).status_code for _number in range(40)]

    assert tries[5:] == [429] * 35
    assert sign_in(client, user).status_code == 302


def test_all_addresses_of_one_connection_count_as_one(client: Client) -> None:
    user = make_user(OFFICE, username="ofis")

    tries = [sign_in(Client(REMOTE_ADDR=f"2001:db8:0:7::{number}"), user, WRONG) for number in range(1, 6)]
    neighbour = sign_in(Client(REMOTE_ADDR="2001:db8:0:8::1"), user)

    assert tries[-1].status_code == 429
    assert sign_in(Client(REMOTE_ADDR="2001:db8:0:7:1:2:3:4"), user).status_code == 429
    assert neighbour.status_code == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded", "peer", "expected"),
    [
        (0, "198.51.100.1", "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 192.0.2.7", "10.0.0.1", "192.0.2.7"),
        (1, "", "203.0.113.9", "203.0.113.9"),
        (1, "unknown", "10.0.0.1", None),
        (0, "", "::ffff:203.0.113.9", "203.0.113.9"),
        (0, "", "fe80::1%eth0", "fe80::1"),
    ],
)
def test_address_is_the_one_our_own_proxy_saw(
    rf: Any, settings: Any, proxies: int, forwarded: str, peer: str, expected: str | None
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies

    assert client_address(rf.get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)) == expected


def test_person_is_unlocked_by_whoever_may_change_people(client: Client) -> None:
    user, owner = make_user(OFFICE, username="ofis"), make_superuser()
    for name in ("ofis", owner.username):
        for _number in range(5):
            sign_in(Client(), name, WRONG)
    boss = Client()
    boss.force_login(make_user(MANAGER))

    boss.post(
        reverse("admin:gullu_user_changelist"), {"action": "unlock", "_selected_action": [user.pk, owner.pk]}
    )

    assert (sign_in(Client(), user).status_code, sign_in(Client(), owner).status_code) == (302, 429)
    unlocked = Activity.objects.get(details={"what": "UNLOCKED"})
    assert (unlocked.kind, unlocked.subject_id) == ("LOCKED_OUT", str(user.pk))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("/scan/pick/", "/scan/pick/"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("http://localhost:9/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\\evil.example", "/"),
    ],
)
def test_sign_in_leads_to_our_own_pages_only(client: Client, wanted: str, expected: str) -> None:
    answer = sign_in(client, make_user(WAREHOUSE), next=wanted)

    assert answer["Location"] == expected


def test_sign_in_of_the_back_office_is_the_same_one(client: Client) -> None:
    user = make_user(OFFICE)
    index = reverse("admin:index")

    first = client.get(index, follow=True)
    foreign = client.get("/admin/login/?next=https://evil.example/")
    refused = client.post("/admin/login/", {"username": user.username, "password": PASSWORD})
    client.force_login(user)
    inside = client.get(f"/admin/login/?next={index}")

    assert first.redirect_chain[-1][0] == f"{reverse('account_login')}?next=%2Fadmin%2F"
    assert (foreign["Location"], refused.status_code) == (reverse("account_login"), 405)
    assert (inside.status_code, inside["Location"]) == (302, index)


def test_somebody_without_the_back_office_is_refused_there_instead_of_sent_round(client: Client) -> None:
    client.force_login(make_user())

    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_deactivated_person_cannot_sign_in(client: Client) -> None:
    assert sign_in(client, make_user(OFFICE, is_active=False)).status_code == 200
    assert person_in(client) is None


@pytest.mark.parametrize(
    "name",
    [
        "account_signup",
        "account_email",
        "account_reset_password",
        "account_confirm_email",
        "account_set_password",
        "account_request_login_code",
        "account_inactive",
        "socialaccount_connections",
        "mfa_signup_webauthn",
        "mfa_trust",
    ],
)
def test_addresses_nobody_should_have_do_not_exist(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("kisa-parola", "password_too_short"),
        ("1q2w3e4r5t6y", "password_too_common"),
        ("918273645546372", "password_entirely_numeric"),
        ("ŞÜKRÜYE-nin-evi-42", "password_has_name"),
        ("benim-güllü-sifrem", "password_has_name"),
        (PASSWORD, "password_same"),
    ],
)
def test_weak_passwords_are_refused_in_one_sentence(password: str, code: str) -> None:
    user = make_user(OFFICE, first_name="Şükrüye", last_name="Işık")

    with pytest.raises(ValidationError) as caught:
        validate_password(password, user)

    assert code in {error.code for error in caught.value.error_list}
