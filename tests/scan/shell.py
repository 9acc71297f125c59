"""What the tests of the scan shell look at, in the page and in the database."""

from __future__ import annotations

from typing import Any

from inventory.models import ScanLog

FOCUSED = "document.activeElement.id"


def booked() -> list[str]:
    return list(ScanLog.objects.order_by("pk").values_list("text", flat=True))


def waiting(page: Any) -> int:
    """Scans of anybody that wait on the device."""
    return page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('scan.q.')).length")


def sent_all(page: Any) -> None:
    page.wait_for_function("!Object.keys(localStorage).some((name) => name.startsWith('scan.q.'))")
