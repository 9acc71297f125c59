"""What all payload models share: tolerance where the contract grants it, and nowhere else.

Optional fields may be absent, null, empty or masked (``***`` while an order awaits payment): all four give
the same default. What is present but unreadable, such as a price that is no number, is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ISTANBUL_SHIFT = timedelta(hours=3)
_LAST_MS = 253_402_300_799_999  # 9999-12-31: the last moment a datetime can hold
_MAX_MONEY = Decimal(10) ** 12
_MIN_MONEY = Decimal(10) ** -20
_EXACT_FLOAT = 2**53
_MASK = "***"

Spellings = Mapping[str, tuple[str, ...]]


class Payload(BaseModel):
    """A record of Trendyol, read-only. Unknown fields are kept; error texts never show values.

    `spellings` maps a field's name in the contract to other names seen for it (contract section 12); names
    listed there are found in any letter case.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="allow",
        frozen=True,
        hide_input_in_errors=True,
        protected_namespaces=(),
    )
    spellings: ClassVar[Spellings] = {}

    @model_validator(mode="before")
    @classmethod
    def _accept_other_spellings(cls, data: Any) -> Any:
        if not cls.spellings or not isinstance(data, dict):
            return data
        missing = [name for name in cls.spellings if is_empty(data.get(name))]
        if not missing:
            return data
        by_lower = {str(key).lower(): value for key, value in data.items() if not is_empty(value)}
        found = {}
        for name in missing:
            for other in (name, *cls.spellings[name]):
                if other.lower() in by_lower:
                    found[name] = by_lower[other.lower()]
                    break
        return {**data, **found}


def is_empty(value: Any) -> bool:
    """Say whether an optional field carries nothing: null, empty text, list or object, or the mask."""
    return value is None or value in ("", [], {}) or (isinstance(value, str) and value.strip() in ("", _MASK))


def _to_int(value: Any) -> int:
    if isinstance(value, str):
        value = value.strip()
        digits = value.removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(digits) <= 40:
            return int(value)
    elif isinstance(value, bool):
        pass
    elif isinstance(value, int):
        return value
    elif isinstance(value, Decimal) and value.is_finite() and abs(value) < _MAX_MONEY**3:
        if value == value.to_integral_value():
            return int(value)
    elif isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_FLOAT:
        return int(value)
    raise PydanticCustomError("whole_number", "not an exact whole number")


def _to_decimal(value: Any) -> Decimal:
    if isinstance(value, (int, float, str, Decimal)) and not isinstance(value, bool):
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            number = Decimal("NaN")
        # Bounds of sanity: an amount such as 1E+400000 would be a number of 400,000 digits further on.
        if number == 0 or (number.is_finite() and _MIN_MONEY < abs(number) < _MAX_MONEY):
            return number
    raise PydanticCustomError("amount", "not an amount")


def _to_text(value: Any) -> str:
    """Read text as it came, also with NUL or control characters; half a surrogate pair is replaced."""
    if isinstance(value, str):
        return (
            value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        )
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(_to_int(value)) if value.is_integer() else str(value)
    if isinstance(value, (int, Decimal)):
        return str(value)
    raise PydanticCustomError("text", "not a text")


def _to_flag(value: Any) -> bool:
    if isinstance(value, str):
        value = {"true": True, "false": False, "1": True, "0": False}.get(value.strip().lower(), value)
    if isinstance(value, (bool, int)) and value in (True, False):
        return bool(value)
    raise PydanticCustomError("flag", "neither true nor false")


def _to_ms(value: Any) -> int | None:
    number = _to_int(value)
    if number > _LAST_MS:
        raise PydanticCustomError("moment", "not a time in milliseconds")
    return number if number > 0 else None


def _to_required_ms(value: Any) -> int:
    number = _to_ms(value)
    if number is None:
        raise PydanticCustomError("moment", "not a time in milliseconds")
    return number


def _optional(read: Callable[[Any], Any], default: Any = None) -> BeforeValidator:
    return BeforeValidator(lambda value: default if is_empty(value) else read(value))


def _to_text_keeping_mask(value: Any) -> str:
    return "" if value is None or value in ([], {}) else _to_text(value)


def _to_list(value: Any) -> Any:
    if is_empty(value):
        return []
    return [item for item in value if item is not None] if isinstance(value, list) else value


def _to_object(value: Any) -> Any:
    return {} if is_empty(value) else value


def _to_required_text(value: Any) -> str:
    text = _to_text(value)
    if not text.strip():
        raise PydanticCustomError("empty", "must not be empty")
    return text


def _to_id(value: Any) -> int:
    number = _to_int(value)
    if number <= 0:
        raise PydanticCustomError("positive", "must be positive")
    return number


def _to_long_number_text(value: Any) -> str:
    """Read a cargo number as text. It may exceed 64 bits, and 0 stands for "none yet"."""
    text = _to_text(value).strip()
    return "" if text.strip("0") == "" else text


# Types for fields. The required ones have no default in the models, so absence is an error.
Id = Annotated[int, BeforeValidator(_to_id)]
Count = Annotated[int, BeforeValidator(_to_int)]
RequiredText = Annotated[str, BeforeValidator(_to_required_text)]
RequiredMs = Annotated[int, BeforeValidator(_to_required_ms)]
Text = Annotated[str, BeforeValidator(_to_text_keeping_mask)]
LongNumber = Annotated[str, _optional(_to_long_number_text, "")]
OptInt = Annotated[int | None, _optional(_to_int)]
OptMoney = Annotated[Decimal | None, _optional(_to_decimal)]
OptMs = Annotated[int | None, _optional(_to_ms)]
Flag = Annotated[bool, _optional(_to_flag, False)]
OptFlag = Annotated[bool | None, _optional(_to_flag)]
AsList = BeforeValidator(_to_list)
AsObject = BeforeValidator(_to_object)
IdList = Annotated[list[Id], AsList]
TextList = Annotated[list[Text], AsList]


def exact_moment(ms: int) -> datetime:
    """Return the UTC moment of true epoch milliseconds, without the rounding of a float."""
    return EPOCH + timedelta(milliseconds=ms)


def moment(ms: int | None, *, shifted: bool = False) -> datetime | None:
    """Return the UTC moment of epoch milliseconds; None for "not set".

    `shifted` values are the Istanbul wall clock written as if it were UTC (contract section 4).
    """
    if ms is None:
        return None
    return exact_moment(ms) - ISTANBUL_SHIFT if shifted else exact_moment(ms)


M = TypeVar("M", bound=Payload)


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record of a page that could not be read: its place, the raw record, and why (no values)."""

    index: int
    raw: Mapping[str, Any]
    reason: str


def validate_each(model: type[M], content: Sequence[Mapping[str, Any]]) -> tuple[list[M], list[BadRecord]]:
    """Read every record by itself, so that a bad one costs only itself."""
    good: list[M] = []
    bad: list[BadRecord] = []
    for index, raw in enumerate(content):
        try:
            good.append(model.model_validate(raw))
        except ValidationError as error:
            bad.append(BadRecord(index=index, raw=raw, reason=explain(error)))
    return good, bad


def explain(error: ValidationError, *, limit: int = 3) -> str:
    """Return one line that names the first wrong fields and what is wrong with them, never their values."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    parts = [_problem(problem["loc"], problem["msg"]) for problem in problems[:limit]]
    more = len(problems) - limit
    return "; ".join(parts) + (f"; and {more} more" if more > 0 else "")


def _problem(place: tuple[int | str, ...], message: str) -> str:
    name = ".".join(str(part) for part in place)
    return f"{name}: {message}" if name else message
