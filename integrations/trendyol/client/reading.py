"""Checks shared by the endpoint methods: what may be asked, and whether an envelope is whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from integrations.trendyol.client.results import RawRecord
from integrations.trendyol.errors import InvalidRequest, SchemaChanged

DAY_MS = 24 * 60 * 60 * 1000
MAX_WINDOW_MS = 14 * DAY_MS
REACH = 10_000


def require(condition: bool, *, endpoint: str, detail: str) -> None:
    """Raise InvalidRequest unless `condition` holds; such a call would only waste quota."""
    if not condition:
        raise InvalidRequest(endpoint=endpoint, detail=detail)


def check_window(start_ms: int | None, end_ms: int | None, *, endpoint: str) -> None:
    """Refuse a reversed window and one longer than 14 days (contract section 1.2)."""
    if start_ms is None or end_ms is None:
        return
    require(start_ms <= end_ms, endpoint=endpoint, detail="the window ends before it starts")
    require(end_ms - start_ms <= MAX_WINDOW_MS, endpoint=endpoint, detail="the window is longer than 14 days")


def check_size(size: int, *, limit: int, endpoint: str) -> None:
    """Refuse a page size outside 1..limit."""
    require(1 <= size <= limit, endpoint=endpoint, detail=f"the page size must be 1 to {limit}")


def check_count(values: Sequence[object] | None, *, limit: int, endpoint: str, what: str) -> None:
    """Refuse an empty list, which would mean "all", and one with more than `limit` entries."""
    if values is not None:
        require(1 <= len(values) <= limit, endpoint=endpoint, detail=f"1 to {limit} {what} can be asked for")


def joined(values: Sequence[object] | None) -> str | None:
    """Return a comma list for the query."""
    return None if values is None else ",".join(str(value) for value in values)


def segment(value: object, *, endpoint: str) -> str:
    """Return `value` as one quoted path part; a dot part would climb to another endpoint."""
    text = str(value)
    require(text.strip(" .") != "", endpoint=endpoint, detail="the identifier is empty")
    return quote(text, safe="")


def envelope(data: Any, *, endpoint: str) -> Mapping[str, Any]:
    """Return `data` if it is an object. Raises SchemaChanged."""
    if not isinstance(data, dict):
        raise SchemaChanged(endpoint=endpoint, detail="the answer is no object")
    return data


def number(data: Mapping[str, Any], name: str, *, endpoint: str) -> int:
    """Return the counter `name` of an envelope. Raises SchemaChanged when it is missing or no number."""
    value = data.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise SchemaChanged(endpoint=endpoint, detail=f"{name} is missing or no whole number")
    return value


def records(data: Mapping[str, Any], *, endpoint: str, may_be_null: bool) -> list[RawRecord]:
    """Return `content`. Null means nothing only where nothing else promises records.

    A page that failed in the middle must never pass for an empty one: the cursor would move past it.
    Raises SchemaChanged.
    """
    content = data.get("content")
    if content is None and "content" in data and may_be_null:
        return []
    if not isinstance(content, list):
        raise SchemaChanged(endpoint=endpoint, detail="content is missing or no list")
    if not all(isinstance(record, dict) for record in content):
        raise SchemaChanged(endpoint=endpoint, detail="content holds something that is no object")
    return content


def page_fields(data: Mapping[str, Any], *, endpoint: str) -> dict[str, Any]:
    """Return the fields every page with offsets has, named as in `results.Page`. Raises SchemaChanged."""
    total = number(data, "totalElements", endpoint=endpoint)
    return {
        "content": records(data, endpoint=endpoint, may_be_null=total == 0),
        "total_elements": total,
        "total_pages": number(data, "totalPages", endpoint=endpoint),
        "page": number(data, "page", endpoint=endpoint),
        "size": number(data, "size", endpoint=endpoint),
    }
