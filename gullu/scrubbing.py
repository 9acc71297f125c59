"""Takes secrets and customers' data out of texts that machines write: log lines, reasons of failed work, error pages.

Nothing of ours writes a secret on purpose. This is for the words of others: a driver that repeats its connection
string, a database that repeats the row it refused, a library that repeats the headers it sent.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

CUT: Final = "[…]"
# Shorter ones are words that stand in many lines by chance.
_SHORTEST: Final = 6
_PERSONAL: Final = re.compile(
    # PostgreSQL repeats the row, or its key, in these lines.
    r"(?P<row>(?:DETAIL|CONTEXT):\s*)[^\n]*"
    # Only from the beginning of a word, and only so long: one long word must not be searched from each letter.
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,200}"
    # Turkish mobile numbers; the numbers of orders and packages begin otherwise.
    r"|(?<![\d.])(?:\+90|0090|90|0)[ (]*5\d{2}[ )]*\d{3}[ -]?\d{2}[ -]?\d{2}(?!\d)"
)


def secrets_of(environment: Any) -> tuple[str, ...]:
    """Every value the environment keeps out of its own `repr`: what is secret is declared once, there."""
    return tuple(dict.fromkeys(_secrets(environment)))


def _secrets(holder: Any) -> Iterator[str]:
    for field in dataclasses.fields(holder):
        value = getattr(holder, field.name)
        if dataclasses.is_dataclass(value):
            yield from _secrets(value)
        elif isinstance(value, Mapping):
            yield from (str(value[name]) for name in ("PASSWORD",) if value.get(name))
        elif isinstance(value, str) and value and not field.repr:
            yield value
            yield from _inside(value)


def _inside(value: str) -> Iterator[str]:
    """The password or key within an address such as `redis://:password@host`."""
    if "://" in value:
        parts = urlsplit(value)
        yield from (text for text in (parts.password, parts.username) if text)


def _forms(text: str) -> tuple[str, ...]:
    """How a text is written in an address, in JSON, in Python and on a page."""
    return (text, quote(text, safe=""), json.dumps(text)[1:-1], repr(text)[1:-1], str(escape(text)))


@lru_cache(maxsize=4)
def _pattern(secrets: tuple[str, ...], pairs: tuple[tuple[str, str], ...]) -> re.Pattern[str] | None:
    texts = {secret for secret in secrets if len(secret) >= _SHORTEST}
    # Basic authentication sends the two as one word.
    texts |= {base64.b64encode(f"{user}:{word}".encode()).decode() for user, word in pairs if user and word}
    written = {form for text in texts for form in _forms(text)}
    longest_first = sorted(written, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))) if written else None


def without_secrets(text: str) -> str:
    """The text with every known secret cut out, also quoted, escaped, or as Basic authentication."""
    if not settings.configured:
        return text
    trendyol = getattr(settings, "TRENDYOL", {})
    pairs = ((trendyol.get("API_KEY", ""), trendyol.get("API_SECRET", "")),)
    pattern = _pattern(tuple(getattr(settings, "SECRETS", ())), pairs)
    return text if pattern is None else pattern.sub(CUT, text)


def clean(text: str) -> str:
    """The text without secrets, addresses, mobile numbers, and rows a database repeats."""
    return _PERSONAL.sub(lambda found: f"{found['row'] or ''}{CUT}", without_secrets(text))


def clean_value(value: Any) -> Any:
    """The same for a value with texts in it, before it is written as JSON."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {name: clean_value(item) for name, item in value.items()}
    return [clean_value(item) for item in value] if isinstance(value, list | tuple | set) else value


class ReporterFilter(SafeExceptionReporterFilter):
    """Django's page of errors (development only) and its mails: settings and variables without secrets."""

    cleansed_substitute = CUT
    hidden_settings = re.compile(
        "API|AUTH|TOKEN|KEY|SECRET|PASS|SIGNATURE|HTTP_COOKIE|DSN|LOCATION|CREDENTIAL", re.IGNORECASE
    )

    def cleanse_setting(self, key: Any, value: Any) -> Any:
        """As Django's, and any value in which a secret stands, whatever its name is."""
        found = super().cleanse_setting(key, value)
        return clean(str(found)) if isinstance(found, str | Promise) else found

    def get_post_parameters(self, request: Any) -> dict[str, str]:
        """What was sent: the names alone. Passwords are typed into forms of packages, too."""
        return {} if request is None else dict.fromkeys(request.POST, CUT)

    def get_traceback_frame_variables(self, request: Any, tb_frame: Any) -> Any:
        """The names, and of their values nothing: a row of a customer may be in any of them."""
        return [(name, CUT) for name, _value in super().get_traceback_frame_variables(request, tb_frame)]


class Reporter(ExceptionReporter):
    """The page and the mail themselves, which repeat the sentence of the error and of what led to it."""

    def get_traceback_html(self) -> SafeString:
        return mark_safe(clean(super().get_traceback_html()))  # noqa: S308  (less of what Django escaped)

    def get_traceback_text(self) -> SafeString:
        return mark_safe(clean(super().get_traceback_text()))  # noqa: S308
