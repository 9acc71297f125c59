"""Methods and signals in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from analytics.forecasting.methods import Method

# Every try to study the group broke; its models got the plain average.
FALLBACK: Final = "FALLBACK"

METHODS: Final[Mapping[str, Promise]] = {
    Method.MOVING_AVERAGE.value: _("Average of the last 28 days"),
    Method.PROPHET.value: _("Trend, week and holidays"),
    Method.PROPHET_ETS.value: _("Trend and smoothing, averaged"),
    Method.COMBINED.value: _("Model and barcodes, averaged"),
    Method.SPARSE.value: _("Seldom sold, per barcode"),
    FALLBACK: _("Average, because the study failed"),
}


def method_in_words(method: str) -> str:
    """The method; a name nobody put into words is shown as it is."""
    return str(METHODS.get(method, method))
