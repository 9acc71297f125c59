"""Closed cartons (`seri`): several pairs of one model packed into a box with a barcode, a price and a stock of its own.

A carton on a shelf is one unit of the bundle; the pairs inside are no longer units of their own barcodes. Packing and
opening move both sides in one posting, so that no pair is ever counted twice or lost between the two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.locks import lock_product
from catalog.models import BundlePart, Variant
from gullu.errors import DomainError
from inventory import ledger
from inventory.booking import on_shelves
from inventory.enums import MovementKind
from inventory.errors import InsufficientStock, InvalidQuantity
from inventory.ledger import Entry
from inventory.locks import create_and_lock_central
from inventory.models import CentralStock, Shelf
from inventory.selectors import availability
from inventory.services import require_quantity, require_shelf, require_variant

MOST_IN_A_CARTON = 999
"""Pairs of one barcode in one carton; more is a typing error."""


class NoBundle(DomainError):
    """Data: barcode."""

    code = "no_bundle"
    template = _("%(barcode)s is no bundle: say first which pairs a carton of it holds.")


class BundleInStock(DomainError):
    """Data: barcode, cartons."""

    code = "bundle_in_stock"
    template = _(
        "%(cartons)s of %(barcode)s are in stock: what it holds can change only while there is none, "
        "so open them first."
    )


class PartOfAnotherModel(DomainError):
    """Data: barcode, part."""

    code = "bundle_part_of_another_model"
    template = _(
        "%(part)s cannot lie in carton %(barcode)s: only single pairs of the same model can, and no cartons."
    )


class BundleChanged(DomainError):
    """Data: barcode."""

    code = "bundle_changed"
    template = _("What carton %(barcode)s holds was just changed: look at it and try again.")


class PairsPromised(DomainError):
    """Data: barcode, free, wanted."""

    code = "bundle_pairs_promised"
    template = _(
        "Only %(free)s of %(barcode)s are not promised to customers, %(wanted)s wanted: take fewer cartons."
    )


@dataclass(frozen=True, slots=True)
class BundleChange:
    """What was packed or opened: cartons, the pairs in them, and the cartons in stock afterwards."""

    barcode: str
    cartons: int
    pairs: int
    in_stock: int
    repeated: bool


@transaction.atomic
def set_bundle_parts(*, bundle_id: int, parts: Mapping[int, int]) -> int:
    """Say what a carton holds, as pairs by variant; nothing makes it a single pair again. Returns pairs a carton.

    Raises `BundleInStock` while closed cartons are there, `PartOfAnotherModel`, `InvalidQuantity`.
    """
    create_and_lock_central([bundle_id])
    bundle = Variant.objects.get(pk=bundle_id)
    lock_product(bundle.product_id)
    cartons = CentralStock.objects.values_list("qty", flat=True).get(variant=bundle)
    if cartons:
        raise BundleInStock(barcode=bundle.barcode, cartons=cartons)
    _require_single_pairs(bundle, parts)
    BundlePart.objects.filter(bundle=bundle).delete()
    BundlePart.objects.bulk_create(
        BundlePart(bundle=bundle, part_id=part_id, quantity=quantity)
        for part_id, quantity in sorted(parts.items())
    )
    return sum(parts.values())


def _require_single_pairs(bundle: Variant, parts: Mapping[int, int]) -> None:
    singles = Variant.objects.filter(product_id=bundle.product_id, bundle_parts__isnull=True)
    known = set(singles.exclude(pk=bundle.pk).values_list("pk", flat=True))
    used = BundlePart.objects.filter(part=bundle).exists()
    for part_id, quantity in parts.items():
        if part_id not in known or used:
            part = Variant.objects.filter(pk=part_id).values_list("barcode", flat=True).first()
            raise PartOfAnotherModel(barcode=bundle.barcode, part=part or part_id)
        if not 1 <= quantity <= MOST_IN_A_CARTON:
            raise InvalidQuantity(quantity=quantity, lowest=1, highest=MOST_IN_A_CARTON)


@transaction.atomic
def pack_bundles(
    *,
    barcode: str,
    cartons: int,
    from_shelf: str,
    to_shelf: str,
    user: AbstractBaseUser | None = None,
    key: str | None = None,
) -> BundleChange:
    """Take the pairs of `cartons` cartons off one shelf and put the closed cartons on another (or the same).

    Raises `NoBundle`, `InsufficientStock` (a pair does not lie on that shelf), `PairsPromised` (customers wait for it),
    `UnknownBarcode`, `UnknownShelf`, `ClosedShelf`, `InvalidQuantity`, `KeyReused`.
    """
    source, target = require_shelf(from_shelf, closed_allowed=True), require_shelf(to_shelf)
    return _carry_out(barcode, cartons, bundle_on=target, pairs_on=source, sign=1, user=user, key=key)


@transaction.atomic
def open_bundles(
    *,
    barcode: str,
    cartons: int,
    from_shelf: str,
    to_shelf: str,
    user: AbstractBaseUser | None = None,
    key: str | None = None,
) -> BundleChange:
    """Open `cartons` cartons of one shelf and put their pairs on another (or the same). Raises as `pack_bundles`."""
    source, target = require_shelf(from_shelf, closed_allowed=True), require_shelf(to_shelf)
    return _carry_out(barcode, cartons, bundle_on=source, pairs_on=target, sign=-1, user=user, key=key)


def _carry_out(
    barcode: str, cartons: int, *, bundle_on: Shelf, pairs_on: Shelf, sign: int, user: Any, key: str | None
) -> BundleChange:
    bundle, wanted = require_variant(barcode), require_quantity(cartons, lowest=1)
    parts = _locked_parts(bundle)
    pairs = {part.part: require_quantity(part.quantity * wanted, lowest=1) for part in parts}
    kind = MovementKind.BUNDLE if sign > 0 else MovementKind.UNBUNDLE
    deltas = [(bundle, bundle_on, sign * wanted), *((part, pairs_on, -sign * n) for part, n in pairs.items())]
    entries = [
        Entry(
            variant_id=variant.pk,
            shelf_id=shelf.pk,
            delta=delta,
            kind=kind,
            reference=f"{wanted} × {bundle.barcode}",
            key=f"{key}:{variant.pk}" if key else None,
            actor_id=user.pk if user else None,
        )
        for variant, shelf, delta in deltas
    ]
    posting = ledger.post(entries)
    if not posting.repeated:
        _require_lying(entries)
        _require_unpromised({variant.barcode: -delta for variant, _shelf, delta in deltas if delta < 0})
    in_stock = CentralStock.objects.values_list("qty", flat=True).get(variant=bundle)
    return BundleChange(bundle.barcode, wanted, sum(pairs.values()), in_stock, posting.repeated)


def _locked_parts(bundle: Variant) -> list[BundlePart]:
    """What a carton holds, with all balances of both sides locked in key order."""
    rows = BundlePart.objects.filter(bundle=bundle).select_related("part").order_by("part")
    before = set(rows.values_list("part_id", flat=True))
    if not before:
        raise NoBundle(barcode=bundle.barcode)
    # With the carton's own balance locked nobody can change what it holds.
    create_and_lock_central([bundle.pk, *before])
    parts = list(rows)
    if {part.part_id for part in parts} != before:
        raise BundleChanged(barcode=bundle.barcode)
    return parts


def _require_lying(entries: Sequence[Entry]) -> None:
    """Asked after the posting: boxes in a picker's hands are in the books of their shelf, and cannot be packed."""
    taken = {(entry.variant_id, entry.shelf_id): -entry.delta for entry in entries if entry.delta < 0}
    left = on_shelves({variant_id for variant_id, _shelf in taken})
    for place, pairs in sorted(taken.items()):
        lying = left[place].lying if place in left else 0
        if lying < 0:
            variant, shelf = Variant.objects.get(pk=place[0]), Shelf.objects.get(pk=place[1])
            raise InsufficientStock(
                barcode=variant.barcode, shelf=shelf.code, wanted=pairs, there=pairs + lying
            )


def _require_unpromised(taken: Mapping[str, int]) -> None:
    """Asked after the posting, which is taken back with everything else if it fails."""
    for row in availability(list(taken)):
        free = row.on_hand - row.reserved
        if free < 0:
            raise PairsPromised(
                barcode=row.barcode, free=free + taken[row.barcode], wanted=taken[row.barcode]
            )


# --- reading ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Content:
    """Pairs of one barcode in a carton, and how many of it are free to be packed."""

    part: Variant
    quantity: int
    free: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """A carton: what it holds, how many closed ones are there, and how many more could be packed."""

    variant: Variant
    contents: tuple[Content, ...]
    in_stock: int

    @property
    def pairs(self) -> int:
        return sum(content.quantity for content in self.contents)

    @property
    def packable(self) -> int:
        return min((max(content.free, 0) // content.quantity for content in self.contents), default=0)


def bundles(*, variant_ids: list[int] | None = None, text: str = "") -> list[Bundle]:
    """Bundles with what they hold, by model; two statements."""
    rows = BundlePart.objects.select_related("bundle__product", "part")
    if variant_ids is not None:
        rows = rows.filter(bundle__in=variant_ids)
    if text:
        rows = rows.filter(bundle__product__search_key__contains=text)
    parts: dict[Variant, list[BundlePart]] = {}
    for row in rows.order_by(
        "bundle__product__code", "bundle__colour", "bundle__size", "bundle", "part__size"
    ):
        parts.setdefault(row.bundle, []).append(row)
    barcodes = {row.barcode for row in parts} | {one.part.barcode for own in parts.values() for one in own}
    stock = {row.barcode: row for row in availability(sorted(barcodes))} if barcodes else {}
    return [
        Bundle(
            variant,
            tuple(
                Content(
                    one.part,
                    one.quantity,
                    stock[one.part.barcode].on_hand - stock[one.part.barcode].reserved,
                )
                for one in own
            ),
            stock[variant.barcode].on_hand,
        )
        for variant, own in parts.items()
    ]


__all__ = [
    "Bundle",
    "BundleChange",
    "BundleChanged",
    "BundleInStock",
    "Content",
    "NoBundle",
    "PairsPromised",
    "PartOfAnotherModel",
    "bundles",
    "open_bundles",
    "pack_bundles",
    "set_bundle_parts",
]
