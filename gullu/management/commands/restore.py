from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gullu.backup import config
from gullu.backup.connections import direct
from gullu.backup.restoring import configured_place, restore
from gullu.backup.services import note_by_hand
from gullu.commands import TerminalProgress, WorkCommand
from gullu.models import JobRun


class Command(WorkCommand):
    help = "Restore a backup into the empty place that DATABASE_URL and DATA_DIR name."
    # The place is empty: there is nothing to check yet.
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("archive", type=Path, help="gullu-….tar or gullu-….tar.age")

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        with direct() as database:
            done = restore(
                archive=options["archive"],
                place=configured_place(database),
                keys=config.keys(),
                progress=progress,
            )
        if not done.to_migrate:
            # Into the restored list; with an older schema it has no place yet.
            note_by_hand("RESTORE", trigger=JobRun.Trigger.COMMAND, actor=None, archive=done.archive)
        return done.as_dict()

    def sentence(self, figures: Mapping[str, Any]) -> str:
        restored = _(
            "%(archive)s is restored: %(rows)s rows of %(tables)s tables and %(files)s files, as they were backed up."
        )
        if figures["to_migrate"]:
            then = _("It is older than this program; now run: manage.py migrate, then check_stock.")
        else:
            then = _("The stock is clean: %(movements)s movements. Now start it: manage.py serve.")
        return f"{restored} {then}" % figures
