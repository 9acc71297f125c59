"""The list of all models on their way to the marketplace."""

from __future__ import annotations

from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from integrations.product_create.overview import Worst, models_of, row_of
from integrations.product_create.shell import CHANNEL, frame, may_keep_products

ROWS_PER_PAGE: Final = 50


@require_GET
@may_keep_products
def overview(request: HttpRequest) -> HttpResponseBase:
    """Models by code; `worst` (`Worst`) and `q` (words) narrow the list. A filter that does not exist is none."""
    worst, text = request.GET.get("worst", ""), request.GET.get("q", "").strip()
    if worst not in Worst.values:
        worst = ""
    page = Paginator(models_of(channel=CHANNEL, worst=worst, text=text), ROWS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "title": _("Models on Trendyol"),
        "rows": [row_of(product) for product in page],
        "page": page,
        "filters": Worst.choices,
        "worst": worst,
        "text": text,
    }
    return frame(request, "product_create/overview.html", context)
