"""The page of the webhooks and the list of events: who may, what is shown, and what is hidden."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from gullu.audit.records import Activity
from gullu.models import User
from integrations.models import WebhookEvent, WebhookHook
from tests.factories import make_superuser, make_user
from tests.integrations.conftest import Shop
from tests.integrations.webhooks.knocking import PACKAGE, event

pytestmark = pytest.mark.django_db(transaction=True)
URL = "https://kanca.guller-ayakkabi.com/webhooks/orders/"
LIST = "admin:integrations_webhookevent_changelist"


def page() -> str:
    return reverse("admin:integrations_webhookevent_hooks")


def keeper(*rights: str) -> User:
    person = make_user(is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=["view_webhookevent", *rights]))
    return person


@pytest.fixture
def owner() -> Client:
    client = Client()
    client.force_login(make_superuser())
    return client


def press(client: Client, action: str, webhook: str = "") -> str:
    answer = client.post(page(), {"action": action, "webhook": webhook}, follow=True)
    assert answer.status_code == 200
    return " ".join(str(message) for message in answer.context["messages"])


@pytest.mark.usefixtures("door")
def test_every_button_does_what_it_says_in_the_name_of_who_pressed(shop: Shop, owner: Client) -> None:
    press(owner, "register")
    hook = WebhookHook.objects.get()
    assert (hook.url, hook.ours, hook.status) == (URL, True, "ACTIVE")

    press(owner, "deactivate", hook.remote_id)
    assert WebhookHook.objects.get().status == "PASSIVE"
    press(owner, "activate", hook.remote_id)
    assert WebhookHook.objects.get().status == "ACTIVE"
    shop.sandbox.shop.webhooks.switch(hook.remote_id, active=False)
    press(owner, "read")
    assert WebhookHook.objects.get().status == "PASSIVE"
    press(owner, "remove", hook.remote_id)
    assert WebhookHook.objects.count() == 0
    assert "xyz" in press(owner, "remove", "xyz")
    press(owner, "check")
    assert OrmQ.objects.get().func() == "integrations.tasks.check_webhooks_job"
    assert owner.post(page(), {"action": "explode"}).status_code == 400
    actors = set(Activity.objects.filter(kind="WEBHOOK").values_list("actor__is_superuser", flat=True))
    assert actors == {True}


@pytest.mark.usefixtures("door")
def test_a_refusal_of_trendyol_is_shown_in_its_words(shop: Shop, owner: Client) -> None:
    shop.sandbox.faults.add(endpoint="webhook-create", kind="wrong_credentials")

    assert "401" in press(owner, "register")


def test_the_page_is_for_those_with_the_right() -> None:
    client = Client()
    client.force_login(keeper())
    assert (client.get(page()).status_code, client.post(page(), {"action": "read"}).status_code) == (403, 403)
    client.force_login(keeper("keep_webhooks"))
    assert client.get(page()).status_code == 200


def test_the_page_says_that_webhooks_are_off_and_takes_a_constant_number_of_queries(
    owner: Client, door: dict[str, Any]
) -> None:
    door["ENABLED"] = False
    assert "TRENDYOL_WEBHOOK_ENABLED" in owner.get(page()).content.decode()
    door["ENABLED"] = True

    def queries(many: int) -> int:
        WebhookHook.objects.bulk_create(
            WebhookHook(remote_id=f"{many}-{n}", url=f"{URL}{n}", authentication="API_KEY", status="PASSIVE", ours=False)
            for n in range(many)
        )  # fmt: skip
        with CaptureQueriesContext(connection) as seen:
            assert owner.get(page()).status_code == 200
        return len(seen)

    assert queries(1) == queries(9)


def test_an_event_is_shown_without_the_customer(owner: Client) -> None:
    links = dict.fromkeys(
        ("invoiceLink", "cargoTrackingLink", "sellerOtpCode", "customerId"), "ornek-baglanti"
    )
    body = json.dumps(event(lines="none", **links)).encode()
    good = WebhookEvent.objects.create(
        digest="1", body=body, size=len(body), package_id=PACKAGE, state="REFUSED", received_at=timezone.now()
    )
    bad = WebhookEvent.objects.create(
        digest="2", body="Örnekoğlu ".encode() + b"\xff", size=13, state="REFUSED", received_at=timezone.now()
    )

    texts = [
        owner.get(reverse("admin:integrations_webhookevent_change", args=[row.pk])).content.decode()
        for row in (good, bad)
    ]

    assert ("11900000101" in texts[0], "ornek-baglanti" in texts[0]) == (True, False)
    assert [name in text for text in texts for name in ("Örnekoğlu", "Olmayan Sokak", "pf+ornek0101")] == [
        False
    ] * 6


def test_the_list_processes_once_more_only_for_keepers_and_in_constant_queries() -> None:
    def add(number: int) -> WebhookEvent:
        return WebhookEvent.objects.create(
            digest=str(number), body=b"{}", size=2, state="REFUSED", received_at=timezone.now()
        )

    row = add(1)
    client = Client()
    form = {"action": "process_again", "_selected_action": [row.pk]}
    client.force_login(keeper())
    client.post(reverse(LIST), form)
    assert WebhookEvent.objects.get().state == "REFUSED"
    client.force_login(keeper("keep_webhooks"))
    client.post(reverse(LIST), form)
    assert WebhookEvent.objects.get().state == "NEW"

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(LIST)).status_code == 200
        return len(seen)

    one = queries()
    add(2)
    add(3)
    assert queries() == one
