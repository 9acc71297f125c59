"""The HTTP server: keep-alive, one thread per connection, hanging up on demand."""

import contextlib
import socket
import struct
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .messages import Reply, Request

_MAX_BODY = 20_000_000
_LINGER_ZERO = struct.pack("ii", 1, 0)
Answer = Callable[[Request], Reply]


class SandboxServer(ThreadingHTTPServer):
    """Knows its open connections so that stopping does not wait for idle clients."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], answer: Answer) -> None:
        self.answer = answer
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hung up is no defect; anything else is reported by the base class."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Stop accepting, wake whoever hangs, close idle connections."""
        self.stopping.set()
        ending = threading.Thread(target=self.shutdown)
        ending.start()
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes the loop, which would look for the end later
        ending.join()
        self.server_close()
        with self._open_lock:
            connections = list(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "TrendyolSandbox"
    sys_version = ""
    # Without this, small replies on a kept-alive connection wait 40 ms for the delayed acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = 65536
    server: SandboxServer

    def _serve(self) -> None:
        request = self._read()
        if request is None:
            return
        reply = self.server.answer(request)
        if reply.hang_seconds:
            self.server.stopping.wait(reply.hang_seconds)
        if reply.ending:
            self._hang_up(reset=reply.ending == "reset")
        else:
            self._write(reply)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _serve  # noqa: N815 - names of the base class

    def _read(self) -> Request | None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _MAX_BODY:
            self.close_connection = True
            self._write(Reply(status=413, content_type="text/plain", body=b"Payload Too Large"))
            return None
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(
            method=self.command, path=path, query=query, headers=headers, body=self.rfile.read(int(length))
        )

    def _write(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", f"{reply.content_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def _hang_up(self, *, reset: bool) -> None:
        self.close_connection = True
        if reset:
            # Closing with unsent linger makes the kernel send RST instead of FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
            with contextlib.suppress(OSError):
                self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - name of the base class
        """The gateway keeps the request log; nothing goes to stderr."""
