"""Everything that changes an order. Callers use these names; the modules are how they are arranged."""

from orders.services.cancelling import CancelResult, PutBackResult, cancel_order, put_back
from orders.services.healing import heal_unknown_lines
from orders.services.intake import apply_packages
from orders.services.parking import park_order, unpark_order
from orders.services.picking import Pick, PickOutcome, PickResult, confirm_picking, settle_missed_pick

__all__ = [
    "CancelResult",
    "Pick",
    "PickOutcome",
    "PickResult",
    "PutBackResult",
    "apply_packages",
    "cancel_order",
    "confirm_picking",
    "heal_unknown_lines",
    "park_order",
    "put_back",
    "settle_missed_pick",
    "unpark_order",
]
