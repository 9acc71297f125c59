"""Why a demo cannot start or go on."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class ForeignDatabase(DomainError):
    """Data: database."""

    code = "foreign_database"
    template = _(
        "The database %(database)s holds a shop that the demo did not make, so it is left alone: "
        "set another DATA_DIR, or unset DATABASE_URL."
    )


class DemoRunning(DomainError):
    """Data: folder."""

    code = "demo_running"
    template = _("A demo already runs in %(folder)s: end it first, or set another DATA_DIR.")


class SeedMissing(DomainError):
    """Data: path."""

    code = "demo_seed_missing"
    template = _("%(path)s is missing, so the practice Trendyol cannot be filled: start over with --reset.")


class SandboxRefused(DomainError):
    """Data: reason."""

    code = "sandbox_refused"
    template = _("The practice Trendyol refused to be filled: %(reason)s")


class StockDiffers(DomainError):
    """Data: count, barcodes."""

    code = "stock_differs"
    template = _(
        "%(count)s barcodes show another quantity in the practice Trendyol than is available here: %(barcodes)s"
    )
