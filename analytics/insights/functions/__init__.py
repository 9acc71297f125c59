"""The fixed set of queries a language model may make: typed arguments in, plain figures out.

No SQL, and no customer data.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pydantic import ValidationError

from analytics.insights.functions.base import Answer, Function
from analytics.insights.functions.planning import ADVICE, FORECASTS
from analytics.insights.functions.profit import MISSING_COSTS, PROFIT
from analytics.insights.functions.sales import REASONS, SALES, SIZES
from analytics.insights.functions.stock import STOCK

FUNCTIONS: Final = (SALES, REASONS, SIZES, PROFIT, MISSING_COSTS, ADVICE, FORECASTS, STOCK)
MOST_LETTERS: Final = 20_000


@dataclass(frozen=True, slots=True)
class WrongQuery:
    """Why a call could not be answered, in words for the language model."""

    reason: str


def offered(rights: Collection[str] | None) -> tuple[Function, ...]:
    """The functions of who has these rights; all of them for None (the shop itself)."""
    return tuple(one for one in FUNCTIONS if rights is None or one.right in rights)


def schema_of(function: Function) -> Mapping[str, Any]:
    """The function as a tool of a chat completion."""
    parameters = _without_titles(function.arguments.model_json_schema())
    return {
        "type": "function",
        "function": {"name": function.name, "description": function.description, "parameters": parameters},
    }


def _without_titles(schema: Any) -> Any:
    """Titles and docstrings of the schema repeat its names; every token costs."""
    if isinstance(schema, dict):
        kept = {key: value for key, value in schema.items() if key != "title" or not isinstance(value, str)}
        if "properties" in kept:
            kept.pop("description", None)
        return {key: _without_titles(value) for key, value in kept.items()}
    return [_without_titles(one) for one in schema] if isinstance(schema, list) else schema


def arguments_in(text: str) -> Mapping[str, Any] | WrongQuery:
    """The JSON object the model wrote; an empty text is one without arguments."""
    if len(text) > MOST_LETTERS:
        return WrongQuery("the arguments are too long")
    try:
        found = json.loads(text or "{}")
        # What the database cannot keep: halves of letters, and the letter zero.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return WrongQuery("the arguments are no JSON")
    if "\\u0000" in text or "\0" in text:
        return WrongQuery("the arguments hold a zero character")
    return found if isinstance(found, dict) else WrongQuery("the arguments are no JSON object")


def call(
    name: str, arguments: Mapping[str, Any], *, functions: Collection[Function], today: date
) -> Answer | WrongQuery:
    """Answer a query, or say what is wrong with it."""
    function = next((one for one in functions if one.name == name), None)
    if function is None:
        known = ", ".join(one.name for one in functions)
        return WrongQuery(f"there is no such function; there are: {known}")
    try:
        given = function.arguments.model_validate(arguments)
    except ValidationError as error:
        return WrongQuery(_in_words(error))
    return function.run(given, today)


def _in_words(error: ValidationError) -> str:
    parts = [f"{'.'.join(map(str, one['loc'])) or 'arguments'}: {one['msg']}" for one in error.errors()[:5]]
    return "; ".join(parts)


__all__ = ["FUNCTIONS", "Answer", "Function", "WrongQuery", "arguments_in", "call", "offered", "schema_of"]
