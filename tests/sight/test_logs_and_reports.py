"""Log lines say where they come from; error reports say where and why, and nothing about people."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import sentry_sdk
from django.test import Client
from django.urls import reverse
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from gullu.error_reports import before_send, harmless, sentry_options
from gullu.logs import JsonFormatter, OriginFilter, logging_config
from gullu.origin import Origin, Source, coming_from
from gullu.roles import MANAGER
from tests.factories import make_user


class Kept(logging.Handler):
    """Keeps lines as they would be written."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.addFilter(OriginFilter())
        self.setFormatter(formatter)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def json_lines() -> Any:
    handler = Kept(JsonFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield handler.lines
    root.removeHandler(handler)


def access_lines(lines: list[str]) -> list[dict[str, Any]]:
    return [entry for entry in map(json.loads, lines) if entry["logger"] == "gullu.access"]


@pytest.mark.django_db
def test_each_request_has_one_line_with_its_number_and_person_but_not_what_was_searched(
    client: Client, json_lines: list[str]
) -> None:
    person = make_user(MANAGER, username="elif.yilmaz")
    client.force_login(person)
    json_lines.clear()

    answer = client.get(
        reverse("admin:gullu_jobrun_changelist"),
        {"q": "Ayşe 05321234567"},
        headers={"x-request-id": "proxy-4711-abc"},
    )
    client.get("/healthz")

    assert answer.headers["X-Request-ID"] == "proxy-4711-abc"
    (line,) = access_lines(json_lines)
    milliseconds = line.pop("milliseconds")
    assert isinstance(milliseconds, int)
    del line["at"], line["process"]
    assert line == {
        "level": "INFO",
        "logger": "gullu.access",
        "message": f"GET admin:gullu_jobrun_changelist 200 {milliseconds} ms",
        "view": "admin:gullu_jobrun_changelist",
        "method": "GET",
        "status": 200,
        "source": "WEB",
        "request": "proxy-4711-abc",
        "person": person.pk,
        "address": "127.0.0.1",
    }
    assert [word for word in ("05321234567", "Ayşe", "elif") if word in "".join(json_lines)] == []


def test_nobody_is_asked_who_is_at_a_page_that_does_not_ask(json_lines: list[str]) -> None:
    # Without a database fixture asking would fail.
    Client().get("/there-is-no-such-page")

    (line,) = access_lines(json_lines)
    assert (line["view"], line["status"], "person" in line) == ("-", 404, False)


def test_lines_of_a_job_name_it_and_its_run(json_lines: list[str]) -> None:
    with coming_from(Origin(source=Source.JOB, reference="7f3a", name="pull_orders_job")):
        logging.getLogger("integrations").warning("read %s packages", 3, extra={"packages": 3})
    logging.getLogger("integrations").warning("from nowhere")

    first, second = map(json.loads, json_lines)
    assert {name: first[name] for name in ("message", "source", "job", "run", "packages")} == {
        "message": "read 3 packages",
        "source": "JOB",
        "job": "pull_orders_job",
        "run": "7f3a",
        "packages": 3,
    }
    assert "source" not in second


def test_line_for_people_shows_the_origin_shortly() -> None:
    config = logging_config(level="INFO", as_json=False)
    assert config["handlers"]["stderr"]["filters"] == ["origin"]
    handler = Kept(logging.Formatter(config["formatters"]["line"]["format"], style="{"))
    record = logging.makeLogRecord({"msg": "done", "name": "gullu", "levelname": "INFO"})

    with coming_from(Origin(source=Source.COMMAND, reference="9c", name="check_stock", address=None)):
        handler.handle(record)

    assert handler.lines[0].endswith("INFO gullu: done [command=check_stock run=9c]")


# --- error reports ------------------------------------------------------------------------------------------------


class Letterbox(Transport):
    """Keeps what would leave."""

    def __init__(self, options: Any = None) -> None:
        super().__init__(options)
        self.sent: list[Any] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.sent += [event for item in envelope.items if (event := item.get_event()) is not None]


def break_down(words: str) -> None:
    raise ValueError(words)


def test_report_says_where_and_why_and_nothing_about_the_customer(settings: Any) -> None:
    options = sentry_options(dsn="https://key@sentry.example/1", production=True)
    client = sentry_sdk.Client(**options, transport=Letterbox, default_integrations=False)
    customer = "Ayşe Yılmaz"

    with sentry_sdk.isolation_scope() as scope:
        scope.set_client(client)
        scope.set_extra("order", {"customer": customer})
        scope.set_user({"username": "elif", "ip_address": "10.0.0.9"})
        with coming_from(
            Origin(source=Source.WEB, reference="proxy-4711", name="/orders/5/", address="10.0.0.9")
        ):
            try:
                break_down(
                    f"no order of '{customer}', ayse@example.com, +90 532 123 45 67, {settings.SECRET_KEY}"
                )
            except ValueError:
                sentry_sdk.capture_exception()
            logging.getLogger("x").error("read %s", customer)

    (event,) = client.transport.sent
    (error,) = event["exception"]["values"]
    assert (error["type"], error["value"]) == ("ValueError", "no order of '…', […], […], […]")
    assert error["stacktrace"]["frames"][-1]["function"] == "break_down"
    assert event["tags"] == {"source": "WEB", "request": "proxy-4711"}
    assert (event["environment"], event["release"].startswith("gullu@")) == ("production", True)
    source_lines = ("pre_context", "context_line", "post_context")
    for frame in error["stacktrace"]["frames"]:
        assert "vars" not in frame
        for name in source_lines:
            frame.pop(name, None)
    text = json.dumps(event, ensure_ascii=False)
    assert [
        word for word in (customer, "elif", "10.0.0.9", "532 123", settings.SECRET_KEY) if word in text
    ] == []


def test_report_about_a_request_has_no_search_no_headers_and_no_body() -> None:
    event = {
        "request": {
            "method": "POST",
            "url": "https://shop.example/orders/11910000777/?q=Ay%C5%9Fe",
            "query_string": "q=Ay%C5%9Fe",
            "headers": {"Authorization": "Bearer x", "Cookie": "sessionid=1"},
            "cookies": {"sessionid": "1"},
            "data": {"phone": "05321234567"},
            "env": {"REMOTE_ADDR": "10.0.0.9"},
        },
        "breadcrumbs": {"values": [{"message": "SELECT 'Ayşe'"}]},
        "logentry": {"message": "not sent to %s", "params": ["Ayşe"]},
        "transaction": "/orders/11910000777/",
        "user": {"username": "elif"},
        "contexts": {"browser": {"name": "x"}},
    }

    assert before_send(event, {}) == {
        "tags": {},
        "request": {"method": "POST", "url": "https://shop.example/orders/…/"},
        "logentry": {"message": "not sent to %s"},
        "transaction": "/orders/…/",
    }


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("duplicate key\nDETAIL:  Key (phone)=(0532) exists.", "duplicate key"),
        ("KeyError: 'oops'", "KeyError: '…'"),
        ("line 120 of 4000", "line 120 of 4000"),
    ],
)
def test_sentences_keep_what_helps(text: str, left: str) -> None:
    assert harmless(text) == left
