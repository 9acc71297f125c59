"""A disk that takes no more, in the middle of a file: the system itself refuses to write (RLIMIT_FSIZE)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from analytics.papers.kinds import PaperKind
from analytics.papers.options import PaperOptions
from analytics.papers.services import make_paper
from catalog.models import ProductImage
from catalog.pictures.errors import PictureNotWritten
from catalog.pictures.services import add_picture
from gullu.models import JobRun
from gullu.roles import MANAGER
from gullu.storage import FileNotWritten
from orders.images import Picture, store_picture
from tests.catalog.drawing import drawn, saved, upload
from tests.factories import make_product, make_user, make_variant
from tests.gullu.excelkit import workbook

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(sys.platform == "win32", reason="the limit is POSIX"),
]
SIZE = 4096


@contextmanager
def disk_that_takes(size: int) -> Iterator[None]:
    """This process can write no file beyond so many bytes; the database is another process."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Files on a disk, as in the shop."""
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "gullu.storage.WholeFileStorage"}}
    return tmp_path


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def product_picture() -> None:
    product = make_product()
    make_variant(product=product, colour="Siyah")
    add_picture(product_id=product.pk, colour="Siyah", upload=upload(saved(drawn())), user=make_user(MANAGER))


def picture_of_a_return() -> None:
    store_picture(Picture(content=b"x" * 3 * SIZE, width=10, height=10), folder="returns")


def paper() -> None:
    variant = make_variant()
    options = PaperOptions(kind=PaperKind.PRICE_LIST)
    make_paper(
        paper="a" * 32,
        options=options,
        keys=[(variant.product_id, variant.colour)],
        trigger="STAFF",
        actor=None,
    )


@pytest.mark.parametrize(
    ("work", "error"),
    [(product_picture, PictureNotWritten), (picture_of_a_return, FileNotWritten), (paper, OSError)],
)
def test_full_disk_leaves_neither_half_a_file_nor_a_row(
    folder: Path, work: Callable[[], None], error: type[Exception]
) -> None:
    with disk_that_takes(SIZE), pytest.raises(error) as caught:
        work()

    assert "File too large" in str(caught.value)
    assert files(folder) == []
    assert not ProductImage.objects.exists()
    run = JobRun.objects.first()
    if work is paper:
        assert run is not None
        assert (run.state, run.error) == (
            JobRun.State.FAILED,
            FileNotWritten(reason="File too large").message,
        )


def test_sheet_that_finds_no_room_is_refused_in_one_sentence(folder: Path) -> None:
    person, client = make_user(MANAGER), Client()
    client.force_login(person)
    rows = [(f"868{number:010d}", number * 7919 % 1000) for number in range(700)]
    sheet = SimpleUploadedFile("fiyatlar.xlsx", workbook(("Barkod", "Satış fiyatı"), *rows))
    address = reverse("excel:hand_in", args=["prices"])

    with disk_that_takes(SIZE):
        answer = client.post(address, {"file": sheet})

    assert answer.status_code == 422
    assert ("File too large" in answer.content.decode(), files(folder)) == (True, [])
    assert not JobRun.objects.exists()
