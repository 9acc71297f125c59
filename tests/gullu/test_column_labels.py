"""The labels of lists."""

from __future__ import annotations

from typing import Any

from unfold.utils import display_for_label

from gullu.admin.decorators import column


@column(description="state", label={"NEW": "info"})
def state(_row: object) -> tuple[str, str]:
    return "OLD", "Older than what is known"


def test_code_without_a_colour_is_shown_in_words() -> None:
    marked: Any = state

    shown = display_for_label(state(object()), "-", marked.label)

    assert ("Older than what is known" in shown, "OLD" in shown.replace("Older", "")) == (True, False)
