"""`{% stock_grid product_id %}`: the catalogue's page shows stock without the catalogue knowing of stock."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from inventory import stock_grid as grids

register = template.Library()


@register.inclusion_tag("inventory/stock_grid.html", takes_context=True)
def stock_grid(context: Context, product_id: int) -> dict[str, Any]:
    """Nothing is read for a person who may not see stock."""
    if not context["request"].user.has_perm("inventory.view_centralstock"):
        return {"grid": None}
    return {"grid": grids.stock_grid(product_id=product_id)}
