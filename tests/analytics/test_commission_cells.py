"""What a cell of a commission file means."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from analytics.commissions.bands import Band, parse_band, read_limit, read_rate
from analytics.commissions.cells import read_amount, read_barcode, read_order_number
from analytics.commissions.dates import read_date
from analytics.commissions.errors import CellRefused
from gullu.excel.cells import percent_text
from gullu.money import format_number

CENTS = st.integers(-(10**10), 10**10).map(lambda cents: Decimal(cents) / 100)


def code_of(read: Any, value: Any) -> str:
    with pytest.raises(CellRefused) as caught:
        read(value, heading="Komisyon")
    return caught.value.code


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("1.234,50", "1234.50"),
        ("1234.50", "1234.50"),
        ("1.234", "1234"),
        ("12,5 ₺", "12.5"),
        ("12,50 TL", "12.50"),
        ("₺12,50", "12.50"),
        ("(12,50)", "-12.50"),
        ("12,50-", "-12.50"),
        ("−12,50", "-12.50"),
        ("\u00a01\u202f234,50 ", "1234.50"),
        (57.449999999999996, "57.45"),
        (-5, "-5"),
        (0, "0"),
    ],
)
def test_amount_is_read_as_the_shop_writes_it(value: Any, amount: str) -> None:
    assert read_amount(value, heading="Komisyon") == Decimal(amount)


@pytest.mark.parametrize("value", [None, "", "  \u00a0"])
def test_empty_amount_is_named_as_empty(value: Any) -> None:
    assert code_of(read_amount, value) == "cell_empty"


@pytest.mark.parametrize(
    "value",
    ["abc", "#N/A", "#REF!", True, 1e12, float("nan"), float("inf"), "1,2,3", "=1+1", "1e5", "١٢", "()", "-"],
)
def test_what_is_no_amount_is_refused(value: Any) -> None:
    assert code_of(read_amount, value) == "not_an_amount"


def test_refusal_names_value_and_heading() -> None:
    with pytest.raises(CellRefused) as caught:
        read_amount("x" * 500, heading="Komisyon")

    assert caught.value.data == {"value": "x" * 40 + "…", "heading": "Komisyon"}


@given(CENTS)
def test_amount_written_in_turkish_is_read_back(amount: Decimal) -> None:
    assert read_amount(format_number(amount), heading="") == amount


@given(CENTS)
def test_amount_stored_as_a_binary_number_is_read_back(amount: Decimal) -> None:
    assert read_amount(float(amount), heading="") == amount


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (10452345678, "10452345678"),
        (10452345678.0, "10452345678"),
        ("10452345678.0", "10452345678"),
        ("10452345678,00", "10452345678"),
        ("'10452345678", "10452345678"),
        (" 10452345678\u00a0", "10452345678"),
        ("SP000123", "SP000123"),
        ("SP-000123", "SP-000123"),
    ],
)
def test_order_number_is_read_however_it_arrives(value: Any, number: str) -> None:
    assert read_order_number(value, heading="Sipariş No") == number


@pytest.mark.parametrize(
    "value",
    [
        "1,04523E+10",
        "1.04523e+10",
        1e20,
        1.5,
        -5,
        True,
        "#REF!",
        "Toplam",
        "10 45",
        "12345,5",
        date(2026, 1, 1),
        float("nan"),
    ],
)
def test_order_number_that_lost_digits_or_is_none_is_refused(value: Any) -> None:
    assert code_of(read_order_number, value) == "not_an_order_number"


@given(st.integers(10**7, 10**14))
def test_order_number_survives_becoming_a_number(number: int) -> None:
    written = [number, float(number), f"{number}", f"{number}.0", f" {number},0 "]

    assert {read_order_number(value, heading="") for value in written} == {str(number)}


def test_barcode_keeps_its_letters_and_loses_only_the_decimals_of_a_number() -> None:
    values = ["868-AB_1", 8680001112223.0, "8680001112223.0", "00123"]

    read = [read_barcode(value, heading="") for value in values]

    assert read == ["868-AB_1", "8680001112223", "8680001112223", "00123"]


@pytest.mark.parametrize("value", ["8,68E+12", "868 000", "x" * 41, 1.5])
def test_barcode_that_lost_digits_is_refused(value: Any) -> None:
    assert code_of(read_barcode, value) == "not_a_barcode"


@pytest.mark.parametrize(
    "value",
    [
        date(2026, 10, 25),
        datetime.combine(date(2026, 10, 25), time(23, 59)),
        "25.10.2026",
        "25.10.2026 14:30",
        "25.10.2026 14:30:59",
        "25.10.26",
        "25/10/2026 14:30",
        "25-10-2026",
        "2026-10-25",
        "2026-10-25T14:30:00",
        "2026-10-25T14:30:00.123+03:00",
        "2026-10-24T21:00:00Z",
        "2026/10/25",
        "20261025",
        "25 Ekim 2026",
        "25 EKİM 2026 14:30",
        "25 Eki 2026",
        "25 October 2026",
        46320,
        46320.75,
        "46320",
        "46320,5",
        1792882800000,
        "1792882800000",
    ],
)
def test_day_is_read_in_every_usual_form(value: Any) -> None:
    assert read_date(value, heading="Sipariş Tarihi") == date(2026, 10, 25)


@pytest.mark.parametrize(
    "value",
    [
        "31.02.2026",
        "10/25/2026",
        "yarın",
        "25.13.2026",
        "25.10.2026 25:00",
        "2026",
        True,
        12,
        1e300,
        float("nan"),
        "25 Mayonez 2026",
        "25.10.1900",
        "25.10.2026 belki",
    ],
)
def test_what_is_no_date_is_refused(value: Any) -> None:
    assert code_of(read_date, value) == "not_a_date"


@given(st.dates(date(1983, 1, 1), date(2118, 12, 31)))
def test_every_day_is_read_back_from_texts_and_serial_numbers(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    written = [
        f"{day:%d.%m.%Y}",
        f"{day:%d/%m/%Y %H:%M}",
        day.isoformat(),
        f"{day:%Y%m%d}",
        serial,
        float(serial),
    ]

    assert {read_date(value, heading="") for value in written} == {day}


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.times())
def test_moment_with_an_offset_is_the_day_in_istanbul(day: date, clock: time) -> None:
    utc = datetime.combine(day, clock.replace(microsecond=0), tzinfo=UTC)
    local = utc.astimezone(timezone.get_default_timezone())

    assert read_date(f"{utc:%Y-%m-%dT%H:%M:%S}Z", heading="") == local.date()


@given(st.text())
def test_any_text_is_read_or_refused_with_a_sentence(value: str) -> None:
    answers = [
        answer(read, value) for read in (read_amount, read_order_number, read_barcode, read_date, read_rate)
    ]

    assert all(answers)


def answer(read: Any, value: str) -> str:
    try:
        return repr(read(value, heading="X"))
    except CellRefused as refusal:
        return refusal.message


@pytest.mark.parametrize(
    ("value", "rate"),
    [
        (19, "19"),
        ("19,5", "19.5"),
        ("%19,5", "19.5"),
        ("19.5 %", "19.5"),
        ("%0,5", "0.5"),
        (0, "0"),
        (100, "100"),
        (19.499999999999996, "19.5"),
    ],
)
def test_rate_is_percent(value: Any, rate: str) -> None:
    assert read_rate(value, heading="Komisyon") == Decimal(rate)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0.19, "rate_unclear"),
        ("0,19", "rate_unclear"),
        (101, "not_a_rate"),
        (-1, "not_a_rate"),
        ("x", "not_a_rate"),
        ("", "cell_empty"),
    ],
)
def test_rate_nobody_can_know_is_refused(value: Any, code: str) -> None:
    assert code_of(read_rate, value) == code


def test_share_formatted_as_percent_is_what_it_shows() -> None:
    assert [percent_text(share) for share in (0.195, 0.1, 1, 0)] == ["%19.5", "%10", "%100", "%0"]


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [
        ("0-499,99", "0", "499.99"),
        ("500 TL - 1.000 TL", "500", "1000"),
        ("500TL–1000TL", "500", "1000"),
        ("1.000,00 ₺ — 1.999,99 ₺", "1000", "1999.99"),
        ("500 TL ile 700 TL arası", "500", "700"),
        ("1.000 TL ve üzeri", "1000", None),
        ("2000 TL ÜSTÜ", "2000", None),
        ("1000+", "1000", None),
        (">= 1000", "1000", None),
        ("500 ve altı", "0", "500"),
        ("500 TL ALTI", "0", "500"),
        ("< 500", "0", "500"),
    ],
)
def test_price_band_is_read(written: str, low: str, high: str | None) -> None:
    assert parse_band(written) == Band(Decimal(low), None if high is None else Decimal(high))


@pytest.mark.parametrize(
    "heading", ["Stok", "1-2 gün", "Son 30 gün", "2.Fiyat Üst Limiti", "1.KOMİSYON", "-", ""]
)
def test_other_headings_are_no_price_band(heading: str) -> None:
    assert parse_band(heading) is None


def test_bands_may_touch_in_one_price() -> None:
    bands = [Band(Decimal(0), Decimal(500)), Band(Decimal(500), None), Band(Decimal(499), Decimal(501))]

    assert [bands[0].overlaps(bands[1]), bands[0].overlaps(bands[2]), bands[2].overlaps(bands[1])] == [
        False,
        True,
        True,
    ]


def test_limit_may_be_absent_but_not_negative() -> None:
    assert [read_limit(value, heading="") for value in (None, "", "-", 0, "499,99")] == [
        None,
        None,
        None,
        Decimal(0),
        Decimal("499.99"),
    ]
    assert code_of(read_limit, -1) == "not_an_amount"


def test_days_of_the_epoch_agree_with_the_calendar() -> None:
    assert date(1899, 12, 30) + timedelta(days=46320) == date(2026, 10, 25)
