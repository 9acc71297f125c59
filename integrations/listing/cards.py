"""What people choose for a model on one marketplace: brand, category, attributes, title and delivery time.

Each service locks the card, merges into what is stored, and writes only what changed; who changed what is in the
history of `ChannelProduct`. Nothing here speaks over the network.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from catalog.models import Variant
from integrations.listing.building import choices_from
from integrations.listing.card_errors import (
    BrandNotFound,
    CategoryNotFound,
    CategoryNotLeaf,
    TitlePatternTooLong,
    TitlePatternWithoutTitle,
    WrongDeliveryDays,
    WrongTitlePattern,
)
from integrations.listing.choices import category_rules
from integrations.listing.locks import lock_card
from integrations.listing.matching import Choosing, Known, Value, suggest, wanted_names
from integrations.listing.sheets import AttributeRule, Choice, Choices
from integrations.models import ChannelProduct, MarketAttribute, MarketBrand, MarketCategory, MarketValue

MOST_DELIVERY_DAYS: Final = 365
MAX_PATTERN: Final = 60
_PLACEHOLDERS: Final = ("{title}", "{colour}", "{size}")
_BRACED: Final = re.compile(r"\{[^{}]*\}?|\}")


@dataclass(frozen=True, slots=True)
class CategoryChosen:
    """`dropped` names the attributes whose choices the new category does not have."""

    card: ChannelProduct
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggested:
    """`filled` is what was empty and now is not."""

    card: ChannelProduct
    filled: Choosing


@transaction.atomic
def open_card(*, channel: str, product_id: int) -> ChannelProduct:
    """The model's card on that marketplace, made if it was not there. Raises `ProductNotFound`."""
    return lock_card(channel=channel, product_id=product_id)


@transaction.atomic
def choose_brand(*, channel: str, product_id: int, brand_id: int | None) -> ChannelProduct:
    """`brand_id` is our number of the brand; None chooses none. Raises `BrandNotFound`, `ProductNotFound`."""
    card = lock_card(channel=channel, product_id=product_id)
    known = brand_id is None or MarketBrand.objects.filter(channel=channel, pk=brand_id).exists()
    if not known:
        raise BrandNotFound(brand=brand_id)
    return _write(card, brand_id=brand_id)


@transaction.atomic
def choose_category(*, channel: str, product_id: int, category_id: int) -> CategoryChosen:
    """Choose a category that takes products; `category_id` is our number of it.

    Choices that it allows are kept, others dropped, also when it is chosen again; all are kept while its attributes
    were not read. Raises `CategoryNotFound`, `CategoryNotLeaf`, `ProductNotFound`.
    """
    card = lock_card(channel=channel, product_id=product_id)
    category = MarketCategory.objects.filter(channel=channel, pk=category_id).first()
    if category is None or not category.offered:
        raise CategoryNotFound(category=category.name if category else category_id)
    if not category.leaf:
        raise CategoryNotLeaf(category=category.name)
    if category.attributes_read_at is None:
        return CategoryChosen(_write(card, category_id=category.pk), ())
    kept, dropped = _kept(card, category)
    names = _attribute_names(card.category_id, dropped)
    return CategoryChosen(_write(card, category_id=category.pk, **kept), names)


@transaction.atomic
def set_choices(
    *,
    channel: str,
    product_id: int,
    attributes: Choices | None = None,
    colour_attributes: Mapping[str, Choices] | None = None,
    size_attributes: Mapping[str, Choices] | None = None,
) -> ChannelProduct:
    """Take over the attributes named here; an empty `Choice` takes one back, and what is not named stays as it is.

    Whether the category allows them is asked by `building.check_product`: a draft may be wrong. Raises
    `ProductNotFound`.
    """
    card = lock_card(channel=channel, product_id=product_id)
    given = Choosing(
        attributes=attributes or {},
        colour_attributes=colour_attributes or {},
        size_attributes=size_attributes or {},
    )
    return _write(card, **_merged(card, given))


@transaction.atomic
def set_terms(
    *, channel: str, product_id: int, title_pattern: str, delivery_days: int | None
) -> ChannelProduct:
    """The pattern of titles, and in how many days it ships (0: today; None: as the marketplace has it).

    Raises `WrongTitlePattern`, `TitlePatternWithoutTitle`, `TitlePatternTooLong`, `WrongDeliveryDays`,
    `ProductNotFound`.
    """
    pattern = " ".join(title_pattern.split())
    _check_pattern(pattern)
    if delivery_days is not None and not 0 <= delivery_days <= MOST_DELIVERY_DAYS:
        raise WrongDeliveryDays(days=delivery_days, most=MOST_DELIVERY_DAYS)
    card = lock_card(channel=channel, product_id=product_id)
    return _write(card, title_pattern=pattern, delivery_days=delivery_days)


@transaction.atomic
def suggest_choices(*, channel: str, product_id: int) -> Suggested:
    """Fill in what surely follows from the model where nothing is chosen yet (`integrations.listing.matching`).

    Needs a category whose attributes were read; without one nothing is filled. Raises `ProductNotFound`.
    """
    card = lock_card(channel=channel, product_id=product_id)
    if card.category is None:
        return Suggested(card, Choosing(attributes={}, colour_attributes={}, size_attributes={}))
    known = _known(card)
    filled = suggest(
        rules=category_rules(card.category).attributes,
        values=_values_named(card.category, wanted_names(known)),
        known=known,
        chosen=stored_choices(card),
    )
    return Suggested(_write(card, **_merged(card, filled)), filled)


def stored_choices(card: ChannelProduct) -> Choosing:
    """What is chosen, typed."""
    return Choosing(
        attributes=choices_from(card.attributes),
        colour_attributes={colour: choices_from(part) for colour, part in card.colour_attributes.items()},
        size_attributes={size: choices_from(part) for size, part in card.size_attributes.items()},
    )


# --- writing --------------------------------------------------------------------------------------------------


def _write(card: ChannelProduct, **values: Any) -> ChannelProduct:
    """Write what differs; a card that stays as it is gets no line in its history."""
    changed = [name for name, value in values.items() if getattr(card, name) != value]
    for name in changed:
        setattr(card, name, values[name])
    if changed:
        card.save(update_fields=changed)
    return card


def _merged(card: ChannelProduct, given: Choosing) -> dict[str, Any]:
    return {
        "attributes": _merge(card.attributes, given.attributes),
        "colour_attributes": _merge_parts(card.colour_attributes, given.colour_attributes),
        "size_attributes": _merge_parts(card.size_attributes, given.size_attributes),
    }


def _merge_parts(stored: Mapping[str, Any], given: Mapping[str, Choices]) -> dict[str, Any]:
    merged = {name: _merge(stored.get(name, {}), given.get(name, {})) for name in [*stored, *given]}
    return {name: part for name, part in merged.items() if part}


def _merge(stored: Mapping[str, Any], given: Choices) -> dict[str, Any]:
    fresh = {str(number): _tidy(choice) for number, choice in given.items()}
    kept = {number: value for number, value in stored.items() if number not in fresh}
    return {**kept, **{number: choice.as_json() for number, choice in fresh.items() if choice}}


def _tidy(choice: Choice) -> Choice:
    """Each value once, text without blanks around it; a value of the list wins over text."""
    values = tuple(dict.fromkeys(choice.values))
    return Choice(values, "" if values else " ".join(choice.text.split()))


# --- changing the category ------------------------------------------------------------------------------------


def _kept(card: ChannelProduct, category: MarketCategory) -> tuple[dict[str, Any], set[int]]:
    """The three JSON fields as the category allows them, and the numbers of what it does not."""
    rules = {rule.remote_id: rule for rule in category_rules(category).attributes}
    dropped: set[int] = set()

    def kept(part: Mapping[str, Any]) -> dict[str, Any]:
        refused = {
            number for number, choice in choices_from(part).items() if not _fits(rules, number, choice)
        }
        dropped.update(refused)
        return {number: value for number, value in part.items() if int(number) not in refused}

    def kept_parts(parts: Mapping[str, Any]) -> dict[str, Any]:
        return {name: rest for name, part in parts.items() if (rest := kept(part))}

    return {
        "attributes": kept(card.attributes),
        "colour_attributes": kept_parts(card.colour_attributes),
        "size_attributes": kept_parts(card.size_attributes),
    }, dropped


def _fits(rules: Mapping[int, AttributeRule], number: int, choice: Choice) -> bool:
    rule = rules.get(number)
    if rule is None:
        return False
    if not choice.values:
        return rule.allow_custom
    if len(choice.values) > 1 and not rule.multiple:
        return False
    return rule.value_ids is None or rule.value_ids.issuperset(choice.values)


def _attribute_names(category_id: int | None, numbers: Collection[int]) -> tuple[str, ...]:
    """By their places in the old category; what even that did not know is named by its number."""
    rows = MarketAttribute.objects.filter(category=category_id, remote_id__in=numbers).order_by("position")
    names = dict(rows.values_list("remote_id", "name"))
    return (*names.values(), *(str(number) for number in sorted(numbers) if number not in names))


# --- what is known --------------------------------------------------------------------------------------------


def _known(card: ChannelProduct) -> Known:
    rows = Variant.objects.filter(product=card.product_id, active=True).order_by("colour", "size")
    pairs = list(rows.values_list("colour", "size"))
    return Known(
        colours=tuple(dict.fromkeys(colour for colour, _size in pairs)),
        sizes=tuple(dict.fromkeys(size for _colour, size in pairs)),
        age_group=card.product.age_group,
        origin=card.product.origin,
    )


def _values_named(category: MarketCategory, names: Collection[str]) -> list[Value]:
    rows = MarketValue.objects.filter(attribute__category=category, search_key__in=names)
    return [Value(*row) for row in rows.values_list("attribute__remote_id", "remote_id", "name")]


def _check_pattern(pattern: str) -> None:
    wrong = [part for part in _BRACED.findall(pattern) if part not in _PLACEHOLDERS]
    if wrong:
        raise WrongTitlePattern(pattern=pattern, wrong=" ".join(wrong))
    if "{title}" not in pattern:
        raise TitlePatternWithoutTitle(pattern=pattern)
    if len(pattern) > MAX_PATTERN:
        raise TitlePatternTooLong(pattern=pattern, length=len(pattern), most=MAX_PATTERN)


__all__ = [
    "CategoryChosen",
    "Suggested",
    "choose_brand",
    "choose_category",
    "open_card",
    "set_choices",
    "set_terms",
    "stored_choices",
    "suggest_choices",
]
