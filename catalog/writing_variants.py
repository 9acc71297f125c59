"""The colours and sizes of a model: barcodes are added, and taken away again while the model is a draft."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product as cross
from typing import Any, Final

import pghistory
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.locks import lock_product, lock_variants
from catalog.models import BarcodeAlias, BundlePart, Product, ProductImage, Variant, default_stock_code
from catalog.new_barcodes import prefix_clashes, take_barcodes
from catalog.writing_errors import (
    BarcodeRefused,
    BarcodeTaken,
    DraftInUse,
    NamesAlike,
    NameTooLong,
    TooManyVariants,
    VariantMadeMeanwhile,
)
from gullu.models import User
from gullu.text import fold

LONGEST_COLOUR: Final = 50
LONGEST_SIZE: Final = 20
LONGEST_BARCODE: Final = 40
LONGEST_STOCK_CODE: Final = 100
# Each is a tick and a field of one form, and a form of a thousand fields is refused.
MOST_NEW: Final = 400
# Contract section 8.4.
_BARCODE: Final = re.compile(r"[A-Za-zÇĞİÖŞÜçğıöşü0-9._-]+")
_OWN_ROWS: Final = frozenset({BarcodeAlias, BundlePart})

Pair = tuple[str, str]
"""Colour and size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantsSet:
    """Barcodes that were added and taken away. `clashes`: added ones that begin like others, with those.

    `bare_pictures`: colours that have pictures and no barcode any more.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    clashes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    bare_pictures: tuple[str, ...] = ()


def tidy(text: str) -> str:
    """A name as it is kept: no spaces around it, single ones inside, and no sign that no database takes."""
    return " ".join(text.replace("\x00", "").split())


@transaction.atomic
def set_variants(
    *,
    product_id: int,
    colours: Sequence[str],
    sizes: Sequence[str],
    user: User,
    pairs: Collection[Pair] | None = None,
    barcodes: Mapping[Pair, str] | None = None,
    seen: Collection[int] | None = None,
) -> VariantsSet:
    """Give a model these colours and sizes: every colour in every size, or the `pairs` among them.

    What is missing is added, with the barcode given in `barcodes` or the next one of the shop's own series. What is not
    wanted is taken away from a draft, where nothing uses it, and stays with any other model. `seen` are the variants
    the person saw: only those can be unwanted. Raises `ProductNotFound`, `NameTooLong`, `NamesAlike`,
    `TooManyVariants`, `BarcodeRefused`, `BarcodeTaken`, `DraftInUse`, `VariantMadeMeanwhile`, `SeriesExhausted`.
    """
    wanted = _wanted(colours, sizes, pairs)
    own = {(tidy(colour), tidy(size)): code.strip() for (colour, size), code in (barcodes or {}).items()}
    product = lock_product(product_id)
    existing = {(row.colour, row.size): row for row in Variant.objects.filter(product=product)}
    new = [pair for pair in wanted if pair not in existing]
    _refuse_names(new, existing)
    if len(new) > MOST_NEW:
        raise TooManyVariants(count=len(new), most=MOST_NEW)
    unwanted = _unwanted(product, existing, frozenset(wanted), seen)
    with pghistory.context(user=user.pk):
        removed = _remove(product, unwanted)
        added = _add(product, new, {pair: own[pair] for pair in new if own.get(pair)})
        if added or removed:
            touch(product)
    return VariantsSet(
        added=tuple(added),
        removed=removed,
        clashes=_clashes([own[pair] for pair in new if own.get(pair)]),
        bare_pictures=_bare_pictures(product, unwanted),
    )


def touch(product: Product) -> None:
    """Lists of drafts say when somebody last worked on one."""
    Product.objects.filter(pk=product.pk).update(updated_at=timezone.now())


def _wanted(colours: Iterable[str], sizes: Iterable[str], pairs: Collection[Pair] | None) -> list[Pair]:
    """Each once, colours and sizes in the order given."""
    allowed = None if pairs is None else {(tidy(colour), tidy(size)) for colour, size in pairs}
    every = cross(filter(None, map(tidy, colours)), filter(None, map(tidy, sizes)))
    return list(dict.fromkeys(pair for pair in every if allowed is None or pair in allowed))


def _unwanted(
    product: Product,
    existing: Mapping[Pair, Variant],
    wanted: Collection[Pair],
    seen: Collection[int] | None,
) -> list[Variant]:
    if not product.draft:
        return []
    return [row for pair, row in existing.items() if pair not in wanted and (seen is None or row.pk in seen)]


# --- names --------------------------------------------------------------------------------------------------------


def _refuse_names(new: Sequence[Pair], existing: Collection[Pair]) -> None:
    for place, most in ((0, LONGEST_COLOUR), (1, LONGEST_SIZE)):
        _refuse_alike([pair[place] for pair in new], [pair[place] for pair in existing], most)


def _refuse_alike(names: Iterable[str], known: Iterable[str], most: int) -> None:
    """A new name that is another one's with other letters (`siyah`, `Siyah`) would be a colour of its own."""
    spelled = {fold(name): name for name in known}
    exact = set(spelled.values()) | set(known)
    for name in names:
        if len(name) > most:
            raise NameTooLong(name=name, most=most)
        other = spelled.setdefault(fold(name), name)
        if name not in exact and other != name:
            raise NamesAlike(name=name, other=other)


# --- adding -------------------------------------------------------------------------------------------------------


def _add(product: Product, pairs: Sequence[Pair], own: Mapping[Pair, str]) -> list[str]:
    if not pairs:
        return []
    _refuse_barcodes(list(own.values()))
    # Taken under the lock of the series, which everybody comes to after the lock of the model.
    fresh = iter(take_barcodes(len(pairs) - len(own)))
    rows = [
        Variant(
            product=product,
            colour=colour,
            size=size,
            barcode=own.get((colour, size)) or next(fresh),
            stock_code=stock_code_of(product.code, colour, size),
        )
        for colour, size in pairs
    ]
    try:
        with transaction.atomic():
            Variant.objects.bulk_create(rows)
    except IntegrityError as error:
        # Somebody made one without the lock of the model: on the page of a single barcode, say.
        raise VariantMadeMeanwhile(product=product.code) from error
    return [row.barcode for row in rows]


def stock_code_of(code: str, colour: str, size: str) -> str:
    """The stock code a new barcode gets. Raises `NameTooLong`."""
    stock_code = default_stock_code(code=code, colour=colour, size=size)
    if len(stock_code) > LONGEST_STOCK_CODE:
        raise NameTooLong(name=stock_code, most=LONGEST_STOCK_CODE)
    return stock_code


def is_barcode(code: str) -> bool:
    """Whether a barcode that somebody chose can be listed."""
    return len(code) <= LONGEST_BARCODE and _BARCODE.fullmatch(code) is not None


def _refuse_barcodes(codes: Sequence[str]) -> None:
    for place, code in enumerate(codes):
        if not is_barcode(code):
            raise BarcodeRefused(barcode=code)
        if code in codes[:place]:
            raise BarcodeTaken(barcode=code, model=code)
    for barcode, model in _owners(codes):
        raise BarcodeTaken(barcode=barcode, model=model)


def _owners(codes: Sequence[str]) -> list[tuple[str, str]]:
    """Whose barcodes or additional barcodes these are, as (barcode, model code)."""
    variants = Variant.objects.filter(barcode__in=codes).values_list("barcode", "product__code")
    aliases = BarcodeAlias.objects.filter(code__in=codes).values_list("code", "variant__product__code")
    return [*variants, *aliases]


def _clashes(codes: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = ((code, tuple(prefix_clashes(code))) for code in codes)
    return tuple((code, others) for code, others in found if others)


# --- taking away --------------------------------------------------------------------------------------------------


def _remove(product: Product, rows: Sequence[Variant]) -> tuple[str, ...]:
    if not rows:
        return ()
    refuse_used(product, rows)
    Variant.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return tuple(row.barcode for row in rows)


def refuse_used(product: Product, rows: Sequence[Variant]) -> None:
    """Lock these barcodes of a draft. Raises `DraftInUse` where anything but their own data names one.

    Asked of every model that points at a variant, so that one nobody thought of here is not passed over.
    """
    locked = {row.pk: row.barcode for row in lock_variants([row.pk for row in rows])}
    used: set[int] = set()
    for relation in Variant._meta.related_objects:  # noqa: SLF001 (the documented way to the relations of a model)
        model: Any = relation.related_model
        name = relation.field.name
        if name == "pgh_obj" or (model in _OWN_ROWS and name != "part"):
            continue
        used |= set(model._base_manager.filter(**{f"{name}__in": locked}).values_list(name, flat=True))  # noqa: SLF001
    if used:
        raise DraftInUse(product=product.code, barcodes=", ".join(sorted(locked[pk] for pk in used)[:10]))


def _bare_pictures(product: Product, unwanted: Sequence[Variant]) -> tuple[str, ...]:
    if not unwanted:
        return ()
    left = Variant.objects.filter(product=product).values("colour")
    rows = ProductImage.objects.filter(product=product).exclude(colour__in=left)
    return tuple(rows.order_by("colour").values_list("colour", flat=True).distinct())


__all__ = [
    "LONGEST_BARCODE",
    "LONGEST_COLOUR",
    "LONGEST_SIZE",
    "MOST_NEW",
    "Pair",
    "VariantsSet",
    "is_barcode",
    "refuse_used",
    "set_variants",
    "stock_code_of",
    "tidy",
    "touch",
]
