"""Turkish letters: case and search keys.

Python and SQL lower-case `İ` to two code points and `I` to `i`; Turkish wants `i` and `ı`. Use these
instead of ``str.lower``/``str.upper`` for anything a person typed.
"""

from __future__ import annotations

from django.db.models import Func, TextField

_LOWER = str.maketrans({"İ": "i", "I": "ı"})
_UPPER = str.maketrans({"i": "İ", "ı": "I"})

# One table for Python and SQL, so that a search term and an indexed column are folded alike.
FOLD_FROM = "İIıŞşĞğÜüÖöÇçÂâÎîÛûÊêÉé"
FOLD_TO = "iiissgguuooccaaiiuueeee"
# No column can hold the sign that is left out, so nothing is found by it.
_FOLD = str.maketrans(FOLD_FROM, FOLD_TO, "\x00")


def tr_lower(text: str) -> str:
    """Lower case by Turkish rules: `ISPARTA` → `ısparta`, `İZMİR` → `izmir`."""
    return text.translate(_LOWER).lower()


def tr_upper(text: str) -> str:
    """Upper case by Turkish rules: `istanbul` → `İSTANBUL`, `kırmızı` → `KIRMIZI`."""
    return text.translate(_UPPER).upper()


def fold(text: str) -> str:
    """Search key: Turkish-insensitive, case-insensitive, single-spaced (`Şükrü  IŞIK` → `sukru isik`)."""
    return " ".join(text.translate(_FOLD).lower().split())


class Fold(Func):
    """SQL twin of `fold` for generated columns (immutable under every collation).

    Upper-case ASCII is folded by `lower`; Turkish letters are replaced before it, so that the database's
    own idea of `I` never matters.
    """

    template = f"lower(translate(%(expressions)s, '{FOLD_FROM}', '{FOLD_TO}'))"
    output_field = TextField()
    arity = 1


def short_name(first: str, last: str) -> str:
    """`Ayşe Y.`: enough to tell two parcels apart."""
    initial = last.strip()[:1]
    return f"{first} {initial}{'.' if initial else ''}".strip()


__all__ = ["Fold", "fold", "short_name", "tr_lower", "tr_upper"]
