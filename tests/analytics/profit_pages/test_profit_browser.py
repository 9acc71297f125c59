"""The pages of profit in a real browser: charts are drawn under a strict policy, and a click opens the lines."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from tests.analytics.profit_pages.kit import PAGE, small_shop
from tests.analytics.profit_pages.test_simulator import tried
from tests.analytics.test_sales_browser import POLICY
from tests.factories import make_superuser
from tests.scan.conftest import (  # noqa: F401  (fixtures)
    CHROMIUM,
    DESK,
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

SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def open_page(contexts: Any, sign_in: Any, live_server: Any) -> Any:  # noqa: F811
    """Open a page of profit as the owner, under the policy; returns it with what was spoken as an error."""

    def strict(route: Any) -> None:
        answer = route.fetch(timeout=30_000)
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": POLICY})

    def run(address: str, viewport: Any) -> Any:
        context = contexts(viewport=viewport)
        sign_in(context, make_superuser())
        page = context.new_page()
        spoken: list[str] = []
        page.on("console", lambda message: spoken.append(message.text) if message.type == "error" else None)
        page.route("**/analytics/profit/**", strict)
        page.goto(f"{live_server.url}{PAGE}{address}", timeout=30_000)
        page.wait_for_function("document.querySelectorAll('[data-chart]:not([data-drawn])').length === 0")
        return page, spoken

    return run


def click(page: Any, place: Any) -> None:
    """Plotly listens on a layer above what it draws, so the place is clicked and not the element."""
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.click(*middle)


def looked_at(page: Any) -> list[tuple[bool, list[str]]]:
    """Whether it scrolls sideways and what axe finds, on a phone and on the desk."""
    found = []
    for viewport in (PHONE, DESK):
        page.set_viewport_size(viewport)
        found.append((page.evaluate(SIDEWAYS), serious_findings(page)))
    return found


def test_waterfall_is_drawn_and_a_step_opens_its_lines(open_page: Any) -> None:
    small_shop(at=timezone.now())
    page, spoken = open_page("", PHONE)

    steps = page.locator(".pr-waterfall .waterfalllayer .point")
    found = (steps.count(), looked_at(page), spoken)
    click(page, steps.nth(1))
    page.wait_for_url("**/analytics/profit/lines/**")

    assert found == (11, [(False, [])] * 2, [])
    assert page.locator("tbody tr").count() == 1
    assert page.locator("tbody .pr-missing").count() == 1


def test_loss_hangs_below_zero_and_opens_its_lines(open_page: Any) -> None:
    small_shop(at=timezone.now())
    page, _spoken = open_page("?by=MODEL&sort=LOSS", DESK)

    bars = page.locator(".sa-chart:not(.pr-waterfall) .barlayer .point path")
    colours = [bars.nth(place).evaluate("bar => getComputedStyle(bar).fill") for place in range(2)]
    click(page, bars.first)
    page.wait_for_url("**/analytics/profit/lines/**")

    assert colours == ["rgb(220, 38, 38)", "rgb(21, 128, 61)"]
    assert "0300" in page.locator("tbody tr").inner_text()


def test_simulator_draws_its_steps_and_its_curve(open_page: Any) -> None:
    page, spoken = open_page(f"simulator/?{tried(return_rate='10')}", PHONE)

    assert page.locator("[data-drawn]").count() == 2
    # The curve, this price, and the price without a profit.
    assert page.locator(".scatterlayer .trace").count() == 3
    assert (looked_at(page), spoken) == ([(False, [])] * 2, [])


def test_band_fills_the_area_between_two_lines(open_page: Any) -> None:
    page, spoken = open_page("missing/", DESK)
    page.evaluate(BAND)
    page.add_script_tag(url="/static/plotly/plotly.min.js")
    page.add_script_tag(url="/static/analytics/chart.js", type="module")
    page.locator("[data-drawn]").wait_for()

    drawn = page.evaluate(
        "document.querySelector('[data-drawn]').data.map((one) => [one.name ?? null, one.fill ?? null, one.y])"
    )

    assert drawn == [
        [None, "toself", [6, 8, 3, 2]],
        ["Sold", None, [1, 4, None, None]],
        ["Least", None, [None, None, 2, 3]],
        ["Most", None, [None, None, 6, 8]],
    ]
    assert spoken == []


BAND = """
const chart = {kind: "band", dates: true, keys: ["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04"],
               labels: ["1", "2", "3", "4"], traces: [
    {name: "Sold", values: [1, 4, null, null], words: ["1", "4", "", ""], links: [null, null, null, null]},
    {name: "Least", band: true, values: [null, null, 2, 3], words: ["", "", "2", "3"], links: [null, null, null, null]},
    {name: "Most", band: true, values: [null, null, 6, 8], words: ["", "", "6", "8"], links: [null, null, null, null]},
]};
document.body.insertAdjacentHTML("beforeend", '<script id="band" type="application/json"></script>'
    + '<div style="height: 20rem" data-chart="band"></div><p class="sa-chart-failed" hidden></p>');
document.getElementById("band").textContent = JSON.stringify(chart);
"""
