"""`python -m bench [NAME …]`: measure, and print ratios to a floor measured in the same run.

Absolute times say something about the machine; the ratios say something about the code.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import django

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))


def main(arguments: list[str]) -> int:
    unknown = [name for name in arguments if name not in NAMES]
    if unknown:
        print(
            f"There is no measurement {', '.join(unknown)}; there are: {', '.join(NAMES)}.", file=sys.stderr
        )
        return 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gullu.settings_test")
    django.setup()
    for name in arguments or NAMES:
        print(f"=== {name}")
        importlib.import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
