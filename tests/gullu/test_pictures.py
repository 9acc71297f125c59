"""Pictures from outside: what is taken, what is refused and in which words, and what is left of them."""

from __future__ import annotations

import io
import random
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms

from gullu.errors import DomainError
from gullu.picture_errors import (
    PictureBomb,
    PictureHeic,
    PictureHidesFile,
    PictureMissing,
    PictureMoves,
    PictureRefused,
    PictureTooLarge,
    PictureTooManyPixels,
    PictureTooSmall,
    PictureUnreadable,
    PictureWrongKind,
)
from gullu.pictures import Pixels, Rules, as_jpeg, read_picture
from tests.catalog.drawing import drawn, opened, png_of, saved, upload

RULES = Rules(most_bytes=25 * 1024 * 1024, most_pixels=60_000_000)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def read(content: bytes, name: str = "foto.jpg", rules: Rules = RULES) -> Pixels:
    return read_picture(upload(content, name), rules=rules)


def refusal(content: bytes, name: str = "foto.jpg", rules: Rules = RULES) -> DomainError:
    with pytest.raises(PictureRefused) as caught:
        read(content, name, rules)
    return caught.value


def archive(name: str = "x.html", content: str = "<b>") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(name, content)
    return out.getvalue()


def near(colour: Any, wanted: tuple[int, int, int], *, by: int = 6) -> bool:
    return all(abs(one - other) <= by for one, other in zip(colour, wanted, strict=True))


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (SVG, "SVG"),
        (b"\xef\xbb\xbf \n<svg onload='x()'/>", "SVG"),
        (b"<html><script>alert(1)</script></html>", "HTML"),
        (saved(Image.new("P", (20, 20)), "GIF"), "GIF"),
        (saved(Image.new("RGB", (20, 20)), "TIFF"), "TIFF"),
        (saved(Image.new("RGB", (20, 20)), "BMP"), "BMP"),
        (saved(Image.new("RGB", (20, 20)), "AVIF"), "AVIF"),
        (b"%PDF-1.7\n", "PDF"),
        (archive(), "ZIP"),
        (b"\0\0\0\x20ftypisom" + b"\0" * 40, "MP4"),
    ],
)
def test_other_kind_of_file_is_refused_by_what_it_is_whatever_its_name(content: bytes, kind: str) -> None:
    error = refusal(content, "ayakkabi.jpg")

    assert (type(error), error.data) == (PictureWrongKind, {"name": "ayakkabi.jpg", "kind": kind})


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"hevc"])
def test_heic_is_refused_with_the_way_out(brand: bytes) -> None:
    error = refusal(b"\0\0\0\x18ftyp" + brand + b"\0" * 40, "IMG_1.HEIC")

    assert (type(error), "IMG_1.HEIC" in error.message) == (PictureHeic, True)


@pytest.mark.parametrize(
    "content",
    [
        saved(drawn())[:400],
        saved(drawn())[:-200],
        saved(drawn(), "PNG")[:-40],
        saved(drawn(), "WEBP")[:-40],
        b"\xff\xd8\xff" + b"\0" * 100,
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x20\0\0\0WEBPVP8 " + b"\0" * 20,
        b"no picture at all",
        png_of(200, 200),
    ],
)
def test_broken_picture_is_refused(content: bytes) -> None:
    assert type(refusal(content)) is PictureUnreadable


@pytest.mark.parametrize("nothing", [None, SimpleUploadedFile("bos.jpg", b"")])
def test_empty_upload_is_refused(nothing: SimpleUploadedFile | None) -> None:
    with pytest.raises(PictureMissing):
        read_picture(nothing, rules=RULES)


def test_file_that_says_sixty_megabytes_is_refused_without_being_read() -> None:
    big = SimpleUploadedFile("dev.jpg", b"")
    big.size = 60 * 1024 * 1024
    big.file = None

    with pytest.raises(PictureTooLarge) as caught:
        read_picture(big, rules=RULES)

    assert caught.value.data == {"name": "dev.jpg", "size": "60,0", "most": 25}


@pytest.mark.parametrize(
    ("width", "height", "error"),
    [(8000, 8000, PictureTooManyPixels), (30_000, 30_000, PictureBomb)],
)
def test_bomb_is_refused_by_its_head_before_it_is_unpacked(
    width: int, height: int, error: type[DomainError]
) -> None:
    assert type(refusal(png_of(width, height))) is error


def test_too_small_a_picture_is_refused_with_its_size() -> None:
    error = refusal(saved(drawn(90, 400)), rules=Rules(most_bytes=10**6, most_pixels=10**6, least_side=100))

    assert (type(error), error.data["width"], error.data["least"]) == (PictureTooSmall, 90, 100)


@pytest.mark.parametrize("form", ["WEBP", "PNG"])
def test_moving_picture_is_refused(form: str) -> None:
    frames = [drawn(seed=seed) for seed in (1, 2)]

    error = refusal(saved(frames[0], form, save_all=True, append_images=frames[1:]))

    assert type(error) is PictureMoves


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (saved(drawn(), "PNG") + archive(), "ZIP"),
        (saved(drawn()) + archive("META-INF/MANIFEST.MF"), "ZIP"),
        (saved(drawn()) + b"<script>alert(1)</script>", "HTML"),
        (saved(drawn(), comment=b"<?php system($_GET[0]); ?>"), "HTML"),
        (saved(drawn(), comment=b"%PDF-1.4 1 0 obj"), "PDF"),
    ],
)
def test_picture_that_is_another_file_too_is_refused(content: bytes, kind: str) -> None:
    error = refusal(content)

    assert (type(error), error.data["kind"]) == (PictureHidesFile, kind)


def test_what_hides_behind_a_picture_is_left_behind_where_it_is_not_refused() -> None:
    rules = Rules(most_bytes=10**7, most_pixels=10**7, strict=False)

    content = as_jpeg(read(saved(drawn()) + archive(), rules=rules).image, quality=85)

    assert (b"PK\3\4" in content, opened(content).size) == (False, (600, 900))


def test_bytes_behind_a_photo_that_are_no_file_of_their_own_do_no_harm() -> None:
    """Phones keep notes and short films there."""
    assert read(saved(drawn()) + b"SEFT" + bytes(range(256)) * 20).width == 600


@pytest.mark.filterwarnings("ignore::UserWarning")  # how Pillow remarks on damaged notes
def test_no_mangled_picture_breaks_out_of_the_refusals() -> None:
    dice = random.Random(7)
    exif = Image.Exif()
    exif[0x0112] = 6
    wholes = [saved(drawn(60, 40), form, exif=exif) for form in ("JPEG", "PNG", "WEBP")]
    outcomes = set()
    for _round in range(300):
        content = bytearray(dice.choice(wholes))
        for _byte in range(dice.randint(1, 6)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        try:
            outcomes.add(read(bytes(content)).image.mode)
        except PictureRefused as error:
            outcomes.add(type(error).__name__)

    assert {"RGB", "PictureUnreadable"} <= outcomes


# --- what is taken ------------------------------------------------------------------------------------------------


def test_phone_photo_loses_place_and_device_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera lay on its side
    exif[0x010F] = "Secret Phone"
    exif.get_ifd(0x8825)[1] = "N"
    left = Image.new("RGB", (400, 300), "white")
    left.paste("red", (0, 0, 200, 300))
    content = saved(left, exif=exif, comment=b"taken at home", quality=95)

    pixels = read(content)
    made = as_jpeg(pixels.image, quality=90, dpi=96)

    image = opened(made)
    assert (pixels.width, pixels.height, image.size, image.info["dpi"]) == (300, 400, (300, 400), (96, 96))
    assert near(image.getpixel((150, 50)), (254, 0, 0))  # what was on the left is on top
    assert (dict(image.getexif()), image.info.get("comment")) == ({}, None)
    assert [
        part for part in (b"Exif", b"Secret Phone", b"taken at home", b"http://ns.adobe") if part in made
    ] == []


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_broken_note_of_the_camera_does_not_spoil_the_photo() -> None:
    content = saved(drawn(400, 300), exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01" * 30)

    assert read(content).width == 400


def test_large_photo_is_unpacked_smaller_and_keeps_its_own_size_in_mind() -> None:
    rules = Rules(most_bytes=10**8, most_pixels=10**8, most_side_needed=300)

    pixels = read(saved(drawn(2400, 1600)), rules=rules)

    assert ((pixels.width, pixels.height), pixels.image.size) == ((2400, 1600), (600, 400))


@pytest.mark.parametrize(
    ("form", "mode", "colour", "wanted"),
    [
        ("JPEG", "L", 128, (128, 128, 128)),
        ("JPEG", "CMYK", (0, 255, 255, 0), (255, 0, 0)),
        ("PNG", "1", 1, (255, 255, 255)),
        ("PNG", "LA", (0, 0), (255, 255, 255)),
        ("PNG", "RGBA", (255, 0, 0, 0), (255, 255, 255)),
        ("PNG", "RGBA", (255, 0, 0, 128), (255, 127, 127)),
        ("PNG", "I;16", 0x8000, (128, 128, 128)),
        ("WEBP", "RGBA", (0, 0, 255, 255), (0, 0, 255)),
    ],
)
def test_every_kind_of_pixel_becomes_plain_colour_on_white(
    form: str, mode: str, colour: object, wanted: tuple[int, int, int]
) -> None:
    pixels = read(saved(Image.new(mode, (40, 30), colour), form))

    assert pixels.image.mode == "RGB"
    assert near(pixels.image.getpixel((20, 15)), wanted), pixels.image.getpixel((20, 15))


def test_transparent_colour_of_a_palette_becomes_white() -> None:
    image = Image.new("P", (20, 20), 1)
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.paste(0, (0, 0, 10, 20))

    pixels = read(saved(image, "PNG", transparency=1))

    assert [pixels.image.getpixel(at) for at in ((2, 2), (15, 2))] == [(255, 0, 0), (255, 255, 255)]


def test_colours_of_another_profile_become_srgb() -> None:
    """A profile whose grey is darker than sRGB's: the same numbers mean another colour."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    image = Image.new("LAB", (20, 20), (137, 128, 128))
    expected = ImageCms.profileToProfile(
        image, lab, ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")), outputMode="RGB"
    )
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    with_profile = read(saved(expected, "PNG", icc_profile=srgb)).image
    strange = read(saved(expected, "PNG", icc_profile=lab.tobytes())).image
    broken = read(saved(expected, "PNG", icc_profile=b"no profile")).image

    wanted = expected.getpixel((5, 5))
    assert [near(image.getpixel((5, 5)), wanted) for image in (with_profile, strange, broken)] == [True] * 3


def test_second_picture_of_a_phone_does_not_make_it_moving() -> None:
    content = saved(drawn(), "MPO", save_all=True, append_images=[drawn(300, 450, seed=2)])

    assert (opened(content).format, read(content).width) == ("MPO", 600)
