"""Models, variants and their other codes."""

from catalog.admin import aliases, products  # noqa: F401  (registers them)
