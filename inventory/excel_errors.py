"""Why a row of a sheet of stock is refused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.excel.errors import RowRefused


class ShelfIsOther(RowRefused):
    """Data: what, says, lying (pairs)."""

    code = "shelf_is_other"
    template = _(
        "%(what)s: the file says %(says)s pairs in the books, now it is %(lying)s. Somebody picked or moved meanwhile: "
        "count again, or empty the cell."
    )
