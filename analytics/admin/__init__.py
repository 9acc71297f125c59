"""The back office of this app."""

from analytics.admin import (  # noqa: F401  (registers them)
    campaigns,
    commissions,
    costs,
    planning_rules,
    policies,
    rates,
    tariffs,
)
