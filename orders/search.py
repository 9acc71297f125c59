"""Finding orders by what people type: how words become index look-ups, and where each word occurs.

A word is looked for at the beginning of order numbers, cargo numbers and names (`Tokens`, a GIN index), as a package
number, and as a barcode, a barcode alias or a model of the catalogue. Every look-up ends after a known number of rows,
so that a search costs the same however many orders there are; what was cut off is told (`Found.cut`).

Knows tables by name and no model: the models use `Tokens` for their index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.postgres.search import SearchVectorField
from django.db import connection
from django.db.models import BooleanField, F, Func, TextField, Value

from gullu.text import fold

# Orders one word may name before it counts as common; common words are looked at newest first.
MOST_IDS: Final = 1000
# Matches of one word that are gathered to find the newest of them.
MOST_GATHERED: Final = 20_000
# Variants one word may mean: a model has some dozens.
MOST_VARIANTS: Final = 100
MOST_WORDS: Final = 8
SHORTEST_MODEL_PREFIX: Final = 3
SHORTEST_BARCODE_PREFIX: Final = 6
_LAST_LETTER: Final = "\U0010ffff"


class Tokens(Func):
    """The words of a folded text, each as it is: the parser of `to_tsvector` would take numbers and dashes apart."""

    template = "array_to_tsvector(array_remove(string_to_array(%(expressions)s, ' '), ''))"
    output_field = SearchVectorField()
    arity = 1


class _Query(Func):
    template = "%(expressions)s::tsquery"
    output_field = TextField()
    arity = 1


class HasWord(Func):
    """Whether a word of the order's own search key begins with this one. Served by the index `order_search`."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()

    def __init__(self, word: str, **extra: Any) -> None:
        super().__init__(Tokens(F("search_key")), _Query(Value(beginning_with(word))), **extra)


def beginning_with(word: str) -> str:
    """The folded word as a `tsquery` that matches what begins with it."""
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where one word occurs. `ids`: orders, complete unless `everywhere` or `cut`.

    `everywhere`: so many orders have the word in a name that the list itself must be looked through, newest first.
    `cut`: only the newest of the orders that have it are among `ids`.
    """

    word: str
    ids: tuple[int, ...]
    everywhere: bool = False
    cut: bool = False

    @property
    def word_key(self) -> str:
        """The word as search keys have it."""
        return fold(self.word)


def look_up(text: str) -> list[Found]:
    """What each word of a search text names, in one statement; an empty list for an empty text.

    Words beyond the eighth are not looked at.
    """
    words = text.split()[:MOST_WORDS]
    if not words:
        return []
    pieces, parameters = [], []
    for place, word in enumerate(words):
        for sql, values in (_own(fold(word)), _articles(word)):
            pieces.append(f"({sql.format(place=place)})")
            parameters += values
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(pieces), parameters)
        rows = cursor.fetchall()
    return [_found(word, [row[1:] for row in rows if row[0] == place]) for place, word in enumerate(words)]


def _found(word: str, rows: Sequence[tuple[str, int, int]]) -> Found:
    """`rows`: (where, how many there are, order)."""
    own = [order for where, _count, order in rows if where == "ORDER"]
    lines = [order for where, _count, order in rows if where == "LINE"]
    many = {where for where, count, _order in rows if count > MOST_IDS}
    # Numbers lie together in time, names are spread evenly: only names are surely met soon when looking newest first.
    everywhere = "ORDER" in many and not any(letter.isdecimal() for letter in word)
    ids = tuple(dict.fromkeys(lines if everywhere else [*own, *lines]))
    return Found(
        word=word, ids=ids, everywhere=everywhere, cut="LINE" in many or ("ORDER" in many and not everywhere)
    )


# --- the statement ----------------------------------------------------------------------------------------------

_TOKENS: Final = "array_to_tsvector(array_remove(string_to_array(search_key, ' '), ''))"


def _own(word: str) -> tuple[str, list[Any]]:
    package = " OR package_id = %s" if _is_number(word) else ""
    sql = f"""
        SELECT {{place}}, 'ORDER', count(*) OVER (), id FROM (
            SELECT id, ordered_at FROM orders_order WHERE {_TOKENS} @@ %s::tsquery{package} LIMIT {MOST_GATHERED}
        ) AS gathered ORDER BY ordered_at DESC, id DESC LIMIT {MOST_IDS + 1}"""  # noqa: S608 - only constants
    return sql, [beginning_with(word), *([int(word)] if package else [])]


_LINES: Final = f"""
    SELECT {{place}}, 'LINE', count(*) OVER (), order_id FROM (
        SELECT line.order_id, max(line.created_at) AS seen_at FROM (
            SELECT order_id, created_at
              FROM (
                SELECT variant.id FROM catalog_variant AS variant
                  JOIN catalog_product AS product ON product.id = variant.product_id
                 WHERE {{variants}}
                 UNION
                SELECT variant_id FROM catalog_barcodealias WHERE code = %s
                 LIMIT {MOST_VARIANTS}
              ) AS meant
             CROSS JOIN LATERAL (
                SELECT order_id, created_at FROM orders_orderline
                 WHERE variant_id = meant.id ORDER BY created_at DESC LIMIT {MOST_IDS + 1}
              ) AS newest
            UNION ALL
            (SELECT order_id, created_at FROM orders_orderline
              WHERE variant_id IS NULL AND barcode ~>=~ %s AND barcode ~<=~ %s LIMIT {MOST_IDS + 1})
        ) AS line GROUP BY line.order_id
    ) AS orders ORDER BY seen_at DESC LIMIT {MOST_IDS + 1}"""  # noqa: S608 - only constants


def _articles(typed: str) -> tuple[str, list[Any]]:
    """Lines whose article the word names: barcode or model from the beginning if long enough, else exactly."""
    word = fold(typed)
    tests = ["split_part(variant.search_key, ' ', 1) = %s", "split_part(product.search_key, ' ', 1) = %s"]
    values: list[Any] = [word, word]
    if len(word) >= SHORTEST_MODEL_PREFIX:
        tests.append("starts_with(product.search_key, %s)")
        values.append(word)
    if len(word) >= SHORTEST_BARCODE_PREFIX:
        tests.append("starts_with(variant.search_key, %s)")
        values.append(word)
    last = typed + _LAST_LETTER if len(word) >= SHORTEST_BARCODE_PREFIX else typed
    return _LINES.replace("{variants}", " OR ".join(tests)), [*values, typed, typed, last]


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= 18


__all__ = ["Found", "HasWord", "Tokens", "beginning_with", "look_up"]
