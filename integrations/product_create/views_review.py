"""The last step: every rule that is broken, what will be sent, and the buttons that send it or only end the draft."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from catalog.models import Product
from catalog.writing import finish_draft
from gullu.errors import DomainError
from gullu.roles import LIST_PRODUCTS
from integrations.listing.building import Checked, check_product
from integrations.listing.sheets import Sheet
from integrations.listing.standing import Standing, VariantStanding, standing_of
from integrations.listing.write_errors import UnderWay
from integrations.product_create.mending import faults_of
from integrations.product_create.sending import finish_and_send
from integrations.product_create.shell import (
    CHANNEL,
    Step,
    may_keep_products,
    person,
    product_of,
    step_page,
    step_url,
)
from integrations.product_create.views_listing import card_of
from integrations.trendyol.connection import NotConfigured, is_configured


@dataclass(frozen=True, slots=True)
class Row:
    """A barcode as it will be sent, and how it stands on the marketplace now."""

    sheet: Sheet
    standing: VariantStanding | None

    @property
    def fresh(self) -> bool:
        """Whether it can be listed: it is not there, and nothing is on its way."""
        return self.standing is None or not (self.standing.listed or self.standing.open)


@require_http_methods(["GET", "POST"])
@may_keep_products
def review(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show what would be sent; sent, do it, or only take the draft into the range."""
    product = product_of(pk)
    if request.method != "POST":
        return _page(request, product)
    try:
        return _finish(request, product) if "finish" in request.POST else _send(request, product)
    except DomainError as error:
        return _page(request, product, problem=error.message, status=422)


def _send(request: HttpRequest, product: Product) -> HttpResponse:
    if not request.user.has_perm(LIST_PRODUCTS):
        raise PermissionDenied
    if not is_configured():
        raise NotConfigured
    there = HttpResponseRedirect(reverse("product_create:standing", args=[product.pk]))
    try:
        asked = finish_and_send(channel=CHANNEL, product_id=product.pk, user=person(request))
    except UnderWay as error:
        # Pressed twice: what was wanted is done, and that page says how far it is.
        messages.info(request, error.message)
        return there
    text = ngettext(
        "%(count)s barcode is being sent to Trendyol.",
        "%(count)s barcodes are being sent to Trendyol.",
        asked.items,
    )
    messages.success(request, text % {"count": asked.items})
    return there


def _finish(request: HttpRequest, product: Product) -> HttpResponse:
    finish_draft(product_id=product.pk, user=person(request))
    messages.success(
        request, _("Model %(code)s is in the range; nothing was sent to Trendyol.") % {"code": product.code}
    )
    return HttpResponseRedirect(step_url(product, Step.REVIEW))


def _page(request: HttpRequest, product: Product, *, problem: str = "", status: int = 200) -> HttpResponse:
    checked = check_product(channel=CHANNEL, product_id=product.pk)
    standing = standing_of(channel=CHANNEL, product_id=product.pk)
    rows = _rows(checked, standing)
    fresh = sum(row.fresh for row in rows)
    context = {
        "faults": faults_of(product, card_of(product), checked),
        "rows": rows,
        "fresh": fresh,
        "standing": standing,
        "known": any(row.standing and row.standing.last_write for row in rows) or fresh < len(rows),
        "obstacle": _obstacle(request, checked, fresh),
        "may_send": request.user.has_perm(LIST_PRODUCTS),
        "problem": problem,
    }
    return step_page(request, product, Step.REVIEW, "product_create/review.html", context, status)


def _rows(checked: Checked, standing: Standing) -> list[Row]:
    found = {row.barcode: row for row in standing.rows}
    return [Row(sheet, found.get(sheet.barcode)) for sheet in checked.sheets]


def _obstacle(request: HttpRequest, checked: Checked, fresh: int) -> str:
    """Why it cannot be sent now; empty when it can."""
    if checked.violations:
        count = len(checked.violations)
        text = ngettext(
            "It can be sent once the %(count)s sentence above is settled.",
            "It can be sent once the %(count)s sentences above are settled.",
            count,
        )
        return text % {"count": count}
    if not fresh:
        return _("Everything is on Trendyol or on its way: changes are sent from the page of its state.")
    if not is_configured():
        return NotConfigured().message
    if not request.user.has_perm(LIST_PRODUCTS):
        return _("You may not list products on Trendyol: ask the manager.")
    return ""
