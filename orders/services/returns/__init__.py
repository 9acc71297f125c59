"""Customer returns: inspecting what came back, deciding on it, and putting the goods somewhere."""

from orders.services.returns.deciding import (
    MOST_DESCRIPTION,
    Decided,
    NotDecided,
    Refusal,
    approve_returns,
    refuse_returns,
    reopen_decisions,
)
from orders.services.returns.inspecting import MOST_PHOTOS, Inspected, add_photo, inspect_return
from orders.services.returns.settling import (
    RestockResult,
    WriteOffResult,
    restock_return,
    write_off_return,
)

__all__ = [
    "MOST_DESCRIPTION",
    "MOST_PHOTOS",
    "Decided",
    "Inspected",
    "NotDecided",
    "Refusal",
    "RestockResult",
    "WriteOffResult",
    "add_photo",
    "approve_returns",
    "inspect_return",
    "refuse_returns",
    "reopen_decisions",
    "restock_return",
    "write_off_return",
]
