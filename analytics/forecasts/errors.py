"""Why there is no forecast."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class NothingSold(DomainError):
    code = "nothing_sold"
    template = _("Nothing was sold up to %(day)s: there is nothing to forecast from.")


class RunFailed(DomainError):
    code = "forecast_run_failed"
    template = _("The forecast of %(day)s was not made: %(error)s")


class NobodyWorks(DomainError):
    code = "nobody_works"
    template = _(
        "No worker took the forecast up for %(seconds)s seconds. It stays in the queue; start the worker "
        "(manage.py serve) or repeat this command with --here."
    )
