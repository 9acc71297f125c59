"""Packages move on by themselves: the carrier scans, delivers, brings back."""

import random

from .entities import (
    AT_COLLECTION_POINT,
    AWAITING,
    CREATED,
    DELIVERED,
    INVOICED,
    LEGAL_MOVES,
    PICKING,
    RETURNED,
    SHIPPED,
    UNDELIVERED,
    Package,
)
from .errors import package_not_updatable
from .state import State


class Ageing:
    """The only writer of a package's status."""

    def __init__(self, state: State) -> None:
        self._state = state
        state.on_due("package", self._due)

    def move(self, package: Package, status: str, *, at_ms: int) -> None:
        """Take one legal step, write history and lastModifiedDate (strictly rising), plan the next step.

        Raises Refusal (package not updatable) when contract section 5.6 does not allow it.
        """
        if status not in LEGAL_MOVES[package.status]:
            raise package_not_updatable()
        if package.status == AWAITING and status == CREATED:
            package.origin_shipment_ms = at_ms - 6
        package.status = status
        self.touch(package, at_ms=at_ms)
        package.histories.append((package.last_modified_ms, status))
        self.plan(package, at_ms)
        self._state.mark_package(package)

    def touch(self, package: Package, *, at_ms: int) -> None:
        """A modification that is not a status change."""
        package.last_modified_ms = max(at_ms, package.last_modified_ms + 1)
        self._state.mark_package(package)

    def plan(self, package: Package, from_ms: int) -> None:
        """Decide what happens to it next without anybody asking."""
        status, seconds = self._next(package)
        package.due_status = status
        package.due_ms = None if seconds is None else from_ms + round(seconds * 1000)

    def _next(self, package: Package) -> tuple[str, float | None]:
        ages = self._state.config.ages
        if package.status in (PICKING, INVOICED):
            return SHIPPED, ages.ship_after
        if package.status == SHIPPED:
            return self._after_shipping(package), ages.deliver_after
        if package.status == AT_COLLECTION_POINT:
            return DELIVERED, ages.collect_after
        if package.status == UNDELIVERED:
            return RETURNED, ages.return_after
        return "", None

    def _after_shipping(self, package: Package) -> str:
        ages = self._state.config.ages
        lot = random.Random(f"{self._state.config.random_seed}-way-{package.package_id}").random()
        if lot < ages.undelivered_share:
            return UNDELIVERED
        if lot < ages.undelivered_share + ages.collection_share:
            return AT_COLLECTION_POINT
        return DELIVERED

    def _due(self, key: str, due_ms: int) -> None:
        package = self._state.packages.get(int(key))
        # Plans change: only the newest one of a package counts.
        if package is not None and package.due_ms == due_ms:
            self.move(package, package.due_status, at_ms=due_ms)
