"""What follows here from a product write that Trendyol carried out. Safe to repeat; nobody is asked anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from integrations.listing.locks import lock_listings
from integrations.listing.standing import NOT_THERE, UNAPPROVED
from integrations.listing.writing import exact
from integrations.models import Listing, OutboxMessage, ProductWrite
from integrations.trendyol.mapping import clean
from orders.enums import Channel

Kind = OutboxMessage.Kind
State = Listing.State
Writes = Sequence[ProductWrite]
Known = Mapping[str, Listing]
"""Our listings by barcode, locked."""
Effect = Callable[[Writes, Known], None]


def carry_over(kind: str, writes: Writes) -> None:
    """Bring our listings in line with what was done. Call it in a transaction."""
    effect = _EFFECTS.get(kind)
    if effect is None or not writes:
        return
    ordered = sorted(writes, key=lambda row: row.barcode)
    effect(ordered, lock_listings(channel=Channel.TRENDYOL, barcodes=[row.barcode for row in ordered]))
    # A reading that began before knows less.
    _rows(ordered).update(seen_at=timezone.now())


def _rows(writes: Writes) -> QuerySet[Listing, Listing]:
    return Listing.objects.filter(channel=Channel.TRENDYOL, barcode__in=[row.barcode for row in writes])


def _created(writes: Writes, known: Known) -> None:
    """They wait for quality control. What was believed of an earlier listing of the barcode holds no more."""
    new = [row for row in writes if row.barcode not in known or known[row.barcode].state in NOT_THERE]
    rows = [
        Listing(
            channel=Channel.TRENDYOL,
            barcode=row.barcode,
            variant_id=row.variant_id,
            state=State.PENDING,
            title=clean(str(row.body.get("title") or ""), 300),
            sale_price=_amount(row.body.get("salePrice")),
            list_price=_amount(row.body.get("listPrice")),
        )
        for row in new
    ]
    Listing.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["channel", "barcode"],
        update_fields=[
            "variant",
            "state",
            "content_id",
            "title",
            "on_sale",
            "locked_reason",
            "reject_reason",
            "sale_price",
            "list_price",
            "remote",
            "remote_quantity",
        ],
    )


def _corrected(writes: Writes, known: Known) -> None:
    """Quality control looks again."""
    titles = {row.barcode: clean(str(row.body.get("title") or ""), 300) for row in writes}
    rows = [row for row in known.values() if row.state in UNAPPROVED]
    for row in rows:
        row.state, row.reject_reason = State.PENDING, ""
        row.title = titles[row.barcode] or row.title
    Listing.objects.bulk_update(rows, ["state", "reject_reason", "title"], batch_size=200)


def _told(names: Mapping[str, str]) -> Effect:
    """What the listing shows is what was sent; `names` are Trendyol's, ours are those of `RemoteSheet`."""

    def effect(writes: Writes, known: Known) -> None:
        said = {row.barcode: _flat(row.body) for row in writes}
        # Where nothing was read yet, a part of it would pass for all of it.
        rows = [row for row in known.values() if row.remote]
        for row in rows:
            body = said[row.barcode]
            new = {ours: body[theirs] for theirs, ours in names.items() if body.get(theirs) is not None}
            row.remote = {**row.remote, **new}
        Listing.objects.bulk_update(rows, ["remote"], batch_size=200)

    return effect


def _flat(body: Mapping[str, Any]) -> dict[str, Any]:
    desi = _amount(body.get("dimensionalWeight"))
    weight = {} if desi is None else {"dimensionalWeight": f"{desi.normalize():f}"}
    return {**body, **(body.get("deliveryOptions") or {}), **weight}


def _priced(writes: Writes, _known: Known) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integrations_listing AS l SET sale_price = p.sale, list_price = p.list"
            " FROM unnest(%s::text[], %s::numeric[], %s::numeric[]) AS p(barcode, sale, list)"
            " WHERE l.channel = %s AND l.barcode = p.barcode",
            [
                [row.barcode for row in writes],
                [_amount(row.body.get("salePrice")) for row in writes],
                [_amount(row.body.get("listPrice")) for row in writes],
                Channel.TRENDYOL.value,
            ],
        )


def _archived(writes: Writes, _known: Known) -> None:
    """What is brought back shows a stock nobody knows: the next push says it."""
    put_away = [row for row in writes if row.body["archived"]]
    back = [row for row in writes if not row.body["archived"]]
    _rows(put_away).update(state=State.ARCHIVED, on_sale=False, remote_quantity=None)
    _rows(back).update(state=State.APPROVED, on_sale=None, remote_quantity=None)


def _unlocked(writes: Writes, _known: Known) -> None:
    _rows(writes).update(locked_reason="")


def _deleted(writes: Writes, _known: Known) -> None:
    _rows(writes).update(
        state=State.MISSING,
        content_id=None,
        on_sale=None,
        reject_reason="",
        locked_reason="",
        remote={},
        remote_quantity=None,
    )


def _amount(value: Any) -> Decimal | None:
    return None if value is None else Decimal(exact(value))


_EFFECTS: Final[Mapping[str, Effect]] = {
    Kind.PRODUCT_CREATE: _created,
    Kind.PRODUCT_UNAPPROVED: _corrected,
    Kind.PRODUCT_VARIANT: _told(
        {
            "stockCode": "stock_code",
            "vatRate": "vat_rate",
            "origin": "origin",
            "dimensionalWeight": "desi",
        }
    ),
    Kind.PRODUCT_DELIVERY: _told({"deliveryDuration": "delivery_days"}),
    Kind.PRODUCT_PRICE: _priced,
    Kind.PRODUCT_ARCHIVE: _archived,
    Kind.PRODUCT_UNLOCK: _unlocked,
    Kind.PRODUCT_DELETE: _deleted,
}

__all__ = ["carry_over"]
