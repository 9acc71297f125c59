"""The catalogue's pages in a real browser: the same one, and the same devices, as the scan pages have."""

from __future__ import annotations

from tests.scan.conftest import (  # noqa: F401  (fixtures, and the rule for machines without Chromium)
    chromium,
    contexts,
    pytest_collection_modifyitems,
    sign_in,
)
