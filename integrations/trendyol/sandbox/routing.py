"""What an endpoint is, and reading the bodies sent to one."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .entities import Json
from .errors import Family, Refusal, order_refused
from .messages import Reply, Request

JSON_BODY = "application/json"
FORM_BODY = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Call:
    """One request that found its endpoint. `shifted` entries of the list have vanished since page 0."""

    request: Request
    arguments: dict[str, str]
    shifted: int = 0

    @property
    def package_id(self) -> int:
        text = self.arguments["package"]
        if not text.isdecimal():
            raise order_refused("packageId sayı olmalıdır", key="package.id.invalid")
        return int(text)

    def body(self) -> Json:
        """The JSON object sent. Raises Refusal 400 for anything else."""
        try:
            value = json.loads(self.request.body)
        except ValueError as error:
            raise order_refused("JSON okunamadı", key="body.invalid") from error
        if not isinstance(value, dict):
            raise order_refused("JSON nesnesi bekleniyor", key="body.invalid")
        return value


Answer = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path with its quota: `group` shares `per_minute` calls (None: only the burst rule).

    `media_type` is what a POST or PUT must be sent as, `family` how a refused credential is written.
    """

    name: str
    method: str
    pattern: re.Pattern[str]
    group: str
    per_minute: int | None
    answer: Answer
    media_type: str = JSON_BODY
    family: Family = Family.PRODUCT


@dataclass(frozen=True, slots=True)
class Routes:
    """Builds endpoints of one method and family; path parts in braces become arguments."""

    method: str
    family: Family = Family.PRODUCT
    media_type: str = JSON_BODY

    def __call__(self, name: str, path: str, group: str, per_minute: int | None, answer: Answer) -> Endpoint:
        return Endpoint(
            name=name,
            method=self.method,
            pattern=re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)),
            group=group,
            per_minute=per_minute,
            answer=answer,
            media_type=self.media_type,
            family=self.family,
        )


def is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def invalid(name: str) -> Refusal:
    return order_refused(f"{name} geçersiz", key="body.invalid")


def integer(body: Json, name: str) -> int:
    value = body.get(name)
    if not is_integer(value):
        raise invalid(name)
    return int(value)  # type: ignore[arg-type]


def objects(body: Json, name: str) -> list[Json]:
    """A list of at least one JSON object."""
    value = body.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(part, dict) for part in value):
        raise invalid(name)
    return value


def texts(body: Json, name: str) -> list[str]:
    """A list of at least one text."""
    value = body.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(part, str) for part in value):
        raise invalid(name)
    return value


def pairs(body: Json, name: str, first: str, second: str) -> list[tuple[int, int]]:
    return [(integer(part, first), integer(part, second)) for part in objects(body, name)]
