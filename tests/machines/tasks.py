"""Work for the hosts of these tests."""

from __future__ import annotations

from integrations.trendyol.connection import get_client


def ask_often(*, times: int) -> int:
    """So many calls of one service, as fast as the shared limit lets us."""
    client = get_client()
    for _number in range(times):
        client.approved_inventory_and_price(page=0, size=1)
    return times
