"""How each job stands: its newest run, its last success, and how often it failed since."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Q, Subquery

from gullu.models import JobRun

# One look into the index per job: the table keeps two months of runs, one a minute of some jobs.
_STANDING: Final = """
WITH RECURSIVE found(name) AS (
    (SELECT name FROM gullu_jobrun ORDER BY name LIMIT 1)
    UNION ALL
    SELECT (SELECT name FROM gullu_jobrun WHERE name > found.name ORDER BY name LIMIT 1)
      FROM found WHERE found.name IS NOT NULL
)
SELECT found.name, newest.id, newest.state, newest.started_at, newest.ended_at, newest.error,
       success.started_at, extract(epoch FROM success.ended_at - success.started_at)::float8, failed.count
  FROM found
 CROSS JOIN LATERAL (
    SELECT id, state, started_at, ended_at, error FROM gullu_jobrun
     WHERE name = found.name ORDER BY started_at DESC LIMIT 1) AS newest
  LEFT JOIN LATERAL (
    SELECT started_at, ended_at FROM gullu_jobrun
     WHERE name = found.name AND state = 'DONE' ORDER BY started_at DESC LIMIT 1) AS success ON TRUE
 CROSS JOIN LATERAL (
    SELECT count(*) FROM gullu_jobrun
     WHERE name = found.name AND state IN ('FAILED', 'LOST')
       AND started_at > COALESCE(success.started_at, '-infinity')) AS failed
 WHERE found.name IS NOT NULL
 ORDER BY found.name
"""
_LAST_DAY: Final = """
SELECT name, state, count(*) FROM gullu_jobrun
 WHERE started_at > now() - interval '1 day' GROUP BY name, state ORDER BY name, state
"""


@dataclass(frozen=True, slots=True)
class JobStanding:
    """One job. `failures` since its last success; `success_seconds` is how long that took."""

    name: str
    run_id: int
    state: str
    started_at: datetime
    ended_at: datetime | None
    error: str
    success_at: datetime | None
    success_seconds: float | None
    failures: int


def standings() -> list[JobStanding]:
    """All jobs that ever ran, by name; one statement."""
    return [JobStanding(*row) for row in _rows(_STANDING)]


def newest_runs(names: Collection[str]) -> dict[str, tuple[JobRun | None, JobRun | None]]:
    """For each of these jobs its newest run and its newest success; one statement, two looks into the index each."""
    wanted = Q(pk=None)
    for name in names:
        runs = JobRun.objects.filter(name=name).order_by("-started_at", "-pk").values("pk")
        wanted |= Q(pk=Subquery(runs[:1])) | Q(pk=Subquery(runs.filter(state=JobRun.State.DONE)[:1]))
    found = JobRun.objects.filter(wanted).order_by("-started_at", "-pk")
    by_name = {name: [run for run in found if run.name == name] for name in names}
    return {
        name: (
            next(iter(runs), None),
            next((run for run in runs if run.state == JobRun.State.DONE), None),
        )
        for name, runs in by_name.items()
    }


def runs_of_last_day() -> list[tuple[str, str, int]]:
    """(job, state, number of runs) of the last 24 hours; one statement."""
    return _rows(_LAST_DAY)


def _rows(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows: list[Any] = cursor.fetchall()
        return rows
