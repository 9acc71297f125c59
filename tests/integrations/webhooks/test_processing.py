"""From an event to an order: by the code of the poll, in any order, however often, whatever it holds."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gullu.models import JobRun
from integrations.models import SyncCursor, SyncProblem, WebhookEvent, WebhookState
from integrations.tasks import process_webhooks_job
from integrations.trendyol.sync.pages import store_page
from integrations.webhooks import processing
from integrations.webhooks.inbox import keep_event, process_again
from integrations.webhooks.keeping import KEEP_EVENTS, forget_packages, prune_webhook_events
from integrations.webhooks.processing import MAX_ATTEMPTS, MOST_REFUSED_BYTES, UNREADABLE, process_webhooks
from orders.enums import OrderState
from orders.models import Order
from tests.integrations.webhooks.knocking import MODIFIED, PACKAGE, event
from tests.trendyol.clientkit import sample

pytestmark = pytest.mark.django_db


def keep(*events: dict[str, Any] | bytes) -> None:
    for body in events:
        keep_event(body if isinstance(body, bytes) else json.dumps(body).encode())


def ends() -> list[str]:
    return list(WebhookEvent.objects.order_by("pk").values_list("state", flat=True))


def counts() -> dict[str, Any]:
    found = process_webhooks().as_dict()
    return {name: value for name, value in found.items() if value and name not in {"outcome", "events"}}


def test_an_event_becomes_an_order_as_the_poll_makes_it() -> None:
    keep(event())

    answer = process_webhooks_job()

    order = Order.objects.get(package_id=PACKAGE)
    kept = WebhookEvent.objects.get()
    assert (order.order_number, order.status, order.lines.count()) == ("11900000101", OrderState.CREATED, 1)
    # The order date of Trendyol is three hours ahead (contract section 4): the shared mapping knows.
    assert (order.remote_modified_at.timestamp(), order.ordered_at.timestamp()) == (
        1795162532.5,
        1795162530.4,
    )
    assert answer == {
        "outcome": "DONE", "events": 1, "applied": 1, "old": 0, "duplicates": 0, "refused": 0, "later": 0
    }  # fmt: skip
    assert (kept.state, kept.package_id, bytes(kept.body)) == (WebhookEvent.State.APPLIED, PACKAGE, b"")
    assert JobRun.objects.get(name="process_webhooks").counts == answer


def test_the_position_of_the_poll_is_not_moved() -> None:
    SyncCursor.objects.create(name="trendyol.orders", position=None, live_since=timezone.now())
    keep(event())

    process_webhooks()

    assert SyncCursor.objects.get().position is None


def test_events_in_the_wrong_order_leave_the_newest_state() -> None:
    cancelled = event(modified=MODIFIED + 60_000, status="Cancelled", shipmentPackageStatus="Cancelled")
    keep(cancelled)
    process_webhooks()
    keep(event())

    assert counts() == {"old": 1}

    assert Order.objects.get().status == OrderState.CANCELLED
    assert ends() == ["APPLIED", "OLD"]


def test_events_of_one_package_in_one_run_end_as_what_they_did() -> None:
    later = event(modified=MODIFIED + 60_000, status="Picking", shipmentPackageStatus="Picking")
    keep(event(), later, json.dumps(later, indent=2).encode(), event(number=PACKAGE + 1))

    assert counts() == {"applied": 2, "old": 1, "duplicates": 1}

    assert ends() == ["OLD", "APPLIED", "DUPLICATE", "APPLIED"]
    assert Order.objects.get(package_id=PACKAGE).status == OrderState.PICKING


def test_a_replayed_event_changes_nothing() -> None:
    keep(event())
    process_webhooks()
    WebhookEvent.objects.all().delete()  # as after a week
    before = Order.objects.values().get()
    keep(event())

    assert counts() == {"duplicates": 1}

    assert Order.objects.values().get() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff\xfe",
        b"<html></html>",
        b"null",
        b"[]",
        b'{"content": []}',
        b'{"content": [1]}',
        b'{"content": {"a": 1}}',
        b'{"content": ' + b"[" * 50_000,
        b'{"content": [' + b"{}," * 300 + b"{}]}",
        b"9" * 5000,
    ],
    ids=range(11),
)
def test_what_is_no_package_is_set_aside_and_told_once(body: bytes) -> None:
    keep(body, body + b" ")

    assert counts() == {"refused": 2}

    problem = SyncProblem.objects.get()
    kept = WebhookEvent.objects.first()
    assert kept is not None
    assert (problem.kind, problem.reference, problem.times_seen) == ("BAD_PAYLOAD", UNREADABLE, 1)
    assert (kept.size, bytes(kept.body)) == (len(body), body[:MOST_REFUSED_BYTES])
    assert Order.objects.count() == 0


def test_a_package_with_a_wrong_field_is_reported_as_from_the_poll_and_holds_up_no_other() -> None:
    keep(event(lines="none"), event(number=PACKAGE + 1))

    assert counts() == {"applied": 1, "refused": 1}

    assert SyncProblem.objects.get(kind="BAD_PAYLOAD").reference == f"package {PACKAGE}"
    refused = WebhookEvent.objects.get(state="REFUSED")
    assert (refused.package_id, "lines" in refused.reason) == (PACKAGE, True)


def test_numbers_no_column_can_hold_are_refused() -> None:
    keep(event(number=10**30))

    assert counts() == {"refused": 1}


def test_a_cancellation_of_the_samples_is_understood() -> None:
    keep(sample("webhook_event_cancelled").encode())

    process_webhooks()

    assert Order.objects.get().status == OrderState.CANCELLED


def test_a_whole_batch_takes_a_constant_number_of_statements() -> None:
    def statements(first: int, many: int) -> int:
        keep(*(event(number=first + place) for place in range(many)))
        with CaptureQueriesContext(connection) as queries:
            process_webhooks()
        return len(queries)

    statements(1000, 1)  # the position is made
    few, many = statements(2000, 2), statements(3000, processing.BATCH - 1)

    assert few == many


def test_nothing_is_written_when_nothing_waits() -> None:
    assert process_webhooks().outcome == "NOTHING"
    assert JobRun.objects.count() == 0


def test_what_comes_while_a_run_is_under_way_asks_for_another_one() -> None:
    keep(event())
    rung = WebhookState.objects.get().rung_at
    keep(event(number=2))
    assert rung is not None
    assert WebhookState.objects.get().rung_at == rung

    process_webhooks()

    assert WebhookState.objects.get().rung_at is None


def test_a_run_that_was_lost_with_its_queue_is_asked_for_again() -> None:
    keep(event())
    WebhookState.objects.update(rung_at=timezone.now() - timedelta(minutes=3))

    with CaptureQueriesContext(connection) as queries:
        keep(event(number=2))

    assert len([q for q in queries if "django_q_ormq" in q["sql"]]) == 1


class Bug(Exception):
    pass


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package our code breaks over, in a way nobody foresaw."""
    store = store_page

    def break_over(content: Any, **values: Any) -> Any:
        if any(raw["shipmentPackageId"] == PACKAGE for raw in content):
            raise Bug
        return store(content, **values)

    monkeypatch.setattr(processing, "store_page", break_over)


@pytest.mark.usefixtures("poison")
def test_a_poisonous_event_blocks_no_other_and_is_given_up_in_the_end() -> None:
    keep(event(number=1), event(), event(number=2))

    assert counts() == {"applied": 2, "later": 1}
    waiting = WebhookEvent.objects.get(state="NEW")
    assert (waiting.attempts, waiting.reason, waiting.package_id) == (1, "Bug", None)

    for _attempt in range(2, MAX_ATTEMPTS + 1):
        assert counts() == {"later": 1}
    assert counts() == {"refused": 1}
    assert process_webhooks().outcome == "NOTHING"
    assert SyncProblem.objects.get(kind="BAD_PAYLOAD").reference == f"webhook event {waiting.pk}"


def test_a_given_up_event_can_be_processed_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(event(), b"no package")
    WebhookEvent.objects.filter(size__gt=100).update(state="REFUSED", attempts=6)
    keep(event(number=2))
    process_webhooks()
    ids = list(WebhookEvent.objects.values_list("pk", flat=True))

    assert process_again(event_ids=ids) == 2  # the one given up, and the one that is no package

    assert counts() == {"applied": 1, "refused": 1}


def test_events_are_kept_for_a_week_and_a_persons_are_emptied_at_once() -> None:
    keep(event(lines="none"), event(number=2, lines="none"), event(number=3))
    process_webhooks()
    WebhookEvent.objects.filter(package_id=2).update(
        received_at=timezone.now() - KEEP_EVENTS - timedelta(hours=1)
    )

    assert forget_packages([PACKAGE]) == 1
    assert prune_webhook_events(now=timezone.now()) == 1

    left = WebhookEvent.objects.order_by("pk").values_list("package_id", "state", "body")
    assert [(number, state, bytes(body)) for number, state, body in left] == [
        (PACKAGE, "REFUSED", b""),
        (3, "APPLIED", b""),
    ]
