"""What a person sees of a page at a glance."""

from __future__ import annotations

from typing import Any


def scrolls_sideways(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
