"""Plausible customers: they buy what is for sale, mostly one pair, mostly of a few models."""

import random
from collections.abc import Sequence

from .background import Background
from .entities import AWAITING, CREATED, Listing
from .errors import Refusal
from .ordering import OrderRefused
from .shop import Shop

_TICK_SECONDS = 0.1
_AWAITING_SHARE = 0.12
_CANCEL_SHARE = 0.04
_PAY_SHARE = 0.5
_MORE_LINES_SHARE = 0.07


class Shoppers(Background):
    """A thread that acts `per_minute` times a minute on average; 0 rests."""

    def __init__(self, shop: Shop, *, per_minute: float = 0.0, random_seed: int = 1) -> None:
        super().__init__("sandbox-shoppers")
        self._shop = shop
        self._rng = random.Random(random_seed)
        self.set_rate(per_minute)

    def set_rate(self, per_minute: float) -> None:
        """Raises ValueError outside 0 to 6000."""
        if not 0 <= per_minute <= 6000:
            raise ValueError("Dakikadaki sipariş sayısı 0 ile 6000 arasında olmalı.")
        self.per_minute = per_minute

    def _run(self) -> None:
        """Exponential waits, measured in orders rather than seconds so that a new rate counts at once."""
        patience = self._rng.expovariate(1)
        while not self._stop.wait(_TICK_SECONDS):
            patience -= self.per_minute / 60 * _TICK_SECONDS
            while patience <= 0:
                self.act()
                patience += self._rng.expovariate(1)

    def act(self) -> int | None:
        """One customer comes by. Returns the package id, or None when there was nothing to buy."""
        self._second_thoughts()
        lines = self._basket()
        if not lines:
            return None
        status = AWAITING if self._rng.random() < _AWAITING_SHARE else CREATED
        try:
            return self._shop.place_order(lines, status)
        except OrderRefused:
            # Somebody else took the last pair between looking and buying.
            return None

    def _basket(self) -> list[tuple[str, int]]:
        on_sale = self._shop.catalogue.on_sale()
        if not on_sale:
            return []
        chosen = [self._choose(on_sale)]
        if self._rng.random() < _MORE_LINES_SHARE:
            chosen.append(self._choose(on_sale))
        wanted: dict[str, int] = {}
        for listing in chosen:
            most = 2 if self._rng.random() < 0.03 else 1
            wanted[listing.barcode] = min(listing.quantity, wanted.get(listing.barcode, 0) + most)
        return list(wanted.items())

    def _choose(self, on_sale: Sequence[Listing]) -> Listing:
        """A few models sell most: the n-th model is chosen with weight 1/n."""
        models = sorted({listing.product_main_id for listing in on_sale})
        weights = [1 / rank for rank in range(1, len(models) + 1)]
        model = self._rng.choices(models, weights)[0]
        return self._rng.choice([listing for listing in on_sale if listing.product_main_id == model])

    def _second_thoughts(self) -> None:
        """Now and then a payment comes through, or an order is cancelled."""
        packages = self._shop.packages
        waiting = [key for key, package in packages.items() if package.status == AWAITING]
        ready = [key for key, package in packages.items() if package.status == CREATED]
        try:
            if waiting and self._rng.random() < _PAY_SHARE:
                self._shop.pay(self._rng.choice(waiting))
            if ready and self._rng.random() < _CANCEL_SHARE:
                self._shop.cancel(self._rng.choice(ready))
        except Refusal:
            # The seller was faster, or the package is not visible yet: the customer lets it be.
            return
