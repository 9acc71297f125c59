"""A passkey in a real browser, with the authenticator Chromium plays itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from gullu.audit.records import Activity
from gullu.roles import MANAGER
from tests.desk.looking import scrolls_sideways
from tests.factories import PASSWORD, make_user
from tests.scan.conftest import (  # noqa: F401  (fixtures, and the rule for machines without Chromium)
    PHONE,
    chromium,
    contexts,
    pytest_collection_modifyitems,
    serious_findings,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
TELEPHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_manager_sets_up_a_passkey_and_signs_in_with_it_alone(
    contexts: Callable[..., Any],  # noqa: F811
    live_server: Any,
    settings: Any,
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    make_user(MANAGER, username="yonetici")
    page = contexts(viewport=PHONE).new_page()
    protocol = page.context.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": TELEPHONE})
    page.goto(f"{live_server.url}/admin/")

    assert (serious_findings(page), scrolls_sideways(page)) == ([], False)
    # By keyboard alone.
    page.locator("[name=login]").focus()
    page.keyboard.type("yonetici")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/second-factor/")
    page.click("a[href$='/passkeys/new/']")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.click("#passkey-button")
    page.wait_for_url("**/codes/")
    codes = page.locator(".ac-codes li").count()
    page.click("header button[type=submit]")
    page.wait_for_url("**/sign-in/")
    page.click("#passkey-button")
    page.wait_for_url(f"{live_server.url}/admin/")

    assert codes == 10
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"webauthn", "recovery_codes"}
    found = Activity.objects.filter(kind="SIGNED_IN").order_by("id")
    assert [one.details for one in found] == [{"by": ["password"]}, {"by": ["webauthn"]}]
