"""zbar, the second reader of printed labels: its library comes from the system, not with the packages."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def zbar() -> None:
    """Without libzbar these tests are skipped on a person's machine, never where the result counts."""
    try:
        import pyzbar.pyzbar  # noqa: F401
    except ImportError:
        if os.environ.get("CI"):
            pytest.fail("libzbar is missing: apt-get install libzbar0")
        pytest.skip("no libzbar here")
