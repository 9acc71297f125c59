from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.utils import translation

from gullu.forms import TurkishDateField, TurkishDateTimeField, TurkishDecimalField, parse_decimal


@pytest.mark.parametrize("language", ["tr", "en"])
@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1.234,50", "1234.50"),
        ("1234.50", "1234.50"),
        ("1234,5", "1234.5"),
        ("1.234", "1234"),
        ("1.234.567,89", "1234567.89"),
        ("-5,25", "-5.25"),
        ("12", "12"),
        (" 1 234,50 ₺", "1234.50"),
        ("0,99", "0.99"),
        ("12.5", "12.5"),
    ],
)
def test_decimal_is_read_as_the_shop_writes_it(language: str, typed: str, value: str) -> None:
    with translation.override(language):
        assert TurkishDecimalField(decimal_places=2, max_digits=12).clean(typed) == Decimal(value)


@pytest.mark.parametrize(
    "typed", ["12,3,4", "1.23,4", "1,234.50", "abc", "1..2", "--5", "12,", ",5", "1e5", "NaN", "1.2345"]
)
def test_decimal_that_cannot_be_understood_is_refused(typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        TurkishDecimalField(decimal_places=2, max_digits=12).clean(typed)


def test_dot_before_three_digits_is_refused_where_it_could_mean_both() -> None:
    with pytest.raises(ValueError, match=r"1\.234"):
        parse_decimal("1.234", places=3)


def test_decimal_limits_hold() -> None:
    with pytest.raises(forms.ValidationError):
        TurkishDecimalField(decimal_places=2, max_digits=12, min_value=0).clean("-1,00")


def test_empty_decimal_is_none() -> None:
    assert TurkishDecimalField(required=False).clean("") is None


@pytest.mark.parametrize("language", ["tr", "en"])
@pytest.mark.parametrize("typed", ["25.10.2026", "25/10/2026", "2026-10-25", "25.10.26"])
def test_date_is_read_day_first(language: str, typed: str) -> None:
    with translation.override(language):
        assert TurkishDateField().clean(typed) == date(2026, 10, 25)


def test_impossible_date_is_refused() -> None:
    with pytest.raises(forms.ValidationError):
        TurkishDateField().clean("10.25.2026")


def test_date_is_shown_as_written() -> None:
    assert TurkishDateField().prepare_value(date(2026, 10, 5)) == "05.10.2026"


def test_moment_is_read_and_shown_in_istanbul() -> None:
    field = TurkishDateTimeField()
    moment = field.clean("25.10.2026 14:30")

    assert moment == datetime(2026, 10, 25, 11, 30, tzinfo=UTC)
    assert field.prepare_value(moment) == "25.10.2026 14:30"
