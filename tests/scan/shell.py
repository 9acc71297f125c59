"""What the tests of the scan shell look at, in the page and in the database."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Error

from inventory.models import ScanLog

FOCUSED = "document.activeElement.id"


def booked() -> list[str]:
    return list(ScanLog.objects.order_by("pk").values_list("text", flat=True))


def waiting(page: Any) -> int:
    """Scans of anybody that wait on the device."""
    return page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('scan.q.')).length")


def until(page: Any, expression: str, *, seconds: float = 10) -> None:
    """Wait until it holds in the page. Playwright's own waiting evaluates texts inside it, which our policy refuses."""
    end = time.monotonic() + seconds
    while not _holds(page, expression):
        assert time.monotonic() < end, f"still not true: {expression}"
        page.wait_for_timeout(20)


def _holds(page: Any, expression: str) -> bool:
    try:
        return bool(page.evaluate(expression))
    except Error as error:
        # A page that was shown without connection loads itself again as soon as there is one.
        if "Execution context was destroyed" not in error.message:
            raise
        return False


def sent_all(page: Any) -> None:
    until(page, "!Object.keys(localStorage).some((name) => name.startsWith('scan.q.'))")
