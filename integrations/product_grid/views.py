"""The page "Izgara" of a model: prices, costs, buffers of all its barcodes in one form."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from catalog.changing import VariantsRefused, change_variants
from catalog.history import changes_of
from catalog.models import Currency, Product
from gullu.admin.base import who
from gullu.errors import DomainError
from gullu.roles import LIST_PRODUCTS, VIEW_MONEY
from gullu.staff_pages import frame, only_for
from integrations.admin import LISTING_COLOURS
from integrations.listing.writes import ask_prices
from integrations.product_grid import form
from integrations.product_grid.grid import ProductGrid, product_grid
from orders.enums import Channel

VIEW: Final = ("catalog.view_variant", "inventory.view_centralstock")
CHANGE: Final = "catalog.change_variant"


@require_http_methods(["GET", "POST"])
@only_for(*VIEW)
def grid(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the model's grid, or write what was changed in it: all of it, or nothing and every reason."""
    product = get_object_or_404(Product, pk=pk)
    shown = product_grid(product, part=_part(request))
    if request.method != "POST":
        return _page(request, shown)
    if "send_prices" in request.POST:
        return _send_prices(request, shown)
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    return _save(request, shown)


def _part(request: HttpRequest) -> int:
    text = request.GET.get("part", "1")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 1


def _names(request: HttpRequest) -> tuple[str, ...]:
    return form.field_names(money=request.user.has_perm(VIEW_MONEY))


def _save(request: HttpRequest, shown: ProductGrid) -> HttpResponse:
    try:
        entered = form.read(request.POST.dict(), product_id=shown.product.pk, names=_names(request))
    except form.StalePage:
        messages.error(request, _("This page is too old to be saved: your changes were not written."))
        return HttpResponseRedirect(request.get_full_path())
    if entered.errors:
        return _page(request, shown, entered)
    try:
        done = change_variants(entered.changes, user=who(request))
    except VariantsRefused as error:
        entered.refuse(error.problems, shown.product.variants.in_bulk())
        return _page(request, shown, entered)
    _tell(request, done.changed)
    return HttpResponseRedirect(request.get_full_path())


def _send_prices(request: HttpRequest, shown: ProductGrid) -> HttpResponse:
    """Ask the marketplace for our prices where it shows others."""
    if not request.user.has_perms((LIST_PRODUCTS, VIEW_MONEY)):
        raise PermissionDenied
    try:
        ids = [cell.variant.pk for cell in shown.differing]
        asked = ask_prices(channel=Channel.TRENDYOL, variant_ids=ids, user=who(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        text = ngettext(
            "The price of %(count)s barcode is sent.",
            "The prices of %(count)s barcodes are sent.",
            asked.items,
        )
        messages.success(request, text % {"count": asked.items})
    return HttpResponseRedirect(request.get_full_path())


def _tell(request: HttpRequest, count: int) -> None:
    if not count:
        messages.info(request, _("Nothing was different, so nothing was written."))
        return
    text = ngettext("%(count)s barcode was changed.", "%(count)s barcodes were changed.", count)
    messages.success(request, text % {"count": count})


def _page(request: HttpRequest, shown: ProductGrid, entered: form.GridInput | None = None) -> HttpResponse:
    names = _names(request)
    money = request.user.has_perm(VIEW_MONEY)
    context: dict[str, Any] = {
        "title": _("Grid of model %(code)s") % {"code": shown.product.code},
        "grid": shown,
        "colours": [
            {"colour": colour, "rows": list(form.rows_of(colour.cells, names, entered))}
            for colour in shown.colours
        ],
        "seen": entered.seal() if entered else form.seal(shown, names),
        "errors": entered.errors if entered else {},
        "fillable": [(name, form.LABELS[name]) for name in names if name != "discontinued"],
        "currencies": Currency.values,
        "may_change": request.user.has_perm(CHANGE),
        "may_send": money and request.user.has_perm(LIST_PRODUCTS),
        "money": money,
        "tones": LISTING_COLOURS,
        "changes": changes_of(product_id=shown.product.pk, money=money),
        "parts": range(1, shown.parts + 1),
        "back": reverse("admin:catalog_product_change", args=[shown.product.pk]),
    }
    status = 422 if entered and entered.errors else 200
    return frame(request, "product_grid/grid.html", context, status=status)
