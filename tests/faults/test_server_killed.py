"""kill -9 of PostgreSQL, and connections cut, in the middle of the work."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from gullu import embedded

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def copied(db: None, tmp_path: Path) -> Iterator[Path]:
    """The data folder of a server of its own with our tables, copied from the test database: migrating takes longer."""
    from_here = connection.settings_dict
    source = {
        **os.environ,
        "PGHOST": str(from_here["HOST"]),
        "PGPORT": str(from_here["PORT"]),
        "PGUSER": str(from_here["USER"]),
        "PGPASSWORD": str(from_here["PASSWORD"] or ""),
    }
    dump = tmp_path / "tables.sql"
    names = ["--dbname", str(from_here["NAME"]), "--no-owner", "--file", str(dump)]
    subprocess.run([embedded.binary("pg_dump"), *names], env=source, check=True)
    folder = tmp_path / "var"
    target = embedded.ensure_running(folder)
    load = [embedded.binary("psql"), "-q", "-v", "ON_ERROR_STOP=1", "-f", str(dump)]
    subprocess.run(
        load, env={**os.environ, **target.libpq_environment()}, check=True, stdout=subprocess.DEVNULL
    )
    yield folder
    embedded.stop(folder, force=True)


@pytest.mark.timeout(240)
def test_killed_server_costs_no_confirm_push_pull_or_import(copied: Path) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "gullu.settings",
        "DATA_DIR": str(copied),
        "DEBUG": "1",
    }
    environment.pop("DATABASE_URL", None)

    done = subprocess.run(
        # With the settings of a worker, which has no pool to wait for.
        [sys.executable, "-m", "tests.faults.under_a_dying_server", "qcluster"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == ["confirm 9", "push 14", "push 40", "pull 12", "take_in 30"]
