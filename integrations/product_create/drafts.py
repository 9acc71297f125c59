"""The first page: drafts with what they still need, and models of the range that are to be opened in the same steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.apps import apps
from django.db.models import Count

from catalog.models import Product
from gullu.models import User
from gullu.text import fold
from integrations.product_create.progress import progress_of
from integrations.product_create.steps import Step

MOST_DRAFTS: Final = 50
MOST_FOUND: Final = 20


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as the list shows it. `started_by` empty: nobody knows. `open_steps` is what still needs something."""

    product: Product
    barcodes: int
    started_by: str
    changed_at: datetime
    open_steps: tuple[Step, ...]

    @property
    def next_step(self) -> Step:
        """Where the work goes on."""
        return self.open_steps[0] if self.open_steps else Step.REVIEW


@dataclass(frozen=True, slots=True)
class Drafts:
    """The drafts changed last; `more` is how many there are besides."""

    rows: tuple[Draft, ...]
    more: int


def drafts(*, channel: str) -> Drafts:
    """Newest change first. Eight statements, however many there are."""
    waiting = Product.objects.filter(draft=True)
    products = list(
        waiting.annotate(variant_count=Count("variants")).order_by("-updated_at", "-pk")[:MOST_DRAFTS]
    )
    progress = progress_of(products, channel=channel)
    people = _started_by(products)
    rows = tuple(
        Draft(
            product=product,
            barcodes=product.variant_count,
            started_by=people.get(product.pk, ""),
            changed_at=product.updated_at,
            open_steps=progress[product.pk].open_steps,
        )
        for product in products
    )
    return Drafts(rows, max(waiting.count() - len(rows), 0))


def _started_by(products: Sequence[Product]) -> dict[int, str]:
    """Per model who began it, as its history says."""
    history = apps.get_model("catalog", "ProductHistory")._default_manager  # noqa: SLF001
    began = history.filter(pgh_label="insert", pgh_obj_id__in=[product.pk for product in products])
    users = {
        product: metadata.get("user")
        for product, metadata in began.values_list("pgh_obj_id", "pgh_context__metadata")
        if metadata
    }
    names = {
        row.pk: row.get_full_name() or row.get_username()
        for row in User.objects.filter(pk__in=users.values())
    }
    return {product: names[user] for product, user in users.items() if user in names}


def find_models(text: str) -> list[Product]:
    """Models of the range in which every word is found, by code; nothing for an empty search. One statement."""
    words = text.split()
    rows = Product.objects.filter(draft=False).order_by("code")
    for word in words:
        rows = rows.filter(search_key__contains=fold(word))
    return list(rows[:MOST_FOUND]) if words else []


__all__ = ["MOST_DRAFTS", "MOST_FOUND", "Draft", "Drafts", "drafts", "find_models"]
