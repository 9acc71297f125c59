"""JSON as this conversation needs it: no number through a float, one canonical text per request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn


class NotJson(ValueError):
    """The body is not one JSON value. The message says what it looks like and quotes nothing of it."""


def decode_json(body: bytes) -> Any:
    """Parse an answer: integers of any length stay int, other numbers become Decimal.

    A byte that is no UTF-8 becomes U+FFFD, so that one broken name does not cost the whole page.
    Raises NotJson for an empty, cut off, HTML or plain text body.
    """
    text = body.decode("utf-8-sig", errors="replace").strip()
    if not text:
        raise NotJson("the answer is empty")
    if text.startswith("<"):
        raise NotJson("it is a web page")
    try:
        # strict=False: a raw control character inside a text is not worth losing a page for.
        value = json.loads(
            text, strict=False, parse_int=int, parse_float=Decimal, parse_constant=_refuse_constant
        )
        return _without_lone_surrogates(value) if "\\ud" in text.lower() else value
    except (ValueError, RecursionError, ArithmeticError):
        # Without a cause: the decoder's exception carries the whole document.
        raise NotJson("it is cut off or no JSON") from None


def _without_lone_surrogates(value: Any) -> Any:
    """Replace half a surrogate pair, which no database and no encoder takes."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_lone_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_lone_surrogates(key): _without_lone_surrogates(item) for key, item in value.items()}
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def canonical_json(value: Any) -> str:
    """Write JSON with sorted keys and no spaces; a Decimal becomes a plain number without spare zeros.

    Lists keep their order. The text is what is sent, so two equal texts are one request to Trendyol.
    """
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, Mapping):
        pairs = sorted((str(key), item) for key, item in value.items())
        return "{" + ",".join(f"{json.dumps(key)}:{canonical_json(item)}" for key, item in pairs) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ",".join(canonical_json(item) for item in value) + "]"
    if value is None or isinstance(value, (bool, int, str)):
        return json.dumps(value, ensure_ascii=False)
    raise TypeError(f"{type(value).__name__} has no exact JSON form")


def text_hash(text: str) -> str:
    """Return the SHA-256 of a canonical text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError("a JSON number must be finite")
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
