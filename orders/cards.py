"""What a picker sees of an order: its articles, where they lie, what was scanned, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from orders.querysets import URGENT_WITHIN


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Time to the agreed date, or since it passed (`late`). Urgent: two hours or less are left."""

    late: bool
    urgent: bool
    days: int
    hours: int
    minutes: int

    @classmethod
    def until(cls, moment: datetime, now: datetime) -> TimeLeft:
        left = moment - now
        minutes = int(abs(left).total_seconds()) // 60
        late = left < timedelta(0)
        return cls(
            late=late,
            urgent=not late and left <= URGENT_WITHIN,
            days=minutes // 1440,
            hours=minutes // 60 % 24,
            minutes=minutes % 60,
        )


class Step(StrEnum):
    """The one next thing to do for an order in hand."""

    SHELF = "SHELF"
    BOX = "BOX"
    CONFIRM = "CONFIRM"
    AGAIN = "AGAIN"
    STUCK = "STUCK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A shelf that holds the article, by the books. `doubtful`: somebody found it empty, and it was not counted yet."""

    shelf_id: int
    code: str
    quantity: int
    route: int
    doubtful: bool

    def __str__(self) -> str:
        return f"{self.code} ({self.quantity})"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCard:
    """One article of an order as the picker sees it. `spots` are in walking order; `scans` are pairs by shelf id."""

    line_id: int
    variant_id: int
    product_id: int
    barcode: str
    model: str
    title: str
    colour: str
    size: str
    wanted: int
    picture: str
    spots: tuple[Spot, ...]
    scans: dict[int, tuple[str, int]] = field(default_factory=dict)

    @property
    def article(self) -> str:
        return f"{self.model} {self.colour} {self.size}"

    @property
    def scanned(self) -> int:
        return sum(quantity for _code, quantity in self.scans.values())

    @property
    def missing(self) -> int:
        """Pairs still to be scanned; negative when the order wants fewer than were scanned."""
        return self.wanted - self.scanned

    @property
    def scanned_from(self) -> list[tuple[str, int]]:
        return sorted(self.scans.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCard:
    """An order to prepare. `lines` are those not taken yet; the claim's person and shelf are those last known."""

    order_id: int
    order_number: str
    customer: str
    carrier: str
    cargo_number: str
    time_left: TimeLeft | None
    holder_id: int | None
    shelf_id: int | None
    shelf_code: str
    lines: tuple[LineCard, ...]

    @property
    def pairs(self) -> int:
        return sum(line.wanted for line in self.lines)

    @property
    def scanned(self) -> int:
        return sum(line.scanned for line in self.lines)

    @property
    def complete(self) -> bool:
        return all(line.missing == 0 for line in self.lines)

    @property
    def too_many(self) -> bool:
        """The order was made smaller after boxes had been scanned."""
        return any(line.missing < 0 for line in self.lines)

    @property
    def open_lines(self) -> list[LineCard]:
        return [line for line in self.lines if line.missing > 0]

    @property
    def first(self) -> LineCard:
        """The line to show large: the first that is not complete."""
        return next(iter(self.open_lines), self.lines[0])

    def left_on(self, *, shelf_id: int, variant_id: int) -> int:
        """Pairs of a variant on a shelf by the books, less those this order took already."""
        own = [line for line in self.lines if line.variant_id == variant_id]
        there = next((spot.quantity for line in own for spot in line.spots if spot.shelf_id == shelf_id), 0)
        return there - sum(line.scans.get(shelf_id, ("", 0))[1] for line in own)

    def step(self) -> Step:
        """What the picker does next, standing at the shelf scanned last."""
        if self.too_many:
            return Step.AGAIN
        if self.complete:
            return Step.CONFIRM
        stops = self.stops()
        if any(spot.shelf_id == self.shelf_id for spot in stops):
            return Step.BOX
        return Step.SHELF if stops else Step.STUCK

    def stops(self) -> list[Spot]:
        """Shelves that hold something still missing, in walking order; those found empty come last."""
        spots = {
            spot.shelf_id: spot
            for line in self.open_lines
            for spot in line.spots
            if self.left_on(shelf_id=spot.shelf_id, variant_id=line.variant_id) > 0
        }
        return sorted(spots.values(), key=lambda spot: (spot.doubtful, spot.route, spot.code))


@dataclass(frozen=True, slots=True)
class Queue:
    """The order in hand and the next ones, most urgent first."""

    current: OrderCard | None
    upcoming: tuple[OrderCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedHere:
    """An article on a shelf that waits for single-pair orders: `orders` of them, `there` pairs on the shelf."""

    model: str
    colour: str
    size: str
    orders: int
    there: int
    time_left: TimeLeft | None

    @property
    def article(self) -> str:
        return f"{self.model} {self.colour} {self.size}"


def articles(lines: Iterable[LineCard]) -> str:
    """`0172 Siyah 38, 0200 Bej 37 × 2`: what is missing of these lines."""
    return ", ".join(
        line.article if line.missing == 1 else f"{line.article} × {line.missing}" for line in lines
    )
