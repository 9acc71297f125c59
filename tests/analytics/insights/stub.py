"""A service that plays chat completions over real HTTP: it answers what a test tells it, and keeps all it received."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def told(self) -> list[dict[str, Any]]:
        """The results of functions it was sent, oldest first."""
        return [json.loads(one["content"]) for one in self.body["messages"] if one["role"] == "tool"]


@dataclass
class Reply:
    """An answer of the service. `before` runs first; it may wait."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    before: Callable[[], object] = lambda: None


def says(text: str, *, tokens: tuple[int, int] | None = (1000, 100), finish: str = "stop") -> Reply:
    """The model answers."""
    return _completion({"role": "assistant", "content": text}, finish, tokens)


def calls(*queries: tuple[str, Any], tokens: tuple[int, int] | None = (1000, 100)) -> Reply:
    """The model wants functions called: `("sales", {"by": "MODEL"})`; a text stands for arguments as they are."""
    wanted = [
        {
            "id": f"call_{place}",
            "type": "function",
            "function": {"name": name, "arguments": given if isinstance(given, str) else json.dumps(given)},
        }
        for place, (name, given) in enumerate(queries)
    ]
    message = {"role": "assistant", "content": None, "tool_calls": wanted}
    return _completion(message, "tool_calls", tokens)


def _completion(message: dict[str, Any], finish: str, tokens: tuple[int, int] | None) -> Reply:
    body: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "stub-1",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
    }
    if tokens:
        body["usage"] = {
            "prompt_tokens": tokens[0],
            "completion_tokens": tokens[1],
            "total_tokens": sum(tokens),
        }
    return Reply(json.dumps(body).encode())


def fails(status: int, text: str = "") -> Reply:
    """An error, whose text must reach nobody."""
    return Reply(
        json.dumps({"error": {"message": text or "sk-test-secret leaked", "code": None}}).encode(), status
    )


@dataclass
class Stub:
    """The running service. `script`: its answers in turn; the last one is repeated."""

    url: str
    script: list[Reply] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    def answers(self, *replies: Reply) -> None:
        self.script = list(replies)

    def next(self) -> Reply:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    @property
    def everything(self) -> str:
        """All it ever received, as one text."""
        return "\n".join(
            f"{one.path} {one.headers} {json.dumps(one.body, ensure_ascii=False)}" for one in self.received
        )


@contextmanager
def running_stub() -> Iterator[Stub]:
    """Serve on a free port of this machine until the block ends."""
    stub = Stub("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            stub.received.append(
                Received(
                    self.path, {name.lower(): value for name, value in self.headers.items()}, json.loads(body)
                )
            )
            reply = stub.next()
            reply.before()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the name of the base class)
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
