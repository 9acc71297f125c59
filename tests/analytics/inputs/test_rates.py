"""Exchange rates from the central bank, over HTTP against a bank on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from analytics.enums import RateSource
from analytics.inputs import bank as bank_module
from analytics.inputs import rates as rates_module
from analytics.inputs.bank import read_file
from analytics.inputs.errors import BankRefused, RateUnreadable
from analytics.inputs.rates import last_working_day, rate_on, read_rates
from analytics.models import ExchangeRate
from analytics.tasks import read_rates_job
from gullu.demo.practice import Practice
from gullu.env import ConfigError, load
from gullu.http import BodyTooLarge, NotSent, TimedOut, build_session
from gullu.models import JobRun
from tests.analytics.inputs.bankkit import BOMB, StubBank, daily, path_of, stub_bank

pytestmark = pytest.mark.django_db

# A Friday; the day before is a holiday of the bank in these tests.
FRIDAY = date(2026, 11, 20)
MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 11, number) for number in (16, 17, 18, 19))
SATURDAY, SUNDAY = date(2026, 11, 21), date(2026, 11, 22)


@pytest.fixture
def bank(settings: Any) -> Iterator[StubBank]:
    with stub_bank() as found:
        settings.EXCHANGE_RATE_URL = found.url
        yield found


def stored() -> dict[date, tuple[Decimal, str]]:
    return {row.day: (row.rate, row.source) for row in ExchangeRate.objects.all()}


def enter(day: date, rate: str, *, source: str = RateSource.ENTERED) -> ExchangeRate:
    return ExchangeRate.objects.create(day=day, rate=Decimal(rate), source=source)


# --- reading ------------------------------------------------------------------------------------------------------


def test_days_since_the_last_known_are_filled_without_weekend_and_holiday(bank: StubBank) -> None:
    enter(date(2026, 11, 13), "41.9", source=RateSource.BANK)
    bank.publish(MONDAY, "42.0100")
    bank.publish(TUESDAY, "42.0200")
    bank.publish(WEDNESDAY, "42.0300")
    bank.publish(FRIDAY, "42.0512", latest=True)

    read = read_rates(today=SUNDAY)

    assert (read.outcome, read.rates, read.closed, read.kept, read.until) == ("DONE", 4, 1, 0, FRIDAY)
    assert stored()[FRIDAY] == (Decimal("42.0512"), RateSource.BANK)
    assert sorted(stored()) == [date(2026, 11, 13), MONDAY, TUESDAY, WEDNESDAY, FRIDAY]
    assert bank.asked == ["/kurlar/today.xml", *map(path_of, (MONDAY, TUESDAY, WEDNESDAY, THURSDAY))]


def test_entered_rate_is_neither_asked_for_nor_overwritten(bank: StubBank) -> None:
    enter(TUESDAY, "50")
    enter(FRIDAY, "51")
    bank.publish(WEDNESDAY, "42.03")
    bank.publish(FRIDAY, "42.05", latest=True)

    read = read_rates(since=TUESDAY, today=FRIDAY)

    assert (read.rates, read.closed, read.kept) == (1, 1, 2)
    assert (stored()[TUESDAY], stored()[FRIDAY]) == (
        (Decimal(50), RateSource.ENTERED),
        (Decimal(51), RateSource.ENTERED),
    )
    assert path_of(TUESDAY) not in bank.asked


def test_nobody_is_asked_while_the_last_working_day_is_known(bank: StubBank) -> None:
    enter(FRIDAY, "42", source=RateSource.BANK)

    assert read_rates(today=SUNDAY).outcome == "CURRENT"
    assert (bank.asked, JobRun.objects.count()) == ([], 0)


def test_switched_off_asks_nobody_and_leaves_no_run() -> None:
    assert read_rates(today=FRIDAY).outcome == "OFF"
    assert JobRun.objects.count() == 0


def test_today_is_not_asked_for_before_the_bank_has_published(bank: StubBank) -> None:
    enter(WEDNESDAY, "42", source=RateSource.BANK)
    bank.publish(WEDNESDAY, "42", latest=True)

    read = read_rates(today=FRIDAY)

    assert (read.rates, read.closed, bank.asked) == (0, 0, ["/kurlar/today.xml"])


def test_a_long_gap_is_read_in_portions_from_its_beginning(
    bank: StubBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates_module, "MOST_DAYS", 2)
    for day in (MONDAY, TUESDAY, WEDNESDAY, THURSDAY):
        bank.publish(day, "42")
    bank.publish(FRIDAY, "42.5", latest=True)

    first = read_rates(since=MONDAY, today=FRIDAY)
    second = read_rates(today=FRIDAY)

    assert (first.until, second.until) == (TUESDAY, THURSDAY)


# --- what can go wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Bakim calismasi</html>",
        b"\x00\xff\xfe garbage",
        BOMB.encode(),
        daily(FRIDAY, "0"),
        daily(FRIDAY, "NaN"),
        daily(FRIDAY, "42,05"),
        daily(FRIDAY, "999999999999"),
        daily(FRIDAY, "").replace(b"20.11.2026", b"2026-11-20"),
        b"<Tarih_Date Tarih='20.11.2026'></Tarih_Date>",
        b"<a>" * 5000,
    ],
)
def test_a_file_that_is_none_is_refused_in_one_sentence(bank: StubBank, body: bytes) -> None:
    bank.answers["/kurlar/today.xml"] = (200, body)

    with pytest.raises(RateUnreadable):
        read_rates(since=FRIDAY, today=FRIDAY)

    run = JobRun.objects.get()
    assert (run.state, run.error.endswith("enter the rate by hand.") or "elle" in run.error) == (
        "FAILED",
        True,
    )
    assert stored() == {}


def test_server_error_keeps_what_was_read_before_it(bank: StubBank) -> None:
    bank.publish(TUESDAY, "42.02")
    bank.answers[path_of(WEDNESDAY)] = (500, b"")
    bank.publish(FRIDAY, "42.05", latest=True)

    with pytest.raises(BankRefused) as refused:
        read_rates(since=TUESDAY, today=FRIDAY)

    assert refused.value.data == {"status": 500, "day": "18.11.2026"}
    assert list(stored()) == [TUESDAY]
    assert JobRun.objects.get().counts["rates"] == 1


def test_file_of_another_day_is_refused(bank: StubBank) -> None:
    bank.publish(FRIDAY, "42.05", latest=True)
    bank.answers[path_of(THURSDAY)] = (200, daily(WEDNESDAY, "42"))

    with pytest.raises(RateUnreadable):
        read_rates(since=THURSDAY, today=FRIDAY)

    assert stored() == {}


def test_huge_file_is_not_read_to_its_end(bank: StubBank) -> None:
    bank.answers["/kurlar/today.xml"] = (200, b"<Tarih_Date>" + b" " * (bank_module.MOST_BYTES + 1))

    with pytest.raises(BodyTooLarge):
        read_rates(since=FRIDAY, today=FRIDAY)


def test_a_bank_that_does_not_answer_is_left(bank: StubBank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        rates_module, "bank_session", lambda: build_session(user_agent="gullu", read_timeout=0.05)
    )
    bank.delay = 0.5

    with pytest.raises(TimedOut):
        read_rates(since=FRIDAY, today=FRIDAY)


def test_job_of_the_schedule_tells_the_failure_instead_of_raising(settings: Any) -> None:
    settings.EXCHANGE_RATE_URL = "http://127.0.0.1:9/kurlar"

    done = read_rates_job()

    assert (done["outcome"], done["code"]) == ("FAILED", NotSent.code)
    assert JobRun.objects.get().state == JobRun.State.FAILED


def test_units_of_a_hundred_are_divided() -> None:
    body = daily(FRIDAY, "4205.12").replace(b"<Unit>1<", b"<Unit>100<", 1)

    assert read_file(body, asked="today").rate == Decimal("42.0512")


# --- the rate of a day --------------------------------------------------------------------------------------------


def test_day_without_a_rate_has_that_of_the_last_day_before() -> None:
    enter(FRIDAY, "42.05")

    rate = rate_on(SUNDAY)

    assert (rate.rate if rate else None, rate_on(THURSDAY)) == (Decimal("42.05"), None)


@pytest.mark.parametrize(("day", "worked"), [(FRIDAY, FRIDAY), (SATURDAY, FRIDAY), (SUNDAY, FRIDAY)])
def test_last_working_day(day: date, worked: date) -> None:
    assert last_working_day(day) == worked


# --- the command --------------------------------------------------------------------------------------------------


def test_command_prints_the_figures(bank: StubBank, capsys: pytest.CaptureFixture[str]) -> None:
    bank.publish(MONDAY, "42.01", latest=True)

    call_command("read_rates", "--from", "16.11.2026", "--json")

    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (figures["outcome"], figures["rates"], figures["until"]) == ("DONE", 1, "2026-11-16")


@pytest.mark.parametrize("day", ["40.11.2026", "2999-01-01"])
def test_command_refuses_a_day_that_cannot_be(bank: StubBank, day: str) -> None:
    with pytest.raises(CommandError, match="--from"):
        call_command("read_rates", "--from", day)

    assert bank.asked == []


def test_command_says_that_reading_is_switched_off() -> None:
    with pytest.raises(CommandError, match="EXCHANGE_RATE_URL"):
        call_command("read_rates")


# --- the setting --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("", "https://www.tcmb.gov.tr/kurlar"),
        ("off", ""),
        ("http://127.0.0.1:8/kurlar/", "http://127.0.0.1:8/kurlar"),
    ],
)
def test_address_of_the_bank(tmp_path: Path, given: str, address: str) -> None:
    found = load({"EXCHANGE_RATE_URL": given, "DATA_DIR": str(tmp_path)}, dotenv_path=None)

    assert found.exchange_rate_url == address


def test_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="EXCHANGE_RATE_URL"):
        load({"EXCHANGE_RATE_URL": "tcmb.gov.tr", "DATA_DIR": str(tmp_path)}, dotenv_path=None)


def test_practice_shop_asks_no_bank(tmp_path: Path) -> None:
    assert Practice(port=1, folder=tmp_path).environment()["EXCHANGE_RATE_URL"] == "off"
