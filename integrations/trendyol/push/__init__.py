"""Stock out: `push_stock` tells Trendyol what may still be sold."""

from integrations.trendyol.push.run import PushOutcome, PushResult, push_stock

__all__ = ["PushOutcome", "PushResult", "push_stock"]
