"""Whether others can reach this site, judged by the setting alone: nothing is asked over the network."""

from __future__ import annotations

import ipaddress
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host
from django.utils.translation import gettext_lazy as _

from gullu.env import is_local_host

# Endings that lead nowhere outside of one house or one network (RFC 2606, 6761, 6762, 8375 and common habit).
_INSIDE: Final = frozenset(
    {
        "local",
        "localhost",
        "lan",
        "home",
        "internal",
        "intranet",
        "corp",
        "test",
        "example",
        "invalid",
        "arpa",
    }
)
_UNSET: Final = _(
    "PUBLIC_BASE_URL is not set, so Trendyol cannot fetch pictures from here: whoever runs the server writes the "
    "https:// address of this site into .env and starts it again."
)
_PRIVATE: Final = _(
    "PUBLIC_BASE_URL is %(address)s, which only this house can reach: Trendyol cannot fetch pictures from there. Set "
    "it to the address of this site on the internet."
)
_PLAIN: Final = _(
    "PUBLIC_BASE_URL is %(address)s, and Trendyol takes pictures from https:// addresses only: change it to https://."
)
_NOT_ANSWERED: Final = _(
    "PUBLIC_BASE_URL is %(address)s, but this site does not answer to that name: add %(host)s to ALLOWED_HOSTS."
)


def public_address_problem() -> str:
    """One sentence on why pictures cannot be fetched from outside; empty when the setting promises that they can."""
    address = settings.PUBLIC_BASE_URL
    if not address:
        return str(_UNSET)
    parts = urlsplit(address)
    host = parts.hostname or ""
    words: dict[str, Any] = {"address": address, "host": host}
    if not is_public_host(host):
        return str(_PRIVATE) % words
    if parts.scheme != "https":
        return str(_PLAIN) % words
    return "" if validate_host(host, settings.ALLOWED_HOSTS) else str(_NOT_ANSWERED) % words


def is_public_host(host: str) -> bool:
    """False for this machine, private networks, and names that only a house or an office knows."""
    name = host.strip("[]").rstrip(".").lower()
    if is_local_host(name):
        return False
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_global
    except ValueError:
        last = name.rpartition(".")[2]
    # `127.1` and `0x7f000001` are addresses too, though not in a form that is read above.
    return "." in name and last not in _INSIDE and not last.isdecimal() and not last.startswith("0x")
