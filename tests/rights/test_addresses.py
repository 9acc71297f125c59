"""Every address of the project with every role, as docs/permissions.md has it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.shortcuts import resolve_url
from django.test import Client, override_settings
from django.urls import URLPattern, reverse

from gullu.models import User
from integrations.trendyol.client import transport
from tests.factories import make_user
from tests.rights.blank import TEMPLATES
from tests.rights.places import NOTHING_THERE, SENT, address_of, make_places
from tests.rights.table import ANONYMOUS, NO_ROLE, PERSONS, differences, read_table
from tests.rights.walking import UNNAMED, addresses, unnamed

pytestmark = pytest.mark.django_db

METHODS = {"G": "GET", "P": "POST"}
# They are the way to the sign-in: being led there is what they are for.
SIGN_IN = {"account_login", "account_logout", "admin_login", "admin_logout", "admin:login", "admin:logout"}


@pytest.fixture(scope="module")
def places(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Rows for all addresses, made once."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_places()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def quiet() -> Iterator[None]:
    """Six thousand lines of the access log help nobody, and cost seconds."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No marketplace answers here, and pauses between attempts to reach it tell nothing about rights."""
    monkeypatch.setattr(transport, "Timing", partial(transport.Timing, sleep=lambda _seconds: None))


def person(who: str) -> tuple[Client, User]:
    """A device with this person; anonymous ones are stood for by a person who is signed in nowhere."""
    client = Client(raise_request_exception=False)
    user = make_user(is_staff=True) if who in {NO_ROLE, ANONYMOUS} else make_user(who)
    if who != ANONYMOUS:
        client.force_login(user)
    return client, user


def status_of(client: Client, method: str, address: str, sent: dict[str, str]) -> tuple[int, str]:
    """What the address answers, and where it leads; whatever it did is taken back."""
    block = transaction.atomic()
    # As the test's own: what must not stand inside another transaction may stand inside this one.
    block._from_testcase = True  # type: ignore[attr-defined]
    cookies: Any = client.cookies.copy()
    with block:
        response: Any = client.get(address) if method == "GET" else client.post(address, sent)
        for close in response._resource_closers if response.streaming else ():
            close()
        transaction.set_rollback(True)
    client.cookies = cookies
    return response.status_code, response.headers.get("Location", "")


def refused(status: int, leads_to: str) -> bool:
    """403, or led to the sign-in."""
    sign_in = {resolve_url(settings.LOGIN_URL), reverse("admin:login")}
    return status in {401, 403} or (status == 302 and leads_to.partition("?")[0] in sign_in)


def cell(client: Client, user: User, name: str, pattern: URLPattern, broken: list[str]) -> str:
    """`G`, `P`, `GP` or nothing: the requests that are answered and not refused."""
    allowed = ""
    try:
        address = address_of(name, pattern, user)
    except LookupError as error:
        broken.append(str(error))
        return allowed
    for letter, method in METHODS.items():
        status, leads_to = status_of(client, method, address, SENT.get(name, {}))
        if status >= 500 or (status == 404 and name not in NOTHING_THERE):
            broken.append(f"{method} {name} ({address}): {status}")
        if status != 405 and (name in SIGN_IN or not refused(status, leads_to)):
            allowed += letter
    return allowed


@pytest.mark.usefixtures("places", "quiet", "nobody_waits")
@override_settings(TEMPLATES=TEMPLATES, UNFOLD={})
@pytest.mark.timeout(600)
def test_every_address_is_open_to_whom_the_table_says() -> None:
    broken: list[str] = []
    found: dict[str, dict[str, str]] = {name: {} for name in addresses()}
    for who in PERSONS:
        client, user = person(who)
        for name, pattern in addresses().items():
            found[name][who] = cell(client, user, name, pattern, broken)

    wrong = [*broken, differences(found, read_table("Addresses", PERSONS))]
    if any(wrong):
        pytest.fail("\n".join(dict.fromkeys(wrong)), pytrace=False)


def test_what_has_no_name_is_of_django() -> None:
    assert unnamed() == UNNAMED
