"""kill -9 of a worker in the middle of an import or a forecast: the next one does the rest, and staff see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.module_loading import import_string
from django_q.models import OrmQ

from analytics.forecasts.selectors import Demand, demand, latest_run
from analytics.forecasts.services import continue_run, start_run, work_here
from analytics.models import ForecastRun, ForecastTask, ModelForecast, VariantForecast
from catalog.models import Product, ProductImage, Variant
from gullu.jobs import broken_off
from gullu.models import JobRun
from gullu.queue import Broker, begin, take_over
from integrations.listing import importing
from integrations.models import ChannelProduct, Listing, SyncProblem
from integrations.trendyol.sync import sync_products
from inventory.selectors import availability, check_stock
from orders.models import Order
from tests.analytics.forecasts.kit import sell, yesterday
from tests.factories import make_product, make_superuser, make_variant
from tests.faults.dying import run_and_die
from tests.integrations.conftest import Shop, client, sandbox, shelf, shop  # noqa: F401  (fixtures)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(240),
    # Forking with threads alive is the point here: the child speaks only through what it opens itself.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]
PLACES = [("Siyah", "37"), ("Siyah", "38"), ("Bej", "37"), ("Bej", "38")]
"""Colours and sizes of each model that is imported."""
# Of one model: products, barcodes, addresses of pictures, cards, listings that point to a barcode.
NOTHING, WHOLE = (0, 0, 0, 0, 0), (1, 4, 2, 1, 4)
SAID = (6, 6)
"""Rows a run writes of three models of one barcode each: of models and of barcodes, for two horizons."""


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def staff() -> Client:
    browser = Client()
    browser.force_login(make_superuser())
    return browser


def shown_runs(staff: Client, **asked: str) -> str:
    """What the list of job runs says of those asked for."""
    return staff.get(reverse("admin:gullu_jobrun_changelist"), asked).content.decode()


# --- an import --------------------------------------------------------------------------------------------------------


def list_model(shop: Shop, code: str) -> list[str]:  # noqa: F811
    """A model that is on sale there and unknown here; returns its barcodes."""
    barcodes = [f"86991{code}{number:04d}" for number in range(len(PLACES))]
    for barcode, (colour, size) in zip(barcodes, PLACES, strict=True):
        picture = f"https://cdn.example/{code}-{colour}.jpg"
        listing = {"product_main_id": code, "colour": colour, "size": size, "image_url": picture}
        shop.list_there(barcode, 4, category="Babet", brand="Güllü Shoes", **listing)
    return barcodes


def taken(code: str) -> tuple[int, ...]:
    """How much of a model is here; the same shapes as NOTHING and WHOLE."""
    return (
        Product.objects.filter(code=code).count(),
        Variant.objects.filter(product__code=code).count(),
        ProductImage.objects.filter(product__code=code).count(),
        ChannelProduct.objects.filter(product__code=code).count(),
        Listing.objects.filter(variant__product__code=code).count(),
    )


def test_an_import_killed_at_any_step_takes_in_the_rest_next_time(
    shop: Shop,  # noqa: F811
    staff: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "_AT_ONCE", len(PLACES))  # each model is a transaction of its own
    listed: list[str] = []
    half: set[int] = set()
    step, killed, rounds = 4, True, 0  # from the step on at which the run is there to be seen
    while killed:
        codes = [f"{step:03d}{number}" for number in range(2)]
        barcodes = [barcode for code in codes for barcode in list_model(shop, code)]
        listed += barcodes
        shop.sandbox.shop.place_order(lines=[(barcodes[0], 1)])
        rounds += 1

        killed = run_and_die(partial(sync_products, import_new=True), die_at=step)

        left = [taken(code) for code in codes]
        assert set(left) <= {NOTHING, WHOLE}
        half.add(left.count(WHOLE))
        runs = JobRun.objects.filter(name="sync_products").order_by("pk")
        assert [run.state for run in runs][2 * rounds - 2 :] == ["RUNNING" if killed else "DONE"]
        assert check_stock().clean
        sync_products(import_new=True)  # start again
        assert [taken(code) for code in codes] == [WHOLE, WHOLE]
        cut = ("LOST", broken_off()) if killed else ("DONE", "")
        assert list(runs.values_list("state", "error"))[2 * rounds - 2 :] == [cut, ("DONE", "")]
        import time; print(step, left, time.monotonic())
        step += 7

    assert (half, rounds > 10) == ({0, 1, 2}, True)
    assert sorted(Variant.objects.values_list("barcode", flat=True)) == sorted(listed)
    assert not SyncProblem.objects.filter(resolved_at=None).exists()
    assert {row.barcode: row.reserved for row in availability() if row.reserved} == dict.fromkeys(
        listed[:: 2 * len(PLACES)], 1
    )
    assert Order.objects.count() == rounds
    lost = JobRun.objects.filter(state="LOST")
    assert not JobRun.objects.filter(state="RUNNING").exists()
    assert set(lost.values_list("error", flat=True)) == {broken_off()}
    page = shown_runs(staff, job="sync_products", state__exact="LOST")
    assert (page.count(broken_off()), "Broken off" in page) == (rounds - 1, True)


# --- a forecast -------------------------------------------------------------------------------------------------------


def worker() -> None:
    """What a worker does until the queue is empty, after its two looks for what dead ones left."""
    take_over(take_over({}))
    broker = Broker("gullu")
    while fetched := broker._fetch():
        ((row, payload),) = fetched
        task = OrmQ(payload=payload).task
        begin(task={**task, "ack_id": row})
        import_string(task["func"])(**task["kwargs"])
        broker.acknowledge(row)


def work_on() -> None:
    """Another worker, right away; when its lease ends, the dead one's study is asked for anew."""
    assert not run_and_die(worker, die_at=0)
    if ForecastRun.objects.filter(state="RUNNING").exists():
        ForecastTask.objects.filter(claimed_until__isnull=False).update(claimed_until="2026-01-01T00:00Z")
        continue_run()
        assert not run_and_die(worker, die_at=0)


def said(run: ForecastRun) -> tuple[int, int]:
    """Rows this run wrote, of models and of barcodes."""
    return ModelForecast.objects.filter(run=run).count(), VariantForecast.objects.filter(run=run).count()


def expected() -> dict[int, Demand]:
    return demand(days=28, level=0.9)


def test_a_forecast_killed_at_any_step_leaves_the_last_one_until_the_next_is_whole(
    staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GULLU_WORKER", "dying-1-00000000")
    shoes = [make_variant(product=make_product(category="")) for _number in range(3)]
    for number, shoe in enumerate(shoes):
        sell(yesterday() - timedelta(days=number), [(shoe, 2)])
    work_here(start_run(queue=False).run_id, report=lambda _now: None)
    step, killed, rounds, cut = 1, True, 0, 0
    while killed:
        before, words = latest_run(), expected()
        sell(yesterday(), [(shoes[0], 5)])  # what is said next differs
        OrmQ.objects.all().delete()
        run = ForecastRun.objects.get(pk=start_run().run_id)

        killed = run_and_die(worker, die_at=step)

        run.refresh_from_db()
        page = staff.get(reverse("forecasts:start")).context
        if run.state == "RUNNING":
            cut += 1
            assert (page["run"], page["progress"].run_id, expected()) == (before, run.pk, words)
            assert said(run) == (0, 0)
        assert run.state in {"RUNNING", "DONE"}
        work_on()
        run.refresh_from_db()
        import time; print(step, run.state, cut, said(run), time.monotonic())
        step += 5
