"""Trendyol as a place to list products (contract section 8)."""
