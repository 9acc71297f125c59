"""How barcodes stand on the marketplace, as people read it: one word for each, how many there are, what is to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Product
from gullu.text import fold
from integrations.listing.standing import Standing, VariantStanding
from integrations.models import Listing, OutboxMessage, ProductWrite
from integrations.product_create.shell import step_url
from integrations.product_create.steps import Step

State = ProductWrite.State


class Stage(Enum):
    """Where a barcode is, from what needs a person to what is done."""

    REFUSED = "REFUSED"
    REJECTED = "REJECTED"
    WAITING = "WAITING"
    SENT = "SENT"
    QUALITY = "QUALITY"
    APPROVED = "APPROVED"
    ARCHIVED = "ARCHIVED"
    NEW = "NEW"

    @property
    def words(self) -> Promise:
        return _WORDS[self]


_WORDS: Final[Mapping[Stage, Promise]] = {
    Stage.REFUSED: pgettext_lazy("product write", "Refused"),
    Stage.REJECTED: _("Rejected by quality control"),
    Stage.WAITING: _("Waiting to be sent"),
    Stage.SENT: _("Sent, result not read"),
    Stage.QUALITY: _("In quality control"),
    Stage.APPROVED: _("On Trendyol"),
    Stage.ARCHIVED: pgettext_lazy("listing", "Archived"),
    Stage.NEW: _("Never sent"),
}
_OF_LISTING: Final[Mapping[str, Stage]] = {
    Listing.State.REJECTED: Stage.REJECTED,
    Listing.State.PENDING: Stage.QUALITY,
    Listing.State.APPROVED: Stage.APPROVED,
    Listing.State.ARCHIVED: Stage.ARCHIVED,
}
_OF_WRITE: Final[Mapping[str, Stage]] = {State.WAITING: Stage.WAITING, State.SENT: Stage.SENT}


def stage_of(row: VariantStanding) -> Stage:
    """What is under way comes before what was; a listing that succeeded and was not read yet is in quality control."""
    last = row.last_write
    if last is not None and last.state in _OF_WRITE:
        return _OF_WRITE[last.state]
    if row.failed:
        return Stage.REFUSED
    if row.state is not None and row.state in _OF_LISTING:
        return _OF_LISTING[row.state]
    taken = (
        last is not None and last.kind == OutboxMessage.Kind.PRODUCT_CREATE and last.state == State.SUCCESS
    )
    return Stage.QUALITY if taken else Stage.NEW


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was refused, in the marketplace's own words, and the step that is likely to mend it."""

    text: str
    step: Step
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """A barcode on the page. `locked` is why the marketplace locked it."""

    row: VariantStanding
    stage: Stage
    reasons: tuple[Reason, ...]
    locked: str


def lines_of(product: Product, standing: Standing, locked: Mapping[str, str]) -> list[Line]:
    """All barcodes; `locked` by barcode."""
    return [_line(product, row, locked.get(row.barcode, "")) for row in standing.rows]


def _line(product: Product, row: VariantStanding, locked: str) -> Line:
    stage = stage_of(row)
    texts: list[str] = []
    if stage is Stage.REFUSED:
        texts += [text for write in row.failed for text in write.reasons]
    if stage in {Stage.REFUSED, Stage.REJECTED}:
        texts += row.reject_reasons if row.state == Listing.State.REJECTED else ()
    return Line(row, stage, tuple(reason_of(product, text) for text in dict.fromkeys(texts)), locked)


# What a reason names first decides: folded words, as the marketplace writes them today.
_MENDED_AT: Final[Sequence[tuple[str, Step, str]]] = (
    ("gorsel", Step.PICTURES, ""),
    ("resim", Step.PICTURES, ""),
    ("barkod", Step.VARIANTS, ""),
    ("ozelli", Step.LISTING, "attributes"),
    ("beden", Step.LISTING, "attributes"),
    ("renk", Step.LISTING, "attributes"),
    ("reng", Step.LISTING, "attributes"),
    ("kategori", Step.LISTING, "category"),
    ("marka", Step.LISTING, "brand"),
    ("urun adi", Step.LISTING, "id_title_pattern"),
    ("baslik", Step.LISTING, "id_title_pattern"),
    ("aciklama", Step.MODEL, "id_description"),
    ("mense", Step.LISTING, "attributes"),
    ("kdv", Step.MODEL, "id_vat_rate"),
    ("fiyat", Step.PRICES, ""),
    ("desi", Step.PRICES, "id_desi"),
)


def reason_of(product: Product, text: str) -> Reason:
    """With the step it is mended at; where the words say nothing, the last one, which checks everything."""
    words = fold(text)
    places = [(words.index(word), step, anchor) for word, step, anchor in _MENDED_AT if word in words]
    _place, step, anchor = min(places, key=lambda place: place[0], default=(0, Step.REVIEW, ""))
    address = step_url(product, step)
    return Reason(text, step, f"{address}#{anchor}" if anchor else address)


# --- in all -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Total:
    """Barcodes of one stage; `left` and `width` are its piece of a bar that is 100 long, as SVG writes numbers."""

    stage: Stage
    count: int
    left: str
    width: str


def totals_of(lines: Sequence[Line]) -> list[Total]:
    """Every stage there is, in order."""
    counts = Counter(line.stage for line in lines)
    totals: list[Total] = []
    before = 0
    for stage in Stage:
        if count := counts[stage]:
            share = 100 / len(lines)
            totals.append(Total(stage, count, f"{before * share:.2f}", f"{count * share:.2f}"))
            before += count
    return totals


__all__ = ["Line", "Reason", "Stage", "Total", "lines_of", "reason_of", "stage_of", "totals_of"]
