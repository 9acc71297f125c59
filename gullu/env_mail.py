"""Mail from the environment: the server as one address, and who gets the daily summary. Knows no Django."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import environ

# What django-environ understands and this shop needs; smtp+tls is STARTTLS, smtp+ssl is TLS from the first byte.
SCHEMES: Final = ("smtp", "smtp+tls", "smtp+ssl", "consolemail", "filemail")
PORTS: Final = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
_ADDRESS: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mails go, in the words of Django's EMAIL_* settings."""

    backend: str
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = field(default="", repr=False)
    use_tls: bool = False
    use_ssl: bool = False
    folder: str | None = None


CONSOLE: Final = MailServer(backend=environ.Env.EMAIL_SCHEMES["consolemail"])


def parse_mail_url(text: str) -> MailServer:
    """The server an EMAIL_URL names.

    Raises ValueError with what is accepted; the address itself is not shown, because it holds a password.
    """
    scheme, _sign, rest = text.partition("://")
    if scheme not in SCHEMES:
        raise ValueError("an address that begins with " + ", ".join(f"{name}://" for name in SCHEMES))
    if scheme == "consolemail":
        return CONSOLE
    if scheme == "filemail":
        return _folder(rest)
    usual = f"an address such as {scheme}://user:password@host:{PORTS[scheme]}"
    try:
        config: dict[str, Any] = environ.Env.email_url_config(text)
    except ValueError:  # a port that is no number
        raise ValueError(usual) from None
    if not config["EMAIL_HOST"]:
        raise ValueError(usual)
    return MailServer(
        backend=config["EMAIL_BACKEND"],
        host=config["EMAIL_HOST"],
        port=config["EMAIL_PORT"] or PORTS[scheme],
        user=config["EMAIL_HOST_USER"] or "",
        password=config["EMAIL_HOST_PASSWORD"] or "",
        use_tls=scheme == "smtp+tls",
        use_ssl=scheme == "smtp+ssl",
    )


def _folder(path: str) -> MailServer:
    if not path:
        raise ValueError("an address such as filemail:///folder/for/mails")
    return MailServer(backend=environ.Env.EMAIL_SCHEMES["filemail"], folder=path)


def is_address(text: str) -> bool:
    """Whether this looks like one e-mail address."""
    return _ADDRESS.fullmatch(text) is not None


def parse_addresses(items: Iterable[str]) -> tuple[str, ...]:
    """The addresses as given. Raises ValueError."""
    found = tuple(items)
    if not all(is_address(item) for item in found):
        raise ValueError("one or more e-mail addresses separated by commas")
    return found
