"""What our models are to look like on a marketplace: one `Sheet` for each barcode, and what is wrong with them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from catalog.errors import NoPublicAddress, ProductNotFound
from catalog.models import Product, ProductImage, Variant
from integrations.listing.choices import category_rules
from integrations.listing.marketplace import marketplace
from integrations.listing.sheets import CategoryRules, Choice, Sheet, Violation
from integrations.listing.together import gather, model_violations
from integrations.models import ChannelProduct, MarketCategory
from inventory.selectors import availability
from inventory.stock_grid import size_order

_PLACEHOLDER = re.compile(r"\{(title|colour|size)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A model as it would be listed, and every rule it breaks; each violation at the place that breaks it.

    A violation without `barcode` concerns all barcodes of its `colour`, one without both the whole model. `category`
    is None while none is chosen.
    """

    sheets: tuple[Sheet, ...]
    violations: tuple[Violation, ...]
    category: CategoryRules | None

    @property
    def ready(self) -> bool:
        return not self.violations

    def at(
        self, field: str, *, attribute_id: int | None = None, colour: str = "", barcode: str = ""
    ) -> tuple[Violation, ...]:
        """What is wrong with one field; `colour` and `barcode` narrow it to what concerns them, too."""
        return tuple(
            found
            for found in self.violations
            if found.field == field
            and attribute_id in (None, found.attribute_id)
            and (not colour or found.colour in ("", colour))
            and (not barcode or found.barcode in ("", barcode))
        )


def sheets_of(*, channel: str, product_id: int, variant_ids: Collection[int] | None = None) -> list[Sheet]:
    """The sheets of a model by colour and size, of its active barcodes or of exactly `variant_ids`.

    Five statements, however many barcodes. A picture that nobody outside can fetch keeps the address our own pages
    show it at; the rules refuse that. Raises `ProductNotFound`.
    """
    return _sheets(_card(channel=channel, product_id=product_id), variant_ids)


def check_product(*, channel: str, product_id: int, variant_ids: Collection[int] | None = None) -> Checked:
    """The model as a new listing, checked by every rule of the marketplace. Seven statements.

    Raises `ProductNotFound`.
    """
    card = _card(channel=channel, product_id=product_id)
    sheets = _sheets(card, variant_ids)
    category = None if card.category is None else category_rules(card.category)
    place = marketplace(channel)
    single = [found for sheet in sheets for found in place.check(sheet, category)]
    unread = _unread(card.category)
    if unread is not None:
        # Nothing can be said about attributes nobody knows.
        single = [found for found in single if found.field != "attributes"]
    of_model = model_violations(sheets, None if unread else category)
    violations = (*gather(sheets, single, category), *([unread] if unread else []), *of_model)
    return Checked(sheets=tuple(sheets), violations=violations, category=category)


def _unread(category: MarketCategory | None) -> Violation | None:
    """The one thing that is wrong with a category whose attributes were never read."""
    if category is None or not category.leaf or category.attributes_read_at is not None:
        return None
    text = _("What category %(name)s asks for was not read yet: have it read from the marketplace.")
    return Violation("category_id", "unread", text % {"name": category.name})


def _card(*, channel: str, product_id: int) -> ChannelProduct:
    """The model's card, an unsaved empty one where nothing was chosen yet."""
    product = Product.objects.filter(pk=product_id).first()
    if product is None:
        raise ProductNotFound(product=product_id)
    cards = ChannelProduct.objects.select_related("brand", "category")
    card = cards.filter(channel=channel, product=product).first() or ChannelProduct(channel=channel)
    card.product = product
    return card


def _sheets(card: ChannelProduct, variant_ids: Collection[int] | None) -> list[Sheet]:
    rows = Variant.objects.filter(product_id=card.product.pk)
    rows = rows.filter(active=True) if variant_ids is None else rows.filter(pk__in=variant_ids)
    variants = sorted(rows, key=lambda row: (row.colour, size_order(row.size), row.pk))
    images = _image_urls(card.product.pk)
    offered = {row.barcode: row.offered for row in availability([row.barcode for row in variants])}
    return [
        _sheet(card, variant, quantity=offered[variant.barcode], image_urls=images[variant.colour])
        for variant in variants
    ]


def _sheet(card: ChannelProduct, variant: Variant, *, quantity: int, image_urls: Iterable[str]) -> Sheet:
    product = card.product
    return Sheet(
        variant_id=variant.pk,
        product_id=product.pk,
        barcode=variant.barcode,
        product_code=product.code,
        colour=variant.colour,
        size=variant.size,
        title=title_for(card.title_pattern, title=product.title, colour=variant.colour, size=variant.size),
        card_title=card_title_for(card.title_pattern, title=product.title, colour=variant.colour),
        description=product.description,
        stock_code=variant.stock_code,
        brand_id=card.brand.remote_id if card.brand else None,
        category_id=card.category.remote_id if card.category else None,
        quantity=quantity,
        list_price=variant.list_price,
        sale_price=variant.sale_price,
        vat_rate=product.vat_rate,
        desi=product.desi,
        origin=product.origin,
        delivery_days=card.delivery_days,
        image_urls=tuple(image_urls),
        attributes=merged_choices(card, colour=variant.colour, size=variant.size),
    )


def title_for(pattern: str, *, title: str, colour: str, size: str) -> str:
    """The title of a barcode. What was filled in is not looked at again, so a brace in a title stays one."""
    words = {"title": title, "colour": colour, "size": size}
    return _PLACEHOLDER.sub(lambda match: words[match[1]], pattern).strip()


def card_title_for(pattern: str, *, title: str, colour: str) -> str:
    """The title of a card, which all sizes of a colour share: the part of the pattern that names the size is left out.

    ``{title} - {colour} - Beden {size}`` makes ``Babet - Siyah``.
    """
    parts = [part for part in pattern.split(" - ") if "{size}" not in part]
    shared = " - ".join(parts) if parts else pattern.replace("{size}", " ")
    return " ".join(title_for(shared, title=title, colour=colour, size="").split())


def merged_choices(card: ChannelProduct, *, colour: str, size: str) -> dict[int, Choice]:
    """What is chosen for a barcode: for the whole model, then for its colour, then for its size."""
    parts = (card.attributes, card.colour_attributes.get(colour), card.size_attributes.get(size))
    return {number: choice for part in parts for number, choice in choices_from(part).items()}


def choices_from(stored: Mapping[str, Any] | None) -> dict[int, Choice]:
    """Typed, out of one of the JSON fields of `ChannelProduct`; nothing for what was left empty."""
    read = {int(number): Choice.from_json(value) for number, value in (stored or {}).items()}
    return {number: choice for number, choice in read.items() if choice}


def _image_urls(product_id: int) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for image in ProductImage.objects.filter(product=product_id).order_by("colour", "position"):
        found[image.colour].append(_address(image))
    return found


def _address(image: ProductImage) -> str:
    try:
        return image.address(public=True)
    except NoPublicAddress:
        return image.url


__all__ = [
    "Checked",
    "card_title_for",
    "check_product",
    "choices_from",
    "merged_choices",
    "sheets_of",
    "title_for",
]
