"""Who sells a barcode cheapest (contract section 8.13): invented rivals, the same in every run."""

import random

from .entities import Json, Listing, lira
from .errors import product_refused
from .state import State

MAX_BARCODES = 10
_RIVAL_SHARE = 0.4


def buybox(state: State, barcodes: list[str]) -> Json:
    """Unknown and unapproved barcodes are silently left out. Raises Refusal 400 above ten."""
    if len(barcodes) > MAX_BARCODES:
        raise product_refused("En fazla 10 barkod sorgulanabilir", key="buybox.barcodes.too.many")
    with state.transaction():
        known = (state.listings.get(barcode) for barcode in dict.fromkeys(barcodes))
        return {"buyboxInfo": [_entry(x, state.config.random_seed) for x in known if x and x.approved]}


def _entry(listing: Listing, seed: int) -> Json:
    rivals = _rivals(listing, seed)
    prices = sorted([listing.sale_price, *rivals])
    shown = [lira(price) for price in prices[:3]] + [None, None]
    return {
        "barcode": listing.barcode,
        "buyboxOrder": 1 + sum(1 for price in rivals if price < listing.sale_price),
        "buyboxPrice": shown[0],
        "hasMultipleSeller": bool(rivals),
        "secondBuyboxPrice": shown[1],
        "thirdBuyboxPrice": shown[2],
    }


def _rivals(listing: Listing, seed: int) -> list[int]:
    """Their prices are built around the list price, so that ours decides about our place."""
    rng = random.Random(f"{seed}-buybox-{listing.barcode}")
    if rng.random() >= _RIVAL_SHARE:
        return []
    return [round(listing.list_price * rng.uniform(0.75, 1.05)) for _ in range(rng.randint(1, 3))]
