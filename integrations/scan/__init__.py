"""Scan pages that look across orders, stock and the marketplace."""
