"""The one door to other people's servers.

Everything outbound goes through `HttpSession`: a timeout is mandatory, redirects are refused, the answer has
a size limit, cookies and ``.netrc`` are ignored, nothing is retried, and the many exceptions of the network
stack become six that say whether the request may have reached the other side. No other module imports
``requests`` (checked by import-linter).
"""

from __future__ import annotations

import ipaddress
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType
from typing import ClassVar, Self
from urllib.parse import urlsplit

import requests
from django.utils.translation import gettext_lazy as _
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError, ReadTimeoutError, SSLError
from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata

from gullu.errors import DomainError

MAX_BODY_BYTES = 32 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024


class HttpError(DomainError):
    """A request that brought no usable answer. `sent` says whether the other side may have acted on it.

    Sentences name the host only: paths, queries, headers and bodies can hold secrets or customer data.
    """

    code = "http_failed"
    template = _("%(host)s gave no usable answer.")
    sent: ClassVar[bool] = True

    def __init__(self, *, host: str, cause: str = "") -> None:
        super().__init__(host=host, cause=cause)


class NotSent(HttpError):
    """No connection was made (refused, unknown host, bad certificate, connect timeout): nothing was sent."""

    code = "http_not_sent"
    template = _("%(host)s could not be reached (%(cause)s).")
    sent = False


class ConnectionLost(HttpError):
    """The connection broke after the request had left, or the answer ended too early."""

    code = "http_connection_lost"
    template = _("The connection to %(host)s broke before the answer was complete.")


class TimedOut(HttpError):
    """The request was sent and the answer did not arrive in time."""

    code = "http_timed_out"
    template = _("%(host)s did not answer in time.")


class BodyTooLarge(HttpError):
    """The answer is larger than the limit and was not read to its end."""

    code = "http_body_too_large"
    template = _("The answer of %(host)s is larger than the allowed size.")


class RedirectRefused(HttpError):
    """The answer is a redirect. Following one could hand the credentials to another host."""

    code = "http_redirect"
    template = _("%(host)s answered with a redirect, which is not followed; check the configured address.")


@dataclass(frozen=True, slots=True)
class HttpReply:
    """A complete answer. Headers and body stay out of `repr`: they may hold personal data."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)

    @property
    def content_type(self) -> str:
        """Media type in lower case without parameters, for example ``application/json``."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, between two pieces of the answer, and for the whole answer."""

    connect: float = 5.0
    read: float = 30.0
    total: float = 120.0


class HttpSession:
    """A pooled connection to other servers, safe to share between threads."""

    def __init__(self, *, user_agent: str, timeouts: Timeouts, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._timeouts = timeouts
        self._max_body_bytes = max_body_bytes
        self._public = _new_session(user_agent)
        # A proxy of the environment must not see calls to this very machine (the sandbox).
        self._local = _new_session(user_agent)
        self._local.trust_env = False

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> HttpReply:
        """Send one request and read the whole answer, whatever its status.

        Raises NotSent, ConnectionLost, TimedOut, BodyTooLarge, RedirectRefused.
        """
        host = urlsplit(url).hostname or url[:40]
        session = self._local if is_loopback(host) else self._public
        deadline = time.monotonic() + self._timeouts.total
        try:
            reply = session.request(
                method,
                url,
                headers=dict(headers or {}),
                data=body,
                timeout=(self._timeouts.connect, self._timeouts.read),
                allow_redirects=False,
                stream=True,
            )
        except requests.RequestException as error:
            raise _translate(error, host) from error
        with reply:
            if reply.is_redirect or reply.status_code in {301, 302, 303, 307, 308}:
                raise RedirectRefused(host=host)
            content = self._read(reply, host=host, deadline=deadline)
            return HttpReply(status=reply.status_code, body=content, headers=reply.headers)

    def close(self) -> None:
        """Close pooled connections."""
        self._public.close()
        self._local.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, reply: requests.Response, *, host: str, deadline: float) -> bytes:
        parts: list[bytes] = []
        size = 0
        try:
            for chunk in _chunks(reply):
                size += len(chunk)
                if size > self._max_body_bytes:
                    raise BodyTooLarge(host=host)
                # The socket timeout restarts with every byte; a server that drips must end too.
                if time.monotonic() > deadline:
                    raise TimedOut(host=host)
                parts.append(chunk)
        except ReadTimeoutError as error:
            raise TimedOut(host=host) from error
        except (HTTPError, OSError) as error:
            raise ConnectionLost(host=host, cause=type(error).__name__) from error
        return b"".join(parts)


def build_session(
    *,
    user_agent: str,
    connect_timeout: float = 5.0,
    read_timeout: float = 30.0,
    total_timeout: float = 120.0,
    max_body_bytes: int = MAX_BODY_BYTES,
) -> HttpSession:
    """Return a session whose every call has these timeouts (seconds) and this size limit (bytes)."""
    if min(connect_timeout, read_timeout, total_timeout) <= 0:
        raise ValueError("timeouts must be positive")
    timeouts = Timeouts(connect=connect_timeout, read=read_timeout, total=total_timeout)
    return HttpSession(user_agent=user_agent, timeouts=timeouts, max_body_bytes=max_body_bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """A file of a form. The content stays out of `repr`: it may show customers' papers."""

    name: str
    filename: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """A form ready to be sent: the value of the Content-Type header, and the body."""

    content_type: str
    body: bytes = field(repr=False)


def multipart(values: Mapping[str, str], files: Sequence[FilePart] = ()) -> Form:
    """Write a ``multipart/form-data`` body: the values first, then the files in their order."""
    parts = [RequestField(name=name, data=value.encode()) for name, value in values.items()]
    for part in parts:
        part.make_multipart()
    for file in files:
        part = RequestField(name=file.name, data=file.content, filename=file.filename)
        part.make_multipart(content_type=file.content_type)
        parts.append(part)
    body, content_type = encode_multipart_formdata(parts)
    return Form(content_type=content_type, body=body)


def is_loopback(host: str) -> bool:
    """Say whether `host` (a name or an address, no port) is this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _KeepHeaders(AuthBase):
    """Without any auth object, requests would let ``.netrc`` replace our Authorization header."""

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        return r


def _new_session(user_agent: str) -> requests.Session:
    session = requests.Session()
    session.headers["User-Agent"] = user_agent
    session.auth = _KeepHeaders()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def _chunks(reply: requests.Response) -> Iterator[bytes]:
    """Yield the decoded body as it arrives; `iter_content` would wait for a full chunk."""
    while chunk := reply.raw.read1(_CHUNK_BYTES, decode_content=True):
        yield chunk


_BAD_REQUESTS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidHeader,
)


def _translate(error: requests.RequestException, host: str) -> HttpError:
    """Turn an exception raised before the first byte of the answer into one of ours."""
    if isinstance(error, requests.ReadTimeout):
        return TimedOut(host=host)
    cause = _cause_before_sending(error)
    if cause:
        return NotSent(host=host, cause=cause)
    return ConnectionLost(host=host, cause=type(error).__name__)


def _cause_before_sending(error: requests.RequestException) -> str:  # noqa: PLR0911  (one return per cause)
    """Name the obstacle if the request certainly never left; empty when it may have left."""
    if isinstance(error, _BAD_REQUESTS):
        return "invalid request"
    if isinstance(error, requests.ConnectTimeout):
        return "connect timeout"
    # Calls go through a tunnel (https), which must stand before anything is sent.
    if isinstance(error, requests.exceptions.ProxyError):
        return "proxy failure"
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, NameResolutionError):
        return "unknown host"
    if isinstance(reason, NewConnectionError):
        return "no connection"
    # Other TLS errors can also occur while the answer is read; only a bad certificate is surely earlier.
    if isinstance(reason, SSLError) and any(isinstance(a, ssl.SSLCertVerificationError) for a in reason.args):
        return "invalid certificate"
    return ""
