"""The page of a model, how far earlier forecasts were right, the files, and how many statements all that takes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from openpyxl import load_workbook

from analytics.facts.services import refresh_facts
from analytics.forecasts import accuracy
from analytics.models import ForecastRun
from tests.analytics.forecasts.kit import sell, yesterday
from tests.analytics.forecasts.pagekit import PAGE, a_run, client_of, forecast_shop, opened, said
from tests.factories import make_product, make_shelf, make_variant, stock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


# --- one model --------------------------------------------------------------------------------------------------------


def test_model_shows_sold_and_expected_days_and_its_barcodes() -> None:
    boot, _sandal = forecast_shop()
    never = make_variant(product=boot.product, size="38")
    stock(boot, make_shelf(), 25)
    sell(yesterday(), [(boot, 3)])
    sell(timezone.localdate(), [(boot, 9)])
    refresh_facts()

    context = opened(f"{boot.product_id}/").context
    chart, barcodes = context["chart"], context["found"].barcodes
    sold, expected, band = chart["traces"]

    today = timezone.localdate()
    assert (chart["kind"], len(chart["keys"]), chart["keys"][56]) == ("band", 84, today.isoformat())
    assert (sold["values"][54:57], expected["values"][55:58], band["values"][84 - 1]) == (
        [0, 3, None],
        [None, 1.0, 1.0],
        pytest.approx(40 / 28),
    )
    assert [(row.barcode, row.short, row.expected, row.q90, row.stock, row.short_of) for row in barcodes] == [
        (boot.barcode, 14, 28, 40, 25, 15),
        (never.barcode, None, None, None, 0, 0),
    ]


def test_model_without_a_forecast_says_why() -> None:
    variant = make_variant()
    before = opened(f"{variant.product_id}/").content.decode()
    a_run()
    after = opened(f"{variant.product_id}/").content.decode()

    assert "No forecast was made yet." in before
    assert "This model has no forecast: none of its barcodes was sold in the last year." in after
    assert client_of().get(f"{PAGE}{variant.product_id}/pdf/").status_code == 404
    assert client_of().get(f"{PAGE}999999/").status_code == 404


# --- how far earlier forecasts were right -----------------------------------------------------------------------------


def test_earlier_forecasts_stand_beside_what_was_sold() -> None:
    boot, sandal = forecast_shop()
    origin = yesterday() - timedelta(days=28)
    old = a_run(origin)
    said(old, boot.product, expected=10, q90=12)
    said(old, sandal.product, expected=4, q90=5)
    ForecastRun.objects.filter(pk=old.pk).update(ended_at=timezone.now() - timedelta(days=28))
    for day, pairs in (
        (origin, 50),
        (origin + timedelta(days=1), 6),
        (yesterday(), 7),
        (timezone.localdate(), 9),
    ):
        sell(day, [(boot, pairs)])
    refresh_facts()

    page = opened().context
    (line,) = page["past_lines"]
    rows = {row.code: row.past for row in page["rows"]}

    # 13 of the boot instead of 10, none of the sandal instead of 4.
    assert (rows["0172"].sold, rows["0172"].enough, rows["0300"].sold, rows["0300"].enough) == (
        13,
        False,
        0,
        True,
    )
    assert (line.origin.expected, line.origin.sold, line.wape, line.bias, line.coverage) == (
        14, 13, "%53,8", "+%7,7", "%50,0",
    )  # fmt: skip
    past = opened(f"{boot.product_id}/").context["found"].past
    assert [(one.last_day, one.expected, one.q90, one.sold) for one in past] == [(origin, 10, 12, 13)]


def test_earlier_runs_are_a_week_apart_and_their_days_are_over() -> None:
    product = make_product()
    newest = yesterday() - timedelta(days=28)
    for age in (-1, 0, 1, 6, 7, 8, 15):
        said(a_run(newest - timedelta(days=age)), product)
    said(a_run(newest), product, expected=99)  # made again: the later one counts

    found = [(newest - one.last_day, one.expected) for one in accuracy.outcomes()]

    assert found == [(timedelta(days=age), pairs) for age, pairs in ((0, 99), (7, 28), (15, 28))]


# --- files and statements ---------------------------------------------------------------------------------------------


def test_workbooks_hold_the_whole_list_and_the_barcodes() -> None:
    boot, _sandal = forecast_shop()
    client = client_of()

    listed = load_workbook(BytesIO(client.get(f"{PAGE}excel/?sort=CODE").content))
    one = load_workbook(BytesIO(client.get(f"{PAGE}{boot.product_id}/excel/").content))

    rows = [[cell.value for cell in row] for row in listed["Models"].iter_rows()]
    assert [row[0] for row in rows] == ["Model code", "0172", "0300"]
    assert rows[1][2:7] == [14, 28, 40, "Model and barcodes, averaged", "%40,0"]
    assert one["Barcodes"]["A2"].value == boot.barcode


def test_papers_are_papers() -> None:
    boot, _sandal = forecast_shop()
    client = client_of()

    files = [client.get(f"{PAGE}{path}pdf/") for path in ("", f"{boot.product_id}/")]

    assert [(one["Content-Type"], one.content[:5]) for one in files] == [("application/pdf", b"%PDF-")] * 2


def statements(path: str) -> int:
    client = client_of()
    client.get(PAGE + path)
    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE + path)
    return len(queries)


def test_statements_do_not_grow_with_models_barcodes_and_runs() -> None:
    boot, _sandal = forecast_shop()
    paths = ["", "excel/", f"{boot.product_id}/", f"{boot.product_id}/excel/"]
    before = [statements(path) for path in paths]
    runs = [a_run(yesterday() - timedelta(days=28 + 7 * number)) for number in range(4)]
    ForecastRun.objects.filter(pk__in=[run.pk for run in runs]).update(
        ended_at=timezone.now() - timedelta(days=28)
    )
    newest = ForecastRun.objects.order_by("pk").first()
    assert newest is not None
    for number in range(8):
        product = make_variant().product
        make_variant(product=boot.product, size=f"4{number}")
        for run in (newest, *runs):
            said(run, product)

    assert [statements(path) for path in paths] == before


def test_web_pages_load_no_large_library() -> None:
    """Whoever opens the pages should not wait for Prophet, nor keep it in the memory of the web server."""
    code = (
        "import django, sys; django.setup(); import gullu.urls, analytics.tasks;"
        "print(sorted({'openai', 'prophet', 'statsforecast', 'pandas', 'scipy', 'cmdstanpy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_environment()
    )

    assert done.stdout.strip() == "[]"


def _environment() -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "gullu.settings_test"}
