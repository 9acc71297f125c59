"""Size charts: one chart serves many models, and the pages that show it read it at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import SizeChart, SizeChartRow
from catalog.size_charts import ChartSize, charts_of
from orders.exchange_selectors import exchangeable
from tests.factories import make_order, make_product, make_superuser, make_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def chart() -> SizeChart:
    chart = SizeChart.objects.create(name="Kadın dar kalıp", note="Yarım numara küçük olur.")
    for size, foot in (("38", 242), ("37", 235)):
        SizeChartRow.objects.create(chart=chart, size=size, foot_mm=foot, insole_mm=foot + 5)
    return chart


def test_a_chart_is_told_smallest_foot_first(chart: SizeChart) -> None:
    with_chart, without = make_product(size_chart=chart), make_product()

    found = charts_of({with_chart.pk, without.pk})

    assert list(found) == [with_chart.pk]
    assert found[with_chart.pk].sizes == (ChartSize("37", 235, 240), ChartSize("38", 242, 247))


def test_many_models_cost_one_statement(chart: SizeChart, django_assert_num_queries: Any) -> None:
    products = [make_product(size_chart=chart) for _number in range(5)]

    with django_assert_num_queries(1):
        assert len(charts_of({product.pk for product in products})) == 5


def test_who_exchanges_a_size_sees_which_foot_it_fits(chart: SizeChart) -> None:
    order = make_order([(make_variant(product=make_product(size_chart=chart), size="37"), 1)])

    (row,) = exchangeable(list(order.lines.select_related("variant__product")))

    assert row.chart is not None
    assert row.chart.note == "Yarım numara küçük olur."


def test_an_insole_shorter_than_its_foot_is_refused(client: Client) -> None:
    client.force_login(make_superuser())
    sent = {
        "name": "Çocuk",
        "note": "",
        "rows-TOTAL_FORMS": "1",
        "rows-INITIAL_FORMS": "0",
        "rows-0-size": "30",
        "rows-0-foot_mm": "190",
        "rows-0-insole_mm": "150",
    }

    response = client.post(reverse("admin:catalog_sizechart_add"), sent)

    assert response.status_code == 200
    assert "150" in str(response.context["inline_admin_formset"].formset.errors)
    assert not SizeChart.objects.exists()

    client.post(reverse("admin:catalog_sizechart_add"), {**sent, "rows-0-insole_mm": "195"})
    assert list(SizeChartRow.objects.values_list("size", "insole_mm")) == [("30", 195)]
