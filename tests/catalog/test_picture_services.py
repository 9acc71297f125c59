"""Pictures of a colour: kept as Trendyol wants them, known again, in order, and their files with them."""

from __future__ import annotations

import errno
import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from catalog.errors import NoPublicAddress, ProductNotFound
from catalog.models import Product, ProductImage
from catalog.pictures.errors import (
    NoPictureAddress,
    PictureGone,
    PictureNotWritten,
    PicturesChanged,
    PictureTwice,
    TooManyPictures,
    UnknownColour,
)
from catalog.pictures.files import name_of, prune_picture_files
from catalog.pictures.processing import look_of, looks_alike, on_sheet
from catalog.pictures.services import (
    MOST_PICTURES,
    AddedPicture,
    Step,
    add_picture,
    add_picture_address,
    delete_picture,
    move_picture,
    reorder_pictures,
)
from gullu.models import User
from gullu.picture_errors import PictureWrongKind
from tests.catalog.drawing import drawn, opened, saved, sent, upload
from tests.factories import make_product, make_user, make_variant

pytestmark = pytest.mark.django_db
COLOUR = "Siyah"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Files on a disk, as in the shop."""
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "gullu.storage.WholeFileStorage"}}
    return tmp_path


@pytest.fixture
def user() -> User:
    return make_user()


@pytest.fixture
def product() -> Product:
    product = make_product("0172")
    make_variant(product=product, colour=COLOUR)
    make_variant(product=product, colour="Bej")
    return product


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def add(product: Product, user: User, seed: int = 1, *, colour: str = COLOUR) -> AddedPicture:
    return add_picture(product_id=product.pk, colour=colour, upload=sent(seed), user=user)


def placed(product: Product, count: int) -> list[int]:
    """Pictures that lie elsewhere, first to last."""
    rows = [
        ProductImage.objects.create(
            product=product, colour=COLOUR, url=f"https://cdn.example/{n}.jpg", position=n
        )
        for n in range(1, count + 1)
    ]
    return [row.pk for row in rows]


def order(product: Product, colour: str = COLOUR) -> list[tuple[int, int]]:
    rows = ProductImage.objects.filter(product=product, colour=colour).order_by("position")
    return list(rows.values_list("position", "pk"))


# --- adding -------------------------------------------------------------------------------------------------------


def test_picture_becomes_a_sheet_and_a_thumbnail_named_by_their_content(
    product: Product, user: User, folder: Path
) -> None:
    added = add(product, user)

    row = ProductImage.objects.get()
    sheet, thumb = ((folder / str(name)).read_bytes() for name in (row.file, row.thumb))
    assert (added.picture_id, row.position, row.added_by, (row.width, row.height)) == (
        row.pk,
        1,
        user,
        (600, 900),
    )
    assert [opened(content).size for content in (sheet, thumb)] == [(1200, 1800), (300, 450)]
    assert (opened(sheet).info["dpi"], dict(opened(sheet).getexif())) == ((96, 96), {})
    assert files(folder) == sorted([name_of(sheet), name_of(thumb)])
    assert (row.url, row.thumb_address) == (f"/media/{row.file}", f"/media/{row.thumb}")


@pytest.mark.parametrize(
    ("size", "box"),
    [
        ((1200, 1800), (0, 0, 1200, 1800)),
        ((3000, 3000), (0, 300, 1200, 1500)),
        ((4000, 2000), (0, 600, 1200, 1200)),
        ((300, 1800), (450, 0, 750, 1800)),
        ((120, 180), (0, 0, 1200, 1800)),
    ],
)
def test_picture_is_neither_cut_nor_stretched(size: tuple[int, int], box: tuple[int, int, int, int]) -> None:
    sheet = on_sheet(Image.new("RGB", size, "black"))

    ink = Image.eval(sheet.convert("L"), lambda value: 255 - value).getbbox()
    assert (sheet.size, ink) == ((1200, 1800), box)


def test_circle_stays_round() -> None:
    from PIL import ImageDraw

    image = Image.new("RGB", (2000, 900), "white")
    ImageDraw.Draw(image).ellipse((800, 250, 1200, 650), fill="black")

    ink = Image.eval(on_sheet(image).convert("L"), lambda value: 255 - value).getbbox()

    assert ink is not None
    left, top, right, bottom = ink
    assert abs((right - left) - (bottom - top)) <= 2


def test_phone_photo_is_kept_upright_without_its_place(product: Product, user: User) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    photo = upload(saved(drawn(900, 600), exif=exif))

    added = add_picture(product_id=product.pk, colour=COLOUR, upload=photo, user=user)

    with default_storage.open(str(ProductImage.objects.get().file)) as file:
        content = file.read()
    assert ((added.width, added.height), b"Exif" in content) == ((600, 900), False)


def test_small_picture_is_enlarged_and_said_so(product: Product, user: User) -> None:
    small = add(product, user)
    large = add_picture(
        product_id=product.pk, colour=COLOUR, upload=upload(saved(drawn(1300, 1000, seed=2))), user=user
    )

    assert (small.enlarged, large.enlarged) == (True, False)


def test_svg_under_another_name_is_refused_and_leaves_nothing(
    product: Product, user: User, folder: Path
) -> None:
    svg = upload(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "foto.jpg")

    with pytest.raises(PictureWrongKind):
        add_picture(product_id=product.pk, colour=COLOUR, upload=svg, user=user)

    assert (files(folder), order(product)) == ([], [])


def test_ninth_picture_of_a_colour_is_refused_and_another_colour_has_room(
    product: Product, user: User, folder: Path
) -> None:
    placed(product, MOST_PICTURES)

    with pytest.raises(TooManyPictures) as caught:
        add(product, user)
    with pytest.raises(TooManyPictures):
        add_picture_address(product_id=product.pk, colour=COLOUR, url="https://a.b/1.jpg", user=user)

    assert (caught.value.data, files(folder)) == ({"colour": COLOUR, "most": 8}, [])
    assert add(product, user, colour="Bej").position == 1


def test_colour_and_model_must_be_there(product: Product, user: User) -> None:
    with pytest.raises(UnknownColour):
        add(product, user, colour="Mor")
    with pytest.raises(ProductNotFound):
        add_picture(product_id=0, colour=COLOUR, upload=sent(), user=user)


def test_same_picture_is_refused_also_under_another_name_and_with_other_notes(
    product: Product, user: User, folder: Path
) -> None:
    picture = drawn(seed=3)
    add_picture(product_id=product.pk, colour=COLOUR, upload=upload(saved(picture, "PNG")), user=user)
    before = files(folder)

    from PIL import PngImagePlugin

    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "somebody")
    again = upload(saved(picture, "PNG", pnginfo=notes), "baska.png")
    with pytest.raises(PictureTwice) as caught:
        add_picture(product_id=product.pk, colour=COLOUR, upload=again, user=user)

    assert caught.value.data == {"name": "baska.png", "colour": COLOUR, "position": 1}
    assert files(folder) == before


def test_picture_saved_anew_is_added_and_named_as_a_look_alike(product: Product, user: User) -> None:
    picture = drawn(seed=4)
    first = upload(saved(picture, quality=95))
    anew = upload(saved(picture.resize((500, 750)), "WEBP", quality=60))
    other = upload(saved(drawn(seed=5)))

    found = [
        add_picture(product_id=product.pk, colour=colour, upload=one, user=user).alike
        for colour, one in ((COLOUR, first), ("Bej", anew), (COLOUR, other))
    ]

    assert found == [(), ((COLOUR, 1),), ()]


def test_looks_of_different_pictures_are_far_apart() -> None:
    looks = [look_of(drawn(seed=seed)) for seed in range(30)]

    near = [
        (one, other)
        for one in range(30)
        for other in range(one)
        if looks_alike(looks[one], looks[other], most_bits=10)
    ]
    assert (near, all(-(2**63) <= look < 2**63 for look in looks)) == ([], True)


def test_two_rows_share_one_file_and_the_last_takes_it_along(
    product: Product, user: User, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    one, two = add(product, user), add(product, user, colour="Bej")
    assert len(files(folder)) == 2

    with django_capture_on_commit_callbacks(execute=True):
        delete_picture(product_id=product.pk, colour=COLOUR, picture_id=one.picture_id, user=user)
    assert len(files(folder)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        delete_picture(product_id=product.pk, colour="Bej", picture_id=two.picture_id, user=user)

    assert (files(folder), ProductImage.objects.count()) == ([], 0)


def test_file_stays_until_the_deletion_is_final(product: Product, user: User, folder: Path) -> None:
    added = add(product, user)

    with transaction.atomic():
        delete_picture(product_id=product.pk, colour=COLOUR, picture_id=added.picture_id, user=user)
        transaction.set_rollback(True)

    assert (len(files(folder)), ProductImage.objects.count()) == (2, 1)


@pytest.mark.parametrize("write", [1, 2])
def test_full_disk_keeps_neither_row_nor_file(
    product: Product, user: User, folder: Path, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    writes = iter(range(1, 9))
    real = os.fsync

    def fills_up(handle: int) -> None:
        # Each file is followed by its folder: two calls per file.
        if next(writes) > 2 * (write - 1):
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", fills_up)

    with pytest.raises(PictureNotWritten) as caught:
        add(product, user)

    assert caught.value.data == {"name": "foto.jpg", "reason": "No space left on device"}
    assert (files(folder), ProductImage.objects.count()) == ([], 0)


def test_files_of_a_row_that_did_not_come_about_are_removed_at_night(
    product: Product, user: User, folder: Path
) -> None:
    with transaction.atomic():
        add(product, user)
        transaction.set_rollback(True)

    assert ProductImage.objects.count() == 0
    assert prune_picture_files(now=timezone.now() + timedelta(days=2)) == 2
    assert files(folder) == []


def test_nightly_work_removes_only_old_files_that_no_row_names(
    product: Product, user: User, folder: Path
) -> None:
    add(product, user)
    kept = files(folder)
    half = folder / "products" / "ab"
    half.mkdir(parents=True, exist_ok=True)
    (half / ("0" * 64 + ".jpg")).write_bytes(b"x")
    (half / ".1234.part").write_bytes(b"x")
    private = folder / "returns" / "2026"
    private.mkdir(parents=True)
    (private / "1.jpg").write_bytes(b"x")

    early = prune_picture_files(now=timezone.now())
    late = prune_picture_files(now=timezone.now() + timedelta(days=2))

    assert (early, late, files(folder)) == (0, 2, sorted([*kept, "returns/2026/1.jpg"]))


def test_empty_file_left_by_a_crash_is_written_anew(product: Product, user: User, folder: Path) -> None:
    add(product, user)
    name = str(ProductImage.objects.get().file)
    content = (folder / name).read_bytes()
    ProductImage.objects.all().delete()
    (folder / name).write_bytes(b"")

    add(product, user)

    assert (folder / name).read_bytes() == content


def test_nothing_stored_is_nothing_to_prune() -> None:
    assert prune_picture_files(now=timezone.now()) == 0


# --- pictures that lie elsewhere ----------------------------------------------------------------------------------


def test_address_is_put_behind_the_last_picture(product: Product, user: User) -> None:
    first = placed(product, 1)

    done = add_picture_address(
        product_id=product.pk, colour=COLOUR, url=" https://cdn.example/ş.jpg ", user=user
    )

    row = ProductImage.objects.get(position=2)
    assert (done.ids, row.url, row.address(public=True)) == (
        (*first, row.pk),
        "https://cdn.example/ş.jpg",
        "https://cdn.example/ş.jpg",
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "foto.jpg",
        "javascript:alert(1)",
        "ftp://a.b/c",
        "https://",
        "https://a b",
        "https://[::1",
        f"https://a/{'x' * 500}",
    ],
)
def test_what_is_no_address_is_refused(product: Product, user: User, url: str) -> None:
    with pytest.raises(NoPictureAddress):
        add_picture_address(product_id=product.pk, colour=COLOUR, url=url, user=user)


def test_same_address_is_refused(product: Product, user: User) -> None:
    placed(product, 1)

    with pytest.raises(PictureTwice):
        add_picture_address(product_id=product.pk, colour=COLOUR, url="https://cdn.example/1.jpg", user=user)


def test_public_address_needs_its_setting(product: Product, user: User, settings: Any) -> None:
    add(product, user)
    row = ProductImage.objects.get()
    with pytest.raises(NoPublicAddress):
        row.address(public=True)

    settings.PUBLIC_BASE_URL = "https://shop.gullu.com"

    assert (row.address(public=False), row.address(public=True)) == (
        f"/media/{row.file}",
        f"https://shop.gullu.com/media/{row.file}",
    )


# --- order --------------------------------------------------------------------------------------------------------


def test_pictures_are_put_in_another_order_in_one_statement(
    product: Product, django_assert_num_queries: Any
) -> None:
    a, b, c, d = placed(product, 4)

    # savepoint, lock, read, write (bulk_update opens a savepoint of its own), release
    with django_assert_num_queries(5):
        done = reorder_pictures(product_id=product.pk, colour=COLOUR, ids=[d, a, c, b])

    assert (done.ids, done.changed) == ((d, a, c, b), 3)
    assert order(product) == [(1, d), (2, a), (3, c), (4, b)]


def test_order_that_does_not_name_every_picture_once_is_refused(product: Product) -> None:
    a, b, c = placed(product, 3)
    other = ProductImage.objects.create(product=product, colour="Bej", url="https://x.example/1.jpg")

    for ids in ([a, b], [a, b, c, c], [a, b, other.pk], [a, a, b], []):
        with pytest.raises(PicturesChanged):
            reorder_pictures(product_id=product.pk, colour=COLOUR, ids=ids)

    assert order(product) == [(1, a), (2, b), (3, c)]


@pytest.mark.parametrize(
    ("step", "picture", "wanted"),
    [
        (Step.FIRST, 2, [2, 0, 1]),
        (Step.LEFT, 2, [0, 2, 1]),
        (Step.LEFT, 0, [0, 1, 2]),
        (Step.RIGHT, 0, [1, 0, 2]),
        (Step.RIGHT, 2, [0, 1, 2]),
        (Step.FIRST, 0, [0, 1, 2]),
    ],
)
def test_picture_moves_one_step(product: Product, step: Step, picture: int, wanted: list[int]) -> None:
    ids = placed(product, 3)

    done = move_picture(product_id=product.pk, colour=COLOUR, picture_id=ids[picture], step=step)

    assert list(done.ids) == [ids[place] for place in wanted]
    assert order(product) == [(n, ids[place]) for n, place in enumerate(wanted, start=1)]


def test_deleting_closes_the_gap_and_keeps_who_did_it_in_the_history(product: Product, user: User) -> None:
    a, b, c = placed(product, 3)

    delete_picture(product_id=product.pk, colour=COLOUR, picture_id=a, user=user)

    assert order(product) == [(1, b), (2, c)]
    history = apps.get_model("catalog", "ProductImageHistory").objects.filter(pgh_label="delete")
    assert [(row.id, row.position) for row in history] == [(a, 1)]


def test_picture_of_another_colour_is_not_touched(product: Product, user: User) -> None:
    (mine,) = placed(product, 1)

    with pytest.raises(PictureGone):
        delete_picture(product_id=product.pk, colour="Bej", picture_id=mine, user=user)
    with pytest.raises(PictureGone):
        move_picture(product_id=product.pk, colour="Bej", picture_id=mine, step=Step.FIRST)

    assert order(product) == [(1, mine)]


def test_position_is_taken_once(product: Product) -> None:
    placed(product, 1)

    with pytest.raises(IntegrityError, match="image_position_once"), transaction.atomic():
        placed(product, 1)


def test_row_with_half_a_file_is_refused_by_the_database(product: Product) -> None:
    with pytest.raises(IntegrityError, match="image_file_described"), transaction.atomic():
        ProductImage.objects.create(product=product, colour=COLOUR, url="/1.jpg", file="products/1.jpg")


def test_upload_is_read_from_a_stream_too(product: Product, user: User) -> None:
    from django.core.files.uploadedfile import InMemoryUploadedFile

    content = saved(drawn(seed=9))
    stream = InMemoryUploadedFile(io.BytesIO(content), "pictures", "a.jpg", "image/jpeg", len(content), None)

    assert add_picture(product_id=product.pk, colour=COLOUR, upload=stream, user=user).position == 1
