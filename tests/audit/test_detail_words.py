"""The details of an activity, in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from gullu.audit.detail_words import details_in_words


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"by": ["password", "totp"]}, "by way of: password, code of the app"),
        ({"by": "badge", "why": "PIN"}, "by way of: badge; reason: wrong PIN"),
        ({"until": "2026-11-21T23:09:00+00:00"}, "until: 22.11.2026 02:09"),
        (
            {"fields": ["name", "phone"], "by": "orders_order_unmask"},
            "shown: name, phone; by way of: order page",
        ),
        ({"given": ["password"], "taken": []}, "given: password; taken away: —"),
        ({"what": "orders:export", "rows": 3}, "what: orders:export; rows: 3"),
    ],
)
def test_details_are_told_in_words_and_what_has_none_as_it_is(details: dict[str, Any], words: str) -> None:
    with translation.override("en"):
        assert details_in_words(details) == words
