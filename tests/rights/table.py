"""The two tables of docs/permissions.md this folder checks: who may use an address, and who may run an action.

A cell says with which requests: `G` looking (GET), `P` sending (POST), `GP` both, nothing neither. An action's cell is
`✓` or empty.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gullu.roles import ROLES

DOC: Final = Path(__file__).parents[2] / "docs" / "permissions.md"
NO_ROLE: Final = "no role"
ANONYMOUS: Final = "anonymous"
PERSONS: Final = (*ROLES, NO_ROLE, ANONYMOUS)
MARK: Final = "✓"

Table = dict[str, dict[str, str]]


def read_table(heading: str, persons: tuple[str, ...]) -> Table:
    """The rows of the table below a heading: name → person → cell."""
    section = DOC.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in row] for row in rows]
    assert not cells or tuple(cells[0][1:]) == persons, f"the columns of “{heading}” are not {persons}"
    return {row[0].strip("`"): dict(zip(persons, row[1:], strict=True)) for row in cells[2:]}


def line_of(name: str, cells: dict[str, str]) -> str:
    """A row as it stands in the document."""
    return f"| `{name}` | {' | '.join(cells.values())} |"


def differences(found: Table, written: Table) -> str:
    """What to write into the document, or to mend in the views; empty when the two agree."""
    wrong = [line_of(name, cells) for name, cells in found.items() if written.get(name) != cells]
    gone = [name for name in written if name not in found]
    parts = []
    if wrong:
        parts.append("these rows are measured so, and not so in the table:\n" + "\n".join(wrong))
    if gone:
        parts.append("these rows of the table are about nothing:\n" + "\n".join(gone))
    return "\n\n".join(parts)
