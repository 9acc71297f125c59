"""Refuses what no page of ours can do anything with, before any of them meets it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase

# PostgreSQL keeps no such character in any text; it comes from nobody's keyboard.
_NUL: Final = "\x00"


def _texts(query: QueryDict) -> Iterable[str]:
    for name, values in query.lists():
        yield name
        yield from values


class GuardMiddleware:
    """Answers 400 to an address or a form with a NUL character in it. Comes after the check of the form's token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> None:
        """Raises `BadRequest`, which has a page."""
        if _NUL in request.path or any(_NUL in text for text in _texts(request.GET)):
            raise BadRequest("NUL in the address")
        # Bodies that are no forms (webhooks, scans sent as JSON) are read by their views.
        if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"} and any(
            _NUL in text for text in _texts(request.POST)
        ):
            raise BadRequest("NUL in the form")
