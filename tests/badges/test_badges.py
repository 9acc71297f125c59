"""Badges: who gets one, what opens with it, what is refused, and that all of it is written down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gullu.accounts.records import Session
from gullu.badges.codes import check_pin, digest_of, new_code, read_code
from gullu.badges.errors import BadPin, NoBadge, NoBadgeFor, WeakPin
from gullu.badges.records import Badge
from gullu.badges.services import issue_badge, revoke_badge
from gullu.models import Activity, User
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from inventory.models import ScanLog
from tests.factories import make_superuser, make_user
from tests.labels.reading import decode, draw_pdf

pytestmark = pytest.mark.django_db

PIN = "4716"
CSRF_REFUSED = 403
ENTER = "/badge/"


@pytest.fixture
def owner() -> User:
    return make_superuser()


@pytest.fixture
def picker() -> User:
    return make_user(WAREHOUSE)


@pytest.fixture
def code(picker: User, owner: User) -> str:
    return issue_badge(person_id=picker.pk, pin=PIN, actor=owner).code


def try_badge(code: str, pin: str = PIN, *, client: Client | None = None, **data: str) -> tuple[int, Client]:
    """The status of the answer, and the client that got it."""
    device = client or Client()
    return device.post(ENTER, {"badge": code, "pin": pin, **data}).status_code, device


def signed_in(client: Client) -> int | None:
    """Who the device is signed in as."""
    return client.get("/scan/who/").json()["user"]


def kinds() -> list[tuple[str, dict[str, Any]]]:
    return list(Activity.objects.order_by("pk").values_list("kind", "details"))


# --- codes and PINs ---------------------------------------------------------------------------------------------------


def test_codes_differ_and_survive_the_scanner() -> None:
    first, second = new_code(), new_code()

    assert first != second
    assert read_code(f" {first.lower()}\r\n") == first
    assert [read_code(text) for text in ("", "GK123", first + "0", "8680000000017")] == [None] * 4


@pytest.mark.parametrize(
    "pin", ["0000", "1234", "4321", "0123", "7890", "98765", "1212", "123123", "1122", "77777"]
)
def test_pins_anybody_would_try_are_refused(pin: str) -> None:
    with pytest.raises(WeakPin):
        check_pin(pin)


@pytest.mark.parametrize("pin", ["", "471", "4716382", "47a6", "٤٧١٦", "47 16"])
def test_what_is_no_pin_is_refused(pin: str) -> None:
    with pytest.raises(BadPin):
        check_pin(pin)


# --- giving out -------------------------------------------------------------------------------------------------------


def test_badge_is_kept_without_its_code_and_pin(picker: User, owner: User, code: str) -> None:
    badge = Badge.objects.get()

    kept = " ".join(str(value) for value in Badge.objects.values().get().values())
    assert (code in kept, code[2:] in kept, badge.pin == PIN) == (False, False, False)
    assert (badge.person, badge.issued_by, badge.code_digest) == (picker, owner, digest_of(code))
    assert kinds() == [("BADGE", {"what": "ISSUED", "badge": badge.pk})]


@pytest.mark.parametrize("role", [MANAGER, OFFICE, ANALYST, None])
def test_only_people_of_the_warehouse_get_a_badge(role: str | None, owner: User) -> None:
    person = make_user(role)

    with pytest.raises(NoBadgeFor):
        issue_badge(person_id=person.pk, pin=PIN, actor=owner)
    assert Badge.objects.count() == 0


def test_rights_beyond_the_warehouse_close_the_badge(picker: User, owner: User, code: str) -> None:
    picker.user_permissions.add(Permission.objects.get(codename="view_money"))

    assert try_badge(code)[0] == 422
    with pytest.raises(NoBadgeFor):
        issue_badge(person_id=picker.pk, pin=PIN, actor=owner)
    User.objects.filter(pk=picker.pk).update(is_superuser=True)
    assert try_badge(code)[0] == 422


def test_new_badge_takes_the_place_of_the_old_one(picker: User, owner: User, code: str) -> None:
    _status, device = try_badge(code)
    second = issue_badge(person_id=picker.pk, pin="9305", actor=owner).code

    assert [try_badge(code)[0], try_badge(code, "9305")[0], try_badge(second, "9305")[0]] == [422, 422, 302]
    # Whoever found the old one and came in with it is out.
    assert signed_in(device) is None


def test_badge_makes_no_way_in_that_outlives_it(picker: User, code: str) -> None:
    picker.set_unusable_password()
    picker.save()
    _status, device = try_badge(code)

    pages = ("account_change_password", "mfa_index", "mfa_add_webauthn", "mfa_activate_totp")

    assert [device.get(reverse(page)).status_code for page in pages] == [403] * 4
    assert device.get(reverse("account_sessions")).status_code == 200


# --- signing in -------------------------------------------------------------------------------------------------------


def test_picker_signs_in_for_a_short_session_and_lands_on_the_scan_home(picker: User, code: str) -> None:
    device = Client()
    answer = device.post(ENTER, {"badge": code.lower() + "\r", "pin": PIN})

    session = Session.objects.get(user=picker)
    assert (answer.status_code, answer["Location"]) == (302, "/scan/")
    assert signed_in(device) == picker.pk
    assert device.session["badge"] is True
    assert session.idle == timedelta(minutes=30)
    assert ("SIGNED_IN", {"by": "badge"}) in kinds()
    assert "switch-button" in device.get("/scan/").content.decode()


def test_next_page_is_one_of_ours(code: str) -> None:
    ours = Client().post(ENTER, {"badge": code, "pin": PIN, "next": "/scan/move/"})
    theirs = Client().post(ENTER, {"badge": code, "pin": PIN, "next": "https://example.com/"})

    assert [ours["Location"], theirs["Location"]] == ["/scan/move/", "/scan/"]


def test_wrong_pin_and_unknown_badge_get_the_same_answer(code: str) -> None:
    answers = [
        Client().post(ENTER, {"badge": badge, "pin": pin})
        for badge, pin in ((code, "9999"), (new_code(), PIN), ("868", PIN), (code, ""), ("", ""))
    ]

    texts = {
        answer.content.decode().split("</form>")[0].partition("csrfmiddlewaretoken")[0] for answer in answers
    }
    assert [answer.status_code for answer in answers] == [422] * 5
    assert len(texts) == 1
    failures = [details for kind, details in kinds() if kind == "SIGN_IN_FAILED"]
    assert failures == [
        {"by": "badge", "why": why} for why in ("PIN", "UNKNOWN", "UNKNOWN", "PIN", "UNKNOWN")
    ]


def test_five_wrong_pins_lock_the_badge_for_a_while(code: str) -> None:
    wrong = [try_badge(code, f"90{one}5")[0] for one in range(5)]
    locked = try_badge(code)[0]
    badge = Badge.objects.get()
    waits = badge.locked_until - timezone.now() if badge.locked_until else timedelta(0)
    Badge.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    later = try_badge(code)[0]

    assert (wrong, locked, later) == ([422] * 5, 422, 302)
    assert timedelta(minutes=14) < waits <= timedelta(minutes=15)
    assert ("LOCKED_OUT", {"by": "badge", "what": "BADGE", "minutes": 15}) in kinds()


def test_right_pin_forgets_wrong_ones(code: str) -> None:
    for _round in range(2):
        assert [try_badge(code, "9035")[0] for _try in range(4)] == [422] * 4
        assert try_badge(code)[0] == 302


def test_twenty_wrong_tries_from_one_place_close_it_for_others_too(code: str) -> None:
    tries = [try_badge(new_code())[0] for _try in range(20)]
    here = Client().post(ENTER, {"badge": code, "pin": PIN})
    elsewhere = Client(REMOTE_ADDR="192.0.2.7").post(ENTER, {"badge": code, "pin": PIN})

    assert (tries, here.status_code, elsewhere.status_code) == ([422] * 20, 422, 302)
    assert [details["what"] for kind, details in kinds() if kind == "LOCKED_OUT"] == ["ADDRESS"]


def test_revoking_ends_what_is_open(picker: User, owner: User, code: str) -> None:
    _status, device = try_badge(code)

    assert revoke_badge(person_id=picker.pk, actor=owner) == 1
    assert signed_in(device) is None
    assert try_badge(code)[0] == 422
    with pytest.raises(NoBadge):
        revoke_badge(person_id=picker.pk, actor=owner)


def test_inactive_person_stays_out(picker: User, code: str) -> None:
    User.objects.filter(pk=picker.pk).update(is_active=False)

    assert try_badge(code)[0] == 422


def test_device_is_handed_on(picker: User, owner: User, code: str) -> None:
    colleague = make_user(WAREHOUSE)
    other = issue_badge(person_id=colleague.pk, pin="8204", actor=owner).code
    _status, device = try_badge(code)

    switched = device.post(reverse("badge:switch"))
    nobody = signed_in(device)
    device.get(ENTER)
    try_badge(other, "8204", client=device)
    after = signed_in(device)
    try_badge(code, client=device)

    assert (switched.status_code, switched["Location"], nobody) == (302, ENTER, None)
    assert (after, signed_in(device)) == (colleague.pk, picker.pk)
    assert Session.objects.filter(user=colleague).count() == 0


def test_page_takes_nothing_from_another_site_and_keeps_no_secret(code: str) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(ENTER, {"badge": code, "pin": PIN}).status_code == CSRF_REFUSED
    assert strict.post(reverse("badge:switch")).status_code == CSRF_REFUSED
    refused = Client().post(ENTER, {"badge": code, "pin": "9035"})
    assert (code in refused.content.decode(), "9035" in refused.content.decode()) == (False, False)
    assert "no-store" in refused["Cache-Control"]


def test_badge_scanned_as_goods_is_kept_in_no_log(picker: User, code: str) -> None:
    device = Client()
    device.force_login(picker)

    answer = device.post("/scan/lookup/", {"key": "k" * 12, "text": code.lower()})

    assert answer["X-Scan-Outcome"] == "REFUSED"
    assert list(ScanLog.objects.values_list("text", flat=True)) == ["[badge]"]
    assert code.lower() not in answer.content.decode().lower()


# --- the office -------------------------------------------------------------------------------------------------------


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user(MANAGER))
    return client


def test_manager_prints_a_badge_that_opens_the_device(office: Client, picker: User) -> None:
    address = reverse("badges:person", args=[picker.pk])

    card = office.post(address, {"pin": PIN, "again": PIN})

    assert (card.status_code, card["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in card["Cache-Control"]
    ((kind, printed),) = decode(draw_pdf(card.content))
    assert (kind, try_badge(printed)[0]) == ("QRCode", 302)
    assert "revoke" in office.get(address).content.decode()


@pytest.mark.parametrize("given", [("1234", "1234"), (PIN, "9305"), ("", ""), ("47x6", "47x6")])
def test_bad_pins_are_answered_on_the_page(office: Client, picker: User, given: tuple[str, str]) -> None:
    answer = office.post(reverse("badges:person", args=[picker.pk]), {"pin": given[0], "again": given[1]})

    assert (answer.status_code, Badge.objects.count()) == (422, 0)


def test_list_shows_the_warehouse_in_a_constant_number_of_statements(
    office: Client, picker: User, owner: User, django_assert_num_queries: Any
) -> None:
    make_user(OFFICE, first_name="Ofis", last_name="Kişisi")
    issue_badge(person_id=picker.pk, pin=PIN, actor=owner)
    with CaptureQueriesContext(connection) as alone:
        office.get(reverse("badges:people"))
    for number in range(4):
        person = make_user(WAREHOUSE, first_name=f"Işıl{number}")
        issue_badge(person_id=person.pk, pin=PIN, actor=owner)

    with django_assert_num_queries(len(alone)):
        text = office.get(reverse("badges:people")).content.decode()

    assert [f"Işıl{number}" in text for number in range(4)] == [True] * 4
    assert "Ofis Kişisi" not in text


def test_manager_revokes_and_a_second_time_is_told(office: Client, picker: User, code: str) -> None:
    address = reverse("badges:revoke", args=[picker.pk])

    answers = [office.post(address, follow=True) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [str(message.level_tag) for answer in answers for message in answer.context["messages"]] == [
        "success",
        "error",
    ]
    assert try_badge(code)[0] == 422
