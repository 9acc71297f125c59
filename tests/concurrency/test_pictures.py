"""Pictures of one model by several people at once: real threads, real PostgreSQL, real files."""

from __future__ import annotations

import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from catalog.locks import lock_picture_files
from catalog.models import Product, ProductImage
from catalog.pictures.errors import PictureGone, PicturesChanged, PictureTwice, TooManyPictures
from catalog.pictures.files import discard_unnamed, keep, name_of
from catalog.pictures.services import (
    MOST_PICTURES,
    AddedPicture,
    Arranged,
    Step,
    add_picture,
    delete_picture,
    move_picture,
    reorder_pictures,
)
from gullu.models import User
from tests.catalog.drawing import sent
from tests.concurrency.threads import race
from tests.factories import make_product, make_user, make_variant

pytestmark = pytest.mark.django_db(transaction=True)
COLOUR = "Siyah"
ROUNDS = 4


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "gullu.storage.WholeFileStorage"}}
    return tmp_path


@pytest.fixture
def user() -> User:
    return make_user()


@pytest.fixture
def product() -> Product:
    product = make_product()
    make_variant(product=product, colour=COLOUR)
    make_variant(product=product, colour="Bej")
    return product


def add(product: Product, user: User, seed: int, colour: str = COLOUR) -> AddedPicture:
    return add_picture(product_id=product.pk, colour=colour, upload=sent(seed), user=user)


def placed(product: Product, count: int) -> list[int]:
    rows = [
        ProductImage.objects.create(product=product, colour=COLOUR, url=f"/{n}.jpg", position=n)
        for n in range(1, count + 1)
    ]
    return [row.pk for row in rows]


def positions() -> list[int]:
    rows = ProductImage.objects.filter(colour=COLOUR).order_by("position")
    return list(rows.values_list("position", flat=True))


def files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_uploads_at_once_get_positions_of_their_own(product: Product, user: User) -> None:
    done = race(*(partial(add, product, user, seed) for seed in range(4)))

    assert sorted(one.position for one in done) == positions() == [1, 2, 3, 4]


def test_last_place_is_given_once(product: Product, user: User, folder: Path) -> None:
    placed(product, MOST_PICTURES - 1)

    done = race(*(partial(add, product, user, seed) for seed in range(3)))

    assert sorted(type(one).__name__ for one in done) == [
        AddedPicture.__name__,
        TooManyPictures.__name__,
        TooManyPictures.__name__,
    ]
    assert (positions(), files(folder)) == (list(range(1, 9)), 2)


def test_one_picture_sent_twice_at_once_is_kept_once(product: Product, user: User, folder: Path) -> None:
    done = race(lambda: add(product, user, 1), lambda: add(product, user, 1))

    assert sorted(type(one).__name__ for one in done) == [AddedPicture.__name__, PictureTwice.__name__]
    assert (positions(), files(folder)) == ([1], 2)


def test_file_is_there_whoever_deletes_while_another_sends_the_same(
    product: Product, user: User, folder: Path
) -> None:
    for round_ in range(ROUNDS):
        old = add(product, user, round_)

        race(
            partial(
                delete_picture, product_id=product.pk, colour=COLOUR, picture_id=old.picture_id, user=user
            ),
            partial(add, product, user, round_, "Bej"),
        )

        row = ProductImage.objects.get()
        assert [(folder / str(name)).is_file() for name in (row.file, row.thumb)] == [True, True]
        row.delete()


def test_file_that_a_running_upload_is_about_to_name_is_not_removed(product: Product, folder: Path) -> None:
    content = b"the same picture" * 10
    written, asked = threading.Event(), threading.Event()

    def upload() -> None:
        with transaction.atomic():
            lock_picture_files()
            name = keep(content)
            written.set()
            asked.wait(10)
            ProductImage.objects.create(
                product=product,
                colour=COLOUR,
                url="/1.jpg",
                file=name,
                thumb=name,
                digest="d",
                width=1,
                height=1,
            )

    def remove() -> int:
        written.wait(10)
        return discard_unnamed([name_of(content)])

    def go_on_when_the_other_waits() -> None:
        written.wait(10)
        deadline = time.monotonic() + 3
        while not _somebody_waits() and time.monotonic() < deadline:
            time.sleep(0.02)
        asked.set()

    done = race(upload, remove, go_on_when_the_other_waits)

    assert (done, (folder / name_of(content)).read_bytes()) == ([None, 0, None], content)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
        return bool(cursor.fetchone()[0])


def test_orders_given_at_once_leave_one_of_them_whole(product: Product) -> None:
    ids = placed(product, 5)
    wishes = [ids[::-1], [*ids[2:], *ids[:2]], [ids[4], *ids[:4]]]

    for _round in range(ROUNDS):
        done = race(
            *(partial(reorder_pictures, product_id=product.pk, colour=COLOUR, ids=wish) for wish in wishes)
        )
        kept = list(ProductImage.objects.order_by("position").values_list("pk", flat=True))
        assert ([type(one) for one in done], kept in wishes, positions()) == (
            [Arranged] * 3,
            True,
            [1, 2, 3, 4, 5],
        )


def test_order_beside_a_deletion_and_a_move_leaves_no_gap(product: Product, user: User) -> None:
    for _round in range(ROUNDS):
        ProductImage.objects.all().delete()
        ids = placed(product, 4)

        done = race(
            partial(reorder_pictures, product_id=product.pk, colour=COLOUR, ids=ids[::-1]),
            partial(delete_picture, product_id=product.pk, colour=COLOUR, picture_id=ids[1], user=user),
            partial(move_picture, product_id=product.pk, colour=COLOUR, picture_id=ids[1], step=Step.RIGHT),
        )

        assert {type(one) for one in done} <= {Arranged, PicturesChanged, PictureGone}
        assert positions() == [1, 2, 3]
