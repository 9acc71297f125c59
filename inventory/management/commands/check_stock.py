from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gullu.commands import TerminalProgress, WorkCommand
from inventory.selectors import check_stock
from inventory.services import repair_balances

SHOWN = 20


class Command(WorkCommand):
    help = "Verify that every balance agrees with the ledger (I1 to I5)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--repair", action="store_true", help="rebuild the balances from the ledger first"
        )

    def work(self, options: Mapping[str, Any], progress: TerminalProgress) -> Mapping[str, Any]:
        del progress
        repaired: dict[str, Any] = {}
        if options["repair"]:
            repair = repair_balances()
            repaired = {"repaired": {"central": repair.central, "shelves": repair.shelves}}
        return {**check_stock().as_dict(), **repaired}

    def sentence(self, figures: Mapping[str, Any]) -> str:
        lines = []
        if "repaired" in figures:
            lines.append(
                _("%(central)s central and %(shelves)s shelf balances rebuilt.") % figures["repaired"]
            )
        if figures["clean"]:
            lines.append(_("Stock is clean: %(barcodes)s barcodes, %(movements)s movements.") % figures)
        return "\n".join(lines)

    def problem(self, figures: Mapping[str, Any]) -> str:
        violations = figures["violations"]
        if not violations:
            return ""
        listed = "\n".join(
            f"  {row['rule']} {row['barcode']} {row['shelf']} {row['detail']}" for row in violations[:SHOWN]
        )
        more = len(violations) - SHOWN
        tail = "\n" + _("… and %(more)s more") % {"more": more} if more > 0 else ""
        return (
            _("Stock is not clean, %(count)s violations:") % {"count": len(violations)} + f"\n{listed}{tail}"
        )
