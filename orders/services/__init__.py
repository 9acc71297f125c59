"""Everything that changes an order. Callers use these names; the modules are how they are arranged."""

from orders.services.cancelling import CancelResult, PutBackResult, cancel_order, put_back
from orders.services.healing import Unreplaced, heal_unknown_lines, release_unreplaced
from orders.services.intake import apply_packages
from orders.services.parking import park_order, see_parked, set_park_state, unpark_order
from orders.services.picking import Pick, PickOutcome, PickResult, confirm_picking, settle_missed_pick
from orders.services.splitting import SplitAsked, ask_split, end_split, give_up_split

__all__ = [
    "CancelResult",
    "Pick",
    "PickOutcome",
    "PickResult",
    "PutBackResult",
    "SplitAsked",
    "Unreplaced",
    "apply_packages",
    "ask_split",
    "cancel_order",
    "confirm_picking",
    "end_split",
    "give_up_split",
    "heal_unknown_lines",
    "park_order",
    "put_back",
    "release_unreplaced",
    "see_parked",
    "set_park_state",
    "settle_missed_pick",
    "unpark_order",
]
