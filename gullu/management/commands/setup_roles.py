from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext as _

from gullu.audit.rights import record_setup
from gullu.roles import permissions_table, setup_roles


class Command(BaseCommand):
    help = "Make the roles (groups and their permissions) exactly as gullu/roles.py says. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--table", action="store_true", help="Print the permissions as a Markdown table and stop."
        )

    def handle(self, *, table: bool = False, **_options: Any) -> None:
        if table:
            self.stdout.write(permissions_table(), ending="")
            return
        with transaction.atomic():
            changes = setup_roles()
            record_setup(changes)
        for change in changes:
            text = _("%(role)s: %(given)s permissions given, %(taken)s taken away")
            self.stdout.write(
                text % {"role": change.role, "given": len(change.given), "taken": len(change.taken)}
            )
