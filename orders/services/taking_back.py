"""Goods that come back from a customer: on a shelf again, or written off. Used by returns and by exchanges."""

from __future__ import annotations

from inventory import ledger
from inventory.enums import MovementKind
from inventory.errors import ClosedShelf, UnknownShelf
from inventory.ledger import Entry
from inventory.models import Shelf
from inventory.services import ensure_receiving_shelf, require_quantity


def book_return(
    *,
    variant_id: int,
    quantity: int,
    shelf_id: int | None,
    key: str,
    reference: str,
    reason: str = "",
    actor_id: int | None = None,
) -> None:
    """Book pairs that came back: `+quantity` on the shelf, or in and out again when they are written off.

    `shelf_id` None writes them off: two movements on the receiving shelf (RETURN and WRITE_OFF), so that the ledger
    shows that they were here and why they are not stock. `key` makes it harmless to repeat; `reference` names the
    cause (`exchange:<id>`). Call inside a transaction that holds the row of the cause.
    Raises `InvalidQuantity`, `UnknownShelf`, `ClosedShelf`, and `KeyReused` when the key stands for something else.
    """
    pairs = require_quantity(quantity, lowest=1)
    shelf = ensure_receiving_shelf() if shelf_id is None else _open_shelf(shelf_id)
    came = Entry(
        variant_id=variant_id,
        shelf_id=shelf.pk,
        delta=pairs,
        kind=MovementKind.RETURN,
        reference=reference,
        reason=reason,
        key=key,
        actor_id=actor_id,
    )
    gone = Entry(
        variant_id=variant_id,
        shelf_id=shelf.pk,
        delta=-pairs,
        kind=MovementKind.WRITE_OFF,
        reference=reference,
        reason=reason,
        key=f"{key}:off",
        actor_id=actor_id,
    )
    ledger.post([came] if shelf_id is not None else [came, gone])


def _open_shelf(shelf_id: int) -> Shelf:
    shelf = Shelf.objects.filter(pk=shelf_id).first()
    if shelf is None:
        raise UnknownShelf(shelf=shelf_id)
    if not shelf.active:
        raise ClosedShelf(shelf=shelf.code)
    return shelf
