"""Commissions from files: read, show what would change, apply, undo. How a file is read: docs/commissions.md."""
