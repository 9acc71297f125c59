"""The words for what runs did: names of jobs and of their counts, for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

JOB_NAMES: Final[Mapping[str, Promise]] = {
    "sync_orders": _("Orders read"),
    "send_outbox": _("Messages delivered"),
    "reconcile_orders": _("Open orders read again"),
    "reread_orders": _("Orders read again"),
    "sync_products": _("Listings read"),
    "import_listings": _("Products taken in from the marketplace"),
    "check_listings": _("Approvals asked for"),
    "refresh_categories": _("Categories read"),
    "refresh_brands": _("Brands read"),
    "sync_returns": _("Returns read"),
    "read_issue_reasons": _("Refusal reasons read"),
    "read_commissions": _("Commissions read"),
    "make_paper": _("Papers made"),
    "read_excel": _("Sheets of Excel previewed"),
    "apply_excel": _("Sheets of Excel written"),
    "sync_settlements": _("Accounts read"),
    "send_digest": _("Daily summary sent"),
    "refresh_facts": _("Sales figures brought up to date"),
    "rebuild_facts": _("Sales figures built again"),
    "refresh_profit": _("Profit brought up to date"),
    "rebuild_profit": _("Profit reckoned again"),
    "correct_costs": _("Kept costs corrected"),
    "read_rates": _("Exchange rates read"),
    "train_forecasts": _("Forecasts made"),
    "answer_insight": _("Questions answered"),
}
COUNTS: Final[Mapping[str, Promise]] = {
    "packages": pgettext_lazy("count of a run", "packages"),
    "created": pgettext_lazy("count of a run", "new"),
    "updated": pgettext_lazy("count of a run", "changed"),
    "unchanged": pgettext_lazy("count of a run", "unchanged"),
    "problems": pgettext_lazy("count of a run", "problems"),
    "healed": pgettext_lazy("count of a run", "barcodes recognised afterwards"),
    "asked": pgettext_lazy("count of a run", "asked"),
    "changed": pgettext_lazy("count of a run", "changed"),
    "missing": pgettext_lazy("count of a run", "not found"),
    "approved": pgettext_lazy("count of a run", "approved"),
    "unapproved": pgettext_lazy("count of a run", "unapproved"),
    "unknown_here": pgettext_lazy("count of a run", "unknown here"),
    "pending": pgettext_lazy("count of a run", "waiting"),
    "rejected": pgettext_lazy("count of a run", "rejected"),
    "judged": pgettext_lazy("count of a run", "judged"),
    "running": pgettext_lazy("count of a run", "still running"),
    "imported": pgettext_lazy("count of a run", "taken in"),
    "adopted": pgettext_lazy("count of a run", "models matched with their listing"),
    "models": pgettext_lazy("count of a run", "new models"),
    "variants": pgettext_lazy("count of a run", "new barcodes"),
    "gone": pgettext_lazy("count of a run", "gone"),
    "drifts": pgettext_lazy("count of a run", "with different stock"),
    "claims": pgettext_lazy("count of a run", "claims"),
    "units": pgettext_lazy("count of a run", "units"),
    "to_decide": pgettext_lazy("count of a run", "to decide"),
    "offered": pgettext_lazy("count of a run", "offered"),
    "ended": pgettext_lazy("count of a run", "no longer offered"),
    "paused": pgettext_lazy("count of a run", "waiting for their turn"),
    "entries": pgettext_lazy("count of a run", "models and colours"),
    "pages": pgettext_lazy("count of a run", "pages"),
    "without_picture": pgettext_lazy("count of a run", "without picture"),
    "wrong": pgettext_lazy("count of a run", "wrong"),
    "rows": pgettext_lazy("count of a run", "rows"),
    "new": pgettext_lazy("count of a run", "new"),
    "matched": pgettext_lazy("count of a run", "with their order"),
    "recipients": pgettext_lazy("count of a run", "recipients"),
    "late": pgettext_lazy("count of a run", "late"),
    "urgent": pgettext_lazy("count of a run", "urgent"),
    "parked": pgettext_lazy("count of a run", "parked"),
    "missed": pgettext_lazy("count of a run", "missed picks"),
    "returns": pgettext_lazy("count of a run", "returns to decide"),
    "messages": pgettext_lazy("count of a run", "refused messages"),
    "oversold": pgettext_lazy("count of a run", "oversold barcodes"),
    "delivered": pgettext_lazy("count of a run", "delivered"),
    "obsolete": pgettext_lazy("count of a run", "no longer needed"),
    "refused": pgettext_lazy("count of a run", "refused"),
    "later": pgettext_lazy("count of a run", "to be tried again"),
    "forecast_models": pgettext_lazy("count of a run", "models forecast"),
    "forecast_barcodes": pgettext_lazy("count of a run", "barcodes forecast"),
    "queries": pgettext_lazy("count of a run", "queries of figures"),
    "rounds": pgettext_lazy("count of a run", "calls of the language model"),
    "rates": pgettext_lazy("count of a run", "rates"),
    "closed": pgettext_lazy("count of a run", "days without a rate"),
    "kept": pgettext_lazy("count of a run", "kept"),
    "spread": pgettext_lazy("count of a run", "staff shares changed"),
    "fell_back": pgettext_lazy("count of a run", "groups with the plain average"),
}


def job_name(name: str) -> str:
    """The job in words; a name nobody translated is shown as it is."""
    return str(JOB_NAMES.get(name, name))


def counts_in_words(counts: Mapping[str, Any]) -> str:
    """`{"packages": 3, "created": 1}` → `3 packages, 1 new`; zeros and technical figures are left out."""
    parts = [f"{value} {COUNTS[key]}" for key, value in counts.items() if key in COUNTS and value]
    return ", ".join(parts)
