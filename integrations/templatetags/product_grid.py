"""Filters of the grid's page."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from integrations.product_grid.grid import GridCell

register = template.Library()


@register.filter
def tone(cell: GridCell, tones: Mapping[str, str]) -> str:
    """The colour of a listing's state, beside its word."""
    return tones.get(cell.listing.state, "default") if cell.listing else "default"
