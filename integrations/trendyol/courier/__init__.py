"""Delivering outbox messages to Trendyol: one handler per kind (contract sections 6, 7 and 9)."""

from __future__ import annotations

from integrations.trendyol.courier.delivering import HANDLERS, TrendyolCourier

__all__ = ["HANDLERS", "TrendyolCourier"]
