"""Orders are looked at here; what staff may do with them goes through the order services."""

from orders.admin import exchanges, order_lists, returns  # noqa: F401  (registers them)
