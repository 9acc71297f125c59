"""`manage.py train_forecasts`: here, through the queue, and what it says when it cannot."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import translation
from django_q.models import OrmQ

from analytics.models import ForecastRun, VariantForecast
from analytics.tasks import (
    continue_forecasts_job,
    prepare_forecasts_job,
    train_forecasts_job,
    work_forecasts_job,
)
from tests.analytics.forecasts.kit import sell, yesterday
from tests.factories import make_product, make_variant


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("train_forecasts", *arguments, stdout=out)
    return out.getvalue().strip()


def sparse_shop() -> None:
    for number in range(2):
        variant = make_variant(product=make_product(category=""))
        sell(yesterday() - timedelta(days=number), [(variant, 2)])


@pytest.mark.django_db
def test_here_the_whole_forecast_is_made_in_this_process() -> None:
    sparse_shop()

    words = run("--here")
    figures = json.loads(run("--here", "--json"))

    assert words.startswith("2 models and 2 barcodes forecast in ")
    assert OrmQ.objects.count() == 0
    assert {key: figures[key] for key in ("outcome", "done", "of", "fell_back", "forecast_barcodes")} == {
        "outcome": "DONE", "done": 1, "of": 1, "fell_back": 0, "forecast_barcodes": 2,
    }  # fmt: skip
    assert ForecastRun.objects.filter(state="DONE").count() == 2


@pytest.mark.django_db
def test_nothing_sold_is_one_sentence_and_a_failed_run() -> None:
    with pytest.raises(
        CommandError, match=r"^Nothing was sold up to .*: there is nothing to forecast from\.$"
    ):
        run("--here")

    assert ForecastRun.objects.get().state == "FAILED"


@pytest.mark.django_db
def test_without_a_worker_the_command_says_so_and_leaves_the_run_in_the_queue() -> None:
    with pytest.raises(CommandError, match=r"No worker took the forecast up for 0\.1 seconds"):
        run("--patience", "0.1")

    assert (ForecastRun.objects.get().state, OrmQ.objects.count()) == ("RUNNING", 1)


@pytest.mark.django_db(transaction=True)
def test_through_the_queue_the_command_waits_for_the_workers() -> None:
    sparse_shop()
    worker = threading.Thread(target=_work_off_the_queue)
    worker.start()

    words = run("--patience", "30")

    worker.join(timeout=30)
    assert words.startswith("2 models and 2 barcodes forecast in ")
    assert VariantForecast.objects.count() == 4


def _work_off_the_queue() -> None:
    """What a worker does: call what the queue names, one after the other, until the run is over."""
    tasks = {
        "analytics.tasks.prepare_forecasts_job": prepare_forecasts_job,
        "analytics.tasks.work_forecasts_job": work_forecasts_job,
    }
    deadline = time.monotonic() + 25
    try:
        while not ForecastRun.objects.filter(state="DONE").exists() and time.monotonic() < deadline:
            row = OrmQ.objects.order_by("pk").first()
            if row is None:
                time.sleep(0.05)
                continue
            tasks[row.func()](**row.task["kwargs"])
            row.delete()
    finally:
        connections.close_all()


@pytest.mark.django_db
def test_jobs_say_what_they_did() -> None:
    nothing = continue_forecasts_job()
    started = train_forecasts_job()
    refused = prepare_forecasts_job(run_id=started["run_id"])
    over = work_forecasts_job(run_id=started["run_id"])

    assert nothing == {"outcome": "NOTHING_RUNS"}
    assert started["created"] is True
    assert (refused["outcome"], refused["code"]) == ("REFUSED", "nothing_sold")
    assert over == {"studied": 0, "broken": 0}
