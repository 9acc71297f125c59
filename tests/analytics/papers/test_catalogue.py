"""The catalogue as a reader of PDFs sees it: places, points, letters, pages, and the memory it takes."""

from __future__ import annotations

import random
import tracemalloc
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.utils.translation import gettext as _
from PIL import Image

from analytics.papers.catalogue import cells, page_count
from analytics.papers.entries import Entry, Size
from analytics.papers.frame import Look, ink_on
from analytics.papers.kinds import GRIDS, PaperKind, PerPage, Quality
from analytics.papers.making import preview_pages, write_paper
from analytics.papers.options import PaperOptions
from catalog.models import Product, ProductImage
from gullu.labels.geometry import Box
from tests.analytics.papers.kit import (
    LETTERS,
    add_picture,
    entries,
    fonts_embedded,
    images_mm,
    make_goods,
    page_sizes_mm,
    page_texts,
    paper,
    picture,
)
from tests.factories import make_shelf

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_four_pictures_of_95_mm_stand_on_a_page() -> None:
    products = [make_goods(f"A-{number}") for number in range(4)]
    for product in products:
        add_picture(product, "Siyah", picture(2400, 2400))

    data, made = paper(PaperKind.CATALOGUE, entries(*products))

    assert images_mm(data) == [
        ((8.0, 24.0, 95.0, 95.0), (1122, 1122)),
        ((107.0, 24.0, 95.0, 95.0), (1122, 1122)),
        ((8.0, 155.5, 95.0, 95.0), (1122, 1122)),
        ((107.0, 155.5, 95.0, 95.0), (1122, 1122)),
    ]
    assert (page_sizes_mm(data), made.pages, made.without_picture) == ({(210, 297)}, 1, 0)


def test_upright_picture_is_whole_and_in_the_middle_of_its_place() -> None:
    product = make_goods("A-1")
    add_picture(product, "Siyah", picture(1200, 1800))

    data, _made = paper(PaperKind.CATALOGUE, entries(product), quality=Quality.SCREEN)

    assert images_mm(data) == [((23.8, 24.0, 63.3, 95.0), (374, 561))]


@pytest.mark.parametrize(("per_page", "pages"), [(1, 10), (2, 5), (4, 3), (9, 2)])
@pytest.mark.parametrize("cover", [True, False])
def test_pages_are_as_many_as_the_layout_needs(per_page: int, pages: int, cover: bool) -> None:
    rows = entries(*[make_goods(f"A-{number}", sizes=["36"]) for number in range(10)])

    data, made = paper(PaperKind.CATALOGUE, rows, per_page=per_page, cover=cover)

    texts = page_texts(data)
    numbers = _("page %(number)s / %(pages)s") % {"number": len(texts), "pages": len(texts)}
    look = Look(PaperOptions(kind=PaperKind.CATALOGUE, per_page=per_page, cover=cover), NOW)
    assert len(texts) == made.pages == page_count(10, look) == pages + int(cover)
    assert numbers in texts[-1]
    # Every entry stands once, in order.
    assert [code for text in texts for code in text.split() if code.startswith("A-")] == [
        f"A-{number}" for number in range(10) for _twice in ("placeholder", "caption")
    ]


@pytest.mark.parametrize("per_page", PerPage.values)
def test_places_lie_on_the_paper_and_not_over_each_other(per_page: int) -> None:
    places = [box for cell in cells(GRIDS[per_page]) for box in (cell.picture, cell.caption)]

    assert len(places) == 2 * per_page
    assert all(Box(8, 24, 194, 259).holds(box) for box in places)
    assert not [1 for place in places for other in places if place is not other and place.overlaps(other)]


@pytest.mark.parametrize("per_page", PerPage.values)
def test_captions_stay_in_their_place_however_long_they_are(per_page: int) -> None:
    shelf = make_shelf()
    sizes = [str(size) for size in range(35, 45)]
    long = make_goods(
        "0172-ÇOK-UZUN-KOD",
        colour="Koyu Kahverengi Süet",
        sizes=sizes,
        shelf=shelf,
        pairs=12,
        title="Işıltılı " * 11,
    )

    data, _made = paper(
        PaperKind.CATALOGUE,
        entries(long, with_stock=True),
        per_page=per_page,
        with_stock=True,
        with_prices=True,
    )

    text = " ".join(page_texts(data)[0].split())
    assert "Koyu Kahverengi Süet" in text
    assert "1.299,90 ₺" in text
    assert [f"{size}(12)" in text for size in sizes] == [True] * len(sizes)


def test_every_turkish_letter_is_there_and_the_typefaces_are_embedded() -> None:
    product = make_goods("0172", colour="Açık Gümüş", title=f"Şık {LETTERS}")

    data, _made = paper(
        PaperKind.CATALOGUE,
        entries(product),
        cover=True,
        slogan=f"Slogan {LETTERS}",
        contact="Işık Sk. 5\nİzmir",
    )

    first, second = page_texts(data)
    assert (f"Slogan {LETTERS}" in first, "İzmir" in first) == (True, True)
    assert (f"Şık {LETTERS}" in second, "Açık Gümüş" in second) == (True, True)
    assert "Işık Sk. 5 · İzmir" in second
    assert fonts_embedded(data) == {True}


def test_prices_and_stock_stand_only_where_they_are_asked_for() -> None:
    rows = entries(make_goods("A-1", shelf=make_shelf(), pairs=7), with_stock=True)

    plain = page_texts(paper(PaperKind.CATALOGUE, rows)[0])[0]
    full = page_texts(paper(PaperKind.CATALOGUE, rows, with_prices=True, with_stock=True)[0])[0]

    assert ("1.299,90" in plain, "36(7)" in plain, "36–38" in plain) == (False, False, True)
    assert ("1.299,90 ₺" in full, "36(7)" in full) == (True, True)


def test_missing_and_broken_pictures_become_placeholders_and_are_counted() -> None:
    here, remote, broken, small = (make_goods(f"A-{number}") for number in range(4))
    add_picture(here, "Siyah", picture(1200, 1200))
    add_picture(broken, "Siyah", b"broken")
    add_picture(small, "Siyah", picture(200, 200))
    ProductImage.objects.create(product=remote, colour="Siyah", url="https://cdn.example/1.jpg")

    data, made = paper(PaperKind.CATALOGUE, entries(here, remote, broken, small))

    assert (made.without_picture, made.unreadable, made.coarse) == (1, 1, 1)
    assert len(images_mm(data)) == 2
    assert page_texts(data)[0].count(_("no picture")) == 2


def test_logo_is_on_the_cover_and_on_every_page() -> None:
    rows = entries(*[make_goods(f"A-{number}") for number in range(5)])
    options = PaperOptions(kind=PaperKind.CATALOGUE, cover=True)
    logo = picture(600, 300)

    data = b"".join(preview_pages(rows, options, made_at=NOW, logo=logo))

    assert [len(images_mm(data, page=page)) for page in (0, 1)] == [1, 1]
    assert images_mm(data, page=1)[0][0] == (8.0, 8.0, 20.0, 10.0)


def test_preview_is_the_cover_and_the_first_page() -> None:
    rows = entries(*[make_goods(f"A-{number}") for number in range(9)])
    options = PaperOptions(kind=PaperKind.CATALOGUE, cover=True)

    texts = page_texts(b"".join(preview_pages(rows, options, made_at=NOW, logo=None)))

    assert (len(texts), "A-3" in texts[1], "A-4" in texts[1]) == (2, True, False)


@pytest.mark.parametrize(
    ("ground", "ink"),
    [("#b0134a", "#ffffff"), ("#ffff00", "#18181b"), ("#000000", "#ffffff"), ("#FFFFFF", "#18181b")],
)
def test_writing_on_the_cover_can_be_read(ground: str, ink: str) -> None:
    assert ink_on(ground) == ink


class _Sink(BytesIO):
    """Counts what is written and keeps nothing."""

    size = 0

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.size += len(data)
        return len(data)


def many_entries(count: int) -> list[Entry]:
    """Entries that all show the same noisy picture, which nothing packs well."""
    noise = Image.frombytes("RGB", (300, 300), random.Random(1).randbytes(300 * 300 * 3))
    out = BytesIO()
    noise.save(out, "JPEG", quality=95)
    products = Product.objects.bulk_create(
        [Product(code=f"M-{number:03d}", title="x") for number in range(count)]
    )
    shown = add_picture(products[0], "Siyah", out.getvalue())
    ProductImage.objects.bulk_create(
        ProductImage(
            product=product,
            colour="Siyah",
            **{name: getattr(shown, name) for name in ("url", "file", "thumb", "width", "height", "digest")},
        )
        for product in products[1:]
    )
    size = Size(size="36", barcode="1", list_price=None, sale_price=None, stock=None)
    facts = {
        "title": "x",
        "brand": "",
        "category": "",
        "age_group": "WOMEN",
        "vat_rate": 10,
        "created_at": NOW,
    }
    return [
        Entry(product_id=product.pk, code=product.code, colour="Siyah", sizes=(size,), **facts)
        for product in products
    ]


def test_five_hundred_entries_take_no_more_memory_than_fifty() -> None:
    rows = many_entries(500)
    options = PaperOptions(kind=PaperKind.CATALOGUE, per_page=9, quality=Quality.SCREEN, cover=False)

    def peak(part: list[Entry]) -> tuple[int, int]:
        sink = _Sink()
        tracemalloc.start()
        write_paper(sink, part, options, made_at=NOW, report=lambda _done: None)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found, sink.size

    peak(rows[:9])  # typefaces and other things that are read once
    few, _size = peak(rows[:50])
    many, size = peak(rows)

    # Were pages or pictures kept, the peak would be about as large as the file.
    assert size > 10_000_000
    assert many - few < size / 5
