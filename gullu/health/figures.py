"""Figures of the system itself: jobs, queue, workers, alarms, size of the database."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from gullu.alarms.records import AlarmState
from gullu.health.beats import workers
from gullu.health.exposition import gauge, gauges
from gullu.health.queue import standing
from gullu.health.runs import runs_of_last_day, standings


def collect() -> Iterator[Metric]:
    """Seven statements."""
    yield from _jobs()
    yield from _queue()
    found = workers()
    yield from gauge("gullu_workers_alive", "Workers seen lately.", sum(worker.alive for worker in found))
    if found:
        age = min(worker.age_seconds for worker in found)
        yield from gauge("gullu_worker_seen_seconds", "Seconds since a worker was last seen.", age)
    yield _alarms()
    yield from gauge("gullu_database_bytes", "Size of the database.", database_bytes())


def _jobs() -> Iterator[Metric]:
    runs = GaugeMetricFamily(
        "gullu_job_runs_last_day", "Runs that began in the last 24 hours.", labels=["job", "state"]
    )
    for name, state, count in runs_of_last_day():
        runs.add_metric([name, state], count)
    yield runs
    found = standings()
    yield gauges(
        "gullu_job_failures",
        "Runs that failed since the last success.",
        "job",
        [(job.name, job.failures) for job in found],
    )
    yield gauges(
        "gullu_job_last_success_timestamp_seconds",
        "When the last successful run began.",
        "job",
        [(job.name, job.success_at.timestamp()) for job in found if job.success_at],
    )
    yield gauges(
        "gullu_job_last_success_seconds",
        "How long the last successful run took.",
        "job",
        [(job.name, job.success_seconds) for job in found if job.success_seconds is not None],
    )


def _queue() -> Iterator[Metric]:
    now = timezone.now()
    queue = standing()
    age = (now - queue.oldest_at).total_seconds() if queue.oldest_at else 0.0
    yield from gauge("gullu_queue_waiting", "Tasks that wait for a worker.", queue.waiting)
    yield from gauge("gullu_queue_taken", "Tasks a worker has taken.", queue.taken)
    yield from gauge("gullu_queue_oldest_seconds", "Age of the task that waits longest.", age)


def _alarms() -> Metric:
    held = AlarmState.objects.filter(cleared_at=None).order_by("code").values_list("code", "level")
    family = GaugeMetricFamily("gullu_alarm", "1 for each alarm that holds.", labels=["code", "level"])
    for code, level in held:
        family.add_metric([code, level], 1)
    return family


def database_bytes() -> int:
    """Size of our database with its indexes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone()
    return int(size)
