"""Why a correction of costs is refused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class DaysSwapped(DomainError):
    code = "days_swapped"
    template = _("%(last)s is before %(first)s: choose a last day that is not before the first.")


class ProfitBusy(DomainError):
    code = "profit_busy"
    template = _("The profits are being reckoned by another run: try again in a minute.")
