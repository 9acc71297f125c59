"""A catalogue of 500 models with print pictures, beside the same pictures only made smaller by Pillow.

Every model has a photo of 1,200 × 1,800 points. Memory is the growth of the process for a tenth of the models and for
all of them; the price list and the stock by size of the same models follow. Runs in a transaction that is rolled back,
on a throw-away database of the test server.
"""

from __future__ import annotations

import io
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.test.utils import override_settings
from django.utils import timezone
from PIL import Image

from analytics.papers.entries import Entry, entries_of
from analytics.papers.kinds import PaperKind, Quality
from analytics.papers.making import write_paper
from analytics.papers.options import PaperOptions
from analytics.papers.pictures import printed_jpeg
from catalog.models import Product, ProductImage, Variant

MODELS: Final = 500
# Different photos; a shop has one of each, but making 500 would measure the making.
PHOTOS: Final = 25
PLACE_MM: Final = 95


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, _database(), transaction.atomic():
        photos = _write_photos(Path(folder) / "shoes")
        with override_settings(STATICFILES_DIRS=[folder]):
            _make_goods()
            _measure(photos)
        transaction.set_rollback(True)


@contextmanager
def _database() -> Iterator[None]:
    connection.settings_dict["TEST"]["NAME"] = "bench_gullu"
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _write_photos(folder: Path) -> list[Path]:
    """Soft shapes with the grain of a camera, about as large as shop photos are."""
    folder.mkdir()
    chance = random.Random(1)
    paths = [folder / f"{number}.jpg" for number in range(PHOTOS)]
    for path in paths:
        shapes = Image.frombytes("RGB", (12, 18), chance.randbytes(12 * 18 * 3)).resize((1200, 1800))
        grain = Image.effect_noise((1200, 1800), 20).convert("RGB")
        Image.blend(shapes, grain, 0.15).save(path, "JPEG", quality=90)
    size = sum(path.stat().st_size for path in paths) / PHOTOS
    print(f"photos                1200 × 1800, {size / 1024:.0f} KiB each")
    return paths


def _make_goods() -> None:
    products = Product.objects.bulk_create(
        Product(code=f"K{number:04d}", title="Kadın Şık Topuklu Ayakkabı", brand="Güllü")
        for number in range(MODELS)
    )
    price = Decimal("1299.90")
    Variant.objects.bulk_create(
        Variant(
            product=product,
            barcode=f"868{place:06d}{size}",
            colour="Siyah",
            size=str(size),
            list_price=price,
            sale_price=price,
        )
        for place, product in enumerate(products)
        for size in range(35, 42)
    )
    ProductImage.objects.bulk_create(
        ProductImage(product=product, colour="Siyah", url=f"{settings.STATIC_URL}shoes/{place % PHOTOS}.jpg")
        for place, product in enumerate(products)
    )


def _measure(photos: list[Path]) -> None:
    started = time.perf_counter()
    keys = [(pk, "Siyah") for pk in Product.objects.values_list("pk", flat=True)]
    entries = entries_of(keys, only_active=True, with_stock=True)
    print(f"entries read          {time.perf_counter() - started:6.2f} s for {len(entries)}")
    for quality in Quality:
        _catalogue(entries, photos, quality)
    for kind in PaperKind:
        if kind != PaperKind.CATALOGUE:
            seconds, size, _made = _write(entries, PaperOptions(kind=kind))
            print(f"{kind.label!s:<21} {seconds:6.2f} s, {size / 1024:.0f} KiB")


def _catalogue(entries: list[Entry], photos: list[Path], quality: Quality) -> None:
    options = PaperOptions(kind=PaperKind.CATALOGUE, quality=quality, with_prices=True, with_stock=True)
    _write(entries[: MODELS // 10], options)
    few = _peak_mb()
    seconds, size, made = _write(entries, options)
    many = _peak_mb()
    floor = _floor(photos, quality)
    print(
        f"catalogue, {quality.dpi} dpi    {seconds:6.2f} s, {made.pages} pages, {size / 1024 / 1024:.1f} MiB"
    )
    print(f"  Pillow alone        {floor:6.2f} s; ratio {seconds / floor:.2f}")
    print(f"  peak memory         {few:.0f} MB after a tenth, {many:.0f} MB after all")
    assert made.without_picture == made.unreadable == 0


def _write(entries: list[Entry], options: PaperOptions) -> tuple[float, int, Any]:
    started = time.perf_counter()
    with tempfile.TemporaryFile() as file:
        made = write_paper(file, entries, options, made_at=timezone.now(), report=lambda _done: None)
        size = file.tell()
    return time.perf_counter() - started, size, made


def _floor(photos: list[Path], quality: Quality) -> float:
    """Seconds to unpack, make smaller and pack as many photos as the catalogue has."""
    contents = [path.read_bytes() for path in photos]
    started = time.perf_counter()
    for number in range(MODELS):
        source = io.BytesIO(contents[number % PHOTOS])
        printed_jpeg(source, width=PLACE_MM, height=PLACE_MM, dpi=quality.dpi)
    return time.perf_counter() - started


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
