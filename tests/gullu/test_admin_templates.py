"""Our templates carry no script, no event handler and no style of their own, so that a strict policy can hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
FORBIDDEN = {
    "inline style": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "style block": re.compile(r"<style", re.IGNORECASE),
    "event handler": re.compile(r"\son[a-z]+\s*=", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "Django's own case filters": re.compile(r"\|\s*(upper|lower|title)\b"),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_template_is_free_of_what_a_strict_policy_forbids(path: Path) -> None:
    # Names within template tags are no attributes.
    text = re.sub(r"{% (include|with|blocktranslate) .*?%}", "", path.read_text(encoding="utf-8"))

    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(text)] == []
