"""The back office of this app."""

from analytics.admin import commissions  # noqa: F401  (registers it)
