"""A commission file in a real browser: the page renews itself while it is read, and fits a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analytics.models import CommissionImport
from analytics.tasks import read_commissions_job
from tests.analytics.commissionkit import now_charged, states, workbook
from tests.factories import make_superuser
from tests.scan.conftest import (  # noqa: F401  (fixtures)
    CHROMIUM,
    PHONE,
    chromium,
    contexts,
    serious_findings,
    sign_in,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
]

LIST = "/admin/analytics/commissionimport/"


def scrolls_sideways(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_file_is_handed_in_watched_and_written_on_a_phone(
    contexts: Any,  # noqa: F811
    sign_in: Any,  # noqa: F811
    live_server: Any,
    tmp_path: Path,
) -> None:
    path = tmp_path / "ekim-kasim-trendyol-muhasebe-raporu-uzun-dosya-adi.xlsx"
    path.write_bytes(
        workbook((10452345678, 19, 100, 5, "25.10.2026"), (10452345679, "yok", 1, 2, None)).getvalue()
    )
    context = contexts(viewport=PHONE)
    sign_in(context, make_superuser())
    page = context.new_page()

    page.goto(f"{live_server.url}{LIST}hand-in/")
    page.set_input_files("[name=file]", str(path))
    page.press("[name=valid_from]", "Enter")
    page.locator("[data-renew]").wait_for()
    watched = (scrolls_sideways(page), states())
    read_commissions_job(import_id=CommissionImport.objects.get().pk)
    page.locator("button[value=apply-valid]").wait_for()
    reason = page.locator(".g-reason", has_text="“yok”").bounding_box()
    findings = serious_findings(page)
    preview = scrolls_sideways(page)
    page.press("button[value=apply-valid]", "Enter")
    page.locator("button[value=undo]").wait_for()

    assert (watched, preview, findings) == ((False, ["READING"]), False, [])
    assert reason is not None
    assert reason["x"] < PHONE["width"]
    assert (list(now_charged()), states()) == (["10452345678"], ["APPLIED"])
