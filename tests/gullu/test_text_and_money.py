"""Turkish letters and amounts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from gullu.money import format_money, format_number
from gullu.text import FOLD_FROM, FOLD_TO, fold, tr_lower, tr_upper


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        ("İzmir", "izmir", "İZMİR"),
        ("ISPARTA", "ısparta", "ISPARTA"),
        ("kırmızı şık", "kırmızı şık", "KIRMIZI ŞIK"),
    ],
)
def test_case_follows_turkish_rules(text: str, lower: str, upper: str) -> None:
    assert (tr_lower(text), tr_upper(text)) == (lower, upper)


@pytest.mark.parametrize("text", ["Şükrü  IŞIK", "sukru isik", "ŞÜKRÜ ışık", " şükrü\tışık "])
def test_fold_makes_all_spellings_one(text: str) -> None:
    assert fold(text) == "sukru isik"


@pytest.mark.django_db
@given(st.text(alphabet=st.sampled_from("aAzZ iİIıŞşĞğÜüÖöÇçÂâ09-"), max_size=30))
def test_python_and_sql_fold_alike(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(translate(%s, %s, %s))", [text, FOLD_FROM, FOLD_TO])
        (folded,) = cursor.fetchone()

    assert " ".join(folded.split()) == fold(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1234.5"), "1.234,50 ₺"),
        (Decimal("0.005"), "0,01 ₺"),
        (Decimal(-1000000), "-1.000.000,00 ₺"),
        (None, "—"),
    ],
)
def test_money_is_written_as_the_shop_writes_it(value: Decimal | None, text: str) -> None:
    assert format_money(value) == text


def test_templates_have_the_filters() -> None:
    template = Template(
        "{{ price|money }} {{ count|number }} {{ city|upper_tr }} {{ city|lower_tr }} {{ usd|money:'USD' }}"
    )
    context: dict[str, Any] = {"price": Decimal("99.9"), "count": 12345, "city": "İzmir", "usd": Decimal(3)}

    assert template.render(Context(context)) == "99,90 ₺ 12.345 İZMİR izmir 3,00 $"
    assert format_number(Decimal("2.345"), places=1) == "2,3"
