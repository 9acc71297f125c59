"""The skin's decorators with types, so that the methods they mark stay checked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from unfold.decorators import action as skin_action
from unfold.decorators import display as skin_display

Method = TypeVar("Method", bound=Callable[..., Any])


def column(
    *,
    description: Any,
    ordering: str | None = None,
    label: dict[Any, str] | None = None,
    header: bool | None = None,
) -> Callable[[Method], Method]:
    """A column of a list or a field of a page. `label`: colour by code, for methods returning (code, words)."""
    # Of a code without a colour the skin would show the code instead of the words.
    colours = None if label is None else defaultdict(str, label)
    marked = skin_display(description=description, ordering=ordering, label=colours, header=header)
    return cast("Callable[[Method], Method]", marked)


def bulk_action(*, description: Any, permissions: Sequence[str]) -> Callable[[Method], Method]:
    """An action on ticked rows; `permissions` names `has_<name>_permission` methods, checked again when it runs."""
    return cast("Callable[[Method], Method]", skin_action(description=description, permissions=permissions))
