"""A plan on paper and in Excel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from django.utils import translation
from openpyxl import load_workbook

from catalog.models import Variant
from gullu.roles import ANALYST
from tests.analytics.papers.kit import LETTERS, fonts_embedded, page_texts
from tests.analytics.production.kit import client_of, make_plan
from tests.factories import make_product, make_variant

pytestmark = pytest.mark.django_db

PAGE = "/analytics/production/"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def goods() -> dict[str, Variant]:
    product = make_product("0172", title=f"Şık {LETTERS}")
    return {size: make_variant(product=product, colour="Siyah", size=size) for size in ("37", "38")}


def test_paper_has_a_grid_for_each_model(goods: dict[str, Variant]) -> None:
    bej = make_variant(product=goods["37"].product, colour="Bej", size="40")
    plan = make_plan(
        {goods["37"]: 4, goods["38"]: 12, bej: 6}, name="Kasım <b>", state="WORKING", note="<i>&amp;"
    )

    data = client_of(ANALYST).get(f"{PAGE}{plan.pk}/pdf/").content
    words = " ".join(" ".join(page_texts(data)).split())

    found = (
        "Production plan: Kasım <b>",
        "<i>&amp;",
        f"0172 · Şık {LETTERS}",
        "Pairs: 22 · Models: 1",
        "5 days × 10 pairs",
    )
    assert [one in words for one in found] == [True] * 5
    assert re.search(r"Colour 37 38 40 Total Bej 6 6 Siyah 4 12 16 Total 4 12 6 22", words) is not None
    assert fonts_embedded(data) == {True}


def test_paper_of_nothing_says_so(goods: dict[str, Variant]) -> None:
    plan = make_plan({goods["37"]: 4})
    plan.lines.update(planned=0)

    assert "No pair is planned." in page_texts(client_of().get(f"{PAGE}{plan.pk}/pdf/").content)[0]


def test_model_of_many_sizes_and_colours_fits_on_paper() -> None:
    product = make_product("0500")
    pairs = {
        make_variant(product=product, colour=f"Çok uzun bir renk adı {colour}", size=str(size)): 2
        for colour in range(15)
        for size in range(20, 45)
    }
    plan = make_plan(pairs)

    words = " ".join(page_texts(client_of().get(f"{PAGE}{plan.pk}/pdf/").content))

    assert [str(size) in words.split() for size in range(20, 45)] == [True] * 25


def test_workbook_has_a_row_for_each_barcode(goods: dict[str, Variant]) -> None:
    plan = make_plan({goods["37"]: 4, goods["38"]: 6})

    book = load_workbook(BytesIO(client_of().get(f"{PAGE}{plan.pk}/excel/").content))

    rows = list(book.worksheets[1].iter_rows(values_only=True))
    assert [row[3:] for row in rows] == [
        ("Size", "Barcode", "Advised pairs", "Planned pairs", "Made pairs", "Pairs to make"),
        ("37", goods["37"].barcode, 4, 4, 0, 4),
        ("38", goods["38"].barcode, 6, 6, 0, 6),
        (None, None, 10, 10, 0, 10),
    ]


def test_list_of_plans_is_kept_as_a_workbook_and_printed(goods: dict[str, Variant]) -> None:
    make_plan({goods["37"]: 4, goods["38"]: 6}, name="Şubat", state="WORKING")
    make_plan({goods["37"]: 2}, name="Mart")
    client = client_of(ANALYST)

    page = client.get(f"{PAGE}?state=WORKING").content.decode()
    book = load_workbook(BytesIO(client.get(f"{PAGE}excel/?state=WORKING").content))
    paper = " ".join(page_texts(client.get(f"{PAGE}pdf/").content))

    assert [f'href="{PAGE}{kind}/?state=WORKING"' in page for kind in ("excel", "pdf")] == [True, True]
    rows = list(book.worksheets[-1].iter_rows(values_only=True))
    assert [(row[0], row[3], row[4], row[5]) for row in rows[1:]] == [("Şubat", 1, 10, 0)]
    assert ("Şubat" in paper, "Mart" in paper) == (True, True)
