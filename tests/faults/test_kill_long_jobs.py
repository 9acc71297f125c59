"""kill -9 of a worker in the middle of an import or a forecast: the next one does the rest, and staff see it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.module_loading import import_string
from django_q.models import OrmQ

from analytics.forecasts import working
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
        step += 18 if half == {0} else 6  # reading in wide steps, taking in in narrow ones

    assert (half, rounds > 8) == ({0, 1, 2}, True)
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


def die(*_given: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def work_on() -> None:
    """Another worker, right away; when its lease ends, the dead one's study is asked for anew."""
    assert not run_and_die(worker, die_at=0)
    if ForecastRun.objects.filter(state="RUNNING").exists():
        ForecastTask.objects.filter(claimed_until__isnull=False).update(claimed_until=None)
        continue_run()
        assert not run_and_die(worker, die_at=0)


def said(run: ForecastRun) -> tuple[int, int]:
    """Rows this run wrote, of models and of barcodes."""
    return ModelForecast.objects.filter(run=run).count(), VariantForecast.objects.filter(run=run).count()


def expected() -> dict[int, Demand]:
    return demand(days=28, level=0.9)


@pytest.fixture
def shoes(monkeypatch: pytest.MonkeyPatch) -> list[Variant]:
    """Three models of one barcode that were forecast once: studied in milliseconds, all in one task."""
    monkeypatch.setenv("GULLU_WORKER", "dying-1-00000000")
    shoes = [make_variant(product=make_product(category="")) for _number in range(3)]
    for number, shoe in enumerate(shoes):
        sell(yesterday() - timedelta(days=number), [(shoe, 2)])
    work_here(start_run(queue=False).run_id, report=lambda _now: None)
    return shoes


def begin_anew(shoes: list[Variant]) -> ForecastRun:
    """Ask for a forecast that differs from the last one."""
    sell(yesterday(), [(shoes[0], 5)])
    return ForecastRun.objects.get(pk=start_run().run_id)


def test_a_forecast_killed_at_any_step_leaves_the_last_one_until_the_next_is_whole(
    shoes: list[Variant], staff: Client
) -> None:
    step, killed, stages = 1, True, set()
    while killed:
        before, words = latest_run(), expected()
        run = begin_anew(shoes)

        killed = run_and_die(worker, die_at=step)

        run.refresh_from_db()
        page = staff.get(reverse("forecasts:start")).context
        under_way = page["progress"]
        if run.state == "RUNNING":
            assert (page["run"], expected(), said(run)) == (before, words, (0, 0))
            assert (under_way.run_id, under_way.done <= under_way.of <= 1) == (run.pk, True)
        else:
            assert (run.state, page["run"], said(run), under_way) == ("DONE", run, SAID, None)
        stages.add((under_way.done, under_way.of) if under_way else "over")
        work_on()
        run.refresh_from_db()
        assert (run.state, latest_run(), said(run), run.tasks.count()) == ("DONE", run, SAID, 1)
        assert expected().keys() == words.keys()
        assert expected() != words
        shown = JobRun.objects.get(name="train_forecasts", counts__run=run.pk)
        assert (shown.state, shown.counts["done"], shown.counts["of"]) == ("DONE", 1, 1)
        # The end, at which everything is written, in narrow steps.
        step += 5 if (1, 1) in stages else 12

    # Between its making and its end a task is few steps wide: the next tests die there.
    assert stages - {(0, 1)} == {(0, 0), (1, 1), "over"}
    assert not JobRun.objects.filter(state="RUNNING").exists()
    # The forecast itself was continued; of its parts, those are shown that a death ended.
    assert set(JobRun.objects.filter(state="LOST").values_list("name", "error")) == {
        ("refresh_facts", broken_off())
    }
    assert broken_off() in shown_runs(staff, job="refresh_facts", state__exact="LOST")


def test_a_forecast_whose_tasks_were_just_made_when_its_worker_died_is_studied_once(
    shoes: list[Variant], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin_anew(shoes)
    with monkeypatch.context() as dying:
        dying.setattr(Broker, "acknowledge", die)
        assert run_and_die(worker, die_at=0)
    made = list(run.tasks.values_list("pk", "attempts"))

    work_on()

    run.refresh_from_db()
    assert [attempts for _task, attempts in made] == [0]
    assert list(run.tasks.values_list("pk", "attempts")) == [(made[0][0], 1)]
    assert (run.state, latest_run(), said(run)) == ("DONE", run, SAID)


def test_a_forecast_nobody_takes_up_is_shown_as_broken_off_by_that_of_the_next_day(
    shoes: list[Variant], staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = latest_run()
    cut = begin_anew(shoes)
    with monkeypatch.context() as dying:
        dying.setattr(working, "study_given", die)
        assert run_and_die(worker, die_at=0)
    assert ForecastTask.objects.get(run=cut).attempts == 1
    ForecastRun.objects.filter(pk=cut.pk).update(last_day=yesterday() - timedelta(days=1))

    run = begin_anew(shoes)

    cut.refresh_from_db()
    assert (cut.state, said(cut), latest_run()) == ("DROPPED", (0, 0), before)
    page = shown_runs(staff, job="train_forecasts", state__exact="LOST")
    assert (page.count(broken_off()), "Broken off" in page) == (1, True)
    work_on()
    run.refresh_from_db()
    assert (run.state, latest_run(), said(run), said(cut)) == ("DONE", run, SAID, (0, 0))
