"""The pages people use, in a real browser under the policies they are sent with: nothing is refused, charts are drawn."""

from __future__ import annotations

from typing import Any, Final

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.facts.services import refresh_facts
from gullu.models import JobRun
from orders.enums import OrderState
from tests.factories import make_order, make_product, make_superuser, make_variant
from tests.scan.conftest import (  # noqa: F401  (fixtures, and the rule for machines without Chromium)
    chromium,
    contexts,
    pytest_collection_modifyitems,
    sign_in,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

# Told by the browser itself, before the page could look away.
SPY: Final = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
    window.refused.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


def test_browser_refuses_nothing_on_pages_of_every_class(
    contexts: Any,  # noqa: F811
    sign_in: Any,  # noqa: F811
    live_server: Any,
) -> None:
    variant = make_variant(product=make_product("0172", title="Bağcıklı Bot"))
    order = make_order([(variant, 2)], ordered_at=timezone.now(), status=OrderState.SHIPPED)
    run = JobRun.objects.create(
        name="sync_orders", trigger="STAFF", started_at=timezone.now(), counts={"new": 1}
    )
    refresh_facts()
    paths = {
        reverse("admin:orders_order_changelist"): "#changelist",
        reverse("admin:orders_order_change", args=[order.pk]): "#customer",
        reverse("admin:gullu_jobrun_change", args=[run.pk]): "pre",
        reverse("admin:catalog_product_add"): "[name=title]",
        reverse("sales:start") + "?rows=MODEL": "[data-drawn]",
        reverse("excel:start"): "[name=file]",
        reverse("product_grid:grid", args=[variant.product_id]): "form",
        reverse("scan:lookup"): "html[data-ready=true]",
        "/no-such-page/": "h1",
    }
    context = contexts()
    context.add_init_script(SPY)
    page = context.new_page()
    page.goto(f"{live_server.url}/admin/")
    page.locator("input[type=password]").wait_for()
    refused = {"sign-in": page.evaluate("window.refused")}
    sign_in(context, make_superuser())

    for path, sign in paths.items():
        page.goto(f"{live_server.url}{path}")
        page.locator(sign).first.wait_for(state="attached")
        refused[path] = page.evaluate("window.refused")

    assert {path: found for path, found in refused.items() if found} == {}
