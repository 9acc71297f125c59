"""The printed badge: a card of 85.6 × 54 mm with the name and the QR of the code."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext

from gullu.labels.builder import LabelBuilder, Line
from gullu.labels.geometry import DEFAULT_DPI, Box
from gullu.labels.paper import Paper, paginate
from gullu.labels.pdf import pdf_bytes
from gullu.labels.symbols import qr

# As large as a bank card (ISO 7810 ID-1).
CARD: Final = Paper(width=85.6, height=54)
_QR_MM: Final = 36
_EDGE: Final = 4


def badge_pdf(*, name: str, code: str) -> bytes:
    """One page. The code is drawn without the cache of symbols, which would keep it in memory."""
    builder = LabelBuilder(name=name, width=CARD.width, height=CARD.height, dpi=DEFAULT_DPI)
    symbol = builder.matrix(Box(_EDGE, 0, 44, CARD.height), qr.__wrapped__(code), side=_QR_MM)
    left = symbol.right + 1
    room = Box(left, _EDGE, CARD.width - left - _EDGE, CARD.height - 2 * _EDGE)
    builder.stack(
        room,
        [
            Line(text=name, pt=16, bold=True, lines=3),
            Line(text=gettext("Warehouse badge"), pt=10, lines=2),
            Line(text=gettext("Lost it? Tell the office at once."), pt=8, lines=3),
        ],
        middle=True,
    )
    return pdf_bytes(paginate([builder.finish()], CARD), title=gettext("Badge"))
