"""The page "Satış Analizi" in a real browser: the chart is drawn under a strict policy, and a click opens its lines."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from analytics.facts.services import refresh_facts
from orders.enums import OrderState
from tests.factories import make_order, make_product, make_superuser, make_variant
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

# The skin of the admin evaluates its own attributes; our chart needs nothing of that, no network and no inline script.
POLICY = "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"


def test_chart_is_drawn_and_a_click_opens_the_lines(
    contexts: Any,  # noqa: F811
    sign_in: Any,  # noqa: F811
    live_server: Any,
) -> None:
    strong = make_variant(product=make_product("0172", title="Bağcıklı Bot"))
    weak = make_variant(product=make_product("0300", title="Sandalet"))
    for variant, pairs in ((strong, 5), (weak, 2)):
        make_order([(variant, pairs)], ordered_at=timezone.now(), status=OrderState.SHIPPED)
    refresh_facts()
    context = contexts(viewport=PHONE)
    sign_in(context, make_superuser())
    page = context.new_page()
    spoken: list[str] = []
    page.on("console", lambda message: spoken.append(message.text) if message.type == "error" else None)

    def strict(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": POLICY})

    page.route("**/analytics/sales/**", strict)
    page.goto(f"{live_server.url}/analytics/sales/?rows=MODEL")
    page.locator("[data-drawn]").wait_for()
    bars = page.locator(".sa-chart .barlayer .point").count()
    sideways = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    findings = serious_findings(page)
    # plotly listens on a layer above the bars, so the place is clicked and not the element.
    page.locator(".sa-chart").scroll_into_view_if_needed()
    box = page.locator(".sa-chart .barlayer .point").first.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.click(*middle)
    page.wait_for_url("**/analytics/sales/lines/**")

    assert (bars, sideways, findings, spoken) == (2, False, [], [])
    assert page.locator("tbody tr").count() == 1
    assert "0172" in page.locator("tbody tr").inner_text()
