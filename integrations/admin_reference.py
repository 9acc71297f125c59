"""Brands and categories of a marketplace as they were read last, to be looked something up in."""

from __future__ import annotations

from django.contrib import admin

from gullu.admin.base import EndlessAdmin
from integrations.models import MarketBrand, MarketCategory


@admin.register(MarketBrand)
class MarketBrandAdmin(EndlessAdmin):
    list_display = ("name", "remote_id", "read_at")
    folded_search = ("search_key",)
    ordering = ("search_key", "remote_id")
    fields = (("name", "remote_id"), ("channel", "read_at"))


@admin.register(MarketCategory)
class MarketCategoryAdmin(EndlessAdmin):
    list_display = ("path", "remote_id", "leaf", "offered", "attributes_read_at")
    list_filter = ("leaf", "offered")
    folded_search = ("search_key",)
    ordering = ("search_key", "remote_id")
    fields = (
        "path",
        ("name", "remote_id"),
        ("leaf", "offered"),
        ("channel", "read_at", "attributes_read_at"),
    )
