"""A small shop, and a question that is asked and answered at once."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from analytics.facts.services import refresh_facts
from analytics.insights.services import answer_insight, ask_question
from analytics.models import Insight
from orders.enums import OrderState
from tests.factories import make_order, make_product, make_superuser, make_variant

OCTOBER = {"period": "FREE", "first_day": "2026-10-01", "last_day": "2026-10-31"}


def shop() -> None:
    """Seven pairs of one model and three of another, sold in October."""
    boot, sandal = make_product("BOT-72", title="Bot"), make_product("SND-30", title="Sandalet")
    b37, s38 = make_variant(product=boot, size="37"), make_variant(product=sandal, size="38")
    october = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)
    delivered = {"status": OrderState.DELIVERED, "ordered_at": october, "unit_price": Decimal("500.00")}
    make_order([(b37, 7)], **delivered)
    make_order([(s38, 3)], **delivered)
    refresh_facts()


def answered(question: str = "Ekimde ne sattık?", **fields: Any) -> Insight:
    """Ask and let the worker answer at once."""
    insight = ask_question(question=question, user=make_superuser(), language="en")
    answer_insight(insight_id=insight.pk, trigger="STAFF", actor=None)
    insight.refresh_from_db()
    return insight


def marked(insight: Insight) -> list[str]:
    return [insight.answer[start:end] for start, end in insight.unproved]
