"""A run from its start to its end: tasks made once, worked on by many, taken over from the dead, concluded once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django_q.models import OrmQ

from analytics.forecasts import working
from analytics.forecasts.concluding import conclude_if_ready
from analytics.forecasts.errors import NothingSold
from analytics.forecasts.keeping import KEEP_RUNS, prune_forecasts
from analytics.forecasts.packing import pack_given, unpack_given
from analytics.forecasts.runs import end_run, lock_running, progress_of
from analytics.forecasts.selectors import failed_groups, latest_run
from analytics.forecasts.services import continue_run, prepare_run, start_run, work_here, work_slice
from analytics.forecasts.words import FALLBACK
from analytics.forecasts.working import MOST_ATTEMPTS, claim, work
from analytics.models import Campaign, ForecastRun, ForecastTask, ModelForecast, VariantForecast
from catalog.models import Variant
from gullu.models import JobRun
from tests.analytics.forecasts.kit import sell, small_shop, yesterday
from tests.concurrency.threads import race
from tests.factories import make_product, make_variant
from tests.faults.dying import run_and_die

pytestmark = [
    pytest.mark.django_db,
    # Forking with threads alive is the point of some: the child speaks only through what it opens itself.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def queued() -> list[str]:
    """What waits in the queue, without the facts' own jobs."""
    return [row.func() for row in OrmQ.objects.order_by("pk") if "forecasts" in row.func()]


def sparse_shop(models: int = 3) -> list[Variant]:
    """Models nobody lends a signal: studied in milliseconds, all in one task."""
    variants = [make_variant(product=make_product(category="")) for _number in range(models)]
    for number, variant in enumerate(variants):
        sell(yesterday() - timedelta(days=number), [(variant, 2)])
    return variants


def many_tasks(run_id: int, count: int) -> None:
    """The same task under other names, of barcodes no variant has, so that workers have something to share."""
    task = ForecastTask.objects.get(run=run_id)
    given = unpack_given(task.given)
    rows = []
    for number in range(1, count):
        barcodes = tuple(f"9{number:05d}{place}" for place in range(len(given.task.history.barcodes)))
        other = replace(given.task, history=replace(given.task.history, barcodes=barcodes))
        rows.append(ForecastTask(run_id=run_id, group=f"again {number}", given=pack_given(other, ())))
    ForecastTask.objects.bulk_create(rows)


def prepared() -> int:
    run = start_run().run_id
    prepare_run(run)
    return run


def job() -> JobRun:
    return JobRun.objects.get(name="train_forecasts")


# --- the whole way ----------------------------------------------------------------------------------------------------


def test_a_run_writes_models_and_barcodes_and_shows_what_it_did() -> None:
    b37, b38, seldom = small_shop()
    Campaign.objects.create(name="Kasım", first_day=yesterday(), last_day=yesterday() + timedelta(days=3))
    seen: list[tuple[int, int]] = []

    started = start_run(trigger=JobRun.Trigger.COMMAND, queue=False)
    ended = work_here(started.run_id, report=lambda now: seen.append((now.done, now.of)))

    run = ForecastRun.objects.get()
    assert (started.created, ended.state, run.state, run.last_day) == (True, "DONE", "DONE", yesterday())
    assert latest_run() == run
    groups = list(ForecastTask.objects.order_by("pk").values_list("group", "attempts", "given", "result"))
    assert groups == [("model:0172", 1, None, None), ("", 1, None, None)]
    assert (seen[0], seen[-1]) == ((0, 0), (2, 2))
    assert (job().state, job().trigger) == ("DONE", "COMMAND")
    assert job().counts == {
        "run": run.pk, "done": 2, "of": 2, "fell_back": 0, "forecast_models": 2, "forecast_barcodes": 3,
    }  # fmt: skip
    rows = {(row.variant_id, row.horizon): row for row in VariantForecast.objects.all()}
    assert set(rows) == {(one.pk, horizon) for one in (b37, b38, seldom) for horizon in (14, 28)}
    # About one pair a day of each size, one more on Saturdays of the first.
    assert rows[b38.pk, 28].expected == pytest.approx(28, rel=0.15)
    assert rows[b37.pk, 28].expected == pytest.approx(32, rel=0.15)
    assert rows[b37.pk, 28].q90 >= rows[b37.pk, 28].expected
    assert (rows[seldom.pk, 28].method, rows[seldom.pk, 28].group) == ("MOVING_AVERAGE", "")
    boot = ModelForecast.objects.get(product=b37.product, horizon=28)
    assert (boot.group, len(boot.path), len(boot.band)) == ("0172", 28, 28)
    assert boot.expected == pytest.approx(sum(boot.path))
    assert boot.expected == pytest.approx(rows[b37.pk, 28].expected + rows[b38.pk, 28].expected)
    assert (boot.wape is not None, boot.average_wape is not None) == (True, True)
    short = ModelForecast.objects.get(product=b37.product, horizon=14)
    assert short.path == boot.path[:14]


def test_nothing_sold_ends_the_run_with_the_reason() -> None:
    run = start_run().run_id

    with pytest.raises(NothingSold) as refusal:
        prepare_run(run)

    failed = ForecastRun.objects.get()
    assert (failed.state, failed.error) == ("FAILED", str(refusal.value))
    assert (job().state, job().error) == ("FAILED", str(refusal.value))
    assert latest_run() is None


def test_what_was_not_sold_for_a_year_is_not_forecast() -> None:
    awake, asleep = sparse_shop(1)[0], make_variant()
    sell(yesterday() - timedelta(days=400), [(asleep, 3), (awake, 1)])
    work_here(prepared(), report=lambda _now: None)

    assert set(VariantForecast.objects.values_list("variant", flat=True)) == {awake.pk}


# --- starting and continuing ------------------------------------------------------------------------------------------


def test_starting_twice_continues_the_first() -> None:
    first, second = start_run(), start_run()

    assert (first.created, second.created, first.run_id) == (True, False, second.run_id)
    assert JobRun.objects.filter(name="train_forecasts").count() == 1
    assert queued() == ["analytics.tasks.prepare_forecasts_job"]


def test_an_unfinished_run_of_an_earlier_day_is_given_up() -> None:
    sparse_shop(1)
    old = prepared()
    ForecastRun.objects.filter(pk=old).update(last_day=yesterday() - timedelta(days=1))

    started = start_run()

    assert (started.created, ForecastRun.objects.get(pk=old).state) == (True, "DROPPED")
    assert (claim(old), JobRun.objects.get(counts__run=old).state) == (None, "LOST")


def test_tasks_are_made_once_and_asked_for_at_most_eight_times() -> None:
    sparse_shop()
    run = start_run().run_id

    made = [prepare_run(run), prepare_run(run)]
    many_tasks(run, 30)
    OrmQ.objects.all().delete()
    continue_run()

    assert made == [True, False]
    assert queued() == ["analytics.tasks.work_forecasts_job"] * 8


def test_looking_after_a_slow_run_does_not_fill_the_queue() -> None:
    """Every few minutes somebody looks, or presses the button: orders must not wait behind ever more requests."""
    sparse_shop()
    run = prepared()
    many_tasks(run, 30)
    OrmQ.objects.all().delete()

    asked = [continue_run()["requests"] for _look in range(3)]
    start_run()
    before = len(queued())
    OrmQ.objects.filter(pk__in=OrmQ.objects.order_by("pk")[:2]).update(
        lock=timezone.now() + timedelta(hours=1)  # two of them are being worked on
    )

    assert asked == [8, 0, 0]
    assert (before, continue_run()["requests"], len(queued())) == (8, 2, 10)


def test_requests_of_another_run_do_not_count() -> None:
    first = start_run().run_id
    ForecastRun.objects.filter(pk=first).update(last_day=yesterday() - timedelta(days=1))

    second = start_run().run_id

    assert [row.task["kwargs"]["run_id"] for row in OrmQ.objects.order_by("pk")] == [first, second]


def test_a_request_works_for_a_while_and_queues_up_again() -> None:
    sparse_shop()
    run = prepared()
    many_tasks(run, 3)
    OrmQ.objects.all().delete()

    nothing = work_slice(run, seconds=0)
    asked = queued()
    OrmQ.objects.all().delete()
    rest = work_slice(run)

    assert (nothing.studied, asked) == (0, ["analytics.tasks.work_forecasts_job"])
    assert (rest.studied, queued(), progress_of(run).state) == (3, [], "DONE")


def test_looking_after_runs_is_one_statement_when_nothing_runs() -> None:
    with CaptureQueriesContext(connection) as queries:
        found = continue_run()

    assert (found, len(queries)) == ({"outcome": "NOTHING_RUNS"}, 1)


# --- who dies, who breaks ---------------------------------------------------------------------------------------------


def test_a_claim_that_ran_out_is_taken_over_and_what_is_done_stays() -> None:
    sparse_shop()
    run = prepared()
    many_tasks(run, 2)
    dead = claim(run)
    assert dead is not None
    work(run)
    done = ForecastTask.objects.exclude(done_at=None).get()
    OrmQ.objects.all().delete()
    before = (claim(run), continue_run()["requests"])

    ForecastTask.objects.filter(pk=dead.task_id).update(claimed_until=timezone.now() - timedelta(seconds=1))
    asked = continue_run()["requests"]
    work_slice(run)

    taken = ForecastTask.objects.get(pk=dead.task_id)
    assert (before, asked) == ((None, 0), 1)
    assert (taken.attempts, ForecastTask.objects.get(pk=done.pk).attempts) == (2, 1)
    assert progress_of(run).state == "DONE"


def test_a_run_that_only_lacks_its_end_is_concluded_by_the_next_look() -> None:
    sparse_shop()
    run = prepared()
    work(run)  # and then the process dies

    assert continue_run() == {"outcome": "CONCLUDED", "run": run}
    assert progress_of(run).state == "DONE"


@pytest.mark.django_db(transaction=True)
def test_a_run_killed_at_any_step_is_finished_by_the_next() -> None:
    sparse_shop()
    step, killed = 1, True
    while killed:
        ForecastRun.objects.all().delete()
        run = start_run(queue=False).run_id

        killed = run_and_die(partial(work_here, run, report=lambda _now: None), die_at=step)
        ForecastTask.objects.update(claimed_until=None)  # the lease ends
        ended = work_here(run, report=lambda _now: None)

        assert (ended.state, VariantForecast.objects.count(), ModelForecast.objects.count()) == ("DONE", 6, 6)
        step += 4
    assert step > 25


def broken(monkeypatch: pytest.MonkeyPatch, *, when: Any) -> None:
    """Studies break as long as `when` says so: a numerical library that gives up."""
    study = working.study_given

    def breaks(content: bytes) -> Any:
        if when():
            raise FloatingPointError("no convergence")
        return study(content)

    monkeypatch.setattr(working, "study_given", breaks)


def test_a_study_that_breaks_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sparse_shop()
    run = prepared()
    tries = iter([True, False])
    broken(monkeypatch, when=lambda: next(tries))

    worked = work_slice(run)

    task = ForecastTask.objects.get()
    assert (worked.studied, worked.broken, task.attempts, task.error) == (1, 1, 2, "")
    assert failed_groups(ForecastRun.objects.get()) == []


def test_a_study_that_always_breaks_falls_back_to_the_average_visibly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    b37, b38, seldom = small_shop()
    run = prepared()
    task = ForecastTask.objects.get(group="model:0172")
    broken(monkeypatch, when=lambda: ForecastTask.objects.get(pk=task.pk).done_at is None)

    work_slice(run)

    methods = dict(VariantForecast.objects.filter(horizon=28).values_list("variant", "method"))
    assert methods == {b37.pk: FALLBACK, b38.pk: FALLBACK, seldom.pk: "MOVING_AVERAGE"}
    assert VariantForecast.objects.get(variant=b38, horizon=28).expected == pytest.approx(28)
    boot = ModelForecast.objects.get(product=b37.product, horizon=28)
    assert (boot.method, boot.wape) == (FALLBACK, boot.average_wape)
    assert boot.wape == pytest.approx(0, abs=0.2)
    assert failed_groups(ForecastRun.objects.get()) == [("0172", "FloatingPointError: no convergence")]
    assert (job().counts["fell_back"], ForecastTask.objects.get(pk=task.pk).attempts) == (1, MOST_ATTEMPTS)


def test_a_task_that_kills_every_worker_is_given_up() -> None:
    sparse_shop()
    run = prepared()
    for _number in range(MOST_ATTEMPTS):
        assert claim(run) is not None
        ForecastTask.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))

    work_slice(run)

    assert (progress_of(run).state, job().counts["fell_back"]) == ("DONE", 1)
    assert ForecastTask.objects.get().error == working.BROKEN_OFF


# --- many at once -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_do_each_task_once_and_conclude_once() -> None:
    sparse_shop()
    run = prepared()
    many_tasks(run, 12)

    worked = race(*[partial(work_slice, run)] * 4)

    assert sum(one.studied for one in worked) == 12
    assert set(ForecastTask.objects.values_list("attempts", flat=True)) == {1}
    assert (progress_of(run).state, job().state, job().counts["done"]) == ("DONE", "DONE", 12)


@pytest.mark.django_db(transaction=True)
def test_two_who_conclude_at_once_write_once() -> None:
    sparse_shop()
    run = prepared()
    work(run)

    done = race(*[partial(conclude_if_ready, run)] * 3)

    assert sorted(done) == [False, False, True]
    assert (VariantForecast.objects.count(), ModelForecast.objects.count()) == (6, 6)


@pytest.mark.django_db(transaction=True)
def test_two_who_start_at_once_start_one_run() -> None:
    started = race(*[start_run] * 3)

    assert sorted(one.created for one in started) == [False, False, True]
    assert ForecastRun.objects.count() == 1


# --- statements and keeping -------------------------------------------------------------------------------------------


def statements(models: int) -> list[int]:
    """Statements of preparing, of one task, and of concluding."""
    sparse_shop(models)
    counts = []
    run = start_run(queue=False).run_id
    for step in (partial(prepare_run, run, queue=False), partial(work, run), partial(conclude_if_ready, run)):
        with CaptureQueriesContext(connection) as queries:
            step()
        counts.append(len(queries))
    return counts


def test_statements_do_not_grow_with_the_catalogue() -> None:
    statements(1)  # builds the facts for the first time
    first = statements(2)

    assert statements(7) == first


def test_old_runs_are_dropped_but_never_the_newest() -> None:
    sparse_shop()
    runs = []
    for age in (130, 100, 5, 3, 2):
        run = prepared()
        work_slice(run)
        ForecastRun.objects.filter(pk=run).update(ended_at=timezone.now() - timedelta(days=age))
        runs.append(run)
    failed = start_run(queue=False).run_id
    end_run(lock_running(failed) or ForecastRun(), state="FAILED", error="x")

    prune_forecasts()
    kept = list(ForecastRun.objects.filter(state="DONE").order_by("pk").values_list("pk", flat=True))
    barcodes = set(VariantForecast.objects.values_list("run", flat=True))
    models = set(ModelForecast.objects.values_list("run", flat=True))
    prune_forecasts(now=timezone.now() + 2 * KEEP_RUNS)

    assert (kept, barcodes, models) == (runs[1:], set(runs[2:]), set(runs[1:]))
    assert set(ForecastRun.objects.values_list("pk", flat=True)) == set(runs[2:])
