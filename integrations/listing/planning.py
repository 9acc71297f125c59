"""Which items have to be said for a model, and why not. Reads only; whoever calls holds `lock_writes`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from catalog.errors import ProductNotFound
from catalog.models import Product, Variant
from integrations.listing.building import Checked, check_product
from integrations.listing.marketplace import Marketplace, marketplace
from integrations.listing.sheets import CategoryRules, Sheet, Violation
from integrations.listing.standing import UNAPPROVED
from integrations.listing.write_errors import (
    AlreadyListed,
    InArchive,
    NoFields,
    NoPrice,
    NotApproved,
    NotChangeable,
    NothingToSend,
    NotListable,
    NotListed,
    PriceBeforeApproval,
    StillDraft,
    UnderWay,
    UnknownVariant,
    WriteRefused,
)
from integrations.listing.writing import Book, Item, Kind, Wanted
from integrations.models import Listing

State = Listing.State

CONTENT_FIELDS: Final = frozenset({"title", "description", "image_urls", "attributes"})
VARIANT_FIELDS: Final = frozenset({"stock_code", "vat_rate", "origin", "desi"})
DELIVERY_FIELDS: Final = frozenset({"delivery_days"})
PRICE_FIELDS: Final = frozenset({"list_price", "sale_price"})
FIXED_FIELDS: Final = frozenset({"product_code", "brand_id", "category_id", "colour", "size"})
"""Changed only until quality control has approved a barcode."""
BEFORE_APPROVAL: Final = CONTENT_FIELDS | VARIANT_FIELDS | DELIVERY_FIELDS | FIXED_FIELDS
AFTER_APPROVAL: Final = CONTENT_FIELDS | VARIANT_FIELDS | DELIVERY_FIELDS | PRICE_FIELDS
ALL_FIELDS: Final = BEFORE_APPROVAL | AFTER_APPROVAL
_LABELS: Final = {
    "product_code": _("Model code"),
    "brand_id": _("Brand"),
    "category_id": _("Category"),
    "colour": _("Colour"),
    "size": _("Size"),
}

Make = Callable[[Sheet], Mapping[str, Any]]


def plan_create(*, channel: str, product_id: int, variant_ids: Collection[int] | None) -> list[Wanted]:
    """List barcodes that are not on the marketplace: all such of the model, or exactly those named.

    Raises `StillDraft`, `AlreadyListed`, `UnderWay`, `NothingToSend`, `NotListable`.
    """
    product = _product(product_id)
    if product.draft:
        raise StillDraft(product=product.code)
    checked = check_product(channel=channel, product_id=product_id, variant_ids=variant_ids)
    _refuse_strangers(checked.sheets, variant_ids)
    book = Book(channel=channel, barcodes=[sheet.barcode for sheet in checked.sheets])
    fresh = [sheet for sheet in checked.sheets if _may_be_listed(sheet, book, named=variant_ids is not None)]
    if not fresh:
        _refuse_nothing(product, checked.sheets, book, Kind.PRODUCT_CREATE)
    violations = _concerning(fresh, checked.violations)
    if violations or checked.category is None:
        raise NotListable(product=product.code, violations=violations)
    category, place = checked.category, marketplace(channel)
    return [_by_barcode(Kind.PRODUCT_CREATE, fresh, lambda sheet: place.create_item(sheet, category))]


def _may_be_listed(sheet: Sheet, book: Book, *, named: bool) -> bool:
    state = book.state(sheet.barcode)
    free = state is None and not book.under_way(Kind.PRODUCT_CREATE, sheet.barcode)
    if named and not free:
        if state is not None:
            raise AlreadyListed(barcode=sheet.barcode, state=state.label)
        book.refuse_under_way(Kind.PRODUCT_CREATE, sheet.barcode)
    return free


def _refuse_nothing(product: Product, sheets: Iterable[Sheet], book: Book, kind: Kind) -> None:
    """Nothing is left: because it is under way, or because there is nothing to do."""
    for sheet in sheets:
        book.refuse_under_way(kind, sheet.barcode)
    raise NothingToSend(product=product.code)


# --- changing -----------------------------------------------------------------------------------------------------


def plan_update(
    *, channel: str, product_id: int, fields: Collection[str], variant_ids: Collection[int] | None
) -> list[Wanted]:
    """Say `fields` of `Sheet` for barcodes that are listed, each by the service for its state.

    Before approval everything is said, whatever the fields. Without `variant_ids` a barcode is left out where none of
    the fields can be changed; a named one is refused. Raises the errors of `write_errors`; ValueError for a field no
    barcode has.
    """
    if unknown := set(fields) - ALL_FIELDS:
        raise ValueError(f"cannot be said of a barcode: {', '.join(sorted(unknown))}")
    product = _product(product_id)
    if not fields:
        raise NoFields(product=product.code)
    checked = check_product(channel=channel, product_id=product_id, variant_ids=variant_ids)
    _refuse_strangers(checked.sheets, variant_ids)
    book = Book(channel=channel, barcodes=[sheet.barcode for sheet in checked.sheets])
    sayable = _sayable(checked.sheets, book, frozenset(fields), named=variant_ids is not None)
    if not sayable:
        raise NothingToSend(product=product.code)
    _refuse_violations(product, checked, sayable, book)
    return list(_changes(sayable, checked, book, marketplace(channel), code=product.code))


Sayable = Mapping[str, tuple[Sheet, frozenset[str]]]
"""By barcode: its sheet, and which of the fields can be changed now."""


def _sayable(
    sheets: Iterable[Sheet], book: Book, fields: frozenset[str], *, named: bool
) -> dict[str, tuple[Sheet, frozenset[str]]]:
    found: dict[str, tuple[Sheet, frozenset[str]]] = {}
    refusal: WriteRefused | None = None
    for sheet in sheets:
        possible = _possible(book.state(sheet.barcode)) & fields
        if possible != fields:
            error = _why_not(sheet.barcode, book.state(sheet.barcode), fields - possible)
            if named:
                raise error
            refusal = refusal or error
        if possible:
            found[sheet.barcode] = (sheet, possible)
    if refusal is not None and not found:
        raise refusal
    return found


def _possible(state: Listing.State | None) -> frozenset[str]:
    if state in UNAPPROVED:
        return BEFORE_APPROVAL
    return AFTER_APPROVAL if state == State.APPROVED else frozenset()


def _why_not(barcode: str, state: Listing.State | None, fields: frozenset[str]) -> WriteRefused:
    if state is None:
        return NotListed(barcode=barcode)
    if state == State.ARCHIVED:
        return InArchive(barcode=barcode)
    if state in UNAPPROVED:
        return PriceBeforeApproval(barcode=barcode)
    return NotChangeable(barcode=barcode, field=", ".join(str(_LABELS[name]) for name in sorted(fields)))


def _refuse_violations(product: Product, checked: Checked, sayable: Sayable, book: Book) -> None:
    """Only what will be said has to keep the rules: before approval that is everything but prices and stock."""
    said = {name: _said(book.state(name), fields) for name, (_sheet, fields) in sayable.items()}
    anything = frozenset[str]().union(*said.values())
    broken = [
        row
        for row in _concerning([sheet for sheet, _fields in sayable.values()], checked.violations)
        if not row.first_only and row.field in (said[row.barcode] if row.barcode else anything)
    ]
    if broken:
        raise NotListable(product=product.code, violations=broken)


def _said(state: Listing.State | None, fields: frozenset[str]) -> frozenset[str]:
    if state in UNAPPROVED:
        return BEFORE_APPROVAL
    return fields | VARIANT_FIELDS if fields & VARIANT_FIELDS else fields


def _changes(
    sayable: Sayable, checked: Checked, book: Book, place: Marketplace, *, code: str
) -> Iterable[Wanted]:
    before = [sheet for sheet, _fields in sayable.values() if book.state(sheet.barcode) in UNAPPROVED]
    after = {name: part for name, part in sayable.items() if book.state(name) == State.APPROVED}
    if before:
        rules = _category(checked, code)
        yield _by_barcode(
            Kind.PRODUCT_UNAPPROVED, before, lambda sheet: place.unapproved_item(sheet, rules), book=book
        )
    if changed := _with(after, CONTENT_FIELDS):
        yield _contents(changed, _category(checked, code), book, place, _asked(after, CONTENT_FIELDS))
    services: tuple[tuple[Kind, frozenset[str], Make], ...] = (
        (Kind.PRODUCT_VARIANT, VARIANT_FIELDS, place.variant_item),
        (Kind.PRODUCT_DELIVERY, DELIVERY_FIELDS, place.delivery_item),
        (Kind.PRODUCT_PRICE, PRICE_FIELDS, place.price_item),
    )
    for kind, names, make in services:
        if changed := _with(after, names):
            yield _by_barcode(kind, changed, make, book=book, fields=_asked(after, names))


def _with(sayable: Sayable, names: frozenset[str]) -> list[Sheet]:
    return [sheet for sheet, fields in sayable.values() if fields & names]


def _asked(sayable: Sayable, names: frozenset[str]) -> list[str]:
    return sorted(frozenset[str]().union(*(fields for _sheet, fields in sayable.values())) & names)


def _category(checked: Checked, code: str) -> CategoryRules:
    """A model that was taken over from the marketplace may have none yet."""
    if checked.category is None:
        raise NotListable(product=code, violations=checked.at("category_id"))
    return checked.category


def _contents(
    sheets: Sequence[Sheet], category: CategoryRules, book: Book, place: Marketplace, fields: list[str]
) -> Wanted:
    """One item for each card, as its first barcode has it."""
    cards: dict[int, Sheet] = {}
    for sheet in sheets:
        content_id = book.content_id(sheet.barcode)
        if content_id is None:
            raise NotApproved(barcode=sheet.barcode)
        cards.setdefault(content_id, sheet)
    for content_id, sheet in cards.items():
        if book.under_way(Kind.PRODUCT_CONTENT, content_id):
            raise UnderWay(barcode=sheet.barcode, what=Kind.PRODUCT_CONTENT.label)
    items = [
        Item(
            body=place.content_item(content_id, sheet, category, fields),
            product_id=sheet.product_id,
            content_id=content_id,
        )
        for content_id, sheet in cards.items()
    ]
    return Wanted(Kind.PRODUCT_CONTENT, items, {"fields": fields})


# --- prices -------------------------------------------------------------------------------------------------------


def plan_prices(*, channel: str, variants: Sequence[Variant], book: Book) -> list[Wanted]:
    """Both prices of these barcodes as they are here now, of any models. Raises the errors of `write_errors`."""
    for variant in variants:
        missing = _possible(book.state(variant.barcode)) & PRICE_FIELDS != PRICE_FIELDS
        if missing:
            raise _why_not(variant.barcode, book.state(variant.barcode), PRICE_FIELDS)
        if variant.list_price is None or variant.sale_price is None:
            raise NoPrice(barcode=variant.barcode)
    place = marketplace(channel)
    sheets = [_price_sheet(variant) for variant in variants]
    return [_by_barcode(Kind.PRODUCT_PRICE, sheets, place.price_item, book=book, fields=sorted(PRICE_FIELDS))]


def _price_sheet(variant: Variant) -> Sheet:
    """As much of a sheet as a price needs: thousands of prices come out of one file, from hundreds of models."""
    return Sheet(
        variant_id=variant.pk,
        product_id=variant.product_id,
        barcode=variant.barcode,
        product_code="",
        colour=variant.colour,
        size=variant.size,
        title="",
        description="",
        stock_code=variant.stock_code,
        brand_id=None,
        category_id=None,
        quantity=0,
        list_price=variant.list_price,
        sale_price=variant.sale_price,
        vat_rate=0,
        desi=None,
        origin="",
        delivery_days=None,
        image_urls=(),
        attributes={},
    )


# --- together -----------------------------------------------------------------------------------------------------


def _by_barcode(
    kind: Kind,
    sheets: Iterable[Sheet],
    make: Make,
    *,
    book: Book | None = None,
    fields: Sequence[str] = (),
) -> Wanted:
    items = []
    for sheet in sheets:
        if book is not None:
            book.refuse_under_way(kind, sheet.barcode)
        items.append(
            Item(
                body=make(sheet),
                product_id=sheet.product_id,
                variant_id=sheet.variant_id,
                barcode=sheet.barcode,
            )
        )
    return Wanted(kind, items, {"fields": list(fields)} if fields else {})


def _product(product_id: int) -> Product:
    product = Product.objects.filter(pk=product_id).first()
    if product is None:
        raise ProductNotFound(product=product_id)
    return product


def _refuse_strangers(sheets: Iterable[Sheet], variant_ids: Collection[int] | None) -> None:
    missing = set(variant_ids or ()) - {sheet.variant_id for sheet in sheets}
    if missing:
        raise UnknownVariant(variant=min(missing))


def _concerning(sheets: Sequence[Sheet], violations: Iterable[Violation]) -> list[Violation]:
    """Rules that these barcodes break, themselves or with their colour or the whole model."""
    barcodes, colours = {sheet.barcode for sheet in sheets}, {sheet.colour for sheet in sheets}
    return [
        row
        for row in violations
        if (row.barcode in barcodes if row.barcode else not row.colour or row.colour in colours)
    ]


__all__ = ["plan_create", "plan_prices", "plan_update"]
