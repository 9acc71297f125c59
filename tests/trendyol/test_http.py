"""`gullu.http` against real sockets: what breaks on a network must become one of its six errors."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests
import responses
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import MaxRetryError, NameResolutionError, SSLError

from gullu.http import (
    BodyTooLarge,
    ConnectionLost,
    HttpError,
    HttpSession,
    NotSent,
    RedirectRefused,
    TimedOut,
    build_session,
    is_loopback,
)

pytestmark = pytest.mark.usefixtures("untranslated")

Talk = Callable[[socket.socket, bytes], None]


@contextmanager
def raw_server(talk: Talk) -> Iterator[tuple[str, list[bytes]]]:
    """Serve on a free port: read one request head per connection, then let `talk` misbehave."""
    heads: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                received = connection.recv(65536)
                heads.append(received)
                try:
                    talk(connection, received)
                except OSError:
                    continue  # the client has hung up, which is what some tests provoke

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heads
    finally:
        listener.close()


def answering(*parts: bytes, pause: float = 0.0) -> Talk:
    def talk(connection: socket.socket, _head: bytes) -> None:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)

    return talk


def head(status: str, **headers: object) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\nConnection: close\r\n\r\n").encode()


@pytest.fixture
def session() -> Iterator[HttpSession]:
    with build_session(
        user_agent="tests", connect_timeout=1, read_timeout=0.3, total_timeout=1, max_body_bytes=1000
    ) as made:
        yield made


def test_request_returns_status_headers_and_body_of_an_error_too(session: HttpSession) -> None:
    with raw_server(
        answering(head("404 Not Found", Content_Length=2, Content_Type="Text/HTML; x=y"), b"no")
    ) as (
        url,
        _,
    ):
        reply = session.request("GET", url + "/a")

    assert (reply.status, reply.body, reply.content_type) == (404, b"no", "text/html")


def test_reply_repr_shows_neither_body_nor_headers(session: HttpSession) -> None:
    answer = answering(head("200 OK", Content_Length=6, Set_Cookie="a=geheim"), b"geheim")
    with raw_server(answer) as (url, _):
        assert repr(session.request("GET", url)) == "HttpReply(status=200)"


def test_a_compressed_body_is_decoded(session: HttpSession) -> None:
    packed = gzip.compress(b"merhaba" * 20)
    answer = answering(head("200 OK", Content_Length=len(packed), Content_Encoding="gzip"), packed)
    with raw_server(answer) as (url, _):
        assert session.request("GET", url).body == b"merhaba" * 20


def test_a_chunked_body_is_joined(session: HttpSession) -> None:
    answer = answering(head("200 OK", Transfer_Encoding="chunked"), b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    with raw_server(answer) as (url, _):
        assert session.request("GET", url).body == b"abcde"


def test_a_refused_connection_was_not_sent(session: HttpSession) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(NotSent) as caught:
        session.request("POST", f"http://127.0.0.1:{port}/", body=b"{}")

    assert (caught.value.sent, str(caught.value)) == (
        False,
        "127.0.0.1 could not be reached (no connection).",
    )


@pytest.mark.parametrize("url", ["http://", "ftp://127.0.0.1/", "127.0.0.1/x"])
def test_an_unusable_url_was_not_sent(session: HttpSession, url: str) -> None:
    with pytest.raises(NotSent):
        session.request("GET", url)


def test_silence_after_the_request_is_a_timeout_that_was_sent(session: HttpSession) -> None:
    with raw_server(answering(b"", pause=0.8)) as (url, _), pytest.raises(TimedOut) as caught:
        session.request("POST", url, body=b"{}")

    assert caught.value.sent is True


def test_a_dripping_answer_ends_at_the_total_timeout(session: HttpSession) -> None:
    drops = [head("200 OK", Content_Length=500), *[b"x"] * 40]
    started = time.monotonic()
    with raw_server(answering(*drops, pause=0.1)) as (url, _), pytest.raises(TimedOut):
        session.request("GET", url)

    assert time.monotonic() - started < 2


def test_hanging_up_after_the_request_is_a_lost_connection_that_was_sent(session: HttpSession) -> None:
    with raw_server(answering()) as (url, _), pytest.raises(ConnectionLost) as caught:
        session.request("PUT", url, body=b"{}")

    assert caught.value.sent is True


@pytest.mark.parametrize(
    "parts",
    [
        [head("200 OK", Content_Length=100), b'{"a": '],
        [head("200 OK", Transfer_Encoding="chunked"), b"5\r\nab"],
        [head("200 OK", Content_Encoding="gzip"), b"no gzip at all"],
    ],
    ids=["length", "chunk", "gzip"],
)
def test_a_cut_off_body_is_a_lost_connection(session: HttpSession, parts: list[bytes]) -> None:
    with raw_server(answering(*parts)) as (url, _), pytest.raises(ConnectionLost):
        session.request("GET", url)


def test_a_body_above_the_limit_is_refused(session: HttpSession) -> None:
    answer = answering(head("200 OK", Content_Length=5000), b"x" * 5000)
    with raw_server(answer) as (url, _), pytest.raises(BodyTooLarge):
        session.request("GET", url)


def test_the_limit_counts_the_unpacked_body(session: HttpSession) -> None:
    packed = gzip.compress(b"x" * 500_000)
    answer = answering(head("200 OK", Content_Length=len(packed), Content_Encoding="gzip"), packed)
    with raw_server(answer) as (url, _), pytest.raises(BodyTooLarge):
        session.request("GET", url)


def test_a_redirect_is_refused_and_not_followed(session: HttpSession) -> None:
    with (
        raw_server(answering(head("302 Found", Location="/other", Content_Length=0))) as (url, heads),
        pytest.raises(RedirectRefused),
    ):
        session.request("GET", url + "/first")

    assert [request.split()[1] for request in heads] == [b"/first"]


def test_netrc_and_cookies_do_not_touch_a_request(
    session: HttpSession, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    answer = answering(head("200 OK", Content_Length=0, Set_Cookie="track=1"))
    with raw_server(answer) as (url, heads):
        for _ in range(2):
            session.request("GET", url, headers={"Authorization": "Basic b3Vycw=="})

    sent = [request.lower() for request in heads]
    assert [b"authorization: basic b3vycw==" in request for request in sent] == [True, True]
    assert [b"cookie" in request for request in sent] == [False, False]


def test_a_proxy_of_the_environment_does_not_see_local_calls(
    session: HttpSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with raw_server(answering(head("200 OK", Content_Length=2), b"ok")) as (url, _):
        assert session.request("GET", url).body == b"ok"


@pytest.mark.parametrize("name", ["connect_timeout", "read_timeout", "total_timeout"])
def test_a_session_without_a_timeout_cannot_be_built(name: str) -> None:
    with pytest.raises(ValueError, match="positive"):
        build_session(user_agent="tests", **{name: 0})


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost.example.com", False),
        ("192.168.1.1", False),
        ("apigw.trendyol.com", False),
    ],
)
def test_is_loopback_knows_this_machine(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    ("error", "kind", "cause"),
    [
        (requests.ConnectTimeout(), NotSent, "connect timeout"),
        (requests.exceptions.ProxyError(), NotSent, "proxy failure"),
        (
            requests.exceptions.SSLError(
                MaxRetryError(HTTPSConnectionPool("x"), "/?secret", SSLError(ssl.SSLCertVerificationError()))
            ),
            NotSent,
            "invalid certificate",
        ),
        (
            requests.ConnectionError(
                MaxRetryError(
                    HTTPSConnectionPool("x"),
                    "/?secret",
                    NameResolutionError("x", HTTPSConnection("x"), socket.gaierror()),
                )
            ),
            NotSent,
            "unknown host",
        ),
        (
            requests.exceptions.SSLError(
                MaxRetryError(HTTPSConnectionPool("x"), "/?secret", SSLError(ssl.SSLEOFError()))
            ),
            ConnectionLost,
            "SSLError",
        ),
    ],
    ids=["connect timeout", "proxy", "certificate", "name", "TLS broke off"],
)
def test_only_what_surely_failed_earlier_counts_as_not_sent(
    session: HttpSession, error: Exception, kind: type[HttpError], cause: str
) -> None:
    with responses.RequestsMock() as web:
        web.add("POST", "https://x.example/", body=error)
        with pytest.raises(HttpError) as caught:
            session.request("POST", "https://x.example/", body=b"{}")

    assert (type(caught.value), caught.value.data["cause"]) == (kind, cause)
    assert "secret" not in str(caught.value)
