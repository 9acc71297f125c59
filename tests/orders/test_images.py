"""Pictures people send: what is taken, what is refused, and what is left of them."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from gullu.picture_errors import (
    PictureMissing,
    PictureRefused,
    PictureTooLarge,
    PictureTooManyPixels,
)
from gullu.pictures import Rules
from orders import images
from orders.images import checked_picture
from tests.orders.returning import picture_bytes, upload


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("form", "mode", "colour"),
    [("JPEG", "RGB", "red"), ("PNG", "RGBA", (255, 0, 0, 0)), ("WEBP", "RGB", "red"), ("PNG", "P", 1)],
)
def test_picture_of_every_kind_becomes_a_plain_jpeg(form: str, mode: str, colour: object) -> None:
    picture = checked_picture(upload(picture_bytes(form=form, mode=mode, colour=colour)))

    made = opened(picture.content)
    assert (made.format, made.mode, made.size) == ("JPEG", "RGB", (40, 30))


def test_transparent_ground_becomes_white() -> None:
    picture = checked_picture(upload(picture_bytes(form="PNG", mode="RGBA", colour=(255, 0, 0, 0))))

    assert opened(picture.content).getpixel((5, 5)) == (255, 255, 255)


def test_large_picture_is_made_smaller_and_keeps_its_proportions() -> None:
    picture = checked_picture(upload(picture_bytes(4000, 3000)))

    assert (picture.width, picture.height) == (1600, 1200)


def test_picture_taken_sideways_is_turned_upright_and_loses_place_and_comment() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right
    exif[0x010F] = "Secret Phone"
    exif.get_ifd(0x8825)[1] = "N"
    content = picture_bytes(400, 300, exif=exif, comment=b"taken at home")

    picture = checked_picture(upload(content))

    made = opened(picture.content)
    assert made.size == (300, 400)
    assert dict(made.getexif()) == {}
    assert [part for part in (b"Secret Phone", b"taken at home") if part in picture.content] == []


def test_what_hides_behind_a_picture_is_left_behind() -> None:
    picture = checked_picture(upload(picture_bytes() + b"<script>alert(1)</script>"))

    assert b"<script>" not in picture.content


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>",
        b"GIF89a" + b"\0" * 50,
        picture_bytes(form="GIF", mode="P", colour=1),
        picture_bytes(form="TIFF"),
        picture_bytes()[:200],
        picture_bytes(form="PNG")[:60],
        b"\xff\xd8\xff" + b"\0" * 100,
    ],
)
def test_anything_else_is_refused_whatever_it_is_called(content: bytes) -> None:
    with pytest.raises(PictureRefused) as caught:
        checked_picture(upload(content, "foto.jpg"))

    assert "foto.jpg" in caught.value.message


def test_bomb_is_refused_before_it_is_unpacked() -> None:
    """A PNG of a few bytes whose head promises 900 million points."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))

    with pytest.raises(PictureRefused):
        checked_picture(upload(bomb))


def test_too_many_points_and_too_many_bytes_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "RULES", Rules(most_bytes=10**6, most_pixels=1000))
    with pytest.raises(PictureTooManyPixels) as points:
        checked_picture(upload(picture_bytes(40, 30)))
    monkeypatch.setattr(images, "RULES", Rules(most_bytes=300, most_pixels=10**6))
    with pytest.raises(PictureTooLarge) as size:
        checked_picture(upload(picture_bytes()))

    assert (points.value.data["width"], size.value.data["name"]) == (40, "foto.jpg")


@pytest.mark.parametrize("nothing", [None, upload(b"")])
def test_no_picture_is_said_so(nothing: object) -> None:
    with pytest.raises(PictureMissing):
        checked_picture(nothing)
