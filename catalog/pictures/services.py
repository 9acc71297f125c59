"""What can be done with the pictures of one colour of a model. Position 1 is the one customers and pickers see first.

Each service locks the model, so the pictures of a model change one step after the other. Moving and deleting leave
positions 1, 2, 3 … without gaps.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from catalog.locks import lock_picture_files, lock_product, lock_products
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
from catalog.pictures.files import discard_unnamed, keep, name_of
from catalog.pictures.processing import Prepared, looks_alike, prepare
from gullu.errors import DomainError
from gullu.models import User
from gullu.pictures import NAME_LENGTH

logger = logging.getLogger(__name__)

# Contract section 8.4: one to eight pictures.
MOST_PICTURES: Final = 8
# Saving a photo anew changes up to three bits of its look; other photos of the same shoe differ in ten and more.
_SAME_LOOK_BITS: Final = 3
_URL_LENGTH: Final = 500


class Step(Enum):
    """Where a picture goes, one press of a button."""

    FIRST = "FIRST"
    LEFT = "LEFT"
    RIGHT = "RIGHT"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedPicture:
    """A picture that was kept. `alike`: where a picture lies that looks the same, as (colour, position).

    `enlarged`: it was smaller than Trendyol asks for; `width` × `height` is the size it was sent in.
    """

    picture_id: int
    position: int
    width: int
    height: int
    enlarged: bool
    alike: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Arranged:
    """The pictures of a colour, first to last, after a step; `changed` is how many changed their position."""

    ids: tuple[int, ...]
    changed: int


def add_picture(
    *, product_id: int, colour: str, upload: UploadedFile[Any] | None, user: User
) -> AddedPicture:
    """Check an uploaded picture and put it behind the last one of its colour.

    Files are written before the row that names them, and removed again when the row does not come about.
    Raises `PictureRefused`, `ProductNotFound`, `UnknownColour`, `TooManyPictures`, `PictureTwice`, `PictureNotWritten`.
    """
    prepared = prepare(upload)
    name = ((upload.name if upload else "") or "?")[-NAME_LENGTH:]
    try:
        with transaction.atomic():
            product = lock_product(product_id)
            rows = list(ProductImage.objects.filter(product=product).order_by("colour", "position"))
            _refuse_unknown_colour(product, colour, rows)
            _refuse_twice(prepared, rows, colour, name)
            position = _next_position(rows, colour)
            lock_picture_files()
            row = ProductImage.objects.create(
                product=product, colour=colour, position=position, added_by=user, **_written(prepared)
            )
    except BaseException as error:
        if isinstance(error, DomainError) and not isinstance(error, OSError):
            raise  # refused before anything was written
        discard_unnamed([name_of(prepared.sheet), name_of(prepared.thumb)])
        if isinstance(error, OSError):
            raise PictureNotWritten(name=name, reason=error.strerror or str(error)) from error
        raise
    logger.info("picture %s of model %s, colour %s was added by %s", row.pk, product.code, colour, user.pk)
    return AddedPicture(
        picture_id=row.pk,
        position=row.position,
        width=prepared.width,
        height=prepared.height,
        enlarged=prepared.enlarged,
        alike=_alike(prepared, rows),
    )


@transaction.atomic
def add_picture_address(*, product_id: int, colour: str, url: str, user: User) -> Arranged:
    """Put a picture that lies elsewhere, by its address, behind the last one of its colour.

    Raises `NoPictureAddress`, `ProductNotFound`, `UnknownColour`, `TooManyPictures`, `PictureTwice`.
    """
    address = url.strip()
    _refuse_strange_address(address)
    product = lock_product(product_id)
    rows = list(ProductImage.objects.filter(product=product).order_by("colour", "position"))
    _refuse_unknown_colour(product, colour, rows)
    twin = next((row for row in rows if row.colour == colour and row.url == address), None)
    if twin is not None:
        raise PictureTwice(name=address[-NAME_LENGTH:], colour=colour, position=twin.position)
    row = ProductImage.objects.create(
        product=product, colour=colour, position=_next_position(rows, colour), added_by=user, url=address
    )
    return Arranged((*(one.pk for one in rows if one.colour == colour), row.pk), 0)


@transaction.atomic
def reorder_pictures(*, product_id: int, colour: str, ids: Sequence[int]) -> Arranged:
    """Bring the pictures of a colour into this order; `ids` must name each of them once.

    Raises `ProductNotFound`, and `PicturesChanged` when somebody added or deleted one meanwhile.
    """
    lock_product(product_id)
    rows = {row.pk: row for row in _of_colour(product_id, colour)}
    if sorted(ids) != sorted(rows):
        raise PicturesChanged(colour=colour)
    return _arrange([rows[pk] for pk in ids])


@transaction.atomic
def put_addresses(
    *, wanted: Mapping[tuple[int, str], Sequence[str]], user: User | None, replace: bool = False
) -> int:
    """Put pictures that lie elsewhere behind those of (model, colour), as many as fit; returns how many are new.

    With `replace` the addresses given are all that a colour keeps, in their order; files of our own are never taken
    away, so a colour that has one stays as it is. Addresses nobody can fetch are left out. A bounded number of
    statements however many models.
    """
    products = [product.pk for product in lock_products({product for product, _colour in wanted})]
    stored: dict[tuple[int, str], list[ProductImage]] = {}
    for row in ProductImage.objects.filter(product__in=products).order_by("position"):
        stored.setdefault((row.product_id, row.colour), []).append(row)
    new: list[ProductImage] = []
    gone: list[int] = []
    for (product, colour), urls in sorted(wanted.items()):
        here = stored.get((product, colour), [])
        addresses = [url for url in dict.fromkeys(urls) if is_picture_address(url)]
        if product not in products or (replace and (not addresses or any(row.file for row in here))):
            continue
        if replace and [row.url for row in here] != addresses[:MOST_PICTURES]:
            gone += [row.pk for row in here]
            here = []
        new += _behind(here, product, colour, addresses, user)
    ProductImage.objects.filter(pk__in=gone).delete()
    ProductImage.objects.bulk_create(new, batch_size=2000)
    return len(new)


def _behind(
    here: Sequence[ProductImage], product: int, colour: str, addresses: Sequence[str], user: User | None
) -> list[ProductImage]:
    known = {row.url for row in here}
    first = max((row.position for row in here), default=0) + 1
    urls = [url for url in addresses if url not in known][: max(MOST_PICTURES - len(here), 0)]
    return [
        ProductImage(product_id=product, colour=colour, url=url, position=position, added_by=user)
        for position, url in enumerate(urls, start=first)
    ]


@transaction.atomic
def move_picture(*, product_id: int, colour: str, picture_id: int, step: Step) -> Arranged:
    """Move one picture one place, or to the front; at an end nothing changes.

    Raises `ProductNotFound`, `PictureGone`.
    """
    lock_product(product_id)
    rows = _of_colour(product_id, colour)
    row = _one(rows, picture_id, colour)
    place = rows.index(row)
    target = {Step.FIRST: 0, Step.LEFT: max(place - 1, 0), Step.RIGHT: place + 1}[step]
    rows.remove(row)
    rows.insert(target, row)
    return _arrange(rows)


@transaction.atomic
def delete_picture(*, product_id: int, colour: str, picture_id: int, user: User) -> Arranged:
    """Remove a picture and close the gap. Its files go after the commit, unless another row names them.

    Raises `ProductNotFound`, `PictureGone`.
    """
    lock_product(product_id)
    rows = _of_colour(product_id, colour)
    row = _one(rows, picture_id, colour)
    rows.remove(row)
    files = [str(row.file), str(row.thumb)]
    row.delete()
    if any(files):
        # A file that cannot be removed is no reason to show an error: the nightly work removes it.
        transaction.on_commit(partial(discard_unnamed, files), robust=True)
    logger.info("picture %s of model %s was deleted by %s", picture_id, product_id, user.pk)
    return _arrange(rows)


def _of_colour(product_id: int, colour: str) -> list[ProductImage]:
    return list(ProductImage.objects.filter(product=product_id, colour=colour).order_by("position"))


def _one(rows: Sequence[ProductImage], picture_id: int, colour: str) -> ProductImage:
    for row in rows:
        if row.pk == picture_id:
            return row
    raise PictureGone(colour=colour)


def _arrange(rows: Sequence[ProductImage]) -> Arranged:
    """Number them as they stand. One statement: the constraint on positions is checked at its end."""
    moved = []
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            row.position = position
            moved.append(row)
    if moved:
        ProductImage.objects.bulk_update(moved, ["position"])
    return Arranged(tuple(row.pk for row in rows), len(moved))


def _next_position(rows: Sequence[ProductImage], colour: str) -> int:
    taken = [row.position for row in rows if row.colour == colour]
    if len(taken) >= MOST_PICTURES:
        raise TooManyPictures(colour=colour, most=MOST_PICTURES)
    return max(taken, default=0) + 1


def _refuse_unknown_colour(product: Product, colour: str, rows: Sequence[ProductImage]) -> None:
    if any(row.colour == colour for row in rows):
        return
    if not product.variants.filter(colour=colour).exists():
        raise UnknownColour(product=product.code, colour=colour)


def _refuse_twice(prepared: Prepared, rows: Sequence[ProductImage], colour: str, name: str) -> None:
    file = name_of(prepared.sheet)
    for row in rows:
        if row.colour == colour and (row.digest == prepared.digest or row.file == file):
            raise PictureTwice(name=name, colour=colour, position=row.position)


def is_picture_address(address: str) -> bool:
    """Whether a browser can be sent there for a picture."""
    try:
        parts = urlsplit(address)
    except ValueError:  # a half IPv6 address
        return False
    usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and len(address.split()) == 1
    return usable and len(address) <= _URL_LENGTH


def _refuse_strange_address(address: str) -> None:
    if not is_picture_address(address):
        raise NoPictureAddress(address=address[:NAME_LENGTH])


def _alike(prepared: Prepared, rows: Sequence[ProductImage]) -> tuple[tuple[str, int], ...]:
    return tuple(
        (row.colour, row.position)
        for row in rows
        if row.look is not None and looks_alike(row.look, prepared.look, most_bits=_SAME_LOOK_BITS)
    )


def _written(prepared: Prepared) -> dict[str, Any]:
    file, thumb = keep(prepared.sheet), keep(prepared.thumb)
    return {
        "url": default_storage.url(file),
        "file": file,
        "thumb": thumb,
        "digest": prepared.digest,
        "look": prepared.look,
        "width": prepared.width,
        "height": prepared.height,
    }
