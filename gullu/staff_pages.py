"""What our own pages inside the frame of the back office share: who may open them, and the frame itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from gullu.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def person(request: HttpRequest) -> User:
    """Who is at the page. Raises `PermissionDenied` for nobody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def only_for(*rights: str, staff: bool = True) -> Callable[[View[P]], View[P]]:
    """A view only for who is signed in, may enter the back office (`staff`), and has all these rights."""

    def guard(view: View[P]) -> View[P]:
        @login_required
        @wraps(view)
        def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if (staff and not request.user.is_staff) or not request.user.has_perms(rights):
                raise PermissionDenied
            response = view(request, *args, **kwargs)
            # Names of customers stay out of caches, and the back button brings up nothing that was changed since.
            response["Cache-Control"] = "private, no-store"
            return response

        return cast("View[P]", checked)

    return guard


def frame(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page inside the frame of the back office."""
    return render(request, template, {**admin.site.each_context(request), **context}, status=status)


__all__ = ["P", "View", "frame", "only_for", "person"]
