"""Choosing by keyboard and on a phone, and waiting for the file, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gullu.roles import OFFICE
from tests.analytics.papers.kit import add_picture, make_goods, page_texts, picture, run_queue
from tests.factories import make_user
from tests.scan.conftest import DESK, PHONE, serious_findings

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@pytest.fixture
def page(contexts: Callable[..., Any], sign_in: Callable[..., None], live_server: Any) -> Any:
    """The page of papers with three models, of which one has a picture."""
    for number in range(3):
        product = make_goods(f"A-{number}", title="Kadın Şık İğne Topuklu Çok Uzun İsimli Ayakkabı Modeli")
        if not number:
            add_picture(product, "Siyah", picture(100, 150))
    context = contexts(viewport=DESK)
    sign_in(context, make_user(OFFICE))
    opened = context.new_page()
    opened.goto(f"{live_server.url}/analytics/papers/")
    return opened


def ticked(page: Any) -> list[bool]:
    return page.eval_on_selector_all("[name=entry]", "ticks => ticks.map((tick) => tick.checked)")


def test_models_are_chosen_by_keyboard_and_the_file_is_fetched(page: Any, tmp_path: Path) -> None:
    page.focus("[name=entry] >> nth=0")
    page.keyboard.press("Control+Shift+A")
    none = ticked(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    one = ticked(page)
    page.keyboard.press("Control+A")
    every = ticked(page)
    page.click("[data-tick=turn]")
    page.click("[name=entry] >> nth=1")
    page.click("[name=entry] >> nth=2", modifiers=["Shift"])

    assert (none, one, every) == ([False] * 3, [False, True, False], [True] * 3)
    assert (ticked(page), page.inner_text(".pp-chosen").split()[-1]) == ([False, True, True], "2")

    # Enter in a field of the cover neither searches nor throws the ticks away.
    page.focus("[name=title]")
    page.keyboard.press("Enter")
    page.fill("[name=title]", "Yaz Kataloğu")
    page.click("[name=make]")
    page.wait_for_selector("progress")
    run_queue()
    fetch = page.wait_for_selector("a[href$='/file/']")
    with page.expect_download() as download:
        fetch.click()
    download.value.save_as(tmp_path / "paper.pdf")
    (_cover, text) = page_texts((tmp_path / "paper.pdf").read_bytes())
    assert [word in text for word in ("A-0", "A-1", "A-2", "Yaz Kataloğu")] == [False, True, True, True]


def test_only_the_questions_of_the_chosen_paper_are_asked(page: Any) -> None:
    def shown() -> list[bool]:
        return [
            page.is_visible(f"[name={name}]") for name in ("per_page", "with_prices", "with_stock", "colour")
        ]

    seen = {}
    for kind in ("CATALOGUE", "PRICE_LIST", "PRICE_LIST_XLSX", "SIZE_MATRIX"):
        page.check(f"[name=kind][value={kind}]")
        seen[kind] = shown()

    assert seen == {
        "CATALOGUE": [True, True, True, True],
        "PRICE_LIST": [False, False, True, True],
        "PRICE_LIST_XLSX": [False, False, True, False],
        "SIZE_MATRIX": [False, False, False, True],
    }


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_page_fits_every_screen_and_every_person(page: Any, viewport: dict[str, int]) -> None:
    page.set_viewport_size(viewport)

    sideways = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert page.evaluate(sideways) is False
    assert [finding for finding in serious_findings(page) if "pp-" in finding or "lb-" in finding] == []
    page.click("[name=make]")
    page.wait_for_selector("progress")
    assert page.evaluate(sideways) is False
