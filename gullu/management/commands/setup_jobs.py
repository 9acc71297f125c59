from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from gullu.schedules import setup_jobs


class Command(BaseCommand):
    help = "Write the schedule table; run it once after each deployment."

    def handle(self, *_args: Any, **_options: Any) -> None:
        result = setup_jobs()
        self.stdout.write(
            _("Schedules: %(added)s added, %(kept)s kept, %(removed)s removed.")
            % {"added": len(result.added), "kept": len(result.kept), "removed": len(result.removed)}
        )
