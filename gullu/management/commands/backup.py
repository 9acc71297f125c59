from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gullu.backup.drill import drill
from gullu.backup.sealing import make_key
from gullu.backup.services import back_up
from gullu.commands import TerminalProgress, WorkCommand
from gullu.models import JobRun


class Command(WorkCommand):
    help = (
        "Back up database and files into BACKUP_DIR; with --drill, prove the newest backup by restoring it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        either = parser.add_mutually_exclusive_group()
        either.add_argument(
            "--drill",
            action="store_true",
            help="restore the newest backup beside the live system and compare",
        )
        either.add_argument(
            "--new-key",
            type=Path,
            metavar="FILE",
            help="make a key pair: the secret half goes into FILE, the public half is printed",
        )

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        if options["new_key"]:
            return {"public_key": make_key(options["new_key"])}
        trigger = JobRun.Trigger.COMMAND
        if options["drill"]:
            return drill(trigger=trigger, progress=progress).as_dict()
        return back_up(trigger=trigger, progress=progress).as_dict()

    def sentence(self, figures: Mapping[str, Any]) -> str:
        if "public_key" in figures:
            return f"BACKUP_RECIPIENT={figures['public_key']}"
        if "rows_since" in figures:
            return f"{self._drilled(figures)} {self._stock(figures)}"
        written = _(
            "%(archive)s: %(rows)s rows and %(files)s files, %(megabytes)s MB; %(old_archives)s old ones deleted."
        )
        sentences = [written % figures]
        if figures["vanished"]:
            sentences.append(_("%(vanished)s files were deleted while they were copied.") % figures)
        if not figures["encrypted"]:
            sentences.append(_("It is not encrypted; see BACKUP_RECIPIENT and BACKUP_PASSPHRASE."))
        return " ".join(sentences)

    def _drilled(self, figures: Mapping[str, Any]) -> str:
        words = _(
            "%(archive)s is good: %(rows)s rows of %(tables)s tables and %(files)s files are as they were backed up."
        )
        return words % figures

    def _stock(self, figures: Mapping[str, Any]) -> str:
        if figures["movements"] is None:
            return _("It is older than this version of the program: its stock can be checked after migrate.")
        return _("Its stock is clean: %(movements)s movements.") % figures
