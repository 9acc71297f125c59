"""Ending differences: what the marketplace shows becomes ours, or ours is sent to it.

Both look again first: a difference that is no longer what a person saw is left alone and named.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pghistory
from django.db import transaction
from django.db.models.fields.json import KT
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.changing import VariantChange, change_variants
from catalog.locks import lock_products
from catalog.models import Product
from catalog.pictures.services import put_addresses
from gullu.errors import DomainError
from gullu.models import User
from integrations.listing.adopting import (
    LISTED,
    Told,
    learn_brands,
    pattern_of,
    split_attributes,
    title_of,
)
from integrations.listing.comparing import Field, Gap
from integrations.listing.difference_words import why_not_take
from integrations.listing.differences import Row, find
from integrations.listing.locks import lock_cards
from integrations.listing.sheets import RemoteSheet
from integrations.listing.writes import ask_update
from integrations.models import ChannelProduct, Listing, MarketBrand, MarketCategory

logger = logging.getLogger(__name__)

Seen = Mapping[int, str]
"""By listing, the stamp of the difference a person saw (`Gap.stamp`)."""
_OF_VARIANT: Final = frozenset({Field.STOCK_CODE, Field.LIST_PRICE, Field.SALE_PRICE})
_OF_PRODUCT: Final = frozenset({Field.DESCRIPTION, Field.VAT_RATE, Field.DESI, Field.ORIGIN, Field.TITLE})
_OF_CARD: Final = frozenset({Field.TITLE, Field.BRAND, Field.CATEGORY, Field.DELIVERY_DAYS, Field.ATTRIBUTES})


@dataclass(frozen=True, slots=True)
class Chosen:
    """A field of some listings, as a person saw it."""

    field: Field
    seen: Seen


@dataclass(frozen=True, slots=True)
class Settled:
    """`done` differences, counted in barcodes; `passed` were not what was seen any more; `refused` says why not."""

    done: int
    passed: int
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A difference that is still what was seen."""

    row: Row
    gap: Gap


def take_theirs(
    *, channel: str, listing_ids: Collection[int], field: str, user: User, seen: Seen | None = None
) -> Settled:
    """Write what the marketplace shows of a field into our models and barcodes. See `take_all`."""
    return take_all(channel=channel, chosen=[_chosen(listing_ids, field, seen)], user=user)


def send_ours(
    *, channel: str, listing_ids: Collection[int], field: str, user: User, seen: Seen | None = None
) -> Settled:
    """Ask the marketplace to show ours. See `send_all`."""
    return send_all(channel=channel, chosen=[_chosen(listing_ids, field, seen)], user=user)


def _chosen(listing_ids: Collection[int], field: str, seen: Seen | None) -> Chosen:
    return Chosen(Field(field), dict.fromkeys(listing_ids, "") if seen is None else seen)


def _wanted(channel: str, chosen: Iterable[Chosen]) -> tuple[list[_Wanted], int]:
    """What is still so, of what was chosen; and how much is not. An empty stamp means: whatever it is now."""
    by_listing: defaultdict[int, dict[Field, str]] = defaultdict(dict)
    for one in chosen:
        for listing_id, stamp in one.seen.items():
            by_listing[listing_id][one.field] = stamp
    rows = find(channel=channel, listing_ids=list(by_listing), with_missing=True)
    wanted = [
        _Wanted(row, gap)
        for row in rows
        for gap in row.gaps
        if by_listing[row.listing_id].get(gap.field) in {"", gap.stamp}
    ]
    return wanted, sum(map(len, by_listing.values())) - len(wanted)


# --- theirs becomes ours ------------------------------------------------------------------------------------------


@transaction.atomic
def take_all(*, channel: str, chosen: Sequence[Chosen], user: User) -> Settled:
    """Write what the marketplace shows into models, barcodes, cards and pictures, where ours is still what was seen.

    What is written once for a model (its description, say) is taken from the first of its listings. All of it or, where
    a value cannot be taken, nothing. Raises `VariantsRefused`.
    """
    products = Listing.objects.filter(pk__in=[pk for one in chosen for pk in one.seen])
    lock_products(set(products.values_list("variant__product", flat=True)) - {None})
    wanted, passed = _wanted(channel, chosen)
    refused = [f"{one.row.barcode}: {why}" for one in wanted if (why := why_not_take(one.row, one.gap))]
    takeable = [one for one in wanted if not why_not_take(one.row, one.gap)]
    with pghistory.context(user=user.pk):
        _take_products(channel, takeable)
        _take_variants(takeable, user)
        refused += _take_cards(channel, takeable)
        _take_pictures(takeable, user)
    done = len(wanted) - len(refused)
    logger.info("%s differences were settled as %s shows them, by %s", done, channel, user.pk)
    return Settled(done, passed, tuple(refused))


def _of(wanted: Iterable[_Wanted], fields: Collection[Field]) -> dict[int, dict[Field, _Wanted]]:
    """By model, the first difference of each of these fields."""
    found: defaultdict[int, dict[Field, _Wanted]] = defaultdict(dict)
    for one in wanted:
        if one.gap.field in fields:
            found[one.row.product_id].setdefault(one.gap.field, one)
    return found


def _take_products(channel: str, wanted: Sequence[_Wanted]) -> None:
    by_model = _of(wanted, _OF_PRODUCT)
    texts = _descriptions([one[Field.DESCRIPTION] for one in by_model.values() if Field.DESCRIPTION in one])
    titles = _titles(channel, {pk for pk, one in by_model.items() if Field.TITLE in one})
    rows = list(Product.objects.filter(pk__in=by_model))
    names: set[str] = set()
    for product in rows:
        values: dict[str, Any] = {
            str(field): one.gap.theirs
            for field, one in by_model[product.pk].items()
            if field not in {Field.DESCRIPTION, Field.TITLE}
        }
        if Field.DESCRIPTION in by_model[product.pk]:
            values["description"] = texts[by_model[product.pk][Field.DESCRIPTION].row.listing_id]
        if product.pk in titles:
            values["title"] = title_of(titles[product.pk])[:100]
        for name, value in values.items():
            setattr(product, name, value)
        product.updated_at = timezone.now()
        names |= values.keys()
    if names:
        Product.objects.bulk_update(rows, [*sorted(names), "updated_at"], batch_size=500)


def _descriptions(wanted: Sequence[_Wanted]) -> dict[int, str]:
    rows = Listing.objects.filter(pk__in=[one.row.listing_id for one in wanted])
    return dict(rows.values_list("pk", KT("remote__description")))


def _titles(channel: str, products: Collection[int]) -> dict[int, list[tuple[str, str, str]]]:
    """By model, (title there, colour, size) of all its barcodes: what they share is the title of the model."""
    found: defaultdict[int, list[tuple[str, str, str]]] = defaultdict(list)
    rows = Listing.objects.filter(channel=channel, state__in=LISTED, variant__product__in=products)
    for product_id, *told in rows.order_by("barcode").values_list(
        "variant__product", KT("remote__title"), "variant__colour", "variant__size"
    ):
        found[product_id].append((told[0] or "", told[1], told[2]))
    return found


def _take_variants(wanted: Sequence[_Wanted], user: User) -> None:
    """Both prices of a barcode in one change, so that neither is below the other in between."""
    values: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    seen: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for one in wanted:
        if one.gap.field in _OF_VARIANT:
            values[one.row.variant_id][str(one.gap.field)] = one.gap.theirs
            seen[one.row.variant_id][str(one.gap.field)] = one.gap.ours
    changes = [VariantChange(variant_id=pk, values=values[pk], seen=seen[pk]) for pk in sorted(values)]
    if changes:
        change_variants(changes, user=user)


def _take_cards(channel: str, wanted: Sequence[_Wanted]) -> list[str]:
    """Returns what could not be taken."""
    by_model = _of(wanted, _OF_CARD)
    if not by_model:
        return []
    ChannelProduct.objects.bulk_create(
        [ChannelProduct(channel=channel, product_id=pk) for pk in by_model], ignore_conflicts=True
    )
    cards = lock_cards(channel=channel, product_ids=by_model)
    brands, categories = _places(channel, [gap for one in by_model.values() for gap in one.values()])
    titles = _titles(channel, {pk for pk, one in by_model.items() if Field.TITLE in one})
    attributes = _attributes(channel, {pk for pk, one in by_model.items() if Field.ATTRIBUTES in one})
    for pk, card in cards.items():
        found = by_model[pk]
        if Field.BRAND in found:
            card.brand_id = brands[found[Field.BRAND].gap.theirs]
        if Field.CATEGORY in found:
            card.category_id = categories.get(found[Field.CATEGORY].gap.theirs, card.category_id)
        if Field.DELIVERY_DAYS in found:
            card.delivery_days = found[Field.DELIVERY_DAYS].gap.theirs
        if pk in titles:
            card.title_pattern = pattern_of(title_of(titles[pk])[:100], titles[pk])
        if pk in attributes:
            split = split_attributes(attributes[pk])
            card.attributes = split.general
            card.colour_attributes, card.size_attributes = split.by_colour, split.by_size
    names = ["brand", "category", "delivery_days", "title_pattern", "attributes"]
    ChannelProduct.objects.bulk_update(
        list(cards.values()), [*names, "colour_attributes", "size_attributes"], batch_size=500
    )
    text = _("%(barcode)s: category “%(category)s” is not known here yet, read the categories first.")
    return [
        text % {"barcode": one.row.barcode, "category": one.row.theirs.remote.category}
        for one in wanted
        if one.gap.field == Field.CATEGORY and one.gap.theirs not in categories
    ]


def _places(channel: str, wanted: Sequence[_Wanted]) -> tuple[dict[int, int], dict[int, int]]:
    """Our keys by the marketplace's numbers; a brand it names is known from then on."""
    named = {one.gap.theirs: one.row.theirs.remote.brand for one in wanted if one.gap.field == Field.BRAND}
    learn_brands(channel, {number: name or str(number) for number, name in named.items()})
    numbers = [one.gap.theirs for one in wanted if one.gap.field == Field.CATEGORY]
    brands = MarketBrand.objects.filter(channel=channel, remote_id__in=named)
    categories = MarketCategory.objects.filter(channel=channel, leaf=True, remote_id__in=numbers)
    return dict(brands.values_list("remote_id", "pk")), dict(categories.values_list("remote_id", "pk"))


def _attributes(channel: str, products: Collection[int]) -> dict[int, list[Told]]:
    found: defaultdict[int, list[Told]] = defaultdict(list)
    rows = Listing.objects.filter(channel=channel, state__in=LISTED, variant__product__in=products)
    for row in rows.select_related("variant__product").order_by("barcode"):
        if row.variant is not None:
            product, remote = row.variant.product, RemoteSheet.from_json(row.remote)
            told = Told(product.pk, product.title, row.variant.colour, row.variant.size, remote)
            found[product.pk].append(told)
    return found


def _take_pictures(wanted: Sequence[_Wanted], user: User) -> None:
    urls: dict[tuple[int, str], Sequence[str]] = {}
    for one in wanted:
        if one.gap.field == Field.PICTURES:
            urls.setdefault((one.row.product_id, one.row.ours.colour), one.row.theirs.remote.image_urls)
    if urls:
        put_addresses(wanted=urls, user=user, replace=True)


# --- ours is sent -------------------------------------------------------------------------------------------------


def send_all(*, channel: str, chosen: Sequence[Chosen], user: User) -> Settled:
    """Ask the marketplace to show what we have, model by model; what a model is refused does not stop the others."""
    wanted, passed = _wanted(channel, chosen)
    by_model: defaultdict[int, list[_Wanted]] = defaultdict(list)
    for one in wanted:
        by_model[one.row.product_id].append(one)
    done, refused = 0, []
    for product_id, found in sorted(by_model.items()):
        for fields, rows in _alike(found).items():
            try:
                ask_update(
                    channel=channel,
                    product_id=product_id,
                    fields=sorted(fields),
                    variant_ids=sorted(rows),
                    user=user,
                )
            except DomainError as error:
                refused.append(error.message)
            else:
                done += sum(len(fields) for _row in rows)
    return Settled(done, passed, tuple(dict.fromkeys(refused)))


def _alike(wanted: Iterable[_Wanted]) -> dict[frozenset[str], list[int]]:
    """Barcodes by the fields that are sent for them: one message says them all."""
    fields: defaultdict[int, set[str]] = defaultdict(set)
    for one in wanted:
        fields[one.row.variant_id].add(str(one.gap.field))
    found: defaultdict[frozenset[str], list[int]] = defaultdict(list)
    for variant_id, names in fields.items():
        found[frozenset(names)].append(variant_id)
    return found


__all__ = ["Chosen", "Seen", "Settled", "send_all", "send_ours", "take_all", "take_theirs"]
