"""The client against a real server that misbehaves."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from integrations.trendyol.client import (
    TrendyolClient,
)
from integrations.trendyol.errors import (
    AnswerTooLarge,
    Misconfigured,
    NotReachable,
    OutcomeUnknown,
)
from tests.trendyol.clientkit import (
    EMPTY_PAGE,
    Clock,
    failure,
    make_client,
    read_call,
    write_call,
)

pytestmark = pytest.mark.usefixtures("untranslated")


@contextmanager
def server(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[tuple[str, list[str]]]:
    """Serve every request with `answer` on a free local port; note the methods asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            asked.append(self.command)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                answer(self)
            except OSError:
                self.close_connection = True  # the client has given up, as some tests want

        do_GET = do_POST = do_PUT = handle_any  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Keep the test output clean."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_port}", asked
    finally:
        running.shutdown()
        running.server_close()


def reply(handler: BaseHTTPRequestHandler, body: bytes, *, announced: int | None = None) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body) if announced is None else announced))
    handler.end_headers()
    handler.wfile.write(body)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def stay_silent(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    time.sleep(0.5)


FAST: dict[str, Any] = {"connect_timeout": 0.5, "read_timeout": 0.2}


@pytest.mark.parametrize("misbehave", [hang_up, stay_silent, lambda h: reply(h, b'{"a"', announced=90)])
def test_a_write_whose_answer_is_lost_has_an_unknown_outcome_and_is_not_repeated(
    misbehave: Callable[[BaseHTTPRequestHandler], None],
) -> None:
    with server(misbehave) as (url, asked):
        error = failure(write_call, make_client(base_url=url, **FAST))

    assert (type(error), error.outcome_unknown, error.permanent, asked) == (
        OutcomeUnknown,
        True,
        False,
        ["POST"],
    )


@pytest.mark.parametrize("misbehave", [hang_up, stay_silent, lambda h: reply(h, b'{"a"', announced=90)])
def test_a_read_whose_answer_is_lost_is_tried_three_times(
    misbehave: Callable[[BaseHTTPRequestHandler], None],
) -> None:
    clock = Clock()
    with server(misbehave) as (url, asked):
        error = failure(read_call, make_client(clock=clock, base_url=url, **FAST))

    assert (type(error), error.outcome_unknown, asked) == (NotReachable, False, ["GET"] * 3)
    assert clock.slept == [1.0, 2.0]


@pytest.mark.parametrize("call", [read_call, write_call])
def test_a_refused_connection_leaves_no_doubt(call: Callable[[TrendyolClient], object]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    error = failure(call, make_client(base_url=f"http://127.0.0.1:{port}", **FAST))

    assert (type(error), error.outcome_unknown, error.permanent) == (NotReachable, False, False)


@pytest.mark.parametrize(("call", "kind"), [(read_call, AnswerTooLarge), (write_call, OutcomeUnknown)])
def test_an_oversized_answer_is_not_asked_for_again(
    call: Callable[[TrendyolClient], object], kind: type
) -> None:
    with server(lambda handler: reply(handler, b"x" * 100_000)) as (url, asked):
        error = failure(call, make_client(base_url=url, max_body_bytes=50_000, **FAST))

    assert (type(error), len(asked)) == (kind, 1)


def test_a_redirect_does_not_carry_the_credentials_elsewhere() -> None:
    def redirect(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(307)
        handler.send_header("Location", "/elsewhere")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with server(redirect) as (url, asked):
        error = failure(write_call, make_client(base_url=url, **FAST))

    assert (type(error), error.outcome_unknown, asked) == (Misconfigured, False, ["POST"])


def test_a_client_is_shared_between_threads() -> None:
    body = json.dumps(EMPTY_PAGE).encode()
    totals: list[int] = []
    with server(lambda handler: reply(handler, body)) as (url, asked):
        client = make_client(base_url=url, **FAST)
        threads = [
            threading.Thread(target=lambda: totals.append(client.get_orders().total_elements))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert (totals, len(asked)) == ([0] * 8, 8)
