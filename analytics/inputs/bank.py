"""The public daily file of the central bank (TCMB): `today.xml`, and `YYYYMM/DDMMYYYY.xml` for a day.

There is no file for weekends and holidays. Of the file only the date and the selling rate of the dollar are read; the
parser takes no document type, so nothing in a file can be expanded or fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final
from xml.parsers import expat

from analytics.inputs.errors import BankRefused, RateUnreadable
from gullu.http import HttpSession, build_session

MOST_BYTES: Final = 512 * 1024  # a real file has about 10 KB
_LATEST: Final = "today"
_NOT_FOUND: Final = 404
_OK: Final = 200
_PLACES: Final = Decimal("0.0001")
_MOST_RATE: Final = Decimal(100_000)


@dataclass(frozen=True, slots=True)
class BankRate:
    """TRY for one dollar (selling rate) as published on a day."""

    day: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Bank:
    """The files below `url`. Both methods raise HttpError, BankRefused, RateUnreadable."""

    url: str
    session: HttpSession

    def latest(self) -> BankRate | None:
        """What was published last; None where there is no file."""
        return self._read(f"{self.url}/today.xml", asked=_LATEST)

    def on(self, day: date) -> BankRate | None:
        """What was published on a day; None on days without a file."""
        found = self._read(f"{self.url}/{day:%Y%m}/{day:%d%m%Y}.xml", asked=f"{day:%d.%m.%Y}")
        if found is not None and found.day != day:
            raise RateUnreadable(day=f"{day:%d.%m.%Y}", detail=f"{found.day:%d.%m.%Y}")
        return found

    def _read(self, address: str, *, asked: str) -> BankRate | None:
        reply = self.session.request("GET", address)
        if reply.status == _NOT_FOUND:
            return None
        if reply.status != _OK:
            raise BankRefused(status=reply.status, day=asked)
        return read_file(reply.body, asked=asked)


def bank_session() -> HttpSession:
    """Short patience: the file is small, and the rate can be entered by hand."""
    return build_session(
        user_agent="gullu",
        connect_timeout=5.0,
        read_timeout=10.0,
        total_timeout=20.0,
        max_body_bytes=MOST_BYTES,
    )


def read_file(body: bytes, *, asked: str) -> BankRate:
    """The dollar's rate in a file of the bank. Raises RateUnreadable."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(body, True)
        return reader.result()
    except (expat.ExpatError, ValueError, InvalidOperation, LookupError) as error:
        raise RateUnreadable(day=asked, detail=str(error)[:80] or type(error).__name__) from error


@dataclass(slots=True)
class _Reader:
    """Collects the texts of the dollar's fields while the file goes by."""

    day: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    _path: list[str] = field(default_factory=list)
    _dollar: bool = False

    def refuse(self, *_args: object) -> None:
        raise ValueError("DOCTYPE")

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        self._path.append(name)
        if len(self._path) == 1 and name == "Tarih_Date":
            self.day = attributes.get("Tarih", "")
        elif len(self._path) == 2:
            self._dollar = name == "Currency" and attributes.get("CurrencyCode") == "USD"

    def end(self, _name: str) -> None:
        self._path.pop()

    def text(self, data: str) -> None:
        if self._dollar and len(self._path) == 3 and self._path[-1] in {"Unit", "ForexSelling"}:
            self.fields[self._path[-1]] = self.fields.get(self._path[-1], "") + data

    def result(self) -> BankRate:
        """Raises ValueError, InvalidOperation and KeyError where something is missing or no number."""
        # A bulletin names its own day; what stands in the address is only what was asked for.
        day = datetime.strptime(self.day.strip(), "%d.%m.%Y").date()  # noqa: DTZ007 - a calendar day
        unit = Decimal(self.fields["Unit"].strip())
        rate = Decimal(self.fields["ForexSelling"].strip())
        if not (unit > 0 and 0 < rate < _MOST_RATE):
            raise ValueError(f"{rate} / {unit}")
        return BankRate(day, (rate / unit).quantize(_PLACES))
