"""The past of the invented shop: what was delivered lately, and a return of every kind."""

from dataclasses import dataclass

from .clock import DAY_MS, HOUR_MS
from .entities import DELIVERED, SHIPPED
from .ordering import LineSpec, OrderSpec
from .shop import Shop

_DELIVERIES = 60
_DAYS = 45


@dataclass(frozen=True, slots=True)
class _Return:
    """`hours` is what is left of the 48 for one that waits, else how long ago the parcel arrived."""

    status: str
    reason_id: int
    note: str
    hours: float
    replacement: bool = False


_RETURNS = (
    _Return("WaitingInAction", 501, "Ayağımı sıktı, bir beden büyük olmalı.", 1.5),
    _Return("WaitingInAction", 551, "Topuğu çıkıyor.", 7),
    _Return("WaitingInAction", 301, "Sol tekin dikişi açık geldi.", 16),
    _Return("WaitingInAction", 401, "", 27),
    _Return("WaitingInAction", 351, "Siyah istedim, taba geldi.", 44),
    _Return("WaitingInAction", 501, "Bir büyük numara ile değişim istiyorum.", 33, replacement=True),
    _Return("Created", 251, "", 0),
    _Return("Created", 651, "Fotoğraftaki gibi parlak değil.", 0),
    _Return("WaitingFraudCheck", 551, "", 2),
    _Return("Unresolved", 301, "Bir kez giydim, tabanı ayrıldı.", 40),
    _Return("InAnalysis", 1651, "Derisi çatladı.", 36),
    _Return("Accepted", 501, "", 12 * 24),
    _Return("Accepted", 701, "İki tane almışım.", 9 * 24),
    _Return("Accepted", 2030, "", 15 * 24),
    _Return("Rejected", 401, "", 14 * 24),
    _Return("Cancelled", 401, "Vazgeçtim, kalsın.", 5 * 24),
)


def tell_story(shop: Shop) -> None:
    """Deliveries of the last weeks, a few parcels under way, and returns in every status."""
    with shop.state.transaction() as now:
        barcodes = sorted(shop.stock())
        delivered = [
            _sell(shop, barcodes[number * 5 % len(barcodes)], now - number * _DAYS * DAY_MS // _DELIVERIES)
            for number in range(_DELIVERIES)
        ]
        for number in range(4):
            _sell(shop, barcodes[number * 11], now - number * 9 * HOUR_MS, status=SHIPPED)
        # From the 20th on they are old enough for every way a return can have gone.
        for package_id, told in zip(delivered[20::2], _RETURNS, strict=False):
            _send_back(shop, package_id, told, now)


def _sell(shop: Shop, barcode: str, at_ms: int, *, status: str = DELIVERED) -> int:
    """A package that got its status then; the shop window has forgotten it."""
    spec = OrderSpec(
        lines=[LineSpec(barcode=barcode)],
        status=status,
        ordered_at_ms=at_ms - 3 * DAY_MS,
        last_modified_ms=at_ms,
        takes_stock=False,
    )
    return shop.ordering.place(spec).package_id


def _send_back(shop: Shop, package_id: int, told: _Return, now: int) -> None:
    waiting = told.status == "WaitingInAction"
    arrived_ms = now - round((48 - told.hours if waiting else told.hours) * HOUR_MS)
    shop.claim(
        package_id,
        reason_id=told.reason_id,
        note=told.note,
        status=told.status,
        claimed_ms=arrived_ms - (2 * DAY_MS if told.hours else DAY_MS),
        arrived_ms=arrived_ms,
        decided_ms=arrived_ms if told.status == "Cancelled" else None,
        replacement=told.replacement,
    )
