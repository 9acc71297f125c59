"""Every address of the project, and every action of the back office."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import ModelAdmin
from django.urls import URLPattern, URLResolver, get_resolver
from django.views.generic import RedirectView

# Django's own, without a name: the answer to what the back office does not know.
UNNAMED = {("admin", "(?P<url>.*)$")}


def addresses() -> dict[str, URLPattern]:
    """All addresses by their full names, in the order in which they are tried."""
    found: dict[str, URLPattern] = {}
    for spaces, pattern in _patterns(get_resolver(), ()):
        if pattern.name:
            found.setdefault(":".join((*spaces, pattern.name)), pattern)
    return found


def unnamed() -> set[tuple[str, str]]:
    """What has no name, by its space and its pattern; what only leads on is left out."""
    return {
        (":".join(spaces), str(pattern.pattern))
        for spaces, pattern in _patterns(get_resolver(), ())
        if not pattern.name and getattr(pattern.callback, "view_class", None) is not RedirectView
    }


def _patterns(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], URLPattern]]:
    for part in resolver.url_patterns:
        if isinstance(part, URLResolver):
            yield from _patterns(part, (*spaces, part.namespace) if part.namespace else spaces)
        else:
            yield spaces, part


def actions(request: Any) -> set[str]:
    """`app_model.action` of everything this person is offered; the skin's own kinds are named with their place."""
    return {name for model_admin in _admins() for name in _offered(model_admin, request)}


def _admins() -> list[ModelAdmin[Any]]:
    return list(admin.site._registry.values())


def _offered(model_admin: ModelAdmin[Any], request: Any) -> Iterator[str]:
    label = f"{model_admin.opts.app_label}_{model_admin.opts.model_name}"
    for name in model_admin.get_actions(request):
        yield f"{label}.{name}"
    for place in ("list", "detail", "row", "submit_line"):
        offered = getattr(model_admin, f"get_actions_{place}", None)
        options = {} if place in {"list", "row"} else {"object_id": 0}
        for action in offered(request, **options) if offered else ():
            yield f"{label}.{place}:{getattr(action, 'action_name', action)}"
