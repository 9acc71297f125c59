"""What a push writes down, before it sends and after it has read the result. Every write is set-wise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from gullu import clock
from integrations.models import Listing
from integrations.trendyol.push.plan import Plan
from integrations.trendyol.push.requests import REPEAT_AFTER, REPEAT_MARGIN, Request
from integrations.trendyol.schemas import BatchResult
from integrations.trendyol.schemas.base import moment
from inventory.enums import PushItemState
from inventory.models import StockPushBatch, StockPushItem, StockPushLog
from orders.enums import Channel

State = StockPushBatch.State


def sent_lately(now: datetime) -> set[str]:
    """Fingerprints of bodies that were sent, or may have been, within the last 15 minutes (`now`: `gullu.clock`).

    A time well ahead was written while the clock of the database was wrong, and says nothing.
    """
    margin = REPEAT_AFTER + REPEAT_MARGIN
    rows = StockPushBatch.objects.filter(sent_at__gte=now - margin, sent_at__lte=now + margin)
    return set(rows.values_list("body_hash", flat=True))


@transaction.atomic
def prepare(push: StockPushLog, request: Request, plan: Plan, *, round_number: int) -> StockPushBatch:
    """Write the request and forget what these barcodes were believed to show: until the result is read, we don't know.

    Committed before sending, so that a process killed at any later point leaves barcodes that are sent again.
    """
    batch = StockPushBatch.objects.create(
        push=push,
        body_hash=request.fingerprint,
        round=round_number,
        computed_at=plan.computed_at,
        sent_at=clock.now(),
    )
    items = StockPushItem.objects.bulk_create(
        StockPushItem(
            batch=batch,
            variant_id=item.variant_id,
            barcode=item.barcode,
            quantity=item.quantity,
            believed=item.believed,
        )
        for item in request.items
    )
    _forget(items)
    return batch


def _forget(items: Sequence[StockPushItem]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO integrations_listing AS l"
            " (channel, barcode, variant_id, state, title, locked_reason, reject_reason, remote, last_push_item_id)"
            " SELECT %s, barcode, variant_id, %s, '', '', '', '{}', item_id"
            " FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) AS i(barcode, variant_id, item_id)"
            " ON CONFLICT (channel, barcode) DO UPDATE SET variant_id = EXCLUDED.variant_id,"
            " last_push_item_id = EXCLUDED.last_push_item_id, remote_quantity = NULL,"
            " quantity_read_at = NULL, quantity_effective_at = NULL",
            [
                Channel.TRENDYOL.value,
                Listing.State.UNKNOWN.value,
                [item.barcode for item in items],
                [item.variant_id for item in items],
                [item.pk for item in items],
            ],
        )


def mark_sent(batch: StockPushBatch, batch_request_id: str) -> None:
    """Keep the batch number before anything else is done."""
    batch.batch_request_id = batch_request_id
    batch.state = State.SENT
    batch.save(update_fields=["batch_request_id", "state"])
    batch.items.update(state=PushItemState.SENT)


@transaction.atomic
def mark_failed(batch: StockPushBatch, reason: str, *, outcome_unknown: bool) -> None:
    """The request as a whole was refused, or nobody knows what became of it."""
    batch.state = State.UNKNOWN if outcome_unknown else State.REFUSED
    batch.error_message = reason
    if not outcome_unknown:
        batch.sent_at = None  # it never counted there, so the same body may be sent again at once
    batch.save(update_fields=["state", "error_message", "sent_at"])
    item_state = PushItemState.UNKNOWN if outcome_unknown else PushItemState.FAILED
    batch.items.update(state=item_state, reason=reason)


@transaction.atomic
def settle(batch: StockPushBatch, result: BatchResult) -> None:
    """Keep the result of every item; what succeeded, and was not sent again since, is now believed."""
    effective_at = moment(result.last_modification_ms) or result.created_at or clock.now()
    _keep_results(batch, result)
    batch.state = State.DONE
    batch.effective_at = effective_at
    batch.save(update_fields=["state", "effective_at"])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integrations_listing AS l SET remote_quantity = i.quantity, quantity_read_at = %s,"
            " quantity_effective_at = %s"
            " FROM inventory_stockpushitem AS i"
            " WHERE i.batch_id = %s AND i.state = %s AND l.last_push_item_id = i.id",
            [batch.computed_at, effective_at, batch.pk, PushItemState.SUCCESS.value],
        )


def _keep_results(batch: StockPushBatch, result: BatchResult) -> None:
    answered = {item.barcode: item for item in result.items}
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_stockpushitem AS i SET state = r.state, reason = r.reason"
            " FROM unnest(%s::text[], %s::text[], %s::text[]) AS r(barcode, state, reason)"
            " WHERE i.batch_id = %s AND i.barcode = r.barcode",
            [
                list(answered),
                [
                    (PushItemState.SUCCESS if item.succeeded else PushItemState.FAILED).value
                    for item in answered.values()
                ],
                ["; ".join(item.failure_reasons).replace("\x00", "") for item in answered.values()],
                batch.pk,
            ],
        )
        cursor.execute(
            "UPDATE inventory_stockpushitem SET state = %s, reason = %s WHERE batch_id = %s AND state = %s",
            [PushItemState.UNKNOWN.value, "not in the result", batch.pk, PushItemState.SENT.value],
        )


def unsettled() -> list[StockPushBatch]:
    """Requests of earlier runs whose result was not read, oldest first."""
    return list(StockPushBatch.objects.filter(state__in=[State.PREPARED, State.SENT]).order_by("pk"))


def overtaken(batch: StockPushBatch) -> None:
    """A late result of an old request: where newer numbers were sent since, nobody knows which came last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integrations_listing AS l SET remote_quantity = NULL"
            " FROM inventory_stockpushitem AS i"
            " WHERE i.batch_id = %s AND l.variant_id = i.variant_id AND l.channel = %s AND l.last_push_item_id > i.id",
            [batch.pk, Channel.TRENDYOL.value],
        )
