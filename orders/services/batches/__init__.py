"""Collecting many orders in one walk (`toplu toplama`): make a batch, collect, sort into slots, finish.

Nothing is reserved or booked before a slot is full: then its order is confirmed from the shelves the pairs really came
from. Locks: the batch, its items, then what `confirm_picking` locks. Making a batch locks orders by key.
"""

from orders.services.batches.collecting import BoxResult, ShelfResult, collect_box, scan_shelf, take_out
from orders.services.batches.ending import BatchEnd, DropResult, GaveBack, drop_order, finish_batch, give_back
from orders.services.batches.making import MAX_ORDERS, MadeBatch, make_batch, propose_batch
from orders.services.batches.scanning import scan_box
from orders.services.batches.sorting import SortResult, confirm_slot, sort_box
from orders.services.batches.splitting import SlotSplit, split_slot
from orders.services.batches.states import collect_more, pause_batch, resume_batch, start_sorting
from orders.services.batches.words import BoxOutcome

__all__ = [
    "MAX_ORDERS",
    "BatchEnd",
    "BoxOutcome",
    "BoxResult",
    "DropResult",
    "GaveBack",
    "MadeBatch",
    "ShelfResult",
    "SlotSplit",
    "SortResult",
    "collect_box",
    "collect_more",
    "confirm_slot",
    "drop_order",
    "finish_batch",
    "give_back",
    "make_batch",
    "pause_batch",
    "propose_batch",
    "resume_batch",
    "scan_box",
    "scan_shelf",
    "sort_box",
    "split_slot",
    "start_sorting",
    "take_out",
]
