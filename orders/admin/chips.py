"""How a list says in words what it is narrowed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from orders.admin.keyset import CLEAR, PLACES

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set: its name, its value in words, and the address of the list without it."""

    title: Words
    words: Words
    remove: str


def kept_parameters(request: HttpRequest, dropped: Sequence[str | None]) -> list[tuple[str, str]]:
    """What a filter's own form must carry along: everything else the address says, but no place in the list."""
    leave = {*dropped, *PLACES, CLEAR}
    return [(name, value) for name, values in request.GET.lists() if name not in leave for value in values]


def chips_of(changelist: Any) -> list[Chip]:
    """Everything a list is narrowed to, also by a plain field look-up in its address."""
    chips = [chip for spec in changelist.filter_specs for chip in spec.chips(changelist)]
    own = {name for spec in changelist.filter_specs for name in spec.expected_parameters()}
    for name, values in changelist.get_filters_params().items():
        if name not in own:
            remove = changelist.get_query_string(remove=[name])
            chips.append(Chip(_field_words(changelist, name), ", ".join(values), remove))
    return chips


def _field_words(changelist: Any, name: str) -> Words:
    field, _sep, lookup = name.partition("__")
    options = changelist.lookup_opts
    words: Words = (options.pk if field == "pk" else options.get_field(field)).verbose_name
    signs = {"gte": "≥", "gt": ">", "lte": "≤", "lt": "<"}
    return f"{words} {signs[lookup]}" if lookup in signs else words
