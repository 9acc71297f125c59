"""Paging through long lists by place instead of by number: page 10,000 opens as fast as the first.

A page is asked for as "the rows after this one" (`?after=<id>`), which an index answers directly; OFFSET would read
and drop everything before it. Nothing is counted unless the list is short by its nature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gullu.admin.base import ShopChangeList

AFTER: Final = "after"
BEFORE: Final = "before"
END: Final = "end"
CLEAR: Final = "clear"
PLACES: Final = (AFTER, BEFORE, END)
_NO_ROW: Final = 0


class Key(NamedTuple):
    """One column of an ordering. PostgreSQL puts NULL last when ascending and first when descending."""

    name: str
    descending: bool
    nullable: bool

    def turned(self) -> Key:
        return self._replace(descending=not self.descending)

    def __str__(self) -> str:
        return f"-{self.name}" if self.descending else self.name


def keys_of(options: Any, ordering: Sequence[str]) -> tuple[Key, ...]:
    """The columns of an ordering such as `("-ordered_at", "-id")`; it must end with a unique one.

    `options` are the model's (`_meta`).
    """
    keys = []
    for part in ordering:
        name = part.removeprefix("-")
        field = options.pk if name == "pk" else options.get_field(name)
        keys.append(Key(name, part.startswith("-"), bool(getattr(field, "null", False))))
    return tuple(keys)


def beyond(keys: Sequence[Key], values: Sequence[Any]) -> Q:
    """The rows that come after the one with these values."""
    wanted, same = Q(pk__in=[]), Q()
    for key, value in zip(keys, values, strict=True):
        later = _later(key, value)
        if later is not None:
            wanted |= same & later
        same &= Q(**{f"{key.name}__isnull": True} if value is None else {key.name: value})
    return _bound(keys[0], values[0]) & wanted


def _later(key: Key, value: Any) -> Q | None:
    if value is None:
        return Q(**{f"{key.name}__isnull": False}) if key.descending else None
    if key.descending:
        return Q(**{f"{key.name}__lt": value})
    greater = Q(**{f"{key.name}__gt": value})
    return greater | Q(**{f"{key.name}__isnull": True}) if key.nullable else greater


def _bound(key: Key, value: Any) -> Q:
    """The same said of the first column alone, where an index can begin: an OR it could not use."""
    if value is None or (key.nullable and not key.descending):
        return Q()
    return Q(**{f"{key.name}__{'lte' if key.descending else 'gte'}": value})


@dataclass(frozen=True, slots=True)
class Links:
    """Where the buttons below the list lead; empty where there is nothing."""

    first: str = ""
    previous: str = ""
    following: str = ""
    last: str = ""


class KeysetChangeList(ShopChangeList):
    """A change list that reads one page and one row more. `total` is None where counting would read everything."""

    total: int | None
    links: Links

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """What narrows the list, by name; a value that was left empty narrows nothing but belongs to its filter."""
        found = {**self.filter_params} if params is None else dict(params)
        found = dict(super().get_filters_params(found)) if found else {}
        return {name: value for name, value in found.items() if name not in {*PLACES, CLEAR}}

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """A list narrowed to a span of time is in the order of that time: its index then finds the span's rows."""
        ordering: list[Any] = super().get_ordering(request, queryset)
        times = [spec.sorts_by for spec in self.filter_specs if getattr(spec, "sorts_by", "")]
        if not times or "o" in self.params or self.model_admin.short_by_nature:
            return ordering
        return [f"-{times[0]}", "-id"]

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """Links of filters and columns begin at the first page. One that takes the last filter away says so."""
        if remove is None and None not in (new_params or {}).values():
            return self._without_place(new_params)
        text = self._without_place(new_params, remove)
        left = self.get_filters_params({name: [value] for name, value in parse_qsl(text[1:])})
        return text if left else self._without_place({**(new_params or {}), CLEAR: "1"}, remove)

    def _without_place(self, new_params: Any = None, remove: Any = None) -> str:
        nowhere = dict.fromkeys((*PLACES, CLEAR))
        text: str = super().get_query_string({**nowhere, **(new_params or {})}, remove)
        return text

    def get_results(self, request: HttpRequest) -> None:
        self.clear_all_filters_qs = self.get_query_string(remove=list(self.get_filters_params()))
        keys = keys_of(self.opts, self.queryset.query.order_by)
        rows, before, after = self._page(request, keys)
        self.links = self._links(rows, before=before, after=after)
        self.result_list = rows
        self.multi_page = before or after
        self.total = self._total(rows)
        self.result_count = self.full_result_count = len(rows) if self.total is None else self.total
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = False
        self.paginator = self.model_admin.get_paginator(request, rows, self.list_per_page)

    def _page(self, request: HttpRequest, keys: tuple[Key, ...]) -> tuple[list[Any], bool, bool]:
        """The rows, whether there are rows before them, and whether there are rows after them."""
        backwards = BEFORE in request.GET or END in request.GET
        way = tuple(key.turned() for key in keys) if backwards else keys
        place = self._place(request, way)
        rows = self._read(way, place)
        more, rows = len(rows) > self.list_per_page, rows[: self.list_per_page]
        if not backwards:
            return rows, place is not None, more
        if place is not None and not more:
            # The first page is always a full one, wherever one came from.
            rows = self._read(keys, None)
            return rows[: self.list_per_page], False, len(rows) > self.list_per_page
        return rows[::-1], more, place is not None

    def _read(self, keys: Sequence[Key], place: Sequence[Any] | None) -> list[Any]:
        rows: QuerySet[Any] = self.queryset.order_by(*(str(key) for key in keys))
        if place is not None:
            rows = rows.filter(beyond(keys, place))
        return list(rows[: self.list_per_page + 1])

    def _place(self, request: HttpRequest, keys: Sequence[Key]) -> tuple[Any, ...] | None:
        text = request.GET.get(AFTER) or request.GET.get(BEFORE)
        if not text:
            return None
        known = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else _NO_ROW
        # The base manager: the row may have left the list since.
        rows = self.model._base_manager.filter(pk=known)  # noqa: SLF001
        row: tuple[Any, ...] | None = rows.values_list(*(key.name for key in keys)).first()
        if row is None:
            words = _("The place “%(place)s” in the list is not known: the list begins at its first page.")
            messages.warning(request, words % {"place": text})
        return row

    def _links(self, rows: Sequence[Any], *, before: bool, after: bool) -> Links:
        base = self._without_place()
        joined = base + ("&" if base != "?" else "")
        return Links(
            first=self.get_query_string() if before else "",
            previous=f"{joined}{BEFORE}={rows[0].pk}" if before and rows else "",
            following=f"{joined}{AFTER}={rows[-1].pk}" if after and rows else "",
            last=f"{joined}{END}=1" if after else "",
        )

    def _total(self, rows: Sequence[Any]) -> int | None:
        if not self.multi_page:
            return len(rows)
        return self.queryset.order_by().count() if self.model_admin.short_by_nature else None


__all__ = [
    "AFTER",
    "BEFORE",
    "CLEAR",
    "END",
    "PLACES",
    "Key",
    "KeysetChangeList",
    "Links",
    "beyond",
    "keys_of",
]
