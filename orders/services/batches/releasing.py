"""Taking orders out of their slots: their pairs become loose again, for another slot or back to the shelf."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.batch_plan import Place
from orders.batch_selectors import Slot, Want, Work
from orders.enums import BatchState, OrderState
from orders.models import Order, PickBatch, PickBatchItem, PickBatchOrder, PickScan


def release_slots(work: Work, slots: Collection[Slot], *, note: str = "") -> None:
    """Set these orders free. `note` says why; without one each order's own state does."""
    if not slots:
        return
    freed: Counter[Place] = Counter()
    for slot in slots:
        slot.active, slot.note = False, note or why_lost(slot.order)
        for want in slot.wants:
            freed.update({(want.variant.pk, shelf_id): pairs for shelf_id, pairs in want.placed.items()})
            want.placed = {}
    PickScan.objects.filter(line_id__in=[want.line_id for slot in slots for want in slot.wants]).delete()
    _unsort(work, freed)
    PickBatchOrder.objects.bulk_update(
        [PickBatchOrder(pk=slot.pk, active=False, note=slot.note[:200]) for slot in slots], ["active", "note"]
    )


def release_lost(work: Work) -> None:
    """Release what was cancelled, parked or prepared elsewhere meanwhile. Costs nothing when nothing was."""
    release_slots(work, [slot for slot in work.slots if slot.lost])
    for slot in work.open_slots:
        for want in slot.wants:
            if want.excess:
                _trim(work, want)


def close_if_empty(work: Work) -> None:
    """A batch without an open order is finished."""
    if not work.active and work.batch.state != BatchState.CLOSED:
        work.batch.state, work.batch.closed_at = BatchState.CLOSED, timezone.now()
        work.batch.shelf = None
        PickBatch.objects.filter(pk=work.batch.pk).update(
            state=BatchState.CLOSED, closed_at=work.batch.closed_at, shelf=None
        )


def why_lost(order: Order) -> str:
    """Why an order no longer waits in its slot."""
    if order.status == OrderState.CANCELLED:
        return _("Cancelled meanwhile")
    if order.status != OrderState.CREATED:
        return prepared_elsewhere()
    if order.split_asked_at is not None:
        return being_split()
    if order.parked:
        return _("Parked meanwhile")
    return _("Cannot be prepared any more")


def being_split() -> str:
    """The note of a slot whose order the marketplace is breaking up."""
    return _("Being split: its parcels come as new orders")


def prepared_elsewhere() -> str:
    """The note of a slot whose order somebody confirmed, or the marketplace reported as gone."""
    return _("Prepared elsewhere meanwhile")


def _trim(work: Work, want: Want) -> None:
    """Take what a line no longer wants out of its slot."""
    freed: Counter[Place] = Counter()
    for shelf_id in sorted(want.placed, reverse=True):
        pairs = min(want.excess, want.placed[shelf_id])
        freed[want.variant.pk, shelf_id] = pairs
        want.placed[shelf_id] -= pairs
        scans = PickScan.objects.filter(line_id=want.line_id, shelf_id=shelf_id)
        if want.placed[shelf_id]:
            scans.update(quantity=want.placed[shelf_id])
        else:
            scans.delete()
    want.placed = {shelf_id: pairs for shelf_id, pairs in want.placed.items() if pairs}
    _unsort(work, freed)


def _unsort(work: Work, freed: Counter[Place]) -> None:
    touched: list[PickBatchItem] = []
    for place, pairs in freed.items():
        item = work.item(place)
        if item is None:
            raise LookupError(f"batch {work.batch.pk}: pairs in a slot were never collected from {place}")
        item.sorted -= pairs
        touched.append(item)
    PickBatchItem.objects.bulk_update(touched, ["sorted"])
