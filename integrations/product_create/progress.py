"""How far the steps of models are, and what each still needs. Four statements, however many models are asked about.

Only what is filled in is looked at; whether a marketplace takes it is asked in the last step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Product, ProductImage, Variant
from integrations.models import ChannelProduct, Listing, MarketAttribute
from integrations.product_create.steps import Step, StepState


@dataclass(frozen=True, slots=True)
class StepProgress:
    """One step; `missing` are sentences, empty where it is done."""

    state: StepState
    missing: tuple[str | Promise, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """All steps of one model."""

    steps: Mapping[Step, StepProgress]

    def state(self, step: Step) -> StepState:
        return self.steps[step].state

    def missing(self, step: Step) -> tuple[str | Promise, ...]:
        return self.steps[step].missing

    @property
    def open_steps(self) -> tuple[Step, ...]:
        """What still needs something, in walking order; the last step is left out: it is the way out."""
        return tuple(
            step
            for step, one in self.steps.items()
            if step is not Step.REVIEW and one.state is not StepState.DONE
        )


@dataclass(slots=True)
class _Facts:
    """What was read of one model; `variants`, `priced` and `listed` count barcodes."""

    product: Product
    colours: set[str] = field(default_factory=set)
    sizes: set[str] = field(default_factory=set)
    variants: int = 0
    priced: int = 0
    listed: int = 0
    pictured: set[str] = field(default_factory=set)
    card: ChannelProduct | None = None
    required: list[MarketAttribute] = field(default_factory=list)


def progress_of(products: Sequence[Product], *, channel: str) -> dict[int, Progress]:
    """Per model (pk) how far it is on the way to `channel`. Four statements."""
    facts = {product.pk: _Facts(product) for product in products}
    _read_variants(facts, channel)
    _read_pictures(facts)
    _read_cards(facts, channel)
    return {pk: _progress(one) for pk, one in facts.items()}


def _read_variants(facts: Mapping[int, _Facts], channel: str) -> None:
    there = Listing.objects.filter(channel=channel, variant=OuterRef("pk"))
    rows = (
        Variant.objects.filter(product__in=facts)
        .annotate(listed=Exists(there))
        .values_list("product_id", "colour", "size", "list_price", "sale_price", "listed")
    )
    for product, colour, size, list_price, sale_price, listed in rows:
        one = facts[product]
        one.colours.add(colour)
        one.sizes.add(size)
        one.variants += 1
        one.priced += list_price is not None and sale_price is not None
        one.listed += listed


def _read_pictures(facts: Mapping[int, _Facts]) -> None:
    rows = ProductImage.objects.filter(product__in=facts).values_list("product_id", "colour").distinct()
    for product, colour in rows:
        facts[product].pictured.add(colour)


def _read_cards(facts: Mapping[int, _Facts], channel: str) -> None:
    required: dict[int, list[MarketAttribute]] = defaultdict(list)
    cards = list(ChannelProduct.objects.filter(channel=channel, product__in=facts).select_related("category"))
    categories = {card.category_id for card in cards if card.category_id is not None}
    attributes = MarketAttribute.objects.filter(category__in=categories, required=True)
    for attribute in attributes.order_by("position", "pk"):
        required[attribute.category_id].append(attribute)
    for card in cards:
        one = facts[card.product_id]
        one.card = card
        one.required = required[card.category_id] if card.category_id is not None else []


def _progress(one: _Facts) -> Progress:
    return Progress(
        {
            Step.MODEL: _done_or_missing(_of_model(one)),
            Step.VARIANTS: _variants(one),
            Step.PICTURES: _pictures(one),
            Step.LISTING: _listing(one),
            Step.PRICES: _prices(one),
            Step.REVIEW: _review(one),
        }
    )


def _done_or_missing(missing: Sequence[str]) -> StepProgress:
    return StepProgress(StepState.MISSING if missing else StepState.DONE, tuple(missing))


def _of_model(one: _Facts) -> list[str]:
    return [] if one.product.description.strip() else [_("The description is missing.")]


def _variants(one: _Facts) -> StepProgress:
    if not one.variants:
        return StepProgress(StepState.NOT_YET, (_("There is no colour and size yet."),))
    return StepProgress(StepState.DONE)


def _pictures(one: _Facts) -> StepProgress:
    bare = sorted(one.colours - one.pictured)
    if not one.colours or len(bare) == len(one.colours):
        return StepProgress(StepState.NOT_YET, (_("There is no picture yet."),))
    words = {"colours": ", ".join(bare)}
    return _done_or_missing([_("Colours without a picture: %(colours)s.") % words] if bare else [])


def _prices(one: _Facts) -> StepProgress:
    if not one.priced:
        return StepProgress(StepState.NOT_YET, (_("There is no price yet."),))
    bare = one.variants - one.priced
    text = ngettext("%(count)s barcode has no price.", "%(count)s barcodes have no price.", bare)
    return _done_or_missing([text % {"count": bare}] if bare else [])


def _listing(one: _Facts) -> StepProgress:
    card = one.card
    if card is None or (card.brand_id is None and card.category_id is None):
        return StepProgress(StepState.NOT_YET, (_("Brand and category were not chosen yet."),))
    missing = []
    if card.brand_id is None:
        missing.append(_("The brand was not chosen yet."))
    if card.category_id is None:
        missing.append(_("The category was not chosen yet."))
    elif card.category is not None and card.category.attributes_read_at is None:
        missing.append(_("What the category asks for was not read yet."))
    lacking = [attribute.name for attribute in one.required if not _is_chosen(one, card, attribute)]
    if lacking:
        missing.append(_("Required attributes without a value: %(names)s.") % {"names": ", ".join(lacking)})
    return _done_or_missing(missing)


def _is_chosen(one: _Facts, card: ChannelProduct, attribute: MarketAttribute) -> bool:
    """Chosen for the whole model, or for each of its colours, or for each of its sizes."""
    key = str(attribute.remote_id)
    return (
        bool(card.attributes.get(key))
        or _in_all(card.colour_attributes, one.colours, key)
        or _in_all(card.size_attributes, one.sizes, key)
    )


def _in_all(chosen: Mapping[str, Mapping[str, Any]], names: Iterable[str], key: str) -> bool:
    wanted = list(names)
    return bool(wanted) and all(chosen.get(name, {}).get(key) for name in wanted)


def _review(one: _Facts) -> StepProgress:
    if not one.variants or not one.listed:
        return StepProgress(StepState.NOT_YET)
    bare = one.variants - one.listed
    text = ngettext("%(count)s barcode was not sent yet.", "%(count)s barcodes were not sent yet.", bare)
    return _done_or_missing([text % {"count": bare}] if bare else [])


__all__ = ["Progress", "StepProgress", "progress_of"]
