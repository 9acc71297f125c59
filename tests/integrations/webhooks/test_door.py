"""The endpoint: who may come in, what is kept, and what it costs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_q.models import OrmQ

from integrations.models import WebhookEvent
from integrations.webhooks import authentication, inbox
from integrations.webhooks.authentication import MOST_FAILURES, Failures
from integrations.webhooks.middleware import PATHS
from integrations.webhooks.views import MOST_BYTES, receive
from tests.integrations.webhooks.knocking import API_KEY, DOOR, PASSWORD, USERNAME, basic, event, knock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins a new minute."""
    monkeypatch.setattr("integrations.webhooks.views.failures", Failures())


def test_the_door_is_shut_until_it_is_switched_on() -> None:
    assert knock(event()).status_code == 404
    assert Client().get(DOOR).status_code == 404
    assert WebhookEvent.objects.count() == 0


@pytest.mark.usefixtures("door")
def test_the_key_and_the_password_both_open_it() -> None:
    by_key = knock(event(number=1), **{"x-api-key": API_KEY})
    by_password = knock(event(number=2), authorization=basic())

    assert (by_key.status_code, by_password.status_code) == (200, 200)
    assert WebhookEvent.objects.count() == 2


@pytest.mark.usefixtures("door")
@pytest.mark.parametrize(
    "headers",
    [
        {"accept": "*/*"},
        {"x-api-key": API_KEY + "x"},
        {"x-api-key": API_KEY[:-1]},
        {"x-api-key": ""},
        {"x-api-key": "ğüşiöç"},
        {"authorization": basic(password=PASSWORD + "x")},
        {"authorization": basic(username="Kanca")},
        {"authorization": "Basic " + PASSWORD},
        {"authorization": "Basic ::::"},
        {"authorization": "Basic"},
        {"authorization": f"Bearer {API_KEY}"},
        {"authorization": f"{USERNAME}:{PASSWORD}"},
    ],
)
def test_anything_else_is_turned_away_without_a_statement(headers: dict[str, str]) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = knock(event(), **headers)

    assert (answer.status_code, len(queries)) == (401, 0)
    assert WebhookEvent.objects.count() == 0


def test_a_scheme_that_is_not_set_up_opens_nothing(door: dict[str, Any]) -> None:
    door |= {"USERNAME": "", "PASSWORD": ""}
    assert knock(event(), authorization=basic("", "")).status_code == 401
    door |= {"API_KEY": "", "USERNAME": USERNAME, "PASSWORD": PASSWORD}
    assert knock(event(), **{"x-api-key": ""}).status_code == 401


@pytest.mark.usefixtures("door")
def test_a_flood_of_wrong_keys_is_slowed_down_but_never_shuts_out_the_right_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with CaptureQueriesContext(connection) as queries:
        answers = [knock(b"{}", **{"x-api-key": "wrong"}).status_code for _ in range(MOST_FAILURES + 5)]

    assert answers == [401] * MOST_FAILURES + [429] * 5
    assert (len(queries), len([r for r in caplog.records if r.name == authentication.__name__])) == (0, 1)
    assert knock(event()).status_code == 200


def test_the_count_of_wrong_keys_starts_again_every_minute() -> None:
    time = 0.0
    failures = Failures(clock=lambda: time)
    assert [failures.note(None) for _ in range(MOST_FAILURES + 1)][-1]

    time = 61.0

    assert not failures.note(None)


def test_the_addresses_are_answered_before_people_and_forms_are_looked_at() -> None:
    assert {reverse("webhooks:orders"), reverse("webhooks:trendyol")} == PATHS
    assert reverse("webhooks:orders") == DOOR


@pytest.mark.usefixtures("door")
def test_the_address_without_its_last_slash_is_not_redirected() -> None:
    answer = Client().post(
        DOOR.rstrip("/"), event(), content_type="application/json", headers={"x-api-key": API_KEY}
    )

    assert (answer.status_code, WebhookEvent.objects.count()) == (200, 1)


@pytest.mark.usefixtures("door")
def test_only_post_is_taken() -> None:
    answer = Client().get(DOOR, headers={"x-api-key": API_KEY})

    assert (answer.status_code, answer["Allow"]) == (405, "POST")


class Stream:
    """A body that notices whether somebody reads it."""

    def __init__(self, size: int) -> None:
        self.left, self.read_bytes = size, 0

    def read(self, size: int = -1) -> bytes:
        part = min(self.left, size if size >= 0 else self.left)
        self.left -= part
        self.read_bytes += part
        return b"x" * part

    readline = read


@pytest.mark.usefixtures("door")
@pytest.mark.parametrize("key", [API_KEY, "wrong"])
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x"])
def test_ten_megabytes_are_refused_unread(key: str, kind: str) -> None:
    stream = Stream(10_000_000)

    with CaptureQueriesContext(connection) as queries:
        answer = Client().generic(
            "POST",
            DOOR,
            headers={"x-api-key": key},
            content_type=kind,
            **{"wsgi.input": stream, "CONTENT_LENGTH": "10000000"},  # type: ignore[arg-type]
        )

    assert answer.status_code == (413 if key == API_KEY else 401)
    assert (stream.read_bytes, len(queries), WebhookEvent.objects.count()) == (0, 0, 0)


@pytest.mark.usefixtures("door")
def test_a_body_in_pieces_is_read_up_to_the_limit_where_the_server_says_that_it_ends() -> None:
    def send(body: bytes, **environ: Any) -> int:
        from io import BytesIO

        given = {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": "", "wsgi.input_terminated": True, **environ}
        return (
            Client()
            .generic("POST", DOOR, headers={"x-api-key": API_KEY}, content_type="application/json", **given)
            .status_code
        )

    body = json.dumps(event()).encode()
    assert [send(body), send(b"x" * (MOST_BYTES + 1)), send(body, **{"wsgi.input_terminated": False})] == [
        200,
        413,
        411,
    ]
    assert bytes(WebhookEvent.objects.get().body) == body


@pytest.mark.usefixtures("door")
def test_the_body_is_kept_as_it_came_before_anything_else() -> None:
    body = b'\xff{"content": \x00 not json at all'

    answer = knock(body)

    kept = WebhookEvent.objects.get()
    assert (answer.status_code, bytes(kept.body), kept.size) == (200, body, len(body))
    assert (kept.state, kept.attempts, kept.processed_at) == (WebhookEvent.State.NEW, 0, None)


@pytest.mark.usefixtures("door")
def test_an_event_costs_one_statement_and_the_run_it_asks_for() -> None:
    def statements(number: int) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert knock(event(number=number)).status_code == 200
        return [q["sql"].split()[0] for q in queries if "SAVEPOINT" not in q["sql"]]

    assert statements(1) == ["WITH", "INSERT"]
    assert statements(2) == ["WITH"]  # a run is waiting
    assert statements(2) == ["WITH"]  # known
    assert OrmQ.objects.count() == 1


@pytest.mark.usefixtures("door")
def test_a_hundred_repetitions_leave_one_row_and_ask_for_one_run() -> None:
    body, factory = json.dumps(event()).encode(), RequestFactory()

    def again() -> int:
        key = {"x-api-key": API_KEY}
        return receive(factory.post(DOOR, body, content_type="application/json", headers=key)).status_code

    with CaptureQueriesContext(connection) as queries:
        answers = {again() for _ in range(100)}

    plain = [q for q in queries if "SAVEPOINT" not in q["sql"]]
    assert (answers, len(plain)) == ({200}, 101)
    assert (WebhookEvent.objects.count(), OrmQ.objects.count()) == (1, 1)


@pytest.mark.usefixtures("door")
def test_when_nobody_works_off_what_waits_the_sender_is_asked_to_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inbox, "MOST_WAITING", 3)

    answers = [knock(event(number=number)) for number in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 503, 503]
    assert answers[-1]["Retry-After"] == "300"
    assert WebhookEvent.objects.count() == 3
