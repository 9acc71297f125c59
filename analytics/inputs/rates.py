"""Keeping the dollar's rate of each day: from the central bank, beside what people enter by hand.

A day the bank published nothing for has no row; it has the rate of the last day before (`rate_on`). A rate somebody
entered is never overwritten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db.models import Min
from django.utils import timezone

from analytics.enums import RateSource
from analytics.inputs.bank import Bank, BankRate, bank_session
from analytics.inputs.errors import RatesOff
from analytics.models import ExchangeRate, SaleLine
from catalog.models import Currency
from gullu.errors import DomainError
from gullu.jobs import Run, record_run
from gullu.locks import advisory_lock
from gullu.models import JobRun, User

LOCK: Final = "analytics.rates"
NAME: Final = "read_rates"
# Days one run goes through at most, the oldest first; the next run goes on from there.
MOST_DAYS: Final = 400
DONE: Final = "DONE"
OFF: Final = "OFF"
CURRENT: Final = "CURRENT"
ALREADY_RUNNING: Final = "ALREADY_RUNNING"
_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RatesRead:
    """`rates` were written; `closed` days have no file (holidays), `kept` ones a rate already."""

    outcome: str
    rates: int = 0
    closed: int = 0
    kept: int = 0
    until: date | None = None

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "until": self.until.isoformat() if self.until else None}


def read_rates(
    *,
    trigger: str = JobRun.Trigger.INTERNAL,
    actor: User | None = None,
    since: date | None = None,
    today: date | None = None,
) -> RatesRead:
    """Fill the days since the last one the bank told, or since `since`.

    Without either the first sale is where it begins. Asks nobody while the last working day is known. What was read
    before a failure is kept. Raises HttpError, BankRefused, RateUnreadable.
    """
    if not settings.EXCHANGE_RATE_URL:
        return RatesRead(OFF)
    day = today or timezone.localdate()
    with advisory_lock(LOCK) as lock:
        if not lock.acquired:
            return RatesRead(ALREADY_RUNNING)
        known = last_read()
        if since is None and known is not None and known >= last_working_day(day):
            return RatesRead(CURRENT, until=known)
        with record_run(NAME, trigger=trigger, actor=actor, alone=True) as run, bank_session() as session:
            first = since or (known + _DAY if known else first_needed(day))
            reading = _Reading(Bank(settings.EXCHANGE_RATE_URL, session), run)
            reading.fill(first, day)
            done = reading.done()
            run.counts = done.as_dict()
    return done


def require_on() -> None:
    """Raises `RatesOff` where no bank is asked."""
    if not settings.EXCHANGE_RATE_URL:
        raise RatesOff


def last_read() -> date | None:
    """The last day whose rate came from the bank."""
    rows = ExchangeRate.objects.filter(currency=Currency.USD, source=RateSource.BANK)
    return rows.order_by("-day").values_list("day", flat=True).first()


def first_needed(today: date) -> date:
    """The day of the first sale; today while nothing was sold."""
    first: date | None = SaleLine.objects.aggregate(first=Min("day"))["first"]
    return min(first, today) if first else today


def last_working_day(day: date) -> date:
    """The day itself, on weekends the Friday before; holidays count as working days here."""
    return day - max(day.weekday() - _SATURDAY + 1, 0) * _DAY


def rate_on(day: date, *, currency: str = Currency.USD) -> ExchangeRate | None:
    """The rate of a day: its own, else that of the last day before; None where nothing is known before."""
    rows = ExchangeRate.objects.filter(currency=currency, day__lte=day)
    return rows.order_by("-day").first()


@dataclass(slots=True)
class _Reading:
    """One run: what was found, and how many days had nothing."""

    bank: Bank
    run: Run
    found: list[BankRate] = field(default_factory=list)
    closed: int = 0
    kept: int = 0
    written: int = 0

    def fill(self, first: date, today: date) -> None:
        """Read and write; what was read before a failure is written, too."""
        try:
            self._read(first, today)
        except DomainError:
            self._write()
            self.run.counts = self.done().as_dict()
            raise
        self._write()

    def _read(self, first: date, today: date) -> None:
        latest = self.bank.latest()
        # Nothing newer than this exists yet: today's file comes in the afternoon, and none on holidays.
        last = min(latest.day, today) if latest else today
        known = set(
            ExchangeRate.objects.filter(currency=Currency.USD, day__gte=first).values_list("day", flat=True)
        )
        for day in _weekdays(first, min(last, first + (MOST_DAYS - 1) * _DAY)):
            if day in known:
                self.kept += 1
                continue
            found = latest if latest and latest.day == day else self.bank.on(day)
            if found is None:
                self.closed += 1
            else:
                self.found.append(found)
            self.run.progress(rates=len(self.found), closed=self.closed, kept=self.kept)

    def _write(self) -> None:
        rows = [ExchangeRate(day=one.day, rate=one.rate, source=RateSource.BANK) for one in self.found]
        # Somebody may have entered one of them meanwhile: theirs stays.
        ExchangeRate.objects.bulk_create(rows, ignore_conflicts=True)
        ours = ExchangeRate.objects.filter(source=RateSource.BANK, currency=Currency.USD)
        self.written = ours.filter(day__in=[one.day for one in self.found]).count()

    def done(self) -> RatesRead:
        days = [one.day for one in self.found]
        return RatesRead(
            DONE, rates=self.written, closed=self.closed, kept=self.kept, until=max(days, default=None)
        )


def _weekdays(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        if day.weekday() < _SATURDAY:
            yield day
        day += _DAY


def plain(rate: Decimal) -> str:
    """`42.15` → `42,1500`: as the bank writes rates, with our comma."""
    return f"{rate:.4f}".replace(".", ",")
