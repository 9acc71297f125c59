"""Where the work of this moment comes from: a page somebody opened, a job of the worker, or a command.

Logs, the history of records and the list of activities all name it; they ask here instead of handing it down.
"""

from __future__ import annotations

import ipaddress
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# What a proxy in front may hand us as the number of a request; anything else is replaced by a number of ours.
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
LONGEST_DEVICE: Final = 200


class Source(Enum):
    """The three ways in which work begins."""

    WEB = "WEB"
    JOB = "JOB"
    COMMAND = "COMMAND"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """`reference` is the number of the request, job or command run; `name` the path, the job or the command.

    `address` and `device` (the browser's own description, cut) are known for pages only.
    """

    source: Source
    reference: str
    name: str
    address: str | None = None
    device: str = ""


_current: ContextVar[Origin | None] = ContextVar("origin", default=None)


def current() -> Origin | None:
    """Where the running work comes from; None for what nobody announced (a shell, a test)."""
    return _current.get()


@contextmanager
def coming_from(origin: Origin) -> Iterator[Origin]:
    """Let everything in the block be known as the work of `origin`."""
    token = _current.set(origin)
    try:
        yield origin
    finally:
        _current.reset(token)


def new_reference() -> str:
    """A number nobody has used before."""
    return uuid.uuid4().hex


def client_address(request: HttpRequest) -> str | None:
    """The address of the browser, as the outermost of our own proxies saw it.

    What clients write into `X-Forwarded-For` themselves is not believed: only the last
    `settings.TRUSTED_PROXY_COUNT` entries come from our proxies. None for text that is no address.
    """
    hops = [request.META.get("REMOTE_ADDR", "")]
    trusted = settings.TRUSTED_PROXY_COUNT
    if trusted:
        named = [
            part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()
        ]
        hops = named[-trusted:] or hops
    try:
        # `fe80::1%eth0`: what follows is the name of a card of ours, which no column of the database takes.
        address = ipaddress.ip_address(hops[0].partition("%")[0])
    except ValueError:
        return None
    # A server that listens on both protocols sees every old address in the new form.
    return str(getattr(address, "ipv4_mapped", None) or address)


def network_of(address: str | None) -> str | None:
    """What stands for everybody behind one connection: an IPv4 address, or the first of the /64 of an IPv6 address.

    Every customer of a provider has 2^64 addresses of the latter kind to try from.
    """
    if address is None or ":" not in address:
        return address
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


def origin_of(request: HttpRequest) -> Origin:
    """The origin of a page."""
    given = request.headers.get("X-Request-ID", "")
    return Origin(
        source=Source.WEB,
        reference=given if _REQUEST_ID.fullmatch(given) else new_reference(),
        name=request.path[:200],
        address=client_address(request),
        device=request.headers.get("User-Agent", "")[:LONGEST_DEVICE],
    )


class OriginMiddleware:
    """Announces each request and tells its number in the answer, so that a person can name it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with coming_from(origin_of(request)) as origin:
            response = self.get_response(request)
        response["X-Request-ID"] = origin.reference
        return response
