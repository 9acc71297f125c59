"""Sending a model to the marketplace, and sending again what failed: each in one transaction, so twice sends once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import transaction

from catalog.writing import finish_draft
from gullu.models import User
from integrations.listing.planning import BEFORE_APPROVAL
from integrations.listing.standing import UNDER_WAY, VariantStanding, standing_of
from integrations.listing.write_errors import NothingFailed
from integrations.listing.writes import Asked, ask_again, ask_create, ask_update
from integrations.models import Listing

_CORRECTED: Final = BEFORE_APPROVAL
"""What a rejected barcode is corrected with: everything that can be."""


@transaction.atomic
def finish_and_send(*, channel: str, product_id: int, user: User) -> Asked:
    """Take the model into the range and list its barcodes; nothing of it when a rule is broken.

    The range comes first: stock of drafts is not offered, and drafts are not listed. Raises the errors of
    `finish_draft` and of `ask_create`.
    """
    finish_draft(product_id=product_id, user=user)
    return ask_create(channel=channel, product_id=product_id, user=user)


@transaction.atomic
def send_failed_again(
    *, channel: str, product_id: int, user: User, variant_ids: Collection[int] | None = None
) -> Asked:
    """Send, as it is now, what the marketplace refused, and what its quality control rejected.

    Raises `NothingFailed`, and the errors of `ask_again` and `ask_update`.
    """
    standing = standing_of(channel=channel, product_id=product_id)
    rows = [row for row in standing.rows if variant_ids is None or row.variant_id in variant_ids]
    failed = sorted({write.write_id for row in rows for write in row.failed})
    rejected = [row.variant_id for row in rows if not row.failed and is_rejected(row)]
    if not failed and not rejected:
        raise NothingFailed
    asked = [ask_again(write_ids=failed, user=user)] if failed else []
    if rejected:
        asked.append(
            ask_update(
                channel=channel, product_id=product_id, fields=_CORRECTED, variant_ids=rejected, user=user
            )
        )
    return Asked(
        tuple(number for one in asked for number in one.message_ids), sum(one.items for one in asked)
    )


def is_rejected(row: VariantStanding) -> bool:
    """Whether quality control rejected it and no correction is on its way."""
    under_way = row.last_write is not None and row.last_write.state in UNDER_WAY
    return row.state == Listing.State.REJECTED and not under_way
