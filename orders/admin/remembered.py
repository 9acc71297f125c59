"""The filters a person set on a list, kept for their next visit: a list opened from the menu has them again."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.views.main import IGNORED_PARAMS
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from orders.admin.keyset import CLEAR, PLACES

SESSION_KEY: Final = "order_filters"
_NO_FILTERS: Final = frozenset({*IGNORED_PARAMS, *PLACES, CLEAR, "p", "e"})


def narrowing(request: HttpRequest) -> str:
    """The part of the address that narrows the list, in one fixed order; empty when nothing does."""
    pairs = [
        (name, value)
        for name, values in request.GET.lists()
        if name not in _NO_FILTERS
        for value in values
        if value
    ]
    return urlencode(sorted(pairs))


def remembered(request: HttpRequest, name: str) -> str:
    """The filters kept for this list."""
    return str(request.session.get(SESSION_KEY, {}).get(name, ""))


def remember(request: HttpRequest, name: str) -> None:
    """Keep what this request narrows the list to. The session is written only when that has changed."""
    said = CLEAR in request.GET or any(key not in _NO_FILTERS for key in request.GET)
    wanted = narrowing(request)
    if not said or wanted == remembered(request, name):
        return
    request.session[SESSION_KEY] = {**request.session.get(SESSION_KEY, {}), name: wanted}


class RemembersFilters:
    """For a list in the admin: opened without any word in its address, it leads on to the filters kept for it."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        name = self.opts.model_name  # type: ignore[attr-defined]
        if request.method == "GET" and not request.GET and (kept := remembered(request, name)):
            return HttpResponseRedirect(f"{request.path}?{kept}")
        response: HttpResponse = super().changelist_view(request, extra_context)  # type: ignore[misc]
        if request.method == "GET" and response.status_code == 200 and IS_POPUP_VAR not in request.GET:
            remember(request, name)
        return response
