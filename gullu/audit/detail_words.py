"""The details of an activity in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_WORDS: Final[Mapping[str, Promise]] = {
    "what": gettext_lazy("what"),
    "rows": gettext_lazy("rows"),
    "filters": gettext_lazy("chosen by"),
    "given": gettext_lazy("given"),
    "taken": gettext_lazy("taken away"),
    "roles": gettext_lazy("roles"),
    "whole": gettext_lazy("complete"),
    "file": gettext_lazy("file"),
    "reason": gettext_lazy("reason"),
    "format": gettext_lazy("format"),
    "old": gettext_lazy("before"),
    "new": gettext_lazy("after"),
}


def details_in_words(details: Mapping[str, Any]) -> str:
    """`{"what": "history", "rows": 3}` → `what: history; rows: 3`; what nobody translated is shown as it is."""
    return "; ".join(f"{_WORDS.get(name, name)}: {_value(value)}" for name, value in details.items())


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {_value(one)}" for name, one in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_value, value)) or "—"
    return "—" if value in (None, "") else str(value)
