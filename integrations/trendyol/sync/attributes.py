"""What the attributes of a product tell: which of them is its colour, which its size (contract section 8.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gullu.text import fold
from integrations.trendyol.mapping import clean
from integrations.trendyol.schemas import Attribute

_COLOUR_NAME: Final = "renk"
_SIZE_NAME: Final = "beden"
# Words in the name of an attribute that is about the colour without making cards of its own ("Web Color").
_ABOUT_COLOUR: Final = ("renk", "color")
_LONGEST_TEXT: Final = 300


@dataclass(frozen=True, slots=True)
class Roles:
    """Numbers of the attributes of a category that tell colours (slicers) and sizes (varianters) apart."""

    slicers: tuple[int, ...]
    varianters: tuple[int, ...]


def roles_of(rows: Iterable[tuple[int, int, bool, bool]]) -> dict[int, Roles]:
    """By category, from (category, attribute, slicer, varianter) in the order they are shown."""
    found: dict[int, tuple[list[int], list[int]]] = {}
    for category, attribute, slicer, varianter in rows:
        slicers, varianters = found.setdefault(category, ([], []))
        if slicer:
            slicers.append(attribute)
        if varianter:
            varianters.append(attribute)
    return {category: Roles(tuple(s), tuple(v)) for category, (s, v) in found.items()}


class Told:
    """The attributes of one barcode: `shared` by the sizes of its card, and its `own`."""

    def __init__(self, shared: Sequence[Attribute], own: Sequence[Attribute], roles: Roles | None) -> None:
        self._all = [row for row in (*shared, *own) if row.attribute_id is not None]
        self._colour = self._one(roles.slicers if roles else (), _COLOUR_NAME)
        self._size = self._one(roles.varianters if roles else (), _SIZE_NAME) or _only(own)

    @property
    def colour(self) -> str:
        """Empty where nothing says it."""
        return self._colour.attribute_value if self._colour else ""

    @property
    def size(self) -> str:
        return self._size.attribute_value if self._size else ""

    @property
    def colour_attributes(self) -> tuple[int, ...]:
        """The attribute the colour was read from, and others that are about it."""
        found = [self._colour] if self._colour else []
        found += [row for row in self._all if any(word in fold(row.attribute_name) for word in _ABOUT_COLOUR)]
        return _numbers(found)

    @property
    def size_attributes(self) -> tuple[int, ...]:
        return _numbers([self._size] if self._size else [])

    def as_json(self) -> dict[str, Mapping[str, Any]]:
        """As `ChannelProduct` keeps them: numbers of values, or free text. Several values of one are one entry."""
        values: dict[int, list[int]] = {}
        texts: dict[int, str] = {}
        for row in self._all:
            number = int(row.attribute_id or 0)
            if row.attribute_value_id is not None:
                values.setdefault(number, []).append(row.attribute_value_id)
            elif row.attribute_value:
                texts.setdefault(number, clean(row.attribute_value, _LONGEST_TEXT))
        told = {number: {"text": text} for number, text in texts.items()}
        chosen = {number: {"values": sorted(set(ids))} for number, ids in values.items()}
        return {str(number): value for number, value in sorted((told | chosen).items())}

    def _one(self, numbers: Sequence[int], name: str) -> Attribute | None:
        """The first that has a role; where no role is known or told, the one of that name."""
        for number in numbers:
            for row in self._all:
                if row.attribute_id == number and row.attribute_value:
                    return row
        return next(
            (row for row in self._all if fold(row.attribute_name) == name and row.attribute_value), None
        )


def _only(own: Sequence[Attribute]) -> Attribute | None:
    """What a single barcode has of its own is what tells it apart from its neighbours."""
    return own[0] if len(own) == 1 and own[0].attribute_value else None


def _numbers(rows: Sequence[Attribute]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(row.attribute_id for row in rows if row.attribute_id is not None))
