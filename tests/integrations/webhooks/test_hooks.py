"""Registering, listing, switching, removing and checking, against the sandbox over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from gullu.audit.records import Activity
from gullu.models import JobRun
from integrations.models import SyncCursor, WebhookEvent, WebhookHook, WebhookState
from integrations.tasks import check_webhooks_job
from integrations.trendyol.errors import Rejected, Unavailable
from integrations.webhooks import alarms, hooks
from integrations.webhooks.address import address_problem, own_url
from integrations.webhooks.checking import check_webhooks
from integrations.webhooks.errors import AddressUnusable, TooManyWebhooks, UnknownWebhook, WebhooksOff
from orders.models import Order
from tests.integrations.conftest import Shop
from tests.integrations.webhooks.knocking import API_KEY, PASSWORD

# The limiter refuses to be inside a transaction.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


URL = "https://kanca.guller-ayakkabi.com/webhooks/orders/"


def there(shop: Shop) -> list[dict[str, Any]]:
    return [hook.shown() for hook in shop.sandbox.shop.webhooks.hooks()]


def noted() -> list[tuple[str, str]]:
    rows = Activity.objects.filter(kind="WEBHOOK").order_by("pk").values_list("details", flat=True)
    return [(details["action"], details["outcome"]) for details in rows]


@pytest.mark.usefixtures("door")
def test_registering_twice_keeps_one_webhook_that_is_active(shop: Shop) -> None:
    first = hooks.register(actor=None)
    hooks.switch(remote_id=first.done, active=False, actor=None)
    assert there(shop)[0]["status"] == "PASSIVE"

    second = hooks.register(actor=None)

    assert (first.done, [hook["id"] for hook in there(shop)]) == (second.done, [first.done])
    assert there(shop)[0]["status"] == "ACTIVE"
    hook = WebhookHook.objects.get()
    assert (hook.url, hook.ours, hook.status, hook.authentication) == (URL, True, "ACTIVE", "API_KEY")
    assert noted() == [
        (action, outcome)
        for action in ("REGISTER", "DEACTIVATE", "REGISTER")
        for outcome in ("ASKED", "DONE")
    ]
    assert API_KEY not in json.dumps(list(Activity.objects.values_list("details", flat=True)))


def test_without_a_key_the_password_is_registered(shop: Shop, door: dict[str, Any]) -> None:
    door["API_KEY"] = ""

    hooks.register(actor=None)

    hook = shop.sandbox.shop.webhooks.hooks()[0]
    assert (hook.authentication, hook.username, hook.password) == ("BASIC_AUTHENTICATION", "kanca", PASSWORD)


@pytest.mark.usefixtures("door")
def test_what_is_asked_for_is_noted_before_it_is_sent(shop: Shop) -> None:
    shop.sandbox.faults.add(endpoint="webhook-delete", kind="500")
    done = hooks.register(actor=None).done

    with pytest.raises(Unavailable):
        hooks.remove(remote_id=done, actor=None)

    assert noted()[2:] == [("REMOVE", "ASKED"), ("REMOVE", "FAILED")]
    assert hooks.remove(remote_id=done, actor=None).hooks == ()


@pytest.mark.usefixtures("door")
def test_an_answer_that_got_lost_does_not_make_a_second_webhook(shop: Shop) -> None:
    shop.sandbox.faults.add(endpoint="webhook-create", kind="drop_after")

    hooks.register(actor=None)

    assert len(there(shop)) == 1


@pytest.mark.usefixtures("door")
def test_the_sixteenth_webhook_is_refused_before_it_is_sent(shop: Shop) -> None:
    for number in range(15):
        form = {"url": f"https://a.example/{number}", "authenticationType": "API_KEY", "apiKey": "x"}
        shop.sandbox.shop.webhooks.create(form)

    with pytest.raises(TooManyWebhooks):
        hooks.register(actor=None)

    assert "webhook-create" not in {request.endpoint for request in shop.sandbox.requests}


def test_nothing_is_registered_while_webhooks_are_off_or_the_address_is_hopeless(
    shop: Shop, door: dict[str, Any]
) -> None:
    door["ENABLED"] = False
    with pytest.raises(WebhooksOff):
        hooks.register(actor=None)
    door |= {"ENABLED": True, "URL": "https://trendyol-kanca.guller-ayakkabi.com/"}
    with pytest.raises(AddressUnusable, match="trendyol"):
        hooks.register(actor=None)

    assert (list(shop.sandbox.requests), noted()) == ([], [])


@pytest.mark.usefixtures("door")
def test_the_address_is_judged_by_the_settings(settings: Any, door: dict[str, Any]) -> None:
    settings.TRENDYOL = {**settings.TRENDYOL, "BASE_URL": "https://apigw.trendyol.com"}
    problems = {}
    for url in (URL.rstrip("/"), "http://kanca.guller-ayakkabi.com/", "https://127.0.0.1/", "https://localhost/", "https://a.local/",
                "https://Dolap.guller.com/", "https://x.guller-ayakkabi.com/"):  # fmt: skip
        door["URL"] = url
        problems[url] = address_problem().split(" ", 1)[-1][:22]

    assert list(problems.values()) == [
        "", "is not encrypted: cust", "can only be reached fr", "contains “localhost”, ", "can only be reached fr",
        "contains “dolap”, whic", "site does not answer t",
    ]  # fmt: skip
    door["URL"] = None
    assert address_problem().startswith("PUBLIC_BASE_URL is not set")
    settings.PUBLIC_BASE_URL = "https://kanca.guller-ayakkabi.com/"
    assert (own_url(), address_problem()) == (URL, "")


@pytest.mark.usefixtures("door")
def test_trendyols_refusal_is_told_without_our_key(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def echo(body: Any) -> str:
        from integrations.trendyol.sandbox.errors import product_refused

        raise product_refused(f"apiKey {body['apiKey']} geçersiz", key="webhook.key")

    monkeypatch.setattr(shop.sandbox.shop.webhooks, "create", echo)

    with pytest.raises(Rejected) as caught:
        hooks.register(actor=None)

    assert API_KEY not in str(caught.value)
    assert "***" in str(caught.value)


@pytest.mark.usefixtures("door")
def test_a_passive_webhook_is_switched_on_and_the_gap_is_read_again(shop: Shop) -> None:
    done = hooks.register(actor=None).done
    variant = shop.sell()
    package = shop.sandbox.shop.place_order([(variant.barcode, 1)])
    shop.sandbox.shop.webhooks.get(done).api_key = "another key"
    shop.sandbox.shop.webhooks.switch(done, active=False)
    # The poll believes to have read everything.
    SyncCursor.objects.create(
        name="trendyol.orders", position=timezone.now() + timedelta(days=1), live_since=timezone.now()
    )
    before = SyncCursor.objects.values().get()

    answer = check_webhooks_job()

    assert {name: answer[name] for name in ("webhooks", "ours", "activated", "packages", "created")} == {
        "webhooks": 1, "ours": 1, "activated": 1, "packages": 1, "created": 1
    }  # fmt: skip
    assert Order.objects.get().package_id == package
    assert SyncCursor.objects.values().get() == before
    hook = shop.sandbox.shop.webhooks.get(done)
    assert (hook.active, hook.api_key) == (True, API_KEY)
    state = WebhookState.objects.get()
    assert (state.gap_from, state.gap_read_at is None, state.check_error) == (None, False, "")
    assert check_webhooks().as_dict() == {"outcome": "DONE", "webhooks": 1, "ours": 1, "activated": 0}


@pytest.mark.usefixtures("door")
def test_a_gap_that_could_not_be_read_stays_open_until_it_was(shop: Shop) -> None:
    done = hooks.register(actor=None).done
    WebhookHook.objects.update(active_at=timezone.now() - timedelta(days=3))
    shop.sandbox.shop.webhooks.switch(done, active=False)
    shop.sandbox.faults.add(endpoint="orders-stream", kind="500", times=None)

    with pytest.raises(Unavailable):
        check_webhooks()

    state = WebhookState.objects.get()
    assert state.gap_from is not None
    assert timedelta(days=3, hours=1) < timezone.now() - state.gap_from < timedelta(days=3, hours=3)
    assert [alarm.code for alarm in alarms.check()] == ["WEBHOOK_GAP_OPEN", "WEBHOOK_CHECK_FAILED"]
    shop.sandbox.faults.clear()
    assert check_webhooks().activated == 0
    assert WebhookState.objects.get().gap_from is None
    assert alarms.check() == []


@pytest.mark.usefixtures("door")
def test_a_webhook_of_somebody_else_is_left_alone(shop: Shop) -> None:
    form = {"url": "https://a.example/", "authenticationType": "API_KEY", "apiKey": "x"}
    other = shop.sandbox.shop.webhooks.create(form)
    shop.sandbox.shop.webhooks.switch(other.hook_id, active=False)

    assert check_webhooks().as_dict() == {"outcome": "DONE", "webhooks": 1, "ours": 0, "activated": 0}

    assert not shop.sandbox.shop.webhooks.get(other.hook_id).active
    assert [alarm.code for alarm in alarms.check()] == ["WEBHOOK_NOT_REGISTERED"]
    with pytest.raises(UnknownWebhook):
        hooks.known_hook("nobody")


def test_alarms_tell_what_must_be_looked_at_in_a_constant_number_of_statements(door: dict[str, Any]) -> None:
    now = timezone.now()
    hook = WebhookHook.objects.create(
        remote_id="1", url=URL, authentication="API_KEY", status="ACTIVE", ours=True,
        active_since=now - timedelta(days=2), active_at=now,
    )  # fmt: skip
    state = WebhookState.objects.create(channel="TRENDYOL", checked_at=now)

    def codes() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            found = [alarm.code for alarm in alarms.check()]
        assert len(queries) == 4
        return found

    assert codes() == []
    run = JobRun.objects.create(
        name="sync_orders", state="DONE", trigger="SCHEDULE", started_at=now, counts={"created": 2}
    )
    assert codes() == ["WEBHOOK_SILENT"]
    WebhookEvent.objects.create(digest="x", size=1, received_at=now - timedelta(hours=1))
    assert codes() == ["WEBHOOK_EVENTS_WAIT"]
    WebhookEvent.objects.update(state="APPLIED")
    assert codes() == []
    run.delete()
    WebhookState.objects.filter(pk=state.pk).update(checked_at=now - timedelta(days=2))
    WebhookHook.objects.filter(pk=hook.pk).update(status="PASSIVE", active_since=None, passive_since=now)
    assert codes() == ["WEBHOOK_PASSIVE", "WEBHOOK_CHECK_OVERDUE"]
    door["ENABLED"] = False
    assert alarms.check() == []


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("webhooks", *arguments, stdout=out)
    return out.getvalue().strip()


@pytest.mark.usefixtures("door")
def test_the_command_does_all_of_it(shop: Shop) -> None:
    assert run("list") == "Trendyol lists no webhook."
    done = json.loads(run("register", "--json"))["webhook"]
    assert run("list").split() == [done, "ACTIVE", "API_KEY", URL, "*"]
    assert run("deactivate", done).split()[1] == "PASSIVE"
    assert run("check") == "1 webhooks, 1 of them lead here, 1 switched on again."
    assert run("activate", done).split()[1] == "ACTIVE"
    assert run("reread", "--days", "2") == "0 packages read again: 0 new, 0 changed."
    assert run("remove", done) == "Trendyol lists no webhook."
    for wrong in (["remove"], ["list", "5"], ["reread", "--days", "15"]):
        with pytest.raises(CommandError):
            run(*wrong)
    assert shop.there() == {}


def test_the_check_does_nothing_while_webhooks_are_off() -> None:
    assert check_webhooks_job() == {"outcome": "WEBHOOKS_OFF"}
