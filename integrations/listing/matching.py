"""Which values of a marketplace's lists a model surely means; pure functions. Nothing is guessed from likeness.

The names of attributes and of values are those of the marketplaces of this country.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from catalog.models import AgeGroup
from gullu.text import fold
from integrations.listing.sheets import AttributeRule, Choice

MAX_SLICER_TEXT: Final = 50
# Not “rengi”: the colour of a heel or a sole is another one.
_COLOUR_WORDS: Final = frozenset({"renk", "color", "colour"})
_AGES: Final[Mapping[str, tuple[str, ...]]] = {
    AgeGroup.WOMEN: ("Yetişkin",),
    AgeGroup.MEN: ("Yetişkin",),
    AgeGroup.CHILDREN: ("Çocuk",),
}
# Children's shoes are for girls, for boys or for both: that is not known here.
_GENDERS: Final[Mapping[str, tuple[str, ...]]] = {
    AgeGroup.WOMEN: ("Kadın / Kız", "Kadın"),
    AgeGroup.MEN: ("Erkek",),
}
_ORIGINS: Final[Mapping[str, tuple[str, ...]]] = {"TR": ("TR", "Türkiye"), "CN": ("CN", "Çin")}


class Value(NamedTuple):
    """A value of an attribute: numbers are the marketplace's."""

    attribute_id: int
    value_id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What we know of a model."""

    colours: tuple[str, ...]
    sizes: tuple[str, ...]
    age_group: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """Choices in the three places of `ChannelProduct`: of the model, by colour, by size."""

    attributes: Mapping[int, Choice]
    colour_attributes: Mapping[str, Mapping[int, Choice]]
    size_attributes: Mapping[str, Mapping[int, Choice]]

    @property
    def count(self) -> int:
        by_part = (*self.colour_attributes.values(), *self.size_attributes.values())
        return len(self.attributes) + sum(len(choices) for choices in by_part)

    def has(self, number: int, *, colour: str = "", size: str = "") -> bool:
        """Whether the attribute is chosen for the whole model, or for that colour or size."""
        by_colour, by_size = self.colour_attributes.get(colour, {}), self.size_attributes.get(size, {})
        return any(number in part for part in (self.attributes, by_colour, by_size))

    def has_anywhere(self, number: int) -> bool:
        by_part = (*self.colour_attributes.values(), *self.size_attributes.values())
        return any(number in part for part in (self.attributes, *by_part))


def wanted_names(known: Known) -> set[str]:
    """Folded names of every value that could be meant, to be looked up at once."""
    colours = [name for colour in known.colours for name in (colour, *colour.split())]
    sizes = [name for size in known.sizes for name in _spellings(size)]
    return {fold(name) for name in [*colours, *sizes, *_age_names(known), *_origin_names(known)]}


def suggest(
    *, rules: Sequence[AttributeRule], values: Iterable[Value], known: Known, chosen: Choosing
) -> Choosing:
    """What can be filled in where nothing is chosen.

    A colour names its own card where free text is taken; elsewhere a value is taken whose name is the colour, the size,
    the age, the gender or the origin, or the only one that is a word of the colour (“Siyah” of “Siyah süet”).
    """
    names = _Names(values)
    found: dict[int, Choice] = {}
    by_colour: defaultdict[str, dict[int, Choice]] = defaultdict(dict)
    by_size: defaultdict[str, dict[int, Choice]] = defaultdict(dict)
    for rule in rules:
        if rule.slicer or _is_colour(rule):
            for colour in known.colours:
                choice = _colour_choice(rule, colour, names)
                if choice and not chosen.has(rule.remote_id, colour=colour):
                    by_colour[colour][rule.remote_id] = choice
        elif rule.varianter:
            for size in known.sizes:
                choice = names.one_of(rule.remote_id, _spellings(size))
                if choice and not chosen.has(rule.remote_id, size=size):
                    by_size[size][rule.remote_id] = choice
        else:
            choice = names.one_of(rule.remote_id, _names_for(rule, known))
            if choice and not chosen.has_anywhere(rule.remote_id):
                found[rule.remote_id] = choice
    return Choosing(attributes=found, colour_attributes=by_colour, size_attributes=by_size)


class _Names:
    """Values by attribute and folded name."""

    def __init__(self, values: Iterable[Value]) -> None:
        self._ids: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
        for value in values:
            self._ids[value.attribute_id, fold(value.name)].append(value.value_id)

    def one_of(self, attribute_id: int, names: Collection[str]) -> Choice:
        """The value of the first name that exactly one value has; nothing chosen otherwise."""
        for name in names:
            ids = self._ids.get((attribute_id, fold(name)), [])
            if len(ids) == 1:
                return Choice((ids[0],))
        return Choice()

    def only_word(self, attribute_id: int, text: str) -> Choice:
        """The value that is a word of the text, if there is exactly one such value."""
        ids = {number for word in fold(text).split() for number in self._ids.get((attribute_id, word), [])}
        return Choice((ids.pop(),)) if len(ids) == 1 else Choice()


def _colour_choice(rule: AttributeRule, colour: str, names: _Names) -> Choice:
    if rule.slicer and rule.allow_custom:
        return Choice(text=colour) if len(colour) <= MAX_SLICER_TEXT else Choice()
    return names.one_of(rule.remote_id, (colour,)) or names.only_word(rule.remote_id, colour)


def _is_colour(rule: AttributeRule) -> bool:
    return not rule.varianter and not _COLOUR_WORDS.isdisjoint(fold(rule.name).split())


def _spellings(size: str) -> tuple[str, ...]:
    """`42,5` is `42.5` too, and nothing else is anything else."""
    return tuple(dict.fromkeys((size, size.replace(".", ","), size.replace(",", "."))))


def _names_for(rule: AttributeRule, known: Known) -> tuple[str, ...]:
    match fold(rule.name):
        case "yas grubu" | "yas":
            return _AGES.get(known.age_group, ())
        case "cinsiyet":
            return _GENDERS.get(known.age_group, ())
        case "mensei" | "mense" | "uretim yeri":
            return _origin_names(known)
    return ()


def _age_names(known: Known) -> tuple[str, ...]:
    return (*_AGES.get(known.age_group, ()), *_GENDERS.get(known.age_group, ()))


def _origin_names(known: Known) -> tuple[str, ...]:
    return _ORIGINS.get(known.origin, (known.origin,)) if known.origin else ()


__all__ = ["Choosing", "Known", "Value", "suggest", "wanted_names"]
