"""`python -m bench [NAME [ARGUMENT …] …]`: measure, and print ratios to a floor measured in the same run.

Absolute times say something about the machine; the ratios say something about the code. `forecast` reads the folder
that is named after it.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import django

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))
WITH_ARGUMENTS = frozenset({"forecast"})


def main(arguments: list[str]) -> int:
    runs = _runs(arguments)
    unknown = [name for name, _ in runs if name not in NAMES]
    if unknown:
        print(
            f"There is no measurement {', '.join(unknown)}; there are: {', '.join(NAMES)}.", file=sys.stderr
        )
        return 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gullu.settings_test")
    django.setup()
    for name, given in runs or [(name, []) for name in NAMES]:
        print(f"=== {name}")
        importlib.import_module(f"bench.{name}").main(*given)
    return 0


def _runs(arguments: list[str]) -> list[tuple[str, list[str]]]:
    """What to measure with which arguments: a word that names no measurement belongs to the one before it."""
    runs: list[tuple[str, list[str]]] = []
    for word in arguments:
        if runs and word not in NAMES and runs[-1][0] in WITH_ARGUMENTS:
            runs[-1][1].append(word)
        else:
            runs.append((word, []))
    return runs


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
