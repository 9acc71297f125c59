"""Where the skin would break our policy by itself, and where Django's own pages break on what nobody could choose."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from django.contrib.admin.widgets import AutocompleteMixin
from django.core.exceptions import ValidationError
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold import fields
from unfold.sites import UnfoldAdminSite

_OPTIONS: Final = AutocompleteMixin.optgroups
_SEARCH: Final[Callable[..., HttpResponse]] = UnfoldAdminSite.search


def plain_json(data: Any, encoder: Any) -> SafeString:
    """JSON to read, without a style attribute on every word."""
    text = json.dumps(data, sort_keys=True, indent=4, cls=encoder, ensure_ascii=False)
    return format_html('<pre class="whitespace-pre-wrap wrap-anywhere">{}</pre>', text)


def known_options(self: Any, name: str, value: list[str], attr: Any = None) -> Any:
    """The chosen ones of a field that searches; what is no key at all is left out instead of asked for.

    The form says that the choice is none. Drawing the page again would end with a status of 500.
    """
    key = self.field.remote_field.get_related_field()
    return _OPTIONS(self, name, [item for item in value if not item or _is_key(key, item)], attr)


def _is_key(key: Any, text: str) -> bool:
    try:
        key.run_validators(key.to_python(text))
    except (ValidationError, ValueError, TypeError):
        return False
    return True


def search(self: Any, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """The command palette; a page of results that does not exist is not there, instead of a status of 500."""
    try:
        return _SEARCH(self, request, extra_context)
    except InvalidPage as error:
        raise Http404 from error


def mend() -> None:
    """Put ours in the place of theirs: neither has a setting for it."""
    fields.prettify_json = plain_json
    AutocompleteMixin.optgroups = known_options  # type: ignore[method-assign, assignment]
    UnfoldAdminSite.search = search
