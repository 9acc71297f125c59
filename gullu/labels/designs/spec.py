from __future__ import annotations

from dataclasses import dataclass

from gullu.labels.builder import LabelBuilder
from gullu.labels.geometry import DEFAULT_DPI
from gullu.labels.kinds import LabelField, Symbology
from gullu.labels.paper import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What a template says, in plain values: millimetres, points, and which fields are shown.

    `qr_mm`, `code_width_mm` and `code_height_mm` are upper limits; `padding_mm` is kept free at the label's edge.
    """

    kind: str
    paper: Paper
    fields: frozenset[str]
    symbology: str = Symbology.AUTO
    small_pt: float = 10
    title_pt: float = 14
    large_pt: float = 18
    qr_mm: float = 17
    code_width_mm: float = 80
    code_height_mm: float = 8
    padding_mm: float = 1.5
    dpi: int = DEFAULT_DPI

    def shows(self, field: LabelField) -> bool:
        return field in self.fields

    def builder(self, name: str) -> LabelBuilder:
        return LabelBuilder(
            name=name, width=self.paper.label_width, height=self.paper.label_height, dpi=self.dpi
        )
