"""`{% stock_card variant_id %}`: the variant's page shows the stock card without the catalogue knowing of it."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from integrations import stock_card as cards

register = template.Library()


@register.inclusion_tag("integrations/stock_card.html", takes_context=True)
def stock_card(context: Context, variant_id: int) -> dict[str, Any]:
    """Nothing is read for a person who may not see stock; order numbers need their own right."""
    user = context["request"].user
    if not user.has_perm("inventory.view_centralstock"):
        return {"card": None}
    return {
        "card": cards.stock_card(variant_id=variant_id),
        "may_see_orders": user.has_perm("orders.view_order"),
        "may_see_pushes": user.has_perm("inventory.view_stockpushlog"),
    }
