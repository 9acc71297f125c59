"""The kinds of sheets there are: named in the settings, so that this package need not know the apps."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.http import Http404
from django.utils.module_loading import import_string

from gullu.excel.resources import ExcelResource


@cache
def kinds() -> dict[str, type[ExcelResource]]:
    """Every kind by its slug, in the order of the page."""
    found: list[type[ExcelResource]] = [import_string(path) for path in settings.EXCEL_KINDS]
    return {kind.slug: kind for kind in found}


def kind_or_404(slug: str) -> type[ExcelResource]:
    try:
        return kinds()[slug]
    except KeyError:
        raise Http404 from None
