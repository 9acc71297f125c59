"""App, passkey and recovery codes; who needs one; who may take one away."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from gullu.accounts.errors import NoSecondFactor, OwnersOnly, OwnSecondFactor
from gullu.accounts.policy import needs_second_factor
from gullu.accounts.services import reset_second_factor
from gullu.audit.records import Activity
from gullu.models import User
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from tests.accounts.conftest import add_app, code_of, confirm, sign_in
from tests.factories import make_superuser, make_user

pytestmark = pytest.mark.django_db


def whats() -> list[str]:
    found = Activity.objects.filter(kind=Activity.Kind.SECOND_FACTOR).order_by("id")
    return [one.details["what"] for one in found]


def signed_in(client: Client) -> bool:
    return client.get(reverse("scan:who")).status_code == 200


def set_up_app(client: Client) -> str:
    """Through the pages; returns the key."""
    page = client.get(reverse("mfa_activate_totp"))
    secret: str = page.context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    return secret


def passkey_row(user: User) -> Authenticator:
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Telefon"})


def test_code_of_the_app_is_asked_for_after_the_password(client: Client) -> None:
    user = make_user(OFFICE)
    secret = add_app(user)

    first = sign_in(client, user, next="/scan/pick/")
    between = signed_in(client)
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    right = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert (first["Location"], between, wrong.status_code) == (reverse("mfa_authenticate"), False, 200)
    assert (right.status_code, right["Location"], signed_in(client)) == (302, "/scan/pick/", True)
    assert Activity.objects.get(kind="SIGNED_IN").details == {"by": ["password", "totp"]}
    assert Activity.objects.filter(kind="SIGN_IN_FAILED").count() == 1


def test_code_is_taken_once(client: Client) -> None:
    user = make_user(OFFICE)
    code = code_of(add_app(user))

    answers = []
    for one in (client, Client()):
        sign_in(one, user)
        answers.append(one.post(reverse("mfa_authenticate"), {"code": code}).status_code)

    assert answers == [302, 200]


def test_guessing_codes_locks_out_as_guessing_passwords_does(client: Client) -> None:
    user = make_user(OFFICE)
    secret = add_app(user)
    sign_in(client, user)

    guesses = [client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code for _one in range(5)]
    right = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status_code

    assert (guesses, right) == ([200] * 4 + [429], 429)
    assert Activity.objects.filter(kind="LOCKED_OUT").count() == 1


def test_recovery_code_opens_once(client: Client) -> None:
    user = make_user(OFFICE)
    add_app(user)
    code = RecoveryCodes.activate(user).get_unused_codes()[0]

    answers = []
    for one in (client, Client()):
        sign_in(one, user)
        answers.append(one.post(reverse("mfa_authenticate"), {"code": code}).status_code)

    assert answers == [302, 200]


def test_app_is_set_up_only_after_the_password_is_typed_again(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    user = make_user(OFFICE)
    sign_in(client, user)
    other = Client()
    sign_in(other, user)

    asked = client.get(reverse("mfa_activate_totp"))
    confirm(client)
    with django_capture_on_commit_callbacks(execute=True):
        secret = set_up_app(client)
    codes = client.get(reverse("mfa_view_recovery_codes"))

    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))
    assert len(re.findall(r"<li>[\w ]+</li>", codes.content.decode())) == 10
    assert whats() == ["APP_ADDED"]
    # What was signed in with the password alone is not trusted any longer.
    assert (signed_in(client), signed_in(other)) == (True, False)


def test_who_needs_a_second_factor(settings: Any) -> None:
    people = {role: make_user(role) for role in (MANAGER, OFFICE, WAREHOUSE, ANALYST)} | {
        "": make_superuser()
    }

    before = {role: needs_second_factor(user) for role, user in people.items()}
    settings.REQUIRE_SECOND_FACTOR = True
    after = {role: needs_second_factor(user) for role, user in people.items()}

    assert before == dict.fromkeys(people, False)
    assert after == {MANAGER: True, OFFICE: False, WAREHOUSE: False, ANALYST: False, "": True}


def test_manager_without_one_can_set_it_up_or_leave_and_nothing_else(client: Client, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    user = make_user(MANAGER)
    sign_in(client, user)
    closed = [
        client.get(address)["Location"]
        for address in (
            "/",
            "/admin/",
            "/scan/",
            "/account/password/",
            reverse("admin:gullu_user_changelist"),
            reverse("account_sessions"),
            reverse("scan:who"),
        )
    ]
    posted = client.post(reverse("admin:gullu_user_add"), {"username": "hirsiz"})

    page = client.get(reverse("mfa_index"))
    confirm(client)
    set_up_app(client)

    assert closed == [reverse("mfa_index")] * 7
    assert (posted["Location"], User.objects.filter(username="hirsiz").exists()) == (
        reverse("mfa_index"),
        False,
    )
    assert page.context["request"].second_factor_missing is True
    assert client.get("/admin/").status_code == 200


def test_others_go_on_without_one_where_it_is_required(client: Client, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    client.force_login(make_user(OFFICE))

    assert client.get("/admin/").status_code == 200


def test_manager_keeps_the_last_one(client: Client, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    user = make_user(MANAGER)
    secret, passkey = add_app(user), passkey_row(user)
    sign_in(client, user)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    confirm(client)

    client.post(reverse("mfa_remove_webauthn", args=[passkey.pk]))
    after_first = list(Authenticator.objects.values_list("type", flat=True))
    refused = client.post(reverse("mfa_deactivate_totp"))
    other = passkey_row(user)
    Authenticator.objects.filter(type="totp").delete()
    client.post(reverse("mfa_remove_webauthn", args=[other.pk]))

    assert (after_first, refused.status_code) == (["totp"], 200)
    assert list(Authenticator.objects.values_list("type", flat=True)) == ["webauthn"]
    assert whats() == ["PASSKEY_REMOVED"]


def test_app_may_be_removed_by_who_needs_none(client: Client) -> None:
    user = make_user(OFFICE)
    client.force_login(user)
    add_app(user)
    confirm(client)

    client.post(reverse("mfa_deactivate_totp"))

    assert (Authenticator.objects.count(), whats()) == (0, ["APP_REMOVED"])


def test_second_factor_of_another_is_reset_and_they_are_signed_out(client: Client) -> None:
    boss, user = make_user(MANAGER), make_user(OFFICE)
    theirs = Client()
    theirs.force_login(user)
    add_app(user)
    client.force_login(boss)

    page = client.get(reverse("admin:gullu_user_change", args=[user.pk])).content.decode()
    client.post(
        reverse("admin:gullu_user_changelist"),
        {"action": "reset_second_factor", "_selected_action": [user.pk]},
    )

    with translation.override("tr"):
        assert str(gettext("Authenticator app")) in page
    assert (Authenticator.objects.count(), signed_in(theirs)) == (0, False)
    assert [(one.kind, one.actor, one.subject_id) for one in Activity.objects.order_by("id")] == [
        ("SECOND_FACTOR", boss, str(user.pk)),
        ("ENDED_SESSIONS", boss, str(user.pk)),
    ]


def test_second_factor_of_an_owner_is_reset_by_owners_only() -> None:
    boss, owner = make_user(MANAGER), make_superuser()
    add_app(owner)

    with pytest.raises(OwnersOnly):
        reset_second_factor(person_id=owner.pk, actor=boss)
    with pytest.raises(OwnSecondFactor):
        reset_second_factor(person_id=owner.pk, actor=owner)
    with pytest.raises(NoSecondFactor):
        reset_second_factor(person_id=boss.pk, actor=owner)

    assert reset_second_factor(person_id=owner.pk, actor=make_superuser()) == 1


def test_pages_of_the_second_factor_open_and_codes_are_renewed(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    user = make_user(OFFICE)
    client.force_login(user)
    secret, passkey = add_app(user), passkey_row(user)
    old = RecoveryCodes.activate(user).get_unused_codes()
    confirm(client)
    confirm_code = client.post(reverse("mfa_reauthenticate"), {"code": code_of(secret)})

    pages = {
        name: client.get(reverse(name, args=args)).status_code
        for name, args in (
            ("mfa_index", []),
            ("mfa_reauthenticate", []),
            ("mfa_deactivate_totp", []),
            ("mfa_view_recovery_codes", []),
            ("mfa_generate_recovery_codes", []),
            ("mfa_list_webauthn", []),
            ("mfa_remove_webauthn", [passkey.pk]),
            ("mfa_edit_webauthn", [passkey.pk]),
            ("account_logout", []),
            ("account_change_password", []),
        )
    }
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_generate_recovery_codes"))
    file = client.get(reverse("mfa_download_recovery_codes")).content.decode().split()
    client.post(reverse("mfa_edit_webauthn", args=[passkey.pk]), {"name": "Şükrü’nün telefonu"})

    assert (confirm_code.status_code, pages) == (302, dict.fromkeys(pages, 200))
    assert (len(set(file) - set(old)) >= 10, set(file) & set(old)) == (True, set())
    passkey.refresh_from_db()
    assert (passkey.data["name"], whats()) == ("Şükrü’nün telefonu", ["CODES_RENEWED"])


def test_password_typed_before_the_code_is_forgotten_soon(client: Client, time_machine: Any) -> None:
    user = make_user(OFFICE)
    secret = add_app(user)
    start = timezone.now()
    time_machine.move_to(start)
    sign_in(client, user)

    time_machine.move_to(start + timedelta(minutes=16))
    late = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert (late["Location"], signed_in(client)) == (reverse("account_login"), False)
