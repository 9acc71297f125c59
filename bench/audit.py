"""The page of the change history with 1,000,000 events of orders and 300,000 pieces of work, beside bare SQL.

Three searches as the page makes them (newest, one person's newest, one order's), each with everything it takes to tell
them in words, against reading 50 rows of the same table by their keys. The best of five is told.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

EVENTS: Final = 1_000_000
WORKS: Final = 300_000
TIMES: Final = 5
_PAGE: Final = 50

_FILL: Final = """
SET session_replication_role = replica;
INSERT INTO pghistory_context (id, created_at, updated_at, metadata)
SELECT md5('work' || n)::uuid, now() - (%(works)s - n) * interval '30 seconds', now(),
       jsonb_build_object('user', (1 + n %% 40)::text, 'source', 'WEB', 'reference', 'request-' || n,
                          'address', '192.168.1.' || n %% 250)
  FROM generate_series(1, %(works)s) AS n;
INSERT INTO orders_orderhistory ({columns})
SELECT {values} FROM generate_series(1, %(events)s) AS n;
SET session_replication_role = DEFAULT;
"""


def main() -> None:
    """Measure in a process of its own, on a database of its own."""
    from django.conf import settings  # noqa: PLC0415  (configured by the caller)

    folder = Path(settings.DATA_DIR) / "bench-audit"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "gullu.settings_test", "DATA_DIR": str(folder)}
    environment.pop("DATABASE_URL", None)
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "bench.audit"], env=environment, check=True)


def _fill() -> None:
    from django.db import connection, models  # noqa: PLC0415

    from gullu.audit.books import books  # noqa: PLC0415

    given = {
        "pgh_created_at": f"now() - ({WORKS} - n * {WORKS}::bigint / {EVENTS}) * interval '30 seconds'",
        "pgh_label": "'changed'",
        "pgh_obj_id": "1 + n / 5",
        "pgh_context_id": f"md5('work' || (1 + (n - 1) * {WORKS}::bigint / {EVENTS}))::uuid",
        "box_count": "1 + n % 5",
    }
    for field in books()["orders.order"].model._meta.concrete_fields:  # noqa: SLF001
        if field.column in given or isinstance(field, models.AutoField) or field.null:
            continue
        kind = str(field.db_type(connection))
        given[str(field.column)] = {"boolean": "FALSE", "jsonb": "'{}'"}.get(
            kind, "now()" if kind.startswith("timestamp") else "'{}'" if kind.endswith("[]") else "'1'"
        )
    # The doubled percent signs are for the parameters.
    values = ", ".join(given.values()).replace("%", "%%")
    sql = _FILL.format(columns=", ".join(given), values=values)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.replace("%(works)s", str(WORKS)).replace("%(events)s", str(EVENTS)).replace("%%", "%")
        )
        cursor.execute("ANALYZE")


def _best(do: Callable[[], object]) -> float:
    best = float("inf")
    for _time in range(TIMES):
        begin = time.perf_counter()
        do()
        best = min(best, time.perf_counter() - begin)
    return best


def _measure() -> None:
    from django.db import connection  # noqa: PLC0415

    from gullu.audit.searching import Wanted, find  # noqa: PLC0415
    from gullu.audit.telling import tell  # noqa: PLC0415

    def floor() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM orders_orderhistory ORDER BY pgh_id DESC LIMIT %s", [_PAGE])
            cursor.fetchall()

    bare = _best(floor)
    searches = {
        "newest of everything": Wanted(),
        "newest of one person": Wanted(person=7),
        "one person, one kind": Wanted(person=7, kind="orders.order"),
        "one request": Wanted(reference="request-150000"),
        "one order": Wanted(objects=(("orders.order", "pgh_obj_id", (1234,)),)),
    }
    print(f"{EVENTS:,} events, {WORKS:,} pieces of work; 50 bare rows: {bare * 1000:.1f} ms")
    for name, wanted in searches.items():
        rows = len(find(wanted).rows)
        took = _best(lambda: tell(find(wanted).rows, money=True))  # noqa: B023 - called at once
        print(f"{name:24} {rows:3} rows  {took * 1000:7.1f} ms  {took / bare:6.1f} × the bare rows")


if __name__ == "__main__":
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from gullu.models import User

    if not User.objects.exists():
        User.objects.bulk_create(User(pk=n, username=f"person{n}") for n in range(1, 41))
        _fill()
    _measure()
