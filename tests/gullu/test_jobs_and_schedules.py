"""Runs that leave a row, and schedules as data. Workers that fire them are in tests/machines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from gullu import jobs
from gullu.errors import DomainError
from gullu.jobs import enqueue, record_run
from gullu.locks import advisory_lock, transaction_lock
from gullu.management.commands.qcluster import start_scheduler
from gullu.models import JobRun
from gullu.schedules import JOBS, PREFIX, next_daily, setup_jobs
from gullu.tasks import KEEP_RUNS, prune_records_job
from inventory.errors import UnknownShelf
from tests.factories import make_user


@pytest.mark.django_db
def test_a_run_that_ends_well_keeps_its_counts() -> None:
    with record_run("sync_orders", trigger=JobRun.Trigger.COMMAND) as run:
        run.counts["packages"] = 3

    row = JobRun.objects.get()
    assert (row.name, row.state, row.counts, row.error) == (
        "sync_orders",
        JobRun.State.DONE,
        {"packages": 3},
        "",
    )
    assert row.ended_at is not None


@pytest.mark.django_db
def test_a_run_that_fails_keeps_the_sentence_and_raises() -> None:
    with pytest.raises(UnknownShelf), record_run("x", trigger=JobRun.Trigger.SCHEDULE):
        raise UnknownShelf(shelf="Z-99")
    with pytest.raises(KeyError), record_run("y", trigger=JobRun.Trigger.SCHEDULE):
        raise KeyError("oops")

    rows = dict(JobRun.objects.values_list("name", "error"))
    assert "Z-99" in rows["x"]
    assert rows["y"] == "KeyError: 'oops'"
    assert set(JobRun.objects.values_list("state", flat=True)) == {JobRun.State.FAILED}


@pytest.mark.django_db
def test_a_run_may_fail_in_part() -> None:
    with record_run("part", trigger=JobRun.Trigger.SCHEDULE) as run:
        run.fail("half of it")

    assert list(JobRun.objects.values_list("state", "error")) == [("FAILED", "half of it")]


@pytest.mark.django_db
def test_a_run_that_holds_the_lock_of_its_job_knows_that_the_one_before_died() -> None:
    JobRun.objects.create(name="x", trigger=JobRun.Trigger.SCHEDULE, started_at=timezone.now())

    with record_run("x", trigger=JobRun.Trigger.SCHEDULE, alone=True):
        pass

    rows = list(JobRun.objects.order_by("pk").values_list("state", "error"))
    assert rows == [("LOST", jobs.broken_off()), ("DONE", "")]


@pytest.mark.django_db
def test_a_task_of_a_dead_worker_closes_the_run_of_the_same_person_only() -> None:
    first, second = make_user(), make_user()
    for person in (first, second):
        JobRun.objects.create(name="x", trigger="STAFF", started_at=timezone.now(), actor=person)

    token = jobs.redelivered.set(True)
    with record_run("x", trigger=JobRun.Trigger.STAFF, actor=first):
        pass
    jobs.redelivered.reset(token)

    assert list(JobRun.objects.order_by("pk").values_list("state", flat=True)) == ["LOST", "RUNNING", "DONE"]


@pytest.mark.django_db
def test_a_run_whose_process_died_is_closed_by_the_next_one() -> None:
    long_ago = timezone.now() - jobs.LOST_AFTER - timedelta(minutes=1)
    JobRun.objects.create(name="x", trigger=JobRun.Trigger.SCHEDULE, started_at=long_ago)

    with record_run("x", trigger=JobRun.Trigger.SCHEDULE):
        pass

    assert list(JobRun.objects.order_by("pk").values_list("state", flat=True)) == ["LOST", "DONE"]


def test_the_queue_keeps_of_a_failed_task_no_row_the_database_refused() -> None:
    task = {"success": False, "result": "IntegrityError\nDETAIL:  Failing row contains (7, Perihan)."}

    jobs.clean_failure(task=task)

    assert task["result"] == "IntegrityError\nDETAIL:  […]"


def test_an_error_survives_the_way_through_a_job_queue() -> None:
    import pickle

    error: DomainError = pickle.loads(pickle.dumps(UnknownShelf(shelf="Z-99")))

    assert (type(error), error.data, "Z-99" in str(error)) == (UnknownShelf, {"shelf": "Z-99"}, True)


@pytest.mark.django_db
def test_a_misspelt_task_is_refused_when_it_is_queued() -> None:
    with pytest.raises(ImportError):
        enqueue("integrations.tasks.no_such_task")
    assert OrmQ.objects.count() == 0

    enqueue("integrations.tasks.pull_orders_job", trigger="STAFF")
    assert OrmQ.objects.count() == 1


@pytest.mark.django_db
def test_setup_jobs_writes_the_table_and_keeps_what_staff_changed() -> None:
    first = setup_jobs(now=datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
    assert first.added == tuple(job.name for job in JOBS)
    Schedule.objects.filter(name=PREFIX + "push_stock_job").update(minutes=30)
    Schedule.objects.create(name=PREFIX + "gone_job", func="integrations.tasks.pull_orders_job")
    Schedule.objects.create(name="mine", func="integrations.tasks.pull_orders_job")

    second = setup_jobs()

    assert (second.added, second.removed) == ((), ("gone_job",))
    assert Schedule.objects.get(name=PREFIX + "push_stock_job").minutes == 30
    assert Schedule.objects.filter(name="mine").exists()


@pytest.mark.django_db
def test_the_schedule_is_the_one_agreed() -> None:
    now = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    setup_jobs(now=now)

    rows = {row.name.removeprefix(PREFIX): row for row in Schedule.objects.all()}
    assert (rows["pull_orders_job"].minutes, rows["pull_orders_job"].next_run) == (4, now)
    assert (rows["push_stock_job"].minutes, rows["push_stock_job"].next_run) == (
        10,
        now + timedelta(minutes=3),
    )
    assert rows["send_outbox_job"].minutes == 1
    returns = timezone.localtime(rows["pull_returns_daily"].next_run)
    assert (returns.hour, returns.minute, rows["pull_returns_daily"].schedule_type) == (
        23,
        50,
        Schedule.DAILY,
    )


def test_the_next_daily_time_is_today_or_tomorrow_in_istanbul() -> None:
    before, after = datetime(2026, 11, 21, 20, 0, tzinfo=UTC), datetime(2026, 11, 21, 20, 51, tzinfo=UTC)

    assert next_daily((23, 50), before) == datetime(2026, 11, 21, 20, 50, tzinfo=UTC)
    assert next_daily((23, 50), after) == datetime(2026, 11, 22, 20, 50, tzinfo=UTC)


@pytest.mark.django_db
def test_old_runs_are_pruned_and_young_ones_kept() -> None:
    now = timezone.now()
    for age in (KEEP_RUNS + timedelta(days=1), timedelta(days=1)):
        JobRun.objects.create(name="x", trigger="SCHEDULE", started_at=now - age, state=JobRun.State.DONE)

    assert prune_records_job() == {
        "job_runs": 1, "label_runs": 0, "picture_files": 0, "excel_files": 0, "webhook_events": 0, "sessions": 0
    }  # fmt: skip
    assert JobRun.objects.count() == 1


@pytest.mark.django_db
def test_the_worker_says_how_its_scheduler_stands(settings: Any) -> None:
    assert start_scheduler() == "Scheduler off (ENABLE_JOBS=off)."
    assert Schedule.objects.count() == 0

    settings.ENABLE_JOBS = True
    assert start_scheduler() == "Scheduler started (ENABLE_JOBS=on, leader ok)."
    assert Schedule.objects.count() == len(JOBS)


@pytest.mark.django_db(transaction=True)
def test_an_advisory_lock_is_held_by_one_and_given_back() -> None:
    with advisory_lock("x") as first, advisory_lock("x") as second, advisory_lock("y") as other:
        assert (first.acquired, second.acquired, other.acquired) == (True, False, True)
        assert first.still_held()
        assert not second.still_held()
    with advisory_lock("x") as again:
        assert again.acquired


@pytest.mark.django_db(transaction=True)
def test_a_lock_whose_session_was_cut_knows_it() -> None:
    with advisory_lock("x") as lock:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                " WHERE locktype = 'advisory' AND datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert not lock.still_held()


@pytest.mark.django_db
def test_a_transaction_lock_returns_the_clock_of_the_database() -> None:
    first, second = transaction_lock("x"), transaction_lock("x")

    assert first < second
    assert abs(first - timezone.now()) < timedelta(minutes=1)


@pytest.mark.django_db
def test_setup_jobs_is_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("setup_jobs")

    assert str(len(JOBS)) in capsys.readouterr().out
