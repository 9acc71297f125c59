"""Figures kept ready until the data they were made of changes.

`cached(DataKind.SALES, {"page": "profit", "first": first, …}, make)` gives what `make()` gave before, or calls it. The
key must hold everything the result depends on besides the data: the question, and whether amounts are in it
(`"money": may_see_money`), so that who may not see amounts never reads an entry that has some.

Who writes data calls `bump(DataKind.PROFIT)` in the same transaction, when it changed something, after its last write.
Every process then asks under another name and the old entries fade away; nothing has to be deleted, so it works with
Redis, without it (each process keeps its own), and with a Redis that is down. SALES is bumped by `refresh_facts`,
PROFIT by `refresh_profit`, FORECAST by whoever concludes a forecast. STOCK needs no bump: its version is a digest of
the balances and the reservations.

A result is only found under the name of its data's version, of the code that made it, and of the language, so neither
old data nor a class as it was before an update can come back. What cannot be read counts as not there.
"""

from __future__ import annotations

import hashlib
import json
import logging
import pickle
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache as remember
from pathlib import Path
from typing import Any, Final, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils.translation import get_language

from analytics.enums import DataKind

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Who waits longer than this for the same figures reckons them, too.
PATIENCE_SECONDS: Final = 10
# Without Redis each process keeps some hundred entries in its memory: larger ones are not kept.
MOST_BYTES: Final = 1_000_000
_TURNS: Final = tuple(threading.RLock() for _number in range(64))
# Profit is reckoned from the facts of sales: it is out of date when they change.
_MADE_OF: Final[Mapping[DataKind, tuple[DataKind, ...]]] = {
    DataKind.PROFIT: (DataKind.PROFIT, DataKind.SALES),
}

_BUMP: Final = """
    INSERT INTO analytics_dataversion (kind, token, changed_at) VALUES (%s, gen_random_uuid(), clock_timestamp())
    ON CONFLICT (kind) DO UPDATE SET token = EXCLUDED.token, changed_at = EXCLUDED.changed_at
"""
_VERSIONS: Final = "SELECT kind, token::text FROM analytics_dataversion WHERE kind = ANY(%s)"
# A number of the newest movement would not do: who commits last may have the lower number.
_STOCK: Final = f"""
    UNION ALL
    SELECT '{DataKind.STOCK}', concat_ws('-',
           (SELECT sum(hashtextextended(concat_ws(':', variant_id, qty), 0)) FROM inventory_centralstock),
           (SELECT sum(hashtextextended(concat_ws(':', id, variant_id, quantity), 0))
              FROM orders_orderline WHERE stock_state = 'RESERVED'))
"""  # noqa: S608  (a name of our own)


def cached(
    kind: DataKind,
    key: Mapping[str, Any] | str,
    make: Callable[[], T],
    *,
    also: Collection[DataKind] = (),
) -> T:
    """What `make` gives for this key with the data as it is now; `also`: further kinds it depends on.

    One statement when it is there. Values must be plain data that can be pickled, without querysets. Nothing is kept
    while a kind has no data yet, or while its lifetime is 0.
    """
    kinds = (kind, *also)
    seconds = min(_seconds(one) for one in kinds)
    version = versions(kinds) if seconds else None
    if version is None:
        return make()
    name = _name(kind, key, version)
    if (found := _found(name)) is not None:
        return found[0]  # type: ignore[no-any-return]
    with _turn(name) as waited:
        if waited and (found := _found(name)) is not None:
            return found[0]  # type: ignore[no-any-return]
        value = make()
        _keep(name, value, seconds)
    return value


def bump(kind: DataKind) -> None:
    """Tell that data of this kind changed; to be called in the transaction that changes it, last."""
    with connection.cursor() as cursor:
        # A token is never given twice: a number would come again after a rollback or from a backup.
        cursor.execute(_BUMP, [kind.value])


def versions(kinds: Collection[DataKind]) -> str | None:
    """The state of the data of these kinds; None while one of them has none. One statement."""
    wanted = sorted({part.value for kind in kinds for part in _MADE_OF.get(kind, (kind,))})
    sql = _VERSIONS + (_STOCK if DataKind.STOCK in wanted else "")
    with connection.cursor() as cursor:
        cursor.execute(sql, [wanted])
        found = dict(cursor.fetchall())
    return None if set(found) != set(wanted) else " ".join(f"{kind}={found[kind]}" for kind in wanted)


def _seconds(kind: DataKind) -> int:
    return int(getattr(settings, f"CACHE_SECONDS_{kind.value}"))


# --- one entry ------------------------------------------------------------------------------------------------------


def _name(kind: DataKind, key: Mapping[str, Any] | str, version: str) -> str:
    asked = key if isinstance(key, str) else json.dumps(key, sort_keys=True, default=_as_text)
    parts = "\0".join((_code(), version, get_language() or "", asked))
    return f"figures:{kind.value}:{hashlib.blake2b(parts.encode(), digest_size=20).hexdigest()}"


def _as_text(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be part of a key")


@remember
def _code() -> str:
    """Changes with every change of this app's code, and with it the shape of what is kept."""
    found = hashlib.blake2b(digest_size=16)
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()


def _found(name: str) -> tuple[Any] | None:
    try:
        entry = cache.get(name)
        if isinstance(entry, tuple) and len(entry) == 2 and entry[0] == name:
            return (pickle.loads(entry[1]),)  # noqa: S301 - every entry of Django's caches is a pickle
    except Exception:  # what cannot be unpickled may raise anything
        logger.warning("An entry of the cache cannot be read; it is made again.", exc_info=True)
    return None


def _keep(name: str, value: Any, seconds: int) -> None:
    entry = pickle.dumps(value)
    if len(entry) > MOST_BYTES:
        return
    try:
        cache.set(name, (name, entry), seconds)
    except OSError:
        logger.warning("The cache cannot be written to.", exc_info=True)


@contextmanager
def _turn(name: str) -> Iterator[bool]:
    """One thread of a process at a time makes a value; the others wait, and find it. Gives whether it had to wait."""
    lock = _TURNS[hash(name) % len(_TURNS)]
    at_once = lock.acquire(blocking=False)
    mine = at_once or lock.acquire(timeout=PATIENCE_SECONDS)
    try:
        yield not at_once
    finally:
        if mine:
            lock.release()


__all__ = ["DataKind", "bump", "cached", "versions"]
