"""Writing down that data left the shop: which file, how many rows, chosen how, by whom.

Every answer that is a workbook, a CSV or a PDF is noted at one place, so that no door can be forgotten. Labels are not:
they stick to boxes. What hands out a customer's data notes it itself, as `PERSONAL_DATA`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import unquote

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import parse_header_parameters

from gullu.audit.records import Activity
from gullu.audit.services import record
from gullu.models import User

_KINDS: Final = frozenset(
    {
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "text/csv",
    }
)
_NOTED_ELSEWHERE: Final = frozenset({"labels", "privacy"})
# What is typed into a search may be a customer's name: it is only said that something was.
_TYPED: Final = frozenset({"q", "search", "question"})
_NO_FILTERS: Final = frozenset({"after", "as", "page", "p", "o", "csrfmiddlewaretoken"})
_LONGEST: Final = 100
_MOST_FILTERS: Final = 20

R = TypeVar("R", bound=HttpResponseBase)


def counted(response: R, rows: int) -> R:
    """Say of a file how many rows it has."""
    vars(response)["exported_rows"] = rows
    return response


class ExportMiddleware:
    """Notes files as they leave. One statement for a file, none for anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if _is_export(request, response):
            # Raises before anything is sent: what cannot be noted is not handed out.
            note(request, response)
        return response


def _is_export(request: HttpRequest, response: HttpResponseBase) -> bool:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
    match = request.resolver_match
    return (
        response.status_code == 200
        and kind in _KINDS
        and match is not None
        and not _NOTED_ELSEWHERE & set(match.namespaces)
    )


def note(request: HttpRequest, response: HttpResponseBase) -> Activity:
    """Write down one file. Nothing of its content is kept."""
    match = request.resolver_match
    details: dict[str, Any] = {
        "file": _file_name(response),
        "what": match.view_name if match else "",
        "rows": vars(response).get("exported_rows"),
        "filters": _filters(request.GET),
    }
    actor = request.user if isinstance(request.user, User) else None
    kept = {name: value for name, value in details.items() if value not in (None, "", {})}
    return record(Activity.Kind.EXPORTED, actor=actor, details=kept)


def _file_name(response: HttpResponseBase) -> str:
    _kind, parts = parse_header_parameters(response.headers.get("Content-Disposition", ""))
    return unquote(parts.get("filename", ""))[:_LONGEST]


def _filters(asked: Mapping[str, Any]) -> dict[str, str]:
    given = [(name, str(value)) for name, value in asked.items() if value and name not in _NO_FILTERS]
    return {
        name[:_LONGEST]: "…" if name in _TYPED else value[:_LONGEST] for name, value in given[:_MOST_FILTERS]
    }


__all__ = ["ExportMiddleware", "counted", "note"]
