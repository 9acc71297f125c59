"""What each product write does to the shop window (contract sections 8.4 to 8.8 and 8.13), item by item."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from .attribute_rules import Chosen, Shape, listed_attributes, read_attributes
from .audits import ATTRIBUTE, DESCRIPTION, MEDIA, TITLE, Audits
from .brands import brand_id, brand_names
from .categories import category_id
from .clock import DAY_MS
from .entities import Json, Listing, kurus
from .product_entities import (
    ARCHIVE,
    CREATE,
    DELETE,
    UNLOCK,
    UPDATE_CONTENT,
    UPDATE_DELIVERY,
    UPDATE_UNAPPROVED,
    UPDATE_VARIANT,
    ListedAttribute,
)
from .product_fields import empty_listing, take_over
from .product_payloads import sheet_of
from .product_rules import (
    KNOWN_FIELDS,
    Rules,
    create_violations,
    joined_barcode,
    update_violations,
)
from .quality import QualityControl
from .routing import is_integer
from .state import State

Change = Callable[[Json, str, int], list[str]]
"""(item, batch id, moment) -> why it failed, or nothing."""

_UNKNOWN_BARCODE = "Barkod bulunamadı."
_NOT_APPROVED = "Ürün onaylı değil, bu servis ile güncellenemez."
_NOTHING = "Güncellenecek alan bulunamadı."
_CONTENT_FIELDS = ("title", "description", "images", "attributes")
_IMMUTABLE = ("productMainId", "brandId", "categoryId")
_VARIANT_FIELDS = (
    *("stockCode", "vatRate", "origin", "dimensionalWeight", "locationBasedDelivery", "cargoProviders"),
    *("channels", "shipmentAddressId", "returningAddressId", "lotNumber"),
)
# What the listing shows and a full send therefore can repeat; addresses and lot numbers are told nowhere.
_VARIANT_FULL = _VARIANT_FIELDS[:7]
_NOT_UPDATED = frozenset({"barcode", "quantity", "listPrice", "salePrice"})


class ProductChanges:
    """Judges an item by the shop as it is now and lets it take effect now."""

    def __init__(self, state: State, *, quality: QualityControl, audits: Audits) -> None:
        self._state = state
        self._quality = quality
        self._audits = audits
        self.by_kind: dict[str, Change] = {
            CREATE: self._create,
            UPDATE_UNAPPROVED: self._update_unapproved,
            UPDATE_CONTENT: self._update_content,
            UPDATE_VARIANT: self._update_variant,
            UPDATE_DELIVERY: self._update_delivery,
            ARCHIVE: self._archive,
            DELETE: self._delete,
            UNLOCK: self._unlock,
        }

    def rules(self, kind: str) -> Rules:
        """What items of that kind of write are checked against. The shapes follow contract section 8.4."""
        quirks = self._state.config.quirks
        shape = {CREATE: Shape.SINGULAR, UPDATE_CONTENT: Shape.PLURAL}.get(kind, Shape.ANY)
        if "attributes_swapped" in quirks:
            shape = {CREATE: Shape.PLURAL, UPDATE_CONTENT: Shape.SINGULAR}.get(kind, Shape.ANY)
        return Rules(
            brand_ids=self._brands(),
            shape=Shape.ANY if "attributes_any_shape" in quirks else shape,
            stock_code_required="stock_code_required" in quirks,
        )

    def _brands(self) -> Mapping[int, str]:
        return brand_names(self._state.brands)

    # -- creating -----------------------------------------------------------------------------------

    def _create(self, item: Json, batch_id: str, at_ms: int) -> list[str]:
        reasons = [violation.message for violation in create_violations(item, self.rules(CREATE))]
        barcode = joined_barcode(item.get("barcode"))
        if barcode in self._state.listings:
            reasons.append(f"{barcode} barkodlu ürün zaten mevcut.")
        self._warn_about(item, KNOWN_FIELDS)
        if reasons:
            return reasons
        listing = empty_listing(barcode, variant_id=self._state.next_id("variant"), at_ms=at_ms)
        listing.sale_price, listing.list_price = kurus(item["salePrice"]), kurus(item["listPrice"])
        take_over(listing, item, brands=self._brands(), attributes=self._listed(item, item["categoryId"]))
        self._state.mark_listing(listing)
        self._state.change_stock(listing, item["quantity"], cause=f"create {batch_id}", at_ms=at_ms)
        self._quality.start(listing, at_ms=at_ms)
        return []

    def _listed(self, item: Json, category: int) -> list[ListedAttribute] | None:
        if item.get("attributes") is None:
            return None
        chosen, _ = read_attributes(item["attributes"], Shape.ANY)
        return listed_attributes(category, chosen)

    # -- updating -----------------------------------------------------------------------------------

    def _update_unapproved(self, item: Json, _batch_id: str, at_ms: int) -> list[str]:
        listing = self._listing(item)
        if listing is None:
            return [_UNKNOWN_BARCODE]
        if listing.approved:
            return ["Ürün onaylı, onaylı ürün güncelleme servisini kullanınız."]
        self._warn_about(item, (KNOWN_FIELDS - _NOT_UPDATED) | {"barcode"})
        own = item.get("categoryId") or category_id(listing.category)
        fields = {name: item[name] for name in KNOWN_FIELDS - _NOT_UPDATED if name in item}
        found = update_violations(fields, self.rules(UPDATE_UNAPPROVED), category_id=own)
        if found or not fields:
            return [violation.message for violation in found] or [_NOTHING]
        if own != category_id(listing.category) and "attributes" not in fields:
            return ["Kategori değişince özellikler de gönderilmelidir."]
        take_over(listing, fields, brands=self._brands(), attributes=self._listed(fields, own))
        listing.modified_ms = at_ms
        self._quality.start(listing, at_ms=at_ms)
        return []

    def _update_content(self, item: Json, batch_id: str, at_ms: int) -> list[str]:
        variants = self._variants(item.get("contentId"))
        if not variants:
            return ["İçerik bulunamadı."]
        first = variants[0]
        fields = {name: item[name] for name in _CONTENT_FIELDS if item.get(name) is not None}
        own = category_id(first.category)
        rules = self.rules(UPDATE_CONTENT)
        self._warn_about(item, {"contentId", "barcode", *_CONTENT_FIELDS, *_IMMUTABLE})
        reasons = _immutable_problems(item, first) + [
            violation.message
            for violation in update_violations(fields, rules, category_id=own, required=False)
        ]
        chosen, _ = read_attributes(fields.get("attributes") or [], rules.shape)
        if not reasons and "attributes" in fields:
            reasons = _kept_problems(variants, listed_attributes(own, chosen))
        if reasons or not fields:
            return reasons or [_NOTHING]
        changes = _content_changes(fields, first, category=own, chosen=chosen)
        self._audits.open(first, batch_id=batch_id, changes=changes, at_ms=at_ms)
        return []

    def _update_variant(self, item: Json, _batch_id: str, at_ms: int) -> list[str]:
        listing = self._listing(item)
        if listing is None or not listing.approved:
            return [_UNKNOWN_BARCODE if listing is None else _NOT_APPROVED]
        self._warn_about(item, {"barcode", *_VARIANT_FIELDS})
        fields = {name: item[name] for name in _VARIANT_FIELDS if name in item}
        missing = [name for name in _VARIANT_FULL if name not in item]
        if missing and "partial_variant_update" not in self._state.config.quirks:
            return [f"Eksik alan: {', '.join(missing)}. Tüm alanlar birlikte gönderilmelidir."]
        found = update_violations(fields, self.rules(UPDATE_VARIANT), category_id=None)
        if found or not fields:
            return [violation.message for violation in found] or [_NOTHING]
        take_over(listing, fields, brands=self._brands(), attributes=None)
        return self._changed(listing, at_ms)

    def _update_delivery(self, item: Json, _batch_id: str, at_ms: int) -> list[str]:
        listing = self._listing(item)
        if listing is None:
            return [_UNKNOWN_BARCODE]
        options = item.get("deliveryOptions")
        if not isinstance(options, dict) or not is_integer(options.get("deliveryDuration")):
            return ["deliveryOptions.deliveryDuration alanı zorunludur."]
        option = {"deliveryOption": options}
        found = update_violations(option, self.rules(UPDATE_DELIVERY), category_id=None)
        if found:
            return [violation.message for violation in found]
        take_over(listing, option, brands=self._brands(), attributes=None)
        return self._changed(listing, at_ms)

    # -- archive, delete, unlock --------------------------------------------------------------------

    def _archive(self, item: Json, _batch_id: str, at_ms: int) -> list[str]:
        listing, archived = self._listing(item), item.get("archived")
        if listing is None:
            return [_UNKNOWN_BARCODE]
        if not isinstance(archived, bool):
            return ["archived alanı zorunludur."]
        if archived != listing.archived:
            listing.archived, listing.archived_ms = archived, at_ms if archived else None
        return self._changed(listing, at_ms)

    def _delete(self, item: Json, batch_id: str, at_ms: int) -> list[str]:
        listing = self._listing(item)
        if listing is None:
            return [_UNKNOWN_BARCODE]
        if listing.approved:
            if listing.blacklisted:
                return ["Trendyol tarafından satışı durdurulan ürün silinemez."]
            if not listing.archived:
                return ["Onaylı ürün arşivlenmeden silinemez."]
            if at_ms - (listing.archived_ms or listing.modified_ms) <= DAY_MS:
                return ["Ürün arşivlendikten sonra bir günden fazla geçmeden silinemez."]
        self._state.change_stock(listing, -listing.quantity, cause=f"delete {batch_id}", at_ms=at_ms)
        self._state.drop_listing(listing)
        return []

    def _unlock(self, item: Json, _batch_id: str, at_ms: int) -> list[str]:
        listing = self._listing(item)
        if listing is None:
            return [_UNKNOWN_BARCODE]
        listing.locked, listing.locked_ms = False, None
        return self._changed(listing, at_ms)

    # -- together -----------------------------------------------------------------------------------

    def _listing(self, item: Json) -> Listing | None:
        """By the exact key: a barcode that was sent with a space is not found (contract section 13, 28)."""
        barcode = item.get("barcode")
        return self._state.listings.get(barcode) if isinstance(barcode, str) else None

    def _variants(self, content_id: Any) -> list[Listing]:
        if not is_integer(content_id):
            return []
        return [x for x in self._state.listings.values() if x.approved and x.content_id == content_id]

    def _changed(self, listing: Listing, at_ms: int) -> list[str]:
        listing.modified_ms = at_ms
        self._state.mark_listing(listing)
        return []

    def _warn_about(self, item: Json, known: Iterable[str]) -> None:
        """Fields that Trendyol ignores, such as those of its first product service."""
        for name in item.keys() - set(known):
            self._state.warnings[f"ignored_product_field:{name[:50]}"] += 1


def _immutable_problems(item: Json, first: Listing) -> list[str]:
    current = {
        "productMainId": first.product_main_id,
        "brandId": brand_id(first.brand),
        "categoryId": category_id(first.category),
    }
    return [
        f"Onaylı üründe {name} değiştirilemez."
        for name in _IMMUTABLE
        if item.get(name) is not None and item[name] != current[name]
    ]


def _kept_problems(variants: list[Listing], sent: list[ListedAttribute]) -> list[str]:
    """Whoever changes one attribute sends them all; slicer and varianter values stay (contract section 8.6)."""
    current = [part for variant in variants for part in sheet_of(variant).attributes]
    fixed = {
        part.attribute_id: {x.text for x in current if x.attribute_id == part.attribute_id}
        for part in sent
        if part.slicer or part.varianter
    }
    changed = [part.name for part in sent if {part.text} != fixed.get(part.attribute_id, {part.text})]
    missing = dict.fromkeys(
        part.name
        for part in current
        if not part.varianter and part.attribute_id not in {x.attribute_id for x in sent}
    )
    reasons = [f"{name} özelliği onaylı üründe değiştirilemez." for name in changed]
    return reasons + [f"Tüm özellikler birlikte gönderilmelidir, eksik: {name}" for name in missing]


def _content_changes(
    fields: Json, first: Listing, *, category: int, chosen: list[Chosen]
) -> dict[str, tuple[Any, Any]]:
    """Audit kind -> (changed, existing), for what was sent."""
    sheet = sheet_of(first)
    changes: dict[str, tuple[Any, Any]] = {}
    if "title" in fields:
        changes[TITLE] = (fields["title"], first.title)
    if "description" in fields:
        changes[DESCRIPTION] = (fields["description"], sheet.description)
    if "images" in fields:
        changes[MEDIA] = ([image["url"] for image in fields["images"]], list(sheet.images))
    if "attributes" in fields:
        new = listed_attributes(category, chosen)
        changes[ATTRIBUTE] = (_plain(new), _plain(sheet.attributes))
    return changes


def _plain(attributes: list[ListedAttribute]) -> list[Json]:
    return [asdict(attribute) for attribute in attributes if not attribute.varianter]
