"""All models on their way to the marketplace, with what is worst about each. Constant statements, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices
from django.db.models.functions import Collate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Product, Variant
from gullu.text import fold
from integrations.models import ChannelProduct, Listing, OutboxMessage, ProductWrite

Write = ProductWrite.State
Kind = OutboxMessage.Kind


class Worst(TextChoices):
    """What is worst about a model, worst first; also the filters of the page."""

    REJECTED = "REJECTED", pgettext_lazy("models on the marketplace", "Refused or rejected")
    WAITING = "WAITING", _("Under way or in quality control")
    MISSING = "MISSING", _("Barcodes are missing there")
    DRAFT = "DRAFT", pgettext_lazy("models on the marketplace", "Drafts")
    FINE = "FINE", _("Complete")


_TONES: Final = {
    Worst.REJECTED: "danger",
    Worst.WAITING: "info",
    Worst.MISSING: "warning",
    Worst.FINE: "success",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A model on the page."""

    product: Product
    worst: Worst

    @property
    def tone(self) -> str:
        """How its label is coloured; empty for a draft."""
        return _TONES.get(self.worst, "")

    @property
    def label(self) -> str | Promise:
        return self.worst.label


# A correction before approval takes the place of the listing that failed (`integrations.listing.standing.theme`).
_LISTING_KINDS: Final = (Kind.PRODUCT_CREATE, Kind.PRODUCT_UNAPPROVED)


def models_of(*, channel: str, worst: str = "", text: str = "") -> QuerySet[Product]:
    """Drafts and models with a card or a listing there, by code; `worst` and `text` narrow it."""
    rows = _flagged(channel)
    for word in fold(text).split():
        rows = rows.filter(search_key__contains=word)
    if worst:
        rows = rows.filter(_conditions()[Worst(worst)])
    return rows.order_by(Collate("code", "C"), "pk")


def row_of(product: Product) -> Row:
    """What is worst about a model of `models_of`."""
    flags = {
        Worst.DRAFT: product.draft,
        Worst.REJECTED: getattr(product, "is_rejected"),  # noqa: B009 (annotated)
        Worst.WAITING: getattr(product, "is_waiting"),  # noqa: B009
        Worst.MISSING: getattr(product, "is_missing"),  # noqa: B009
    }
    return Row(product, next((worst for worst, holds in flags.items() if holds), Worst.FINE))


def _conditions() -> dict[Worst, Q]:
    """Each model is in exactly one of them, but a rejected one that also waits is listed as rejected."""
    done = Q(draft=False)
    rejected, waiting, missing = Q(is_rejected=True), Q(is_waiting=True), Q(is_missing=True)
    return {
        Worst.DRAFT: Q(draft=True),
        Worst.REJECTED: done & rejected,
        Worst.WAITING: done & ~rejected & waiting,
        Worst.MISSING: done & ~rejected & ~waiting & missing,
        Worst.FINE: done & ~rejected & ~waiting & ~missing,
    }


def _flagged(channel: str) -> QuerySet[Product]:
    listings = Listing.objects.filter(channel=channel, variant__product=OuterRef("pk"))
    writes = ProductWrite.objects.filter(message__channel=channel, product=OuterRef("pk"))
    same = Q(barcode=OuterRef("barcode")) & (~Q(barcode="") | Q(content_id=OuterRef("content_id")))
    newer = ProductWrite.objects.filter(same, message__channel=channel, pk__gt=OuterRef("pk"))
    again = Exists(newer.filter(message__kind=OuterRef("message__kind")))
    listed_again = Q(message__kind__in=_LISTING_KINDS) & Q(
        Exists(newer.filter(message__kind__in=_LISTING_KINDS))
    )
    there = Listing.objects.filter(channel=channel, variant=OuterRef("pk")).exclude(
        state__in=[Listing.State.UNKNOWN, Listing.State.MISSING]
    )
    unlisted = Variant.objects.filter(~Exists(there), product=OuterRef("pk"), active=True)
    card = ChannelProduct.objects.filter(channel=channel, product=OuterRef("pk"))
    return Product.objects.annotate(
        is_rejected=Exists(listings.filter(state=Listing.State.REJECTED))
        | Exists(writes.filter(~again, ~listed_again, state__in=[Write.FAILED, Write.UNKNOWN])),
        is_waiting=Exists(listings.filter(state=Listing.State.PENDING))
        | Exists(writes.filter(state__in=[Write.WAITING, Write.SENT, Write.ENTERED])),
        is_missing=Exists(unlisted),
    ).filter(Q(draft=True) | Exists(card) | Exists(listings))
