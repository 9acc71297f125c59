"""Writing a model down: a draft is started, filled in, finished or thrown away. `set_variants` is the second half.

Each service locks the model first, so that the steps of two people on one model come one after the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final

import pghistory
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from catalog.locks import lock_product
from catalog.models import AgeGroup, Product, ProductImage, Variant, default_stock_code
from catalog.pictures.files import discard_unnamed
from catalog.writing_errors import DraftWithoutVariants, NotADraft, ProductRefused
from catalog.writing_variants import (
    Pair,
    VariantsSet,
    refuse_used,
    set_variants,
    stock_code_of,
    tidy,
    touch,
)
from gullu.models import User
from gullu.text import Fold, fold

# Contract section 8.4.
LONGEST_DESCRIPTION: Final = 30_000
BASICS: Final = (
    "code",
    "title",
    "brand",
    "category",
    "age_group",
    "vat_rate",
    "desi",
    "description",
    "origin",
    "size_chart_id",
    "discontinued",
)
"""What `set_basics` writes."""
_NAMES: Final = frozenset({"code", "title", "brand", "category", "origin"})
_MARK_BYTES: Final = 6
# A changed description is not repeated in a sentence.
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class BasicsSet:
    """The model as it is now, and the names of what is different."""

    product: Product
    changed: tuple[str, ...]


@transaction.atomic
def start_draft(
    *, code: str, title: str, user: User, brand: str = "", age_group: str = AgeGroup.WOMEN
) -> Product:
    """A new model that nobody outside has heard of. Raises `ProductRefused` (also where the code is taken)."""
    product = Product(code=tidy(code), title=tidy(title), brand=tidy(brand), age_group=age_group, draft=True)
    _refuse_wrong(product, ("code", "title", "brand", "age_group"))
    with pghistory.context(user=user.pk):
        _save(partial(product.save, force_insert=True), product)
    return product


@transaction.atomic
def set_basics(
    *, product_id: int, values: Mapping[str, Any], user: User, seen: Mapping[str, str] | None = None
) -> BasicsSet:
    """Write fields of a model; names are those of `BASICS`.

    `seen` are the `marks_of` what the person had before them: what they left as it was stays as it is now, and what
    both they and somebody else changed is refused. The code of a model in the range stays, and a draft's new code goes
    into the stock codes made from the old one. Raises `ProductNotFound`, `ProductRefused`, `NameTooLong`.
    """
    seen = seen or {}
    product = lock_product(product_id)
    wanted = {name: _tidied(name, value) for name, value in values.items()}
    changes = {
        name: value
        for name, value in wanted.items()
        if mark_of(value) != seen.get(name) and getattr(product, name) != value
    }
    _refuse_changed_meanwhile(product, changes, seen)
    if not changes:
        return BasicsSet(product, ())
    old_code = product.code
    if "code" in changes:
        _refuse_new_code(product)
    for name, value in changes.items():
        setattr(product, name, value)
    _refuse_wrong(product, changes)
    with pghistory.context(user=user.pk):
        _save(partial(product.save, update_fields=[*changes, "updated_at"]), product)
        if "code" in changes:
            _rename_stock_codes(product, old_code)
    return BasicsSet(product, tuple(changes))


@transaction.atomic
def finish_draft(*, product_id: int, user: User) -> Product:
    """Take a draft into the range: its stock is offered from now on. Nothing happens to one that is in it already.

    Raises `ProductNotFound`, `DraftWithoutVariants`.
    """
    product = lock_product(product_id)
    if not product.draft:
        return product
    if not Variant.objects.filter(product=product).exists():
        raise DraftWithoutVariants(product=product.code)
    product.draft = False
    with pghistory.context(user=user.pk):
        product.save(update_fields=["draft", "updated_at"])
    return product


@transaction.atomic
def discard_draft(*, product_id: int, user: User) -> None:
    """Throw a draft away, with its barcodes and pictures. Raises `ProductNotFound`, `NotADraft`, `DraftInUse`."""
    product = lock_product(product_id)
    if not product.draft:
        raise NotADraft(product=product.code)
    variants = list(Variant.objects.filter(product=product))
    refuse_used(product, variants)
    images = ProductImage.objects.filter(product=product)
    files = [name for pair in images.values_list("file", "thumb") for name in pair if name]
    with pghistory.context(user=user.pk):
        Variant.objects.filter(product=product).delete()
        product.delete()
    if files:
        # A file that cannot be removed is no reason to show an error: the nightly work removes it.
        transaction.on_commit(partial(discard_unnamed, files), robust=True)


def codes_alike(code: str, *, but: int | None = None) -> list[str]:
    """Codes of other models that read the same whatever the letters (`çiz-1`, `CİZ-1`). `but` is left out."""
    rows = Product.objects.annotate(folded=Fold("code")).filter(folded=fold(code))
    return sorted(name for pk, name in rows.values_list("pk", "code") if pk != but)


def marks_of(product: Product, names: Collection[str] = BASICS) -> dict[str, str]:
    """A short mark of each value, for a page to hand back: see `set_basics`."""
    return {name: mark_of(getattr(product, name)) for name in names}


def mark_of(value: Any) -> str:
    """The same for equal values."""
    text = f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
    return hashlib.blake2b(text.encode(), digest_size=_MARK_BYTES).hexdigest()


# --- what is refused ----------------------------------------------------------------------------------------------


def _tidied(name: str, value: Any) -> Any:
    if name not in BASICS:
        raise KeyError(name)
    if name == "description":
        # Browsers send both signs at the end of a line, and only one is counted while it is typed.
        return str(value).replace("\r\n", "\n")
    return tidy(value) if name in _NAMES else value


def _refuse_wrong(product: Product, names: Collection[str]) -> None:
    wanted = {name.removesuffix("_id") for name in names}
    everything = {field.name for field in Product._meta.concrete_fields}  # noqa: SLF001 (documented)
    problems: dict[str, str] = {}
    try:
        product.clean_fields(exclude=everything - wanted)
    except ValidationError as error:
        problems = {name: found[0] for name, found in error.message_dict.items()}
    if len(product.description) > LONGEST_DESCRIPTION:
        words = {"count": len(product.description), "most": LONGEST_DESCRIPTION}
        problems["description"] = _("The description has %(count)s letters, %(most)s at most.") % words
    if problems:
        raise ProductRefused(problems=problems)


def _refuse_new_code(product: Product) -> None:
    if not product.draft:
        text = _("Model %(code)s is in the range: its code is known outside and stays as it is.")
        raise ProductRefused(problems={"code": text % {"code": product.code}})


def _refuse_changed_meanwhile(product: Product, changes: Collection[str], seen: Mapping[str, str]) -> None:
    text = _("Somebody else changed this meanwhile, it is “%(now)s” now: look at it again.")
    problems = {
        name: text % {"now": _shown(product, name)}
        for name in changes
        if name in seen and mark_of(getattr(product, name)) != seen[name]
    }
    if problems:
        raise ProductRefused(problems=problems)


def _shown(product: Product, name: str) -> str:
    """A value in words: of a list, of another table, or as it is; a dash for nothing."""
    own = name.removesuffix("_id")
    in_words = getattr(product, f"get_{own}_display", None)
    value = in_words() if in_words else getattr(product, own)
    return Truncator(value).chars(_SHOWN) if value not in {None, ""} else "—"


# --- writing ------------------------------------------------------------------------------------------------------


def _save(save: Any, product: Product) -> None:
    """Write the row. Raises `ProductRefused` where its code is another model's, also one written in this moment."""
    try:
        with transaction.atomic():
            save()
    except IntegrityError as error:
        if not Product.objects.filter(code=product.code).exclude(pk=product.pk).exists():
            raise
        text = _("There is a model %(code)s already: take another code, or open that model.")
        raise ProductRefused(problems={"code": text % {"code": product.code}}) from error


def _rename_stock_codes(product: Product, old_code: str) -> None:
    rows = [
        row
        for row in Variant.objects.filter(product=product)
        if row.stock_code == default_stock_code(code=old_code, colour=row.colour, size=row.size)
    ]
    for row in rows:
        row.stock_code = stock_code_of(product.code, row.colour, row.size)
    Variant.objects.bulk_update(rows, ["stock_code"])


__all__ = [
    "BASICS",
    "LONGEST_DESCRIPTION",
    "BasicsSet",
    "Pair",
    "VariantsSet",
    "codes_alike",
    "discard_draft",
    "finish_draft",
    "mark_of",
    "marks_of",
    "set_basics",
    "set_variants",
    "start_draft",
    "touch",
]
