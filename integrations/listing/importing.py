"""Making our own models from what a marketplace lists and is not in the catalogue (the first import of a shop)."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from catalog.taking_in import take_in
from gullu.locks import transaction_lock
from gullu.models import User
from integrations import problems
from integrations.listing.adopting import adopt
from integrations.listing.import_plan import Refused
from integrations.listing.unknown import plan_of, unknown
from integrations.models import SyncProblem
from integrations.progress import Progress, silent
from orders.services import heal_unknown_lines

logger = logging.getLogger(__name__)

LOCK: Final = "integrations.import_listings"
# So many barcodes become products in one transaction, whole models each.
_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Imported:
    """What was made, in models, barcodes, addresses of pictures and cards (`ChannelProduct`).

    `linked` are listings whose barcode was in the catalogue already, `healed` barcodes of waiting orders that found
    their product.
    """

    models: int = 0
    variants: int = 0
    pictures: int = 0
    cards: int = 0
    linked: int = 0
    healed: int = 0
    refused: tuple[Refused, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "models": self.models,
            "variants": self.variants,
            "pictures": self.pictures,
            "cards": self.cards,
            "linked": self.linked,
            "healed": self.healed,
            "refused": len(self.refused),
        }


@dataclass(slots=True)
class _Sum:
    models: int = 0
    variants: int = 0
    pictures: int = 0
    cards: int = 0
    refused: list[Refused] = field(default_factory=list)


def import_listings(
    *,
    channel: str,
    barcodes: Collection[str] | None = None,
    user: User | None = None,
    progress: Progress = silent,
) -> Imported:
    """Take listings whose barcode is unknown here into the catalogue: all of them, or those of `barcodes`.

    They are grouped by the model code the marketplace shows, and none of them becomes a draft. What cannot be taken is
    named in `refused` with its reason; the rest is taken. Quantities are not: stock is counted. Safe to repeat, also at
    the same moment. Each thousand barcodes is a transaction of its own.
    """
    wanted = None if barcodes is None else sorted(set(barcodes))
    linked = _link(channel)
    done = _Sum()
    codes = _codes(channel, wanted)
    total, reached = sum(count for _code, count in codes), 0
    for chunk in _chunks(codes):
        _import([code for code, _count in chunk], channel=channel, barcodes=wanted, user=user, done=done)
        reached += sum(count for _code, count in chunk)
        progress(_("barcodes"), reached, total)
    if done.variants:
        logger.info("%s models with %s barcodes were taken in from %s", done.models, done.variants, channel)
    return Imported(
        models=done.models,
        variants=done.variants,
        pictures=done.pictures,
        cards=done.cards,
        linked=linked,
        healed=_heal(channel) if done.variants or linked else 0,
        refused=tuple(sorted(done.refused, key=lambda row: row.barcode)),
    )


def _codes(channel: str, barcodes: Collection[str] | None) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for code in unknown(channel, barcodes).values_list("code", flat=True):
        counts[code] = counts.get(code, 0) + 1
    return sorted(counts.items())


def _chunks(codes: Sequence[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    chunk: list[tuple[str, int]] = []
    for row in codes:
        if chunk and sum(count for _code, count in chunk) + row[1] > _AT_ONCE:
            yield chunk
            chunk = []
        chunk.append(row)
    if chunk:
        yield chunk


@transaction.atomic
def _import(
    codes: Sequence[str], *, channel: str, barcodes: Collection[str] | None, user: User | None, done: _Sum
) -> None:
    """Look again and write, one import at a time: what another one took meanwhile is no longer unknown."""
    transaction_lock(LOCK)
    planned = plan_of(channel=channel, codes=codes, barcodes=barcodes)
    done.refused += [row for model in planned for row in model.refused]
    models = [model.new for model in planned if model.new]
    if not models:
        return
    taken = take_in(models, user=user)
    _link(channel)
    done.models += taken.models
    done.variants += taken.variants
    done.pictures += taken.pictures
    done.cards += adopt(channel=channel, product_ids=list(taken.products.values())).cards
    text = _("%(barcode)s or its place in the model was taken by somebody else meanwhile: look at it again.")
    done.refused += [
        Refused(barcode, "meanwhile", text % {"barcode": barcode}) for barcode in sorted(taken.left)
    ]


def _link(channel: str) -> int:
    """Let listings point to the variants that have their barcode; returns how many did not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integrations_listing AS listing SET variant_id = variant.id FROM catalog_variant AS variant"
            " WHERE listing.channel = %s AND listing.variant_id IS NULL AND variant.barcode = listing.barcode",
            [channel],
        )
        return int(cursor.rowcount)


def _heal(channel: str) -> int:
    """Order lines that waited for these barcodes find their product, and reserve stock from now on."""
    healed = heal_unknown_lines()
    problems.resolve(SyncProblem.Kind.UNKNOWN_BARCODE, healed, channel=channel)
    return len(healed)


__all__ = ["LOCK", "Imported", "import_listings"]
