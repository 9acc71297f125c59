"""What the page of pictures shows, in a constant number of statements."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.models import Product, ProductImage
from catalog.pictures.processing import SHEET
from catalog.pictures.services import MOST_PICTURES


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture; `small`: it was sent smaller than Trendyol asks for and had to be enlarged."""

    image: ProductImage
    small: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """The pictures of one colour, first to last. `number` is its place on the page, `room` is how many still fit."""

    number: int
    colour: str
    pictures: tuple[Shown, ...]
    room: int
    most: int = MOST_PICTURES


def strips_of(product: Product) -> tuple[Strip, ...]:
    """All colours of a model, also those without a picture, in the order of their names. Two statements."""
    pictures: dict[str, list[Shown]] = {
        colour: []
        for colour in product.variants.order_by("colour").values_list("colour", flat=True).distinct()
    }
    rows = ProductImage.objects.filter(product=product).order_by("colour", "position")
    for row in rows:
        pictures.setdefault(row.colour, []).append(Shown(row, _is_small(row)))
    return tuple(
        Strip(number=number, colour=colour, pictures=tuple(shown), room=max(MOST_PICTURES - len(shown), 0))
        for number, (colour, shown) in enumerate(pictures.items(), start=1)
    )


def _is_small(row: ProductImage) -> bool:
    if row.width is None or row.height is None:
        return False
    return row.width < SHEET[0] and row.height < SHEET[1]
