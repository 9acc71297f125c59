"""Pictures as finely as they are printed: smaller, never larger, and nothing but what lies here."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from analytics.papers.pictures import (
    PictureBook,
    PictureUnreadable,
    coarse,
    is_here,
    open_here,
    printed_jpeg,
)
from catalog.models import ProductImage
from gullu.labels.geometry import Box
from tests.analytics.papers.kit import add_picture, make_goods, picture

PLACE = Box(0, 0, 95, 95)


def printed(content: bytes, *, dpi: int = 300) -> tuple[int, int]:
    jpeg = printed_jpeg(BytesIO(content), width=95, height=95, dpi=dpi)
    with Image.open(BytesIO(jpeg.content)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (jpeg.width, jpeg.height))
    return jpeg.width, jpeg.height


@pytest.mark.parametrize(
    ("size", "dpi", "points"),
    [
        ((3000, 3000), 300, (1122, 1122)),
        ((3000, 3000), 150, (561, 561)),
        ((2000, 3000), 300, (748, 1122)),
        ((1122, 1122), 300, (1122, 1122)),
        ((300, 200), 300, (300, 200)),
    ],
)
def test_picture_is_made_smaller_to_its_place_and_never_larger(
    size: tuple[int, int], dpi: int, points: tuple[int, int]
) -> None:
    assert printed(picture(*size), dpi=dpi) == points


def test_picture_taken_sideways_stands_upright() -> None:
    out = BytesIO()
    image = Image.new("RGB", (2000, 1000))
    exif = image.getexif()
    exif[0x0112] = 6
    image.save(out, "JPEG", exif=exif)

    assert printed(out.getvalue()) == (561, 1122)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "CMYK"])
def test_every_kind_of_picture_becomes_rgb(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (40, 30)).save(out, "JPEG" if mode == "CMYK" else "PNG")

    assert printed(out.getvalue()) == (40, 30)


def test_transparency_is_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(out, "PNG")

    jpeg = printed_jpeg(BytesIO(out.getvalue()), width=95, height=95, dpi=300)

    with Image.open(BytesIO(jpeg.content)) as image:
        assert image.getpixel((20, 15)) == (255, 255, 255)


def huge_png() -> bytes:
    """A few bytes that claim 20,000 × 20,000 points."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"0" * 9))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"no picture", b"%PDF-1.4", picture()[:500], huge_png(), picture(9000, 9000, form="PNG")],
    ids=["empty", "text", "pdf", "torn", "bomb", "too many points"],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(PictureUnreadable):
        printed_jpeg(BytesIO(content), width=95, height=95, dpi=300)


@pytest.mark.parametrize(("points", "expected"), [(562, False), (550, True)])
def test_picture_with_few_points_for_its_place_is_coarse(points: int, expected: bool) -> None:
    jpeg = printed_jpeg(BytesIO(picture(points, points)), width=95, height=95, dpi=300)

    assert coarse(jpeg, PLACE) is expected


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("https://cdn.example/1.jpg", False),
        ("//cdn.example/1.jpg", False),
        ("/static/shoes/1.jpg", True),
        ("/elsewhere/1.jpg", False),
    ],
)
def test_only_addresses_of_this_house_are_here(url: str, here: bool) -> None:
    assert is_here(ProductImage(url=url)) is here


def test_static_picture_is_opened_and_nothing_beside_the_folder(settings, tmp_path: Path) -> None:
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "shoe.jpg").write_bytes(b"shoe")
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    settings.STATICFILES_DIRS = [folder]

    def content(url: str) -> bytes | None:
        file = open_here(ProductImage(url=url))
        if file is None:
            return None
        with file:
            return file.read()

    addresses = ["shoe.jpg", "../secret.jpg", "missing.jpg", "", ".."]
    assert [content(f"/static/{name}") for name in addresses] == [b"shoe", None, None, None, None]


@pytest.mark.django_db
def test_book_takes_the_first_picture_that_can_be_read() -> None:
    product = make_goods("A-1")
    ProductImage.objects.create(product=product, colour="Siyah", url="https://cdn.example/1.jpg", position=1)
    add_picture(product, "Siyah", b"broken", position=2)
    add_picture(product, "Siyah", picture(30, 40), position=3)
    other = make_goods("B-2")
    add_picture(other, "Siyah", b"broken", position=1)
    none = make_goods("C-3")

    book = PictureBook([product.pk, other.pk, none.pk], dpi=300)
    found = [book.picture((pk, "Siyah"), PLACE) for pk in (product.pk, other.pk, none.pk)]

    assert [None if jpeg is None else (jpeg.width, jpeg.height) for jpeg in found] == [(30, 40), None, None]
    assert book.counts == {"unreadable": 1, "without_picture": 1}


@pytest.mark.django_db
def test_book_reads_the_rows_of_a_hundred_models_at_once(django_assert_num_queries) -> None:
    products = [make_goods(f"A-{number}", sizes=["36"]) for number in range(3)]

    book = PictureBook([product.pk for product in products], dpi=300)
    with django_assert_num_queries(1):
        for product in products:
            book.picture((product.pk, "Siyah"), PLACE)


@pytest.mark.django_db
def test_file_that_is_gone_is_a_missing_picture() -> None:
    product = make_goods("A-1")
    image = add_picture(product, "Siyah", picture())
    image.file.storage.delete(image.file.name)

    book = PictureBook([product.pk], dpi=300)

    assert book.picture((product.pk, "Siyah"), PLACE) is None
    assert book.counts == {"without_picture": 1}
