"""Row locks on returned units, by their marketplace number: the order in which a pull writes them."""

from __future__ import annotations

from collections.abc import Collection

from orders.models import ReturnUnit
from orders.return_errors import ReturnNotFound


def lock_unit(unit_id: int) -> ReturnUnit:
    """The unit, locked, with variant and shelf; raises `ReturnNotFound`."""
    rows = ReturnUnit.objects.select_for_update(no_key=True, of=("self",))
    unit = rows.select_related("variant__product", "shelf", "order").filter(pk=unit_id).first()
    if unit is None:
        raise ReturnNotFound(unit=unit_id)
    return unit


def lock_claims(claim_ids: Collection[str]) -> list[ReturnUnit]:
    """All units of these claims, locked in the order of their marketplace numbers."""
    rows = ReturnUnit.objects.select_for_update(no_key=True, of=("self",)).filter(claim_id__in=claim_ids)
    return list(rows.select_related("decided_by", "order").order_by("claim_item_id"))
