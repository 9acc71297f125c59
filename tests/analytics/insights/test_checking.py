"""Numbers of an answer against the figures it was given: what is proved, what is marked, and what is no figure."""

from __future__ import annotations

from typing import Any

import pytest

from analytics.insights.checking import unproved

SALES: dict[str, Any] = {
    "period": {"first_day": "2026-10-01", "last_day": "2026-10-28"},
    "by": "MODEL",
    "total": {
        "pairs": 1234,
        "orders": 1100,
        "amount_try": 1234567.89,
        "return_rate_percent": 12.5,
        "average_order_try": 412.34,
    },
    "compared": {"change": {"pairs_percent": -8.3, "return_rate_points": 0.4}},
    "rows": [
        {
            "model": "0172",
            "label": "0172 Topuklu 2024 Serisi",
            "pairs": 412,
            "profit_try": -340.55,
            "cover_days": 12.4,
        },
        {"model": "GLL-58", "label": "GLL-58 Babet", "pairs": 96, "profit_try": 17.2, "size": "36,5"},
        {"model": "77001234", "label": "Bot", "pairs": 3, "size": "38", "ratio_usd": 5.25},
    ],
}


def marked(answer: str, question: str = "Geçen ay nasıldı?") -> list[str]:
    found = unproved(answer, question=question, results=[SALES])
    return [answer[start:end] for start, end in found]


@pytest.mark.parametrize(
    "answer",
    [
        "1.234 çift satıldı, tutar 1.234.567,89 ₺.",
        "1,234 pairs were sold for 1,234,567.89 TRY.",
        "1234 çift, 1\u00a0234 çift",
        "Tutar 1,23 milyon ₺, yaklaşık 1.230.000 TL, yani 1.235 bin TL.",
        "About 1.2 million TRY; ₺1,234,568 exactly.",
        "İade oranı %12,5 (12.5%), yüzde 12,5, yuvarlak %13, %12.",
        "Satış %8,3 düştü, iade oranı 0,4 puan arttı.",
        "0172 modelinde 340,55 ₺ zarar var, −341 TL.",
        "Sipariş başına 412,34 ₺ ve 412 TL.",
        "Maliyet 5,25 $, $5.25, 5 dolar.",
        "12,4 gün yeter; 12 gün.",
    ],
)
def test_number_is_proved_in_either_language_and_rounding(answer: str) -> None:
    assert marked(answer) == []


@pytest.mark.parametrize(
    "answer",
    [
        "En iyi 3 model: [1] [2, 3]",
        "1. 0172 Topuklu 2024 Serisi\n2. GLL-58 Babet",
        "01.10.2026 – 28.10.2026, 2026-10-05, 1 Ekim 2026, 1–28 Ekim, Ekim 2026'da, October 3, 2026, 5 Oct",
        "Son 28 günde, 4 haftada, 2026 yılında saat 14:30'da",
        "38 numara ve 36,5 beden iyi satıyor",
        "77001234 barkodu ve 0172 modeli",
        "M00012 kodlu değil, GLL-58 kodlu",
        "3 farklı model, 2 ürün, ilk 3",
    ],
)
def test_what_is_no_figure_is_not_marked(answer: str) -> None:
    assert marked(answer) == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("1.235 çift satıldı.", ["1.235"]),
        ("Tutar 1.234 ₺.", ["1.234"]),  # there are 1.234 pairs, not lira
        ("İade oranı %412.", ["412"]),
        ("412,5 çift", ["412,5"]),
        ("Kâr 99 ₺, satış 412 çift.", ["99"]),
        ("38 çift satıldı", ["38"]),
        ("2026 çift satıldı", ["2026"]),
        ("30 gün yeter", ["30"]),
        ("9 model zarar etti", ["9"]),
        ("1,9 milyon ₺", ["1,9 milyon"]),
        ("0172 modelinden 50 adet üret", ["50"]),
        ("1.2.3,4 ve 12.34.5", ["1.2.3,4", "12.34.5"]),
        ("9 marka var, 16 mar", ["9"]),
    ],
)
def test_number_that_nothing_stands_behind_is_marked(answer: str, expected: list[str]) -> None:
    assert marked(answer) == expected


def test_number_of_the_question_may_be_repeated() -> None:
    assert marked("1.500 ₺ üstünde satış yok.", question="1.500 ₺ üstünde ne sattık?") == []
    assert marked("1.500 ₺ üstünde satış yok.") == ["1.500"]


def test_sum_must_have_been_given() -> None:
    assert marked("412 ve 96, toplam 508 çift.") == ["508"]


def test_digits_of_other_scripts_are_read() -> None:
    assert marked("٤١٢ çift, ٩٩٩ çift") == ["٩٩٩"]
