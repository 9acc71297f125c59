"""The shop's papers as they come with the product. Sizes are those the shop uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from gullu.labels.kinds import LabelField, LabelKind

_PRODUCT: Final = (
    LabelField.QR,
    LabelField.CODE,
    LabelField.CODE_TEXT,
    LabelField.MODEL,
    LabelField.COLOUR,
    LabelField.SIZE,
)
_PARCEL: Final = (
    LabelField.QR,
    LabelField.CODE,
    LabelField.CODE_TEXT,
    LabelField.CARRIER,
    LabelField.ORDER_NUMBER,
    LabelField.RECIPIENT,
    LabelField.ADDRESS,
    LabelField.PHONE,
    LabelField.CONTENTS,
)
_A4: Final = {
    "page_width_mm": 210,
    "page_height_mm": 297,
    "margin_left_mm": 8,
    "margin_right_mm": 8,
    "margin_top_mm": 15,
    "margin_bottom_mm": 15,
    "column_gap_mm": 2,
    "row_gap_mm": 1,
    "columns": 3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Default:
    """`values` are fields of `LabelTemplate`; names are what staff read, in the shop's language."""

    code: str
    kind: LabelKind
    name: str
    shown: tuple[LabelField, ...]
    values: dict[str, Any] = field(default_factory=dict)
    is_default: bool = False


DEFAULTS: Final = (
    Default(
        code="product-twin-roll",
        kind=LabelKind.PRODUCT,
        name="İkili rulo 100×35 (2 × 50×35 mm)",
        shown=_PRODUCT,
        values={"page_width_mm": 100, "page_height_mm": 35, "columns": 2},
        is_default=True,
    ),
    Default(
        code="product-60x40",
        kind=LabelKind.PRODUCT,
        name="60×40 mm",
        shown=_PRODUCT,
        values={"page_width_mm": 60, "page_height_mm": 40, "qr_mm": 18, "large_pt": 22},
    ),
    Default(
        code="product-100x100",
        kind=LabelKind.PRODUCT,
        name="100×100 mm",
        shown=(*_PRODUCT, LabelField.TITLE),
        values={
            "qr_mm": 40,
            "small_pt": 14,
            "title_pt": 24,
            "large_pt": 48,
            "code_height_mm": 18,
            "padding_mm": 3,
        },
    ),
    Default(
        code="product-a4-3x7",
        kind=LabelKind.PRODUCT,
        name="A4, 3×7 = 21",
        shown=_PRODUCT,
        values={**_A4, "rows": 7},
    ),
    Default(
        code="product-a4-3x8",
        kind=LabelKind.PRODUCT,
        name="A4, 3×8 = 24",
        shown=_PRODUCT,
        values={**_A4, "rows": 8, "qr_mm": 15, "code_height_mm": 7},
    ),
    Default(
        code="shelf-100x100",
        kind=LabelKind.SHELF,
        name="100×100 mm",
        shown=(LabelField.QR, LabelField.CODE, LabelField.CODE_TEXT),
        values={"qr_mm": 45, "code_width_mm": 80, "code_height_mm": 18, "title_pt": 28, "padding_mm": 3},
        is_default=True,
    ),
    Default(
        code="shelf-small-3x3",
        kind=LabelKind.SHELF_SMALL,
        name="100×100 mm, 3×3 = 9",
        shown=(LabelField.QR, LabelField.CODE_TEXT),
        values={"columns": 3, "rows": 3, "qr_mm": 20, "title_pt": 13, "padding_mm": 1},
        is_default=True,
    ),
    Default(
        code="cargo-100x100",
        kind=LabelKind.CARGO,
        name="100×100 mm",
        shown=_PARCEL,
        values={
            "qr_mm": 26,
            "code_width_mm": 96,
            "code_height_mm": 16,
            "small_pt": 9,
            "title_pt": 13,
            "large_pt": 20,
            "padding_mm": 2.5,
        },
        is_default=True,
    ),
    Default(
        code="cargo-manual-100x150",
        kind=LabelKind.CARGO_MANUAL,
        name="100×150 mm",
        shown=_PARCEL,
        values={
            "page_height_mm": 150,
            "qr_mm": 26,
            "code_width_mm": 96,
            "code_height_mm": 20,
            "small_pt": 10,
            "title_pt": 14,
            "large_pt": 24,
            "padding_mm": 2.5,
        },
        is_default=True,
    ),
    Default(
        code="slip-100x150",
        kind=LabelKind.SLIP,
        name="100×150 mm",
        shown=_PARCEL,
        values={
            "page_height_mm": 150,
            "qr_mm": 22,
            "code_width_mm": 94,
            "code_height_mm": 12,
            "small_pt": 10,
            "title_pt": 12,
            "large_pt": 18,
            "padding_mm": 3,
        },
        is_default=True,
    ),
)
