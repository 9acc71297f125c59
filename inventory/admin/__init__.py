"""Shelves and the stock policy are kept here; balances, the ledger and push logs are only looked at."""

from inventory.admin import pushes, scans, stock  # noqa: F401  (registers them)
