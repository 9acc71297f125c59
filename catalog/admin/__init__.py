"""Models, variants and their other codes."""

from catalog.admin import aliases, products, size_charts  # noqa: F401  (registers them)
