"""Reads for picking: orders as cards with pictures, shelves and what was scanned, in one statement."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from catalog.models import ProductImage
from gullu.text import short_name
from inventory.enums import CountReason, StockState
from inventory.models import CountTask, RafUrun
from orders.cards import LineCard, OrderCard, Queue, Spot, TimeLeft, WantedHere
from orders.claims import free_orders
from orders.compiled import NOW, ORDER, USER, Compiled
from orders.models import Order, OrderLine, PickBatchOrder, PickClaim, PickScan

UPCOMING = 10
_FAR = timedelta(days=36500)


def queue(*, user_id: int, now: datetime) -> Queue:
    """The order this person has in hand with the next ones, most urgent first; one statement."""
    cards = _cards(_queue_statement().run(user_id=user_id, now=now), now=now)
    return Queue(
        current=next((card for card in cards if card.holder_id == user_id), None),
        upcoming=tuple(card for card in cards if card.holder_id != user_id),
    )


def order_card(order_id: int, *, now: datetime) -> OrderCard | None:
    """One order as a card; None when nothing of it is to be taken any more. One statement."""
    return next(iter(_cards(_card_statement().run(order_id=order_id), now=now)), None)


@cache
def _queue_statement() -> Compiled:
    mine = PickClaim.objects.filter(user_id=USER).order_by("claimed_at", "order_id").values("order_id")[:1]
    own_claim = PickClaim.objects.filter(order=OuterRef("pk"), user_id=USER)
    following = free_orders(user_id=USER, now=NOW).filter(~Exists(own_claim)).most_urgent_first()
    return Compiled.of(_lines(Q(order_id__in=mine.union(following.values("pk")[:UPCOMING], all=True))))


@cache
def _card_statement() -> Compiled:
    return Compiled.of(_lines(Q(order_id=ORDER)))


_COLUMNS: Final = (
    "order_id",
    "order__order_number",
    "order__ordered_at",
    "order__ship_by_at",
    "order__customer_first_name",
    "order__customer_last_name",
    "order__cargo_provider",
    "order__cargo_tracking_number",
    "order__claim__user_id",
    "order__claim__shelf_id",
    "order__claim__shelf__code",
    "pk",
    "variant_id",
    "variant__product_id",
    "variant__barcode",
    "variant__product__code",
    "variant__product__title",
    "variant__colour",
    "variant__size",
    "quantity",
)


def _lines(wanted: Q) -> QuerySet[OrderLine, tuple[Any, ...]]:
    picture = ProductImage.objects.filter(
        product=OuterRef("variant__product"), colour=OuterRef("variant__colour")
    ).order_by("position")
    found_empty = CountTask.objects.filter(
        shelf=OuterRef("shelf"), variant=OuterRef("variant"), reason=CountReason.EMPTY, done_at=None
    )
    spots = RafUrun.objects.filter(variant=OuterRef("variant"), adet__gt=0).order_by(
        "shelf__route_order", "shelf__code"
    )
    spot = JSONObject(
        shelf_id="shelf_id",
        code="shelf__code",
        quantity="adet",
        route="shelf__route_order",
        doubtful=Exists(found_empty),
    )
    scan = JSONObject(shelf="shelf_id", code="shelf__code", quantity="quantity")
    # Not "is reserved", so that the lines are found by their order, not among all reserved lines of the shop.
    settled = [state for state in StockState if state != StockState.RESERVED]
    rows = OrderLine.objects.filter(wanted, variant__isnull=False).exclude(stock_state__in=settled)
    return rows.values_list(
        *_COLUMNS,
        Subquery(picture.values("url")[:1]),
        ArraySubquery(spots.values(json=spot)),
        ArraySubquery(PickScan.objects.filter(line=OuterRef("pk")).values(json=scan)),
    )


def _cards(rows: list[tuple[Any, ...]], *, now: datetime) -> list[OrderCard]:
    """Sorted like `OrderQuerySet.most_urgent_first`: an order without an agreed date comes last."""
    ordered = sorted(rows, key=lambda row: (row[3] or now + _FAR, row[2], row[0], row[11]))
    return [_card(list(lines), now) for _order_id, lines in groupby(ordered, key=lambda row: row[0])]


def _card(rows: list[tuple[Any, ...]], now: datetime) -> OrderCard:
    (
        order_id,
        number,
        _ordered_at,
        ship_by_at,
        first,
        last,
        carrier,
        cargo,
        holder_id,
        shelf_id,
        shelf,
        *_line,
    ) = rows[0]
    return OrderCard(
        order_id=order_id,
        order_number=number,
        customer=short_name(first, last),
        carrier=carrier,
        cargo_number=cargo,
        time_left=TimeLeft.until(ship_by_at, now) if ship_by_at else None,
        holder_id=holder_id,
        shelf_id=shelf_id,
        shelf_code=shelf or "",
        lines=tuple(_line_card(row[11:]) for row in rows),
    )


def _line_card(row: tuple[Any, ...]) -> LineCard:
    line_id, variant_id, product_id, barcode, model, title, colour, size, wanted, picture, spots, scans = row
    scanned = [json.loads(scan) for scan in scans]
    return LineCard(
        line_id=line_id,
        variant_id=variant_id,
        product_id=product_id,
        barcode=barcode,
        model=model,
        title=title,
        colour=colour,
        size=size,
        wanted=wanted,
        picture=picture or "",
        spots=tuple(Spot(**json.loads(spot)) for spot in spots),
        scans={scan["shelf"]: (scan["code"], scan["quantity"]) for scan in scanned},
    )


def wanted_on_shelf(*, shelf_id: int, user_id: int, now: datetime) -> list[WantedHere]:
    """Articles on a shelf that single-pair orders wait for, most urgent first; one statement."""
    lines = (
        single_pair_lines(user_id=user_id, now=now)
        .filter(variant__shelf_stock__shelf_id=shelf_id, variant__shelf_stock__adet__gt=0)
        .order_by("order__ship_by_at", "order__ordered_at", "order_id")
        .values_list(
            "variant_id",
            "variant__product__code",
            "variant__colour",
            "variant__size",
            "variant__shelf_stock__adet",
            "order__ship_by_at",
        )
    )
    found: dict[int, WantedHere] = {}
    for variant_id, model, colour, size, there, ship_by_at in lines:
        known = found.get(variant_id)
        found[variant_id] = WantedHere(
            model=model,
            colour=colour,
            size=size,
            there=there,
            orders=known.orders + 1 if known else 1,
            time_left=known.time_left if known else TimeLeft.until(ship_by_at, now) if ship_by_at else None,
        )
    return list(found.values())


def single_pair_lines(*, user_id: int, now: datetime) -> QuerySet[OrderLine]:
    """Lines that are the whole of a free order and want one pair."""
    others = OrderLine.objects.filter(order=OuterRef("order"), stock_state=StockState.RESERVED).exclude(
        pk=OuterRef("pk")
    )
    return OrderLine.objects.filter(
        ~Exists(others),
        order_id__in=free_orders(user_id=user_id, now=now).values("pk"),
        stock_state=StockState.RESERVED,
        quantity=1,
    )


def find_orders(text: str) -> list[Order]:
    """Packages with this order, cargo or package number; those still to be prepared first."""
    rows = Order.objects.filter(
        Q(order_number=text) | Q(cargo_tracking_number=text) | _package(text), superseded=False
    )
    picture = rows.select_related("claim__user").annotate(
        batch_id=Subquery(
            PickBatchOrder.objects.filter(order=OuterRef("pk"), active=True).values("batch_id")[:1]
        )
    )
    return list(picture.order_by(F("picked_at").asc(nulls_first=True), "ship_by_at", "pk")[:UPCOMING])


def _package(text: str) -> Q:
    number = text.isascii() and text.isdecimal() and len(text) <= 18
    return Q(package_id=int(text)) if number else Q(pk__in=[])


__all__ = [
    "TimeLeft",
    "find_orders",
    "order_card",
    "queue",
    "single_pair_lines",
    "wanted_on_shelf",
]
