"""Reading what is sent to the control API; every mistake is one Turkish sentence."""

import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from .clock import ISTANBUL
from .messages import Request

_FORM = "application/x-www-form-urlencoded"
_TRUE, _FALSE = ("1", "true", "evet", "on"), ("0", "false", "hayır", "off", "")


class ControlError(Exception):
    """The control request cannot be done; the message says why."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Fields:
    """Named values of one JSON object or form. Texts from forms are converted."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str, default: str | None = None) -> str:
        """Required unless a default is given."""
        value = self.values.get(name)
        if value in (None, ""):
            if default is None:
                raise ControlError(f"{name} alanı gerekli.")
            return default
        if isinstance(value, list | dict):
            raise ControlError(f"{name} alanı metin olmalı.")
        return str(value)

    def number(self, name: str, default: float | None = None) -> float:
        value = self.values.get(name)
        if value in (None, ""):
            if default is None:
                raise ControlError(f"{name} alanı gerekli.")
            return default
        try:
            number = float(str(value).replace(",", ".")) if not isinstance(value, bool) else math.nan
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise ControlError(f"{name} alanı sayı olmalı.")
        return number

    def integer(self, name: str, default: int | None = None) -> int:
        value = self.values.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value  # long ids must not pass through a float
        if isinstance(value, str) and value.strip().isdecimal():
            return int(value)
        number = self.number(name, default)
        if number != int(number):
            raise ControlError(f"{name} alanı tam sayı olmalı.")
        return int(number)

    def boolean(self, name: str, default: bool) -> bool:
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        if str(value).lower() in _TRUE:
            return True
        if str(value).lower() in _FALSE:
            return False
        raise ControlError(f"{name} alanı true ya da false olmalı.")

    def moment(self, name: str) -> int | None:
        """Epoch milliseconds or ISO-8601 (without offset: Istanbul time)."""
        if not self.has(name):
            return None
        value = self.values[name]
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.integer(name)
        try:
            at = datetime.fromisoformat(str(value))
        except ValueError as error:
            raise ControlError(f"{name} alanı milisaniye ya da ISO-8601 zaman olmalı.") from error
        return round((at if at.tzinfo else at.replace(tzinfo=ISTANBUL)).timestamp() * 1000)

    def objects(self, name: str) -> list["Fields"]:
        """A list of JSON objects."""
        value = self.values.get(name)
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            raise ControlError(f"{name} alanı nesnelerden oluşan bir liste olmalı.")
        return [Fields(part) for part in value]

    def mapping(self, name: str) -> dict[str, Any]:
        value = self.values.get(name) or {}
        if not isinstance(value, dict):
            raise ControlError(f"{name} alanı bir nesne olmalı.")
        return value


def is_form(request: Request) -> bool:
    return request.media_type == _FORM


def read_fields(request: Request, *, list_name: str = "") -> Fields:
    """The request's values: JSON object, form, or (under `list_name`) a bare JSON list."""
    if is_form(request):
        return Fields(dict(parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True)))
    if not request.body:
        return Fields({})
    try:
        value = json.loads(request.body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ControlError("Gönderilen JSON okunamadı.") from error
    if list_name and isinstance(value, list):
        return Fields({list_name: value})
    if not isinstance(value, dict):
        raise ControlError("Bir JSON nesnesi bekleniyor.")
    return Fields(value)


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)
