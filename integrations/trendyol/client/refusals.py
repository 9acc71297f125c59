"""From an HTTP answer that is no success to a typed error (contract sections 3.1 and 3.2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations.trendyol.client.wire import NotJson, decode_json
from integrations.trendyol.errors import (
    AccessDenied,
    AuthFailed,
    EndpointRetired,
    GatewayRefused,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    RepeatedRequest,
    StageRefused,
    TrendyolError,
    Unavailable,
    WrongSeller,
)

# After these the service behind the gateway may have done its work already.
_UNKNOWN_AFTER_WRITE = frozenset({408, 500, 502, 504})
_MIN_RETRY_AFTER_SECONDS = 10.0
_MAX_RETRY_AFTER_SECONDS = 120.0
_MAX_DETAIL = 200
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_PHONE = re.compile(r"(?<!\d)(?:\+?90|0)?[ (]*5\d{2}[ )-]*\d{3}[ -]*\d{2}[ -]*\d{2}(?!\d)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an error body says, whatever its family; empty strings for what it leaves out."""

    key: str = ""
    message: str = ""
    exception: str = ""
    is_json: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with a status other than 2xx, and the call it belongs to."""

    endpoint: str
    write: bool
    seller_id: str
    stage: bool
    status: int
    body: bytes
    retry_after: str = ""


def read_refusal(body: bytes) -> Refusal:
    """Read an error body of the families P, P', E and L; HTML, plain text or nothing gives an empty one."""
    try:
        data = decode_json(body)
    except NotJson:
        return Refusal()
    if not isinstance(data, dict):
        return Refusal(is_json=True)
    exception = _word(data.get("exception")).rpartition(".")[2]
    if isinstance(data.get("error"), dict):
        first = _first(data["error"].get("errors"))
        return Refusal(_word(first.get("type")), _word(first.get("title")), exception, is_json=True)
    if "errors" in data:
        first = _first(data["errors"])
        return Refusal(_word(first.get("key")), _word(first.get("message")), exception, is_json=True)
    return Refusal(_word(data.get("error")), _word(data.get("message")), exception, is_json=True)


def error_for(  # noqa: PLR0911  (one return for each status the contract tells apart)
    answer: Answer, *, scrub: Callable[[str], str]
) -> TrendyolError:
    """Return the error for an answer. `scrub` removes credentials from Trendyol's own words."""
    refusal = read_refusal(answer.body)
    detail = _clean(scrub(refusal.message or refusal.key or refusal.exception))
    key = _clean(scrub(refusal.key))
    if answer.status == 401:
        return _unauthorized(answer, refusal, key=key, detail=detail)
    if answer.status == 403:
        return _forbidden(answer, refusal, key=key, detail=detail)
    if answer.status == 429:
        return RateLimited(
            endpoint=answer.endpoint, status=429, key=key, detail=detail, retry_after=_retry_after(answer)
        )
    if answer.status == 426:
        return EndpointRetired(endpoint=answer.endpoint, status=426, key=key, detail=detail, permanent=True)
    if answer.write and answer.status in _UNKNOWN_AFTER_WRITE:
        return OutcomeUnknown(
            endpoint=answer.endpoint, status=answer.status, key=key, detail=f"HTTP {answer.status}"
        )
    if answer.status >= 500 or answer.status == 408:
        kind = StageRefused if answer.stage and answer.status == 503 else Unavailable
        return kind(endpoint=answer.endpoint, status=answer.status, key=key, detail=detail)
    kind_of_refusal = RepeatedRequest if _is_repeat(refusal) else Rejected
    return kind_of_refusal(endpoint=answer.endpoint, status=answer.status, key=key, detail=detail)


def _unauthorized(answer: Answer, refusal: Refusal, *, key: str, detail: str) -> AuthFailed:
    if refusal.exception == "TrendyolAuthorizationException" or refusal.key == "authorization.error":
        return WrongSeller(
            endpoint=answer.endpoint, status=401, key=key, detail=detail, seller_id=answer.seller_id
        )
    return AuthFailed(endpoint=answer.endpoint, status=401, key=key, detail=detail)


def _forbidden(answer: Answer, refusal: Refusal, *, key: str, detail: str) -> TrendyolError:
    if refusal.is_json:
        return AccessDenied(endpoint=answer.endpoint, status=403, key=key, detail=detail)
    kind = StageRefused if answer.stage else GatewayRefused
    return kind(endpoint=answer.endpoint, status=403)


def _is_repeat(refusal: Refusal) -> bool:
    """Recognise the 15-minute rule. Its text is documented, its key is not, so both are tried."""
    return refusal.key == "recurring.request.not.allowed" or refusal.message.startswith("15 dakika boyunca")


def _retry_after(answer: Answer) -> float:
    """Seconds to wait after 429: at least ten, more if a header (undocumented) says so."""
    try:
        asked = float(int(answer.retry_after))
    except ValueError:
        return _MIN_RETRY_AFTER_SECONDS
    return min(max(asked, _MIN_RETRY_AFTER_SECONDS), _MAX_RETRY_AFTER_SECONDS)


def _first(errors: Any) -> dict[str, Any]:
    """Return the first error object; an empty one for ``[]``, ``[{}]``, null and anything else."""
    if isinstance(errors, dict):
        return errors
    if isinstance(errors, list):
        return next((item for item in errors if isinstance(item, dict) and item), {})
    return {}


def _word(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _clean(text: str) -> str:
    """Make one short printable line of it, without e-mail addresses and phone numbers."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[:2000]).split())
    line = _PHONE.sub("***", _EMAIL.sub("***", line))
    return line if len(line) <= _MAX_DETAIL else line[: _MAX_DETAIL - 1] + "…"
