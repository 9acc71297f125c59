"""The attributes of a category as things to fill in: one for the model, or one for each colour or size of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db.models import Count

from catalog.models import Product
from gullu.text import fold
from integrations.listing.choices import attributes_of
from integrations.listing.sheets import AttributeRule, Choice
from integrations.models import ChannelProduct, MarketAttribute, MarketCategory, MarketValue
from inventory.stock_grid import size_order

PLAIN_LIST: Final = 60
"""Lists up to this long are shown whole; longer ones are searched through."""
_COLOUR_WORDS: Final = frozenset({"renk", "color", "colour"})


class Scope(StrEnum):
    """What one value is for."""

    MODEL = "m"
    COLOUR = "c"
    SIZE = "s"


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing to fill in: an attribute, and which colour or size of the model it is for (`key`)."""

    attribute: MarketAttribute
    scope: Scope
    key: str = ""

    @property
    def name(self) -> str:
        """What its fields are called after: `c:47:Gül kurusu`."""
        return f"{self.scope.value}:{self.attribute.remote_id}:{self.key}"

    @property
    def anchor(self) -> str:
        return anchor_of(self.attribute.remote_id, self.key)


def anchor_of(attribute_id: int, key: str = "") -> str:
    """Where a value is on the page; without a key the first one of its attribute is near."""
    return "-".join(["a", str(attribute_id), *key.split()])


@dataclass(frozen=True, slots=True)
class Option:
    """A value that can be chosen."""

    remote_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Question:
    """An attribute with its slots. `options` holds its whole list where that is short; `long` lists are searched."""

    attribute: MarketAttribute
    slots: tuple[Slot, ...]
    options: tuple[Option, ...]
    long: bool

    @property
    def anchor(self) -> str:
        return anchor_of(self.attribute.remote_id)

    @property
    def has_list(self) -> bool:
        return bool(self.options) or self.long

    @property
    def askable(self) -> bool:
        """Whether anything can be filled in; not while its values were never read."""
        return self.has_list or self.attribute.allow_custom


@dataclass(frozen=True, slots=True)
class Keys:
    """Colours by name, and sizes from small to large."""

    colours: tuple[str, ...]
    sizes: tuple[str, ...]


def keys_of(product: Product) -> Keys:
    """The colours and sizes of a model. One statement."""
    pairs = list(product.variants.values_list("colour", "size"))
    colours = sorted({colour for colour, _ in pairs}, key=fold)
    return Keys(tuple(colours), tuple(sorted({size for _, size in pairs}, key=size_order)))


def questions_of(card: ChannelProduct, keys: Keys) -> tuple[Question, ...]:
    """What the chosen category asks, in the order of `attributes_of`; nothing without a category.

    Three statements, however many attributes, colours and sizes there are.
    """
    if card.category is None:
        return ()
    attributes = attributes_of(card.category)
    lengths = _lengths(card.category)
    short = [row.pk for row in attributes if 0 < lengths.get(row.pk, 0) <= PLAIN_LIST]
    options = _options(short)
    return tuple(
        Question(
            attribute=row,
            slots=_slots(row, keys, scope_of(row, card)),
            options=tuple(options.get(row.pk, ())),
            long=lengths.get(row.pk, 0) > PLAIN_LIST,
        )
        for row in attributes
    )


def _lengths(category: MarketCategory) -> dict[int, int]:
    rows = MarketValue.objects.filter(attribute__category=category)
    return dict(rows.values_list("attribute").annotate(Count("pk")))


def _options(attribute_ids: Sequence[int]) -> Mapping[int, Sequence[Option]]:
    found: defaultdict[int, list[Option]] = defaultdict(list)
    rows = MarketValue.objects.filter(attribute__in=attribute_ids).order_by("pk")
    for attribute_id, remote_id, name in rows.values_list("attribute_id", "remote_id", "name"):
        found[attribute_id].append(Option(remote_id, name))
    return found


def _slots(attribute: MarketAttribute, keys: Keys, scope: Scope) -> tuple[Slot, ...]:
    by_scope = {Scope.MODEL: ("",), Scope.COLOUR: keys.colours, Scope.SIZE: keys.sizes}
    return tuple(Slot(attribute, scope, key) for key in by_scope[scope])


def scope_of(attribute: MarketAttribute | AttributeRule, card: ChannelProduct) -> Scope:
    """For what an attribute is asked. What was once chosen for one colour is asked for each."""
    if attribute.varianter:
        return Scope.SIZE
    kept = any(str(attribute.remote_id) in chosen for chosen in card.colour_attributes.values())
    return Scope.COLOUR if attribute.slicer or kept or _names_colour(attribute.name) else Scope.MODEL


def _names_colour(name: str) -> bool:
    """As `matching.suggest` has it: "Web Color" makes no cards of its own, but differs between colours all the same."""
    return not _COLOUR_WORDS.isdisjoint(fold(name).split())


def chosen_in(card: ChannelProduct, slot: Slot) -> Choice:
    """What is chosen for a slot now; for a colour or a size without a choice of its own, what the whole model has."""
    number = str(slot.attribute.remote_id)
    own = {
        Scope.MODEL: card.attributes,
        Scope.COLOUR: card.colour_attributes.get(slot.key, {}),
        Scope.SIZE: card.size_attributes.get(slot.key, {}),
    }[slot.scope]
    return Choice.from_json(own.get(number) or card.attributes.get(number))


def value_names(category: MarketCategory, values: Iterable[int]) -> dict[tuple[int, int], str]:
    """Names of values by (attribute number, value number); values the category does not have are left out."""
    rows = MarketValue.objects.filter(attribute__category=category, remote_id__in=set(values))
    return {
        (attribute_id, remote_id): name
        for attribute_id, remote_id, name in rows.values_list("attribute__remote_id", "remote_id", "name")
    }
