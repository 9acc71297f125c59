from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gullu.alarms.watch import watch
from gullu.commands import TerminalProgress, WorkCommand


class Command(WorkCommand):
    help = "Look whether database and workers live and tell people by mail; for a timer, needs no worker."
    # A database that is away is what it must be able to tell.
    requires_migrations_checks = False

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        return watch().as_dict()

    def sentence(self, figures: Mapping[str, Any]) -> str:
        count = len(figures["findings"])
        if not count:
            return _("Everything is in order.")
        return ngettext("%(count)s thing is not in order:", "%(count)s things are not in order:", count) % {
            "count": count
        }

    def problem(self, figures: Mapping[str, Any]) -> str:
        return "\n".join(figures["findings"])
