"""How a model stands on the marketplace: each barcode, why it was refused, and what can be asked now."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from catalog.models import Product
from gullu.errors import DomainError
from gullu.jobs import enqueue
from gullu.models import JobRun
from gullu.roles import LIST_PRODUCTS
from integrations.listing.standing import Standing, standing_of
from integrations.models import Listing
from integrations.product_create.shell import (
    CHANNEL,
    Step,
    frame,
    may_keep_products,
    person,
    product_of,
    step_url,
)
from integrations.product_create.standing_actions import ACTIONS, PARTS, Action, Request
from integrations.product_create.standing_words import Line, Stage, lines_of, totals_of
from integrations.product_create.views_lookup import number_of
from integrations.trendyol.connection import NotConfigured, is_configured

_UNDER_WAY = frozenset({Stage.WAITING, Stage.SENT, Stage.QUALITY})


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page knows of a model. Four statements."""

    product: Product
    standing: Standing
    lines: tuple[Line, ...]

    @property
    def renews(self) -> bool:
        """Whether something may change by itself."""
        return any(line.stage in _UNDER_WAY or line.row.open for line in self.lines)


def _shown(product: Product) -> Shown:
    standing = standing_of(channel=CHANNEL, product_id=product.pk)
    locked = Listing.objects.filter(channel=CHANNEL, variant__product=product).exclude(locked_reason="")
    reasons = dict(locked.values_list("barcode", "locked_reason"))
    return Shown(product, standing, tuple(lines_of(product, standing, reasons)))


@require_http_methods(["GET", "POST"])
@may_keep_products
def standing(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show it; sent, ask what the button says, after it was confirmed."""
    product = product_of(pk)
    if request.method != "POST":
        return _page(request, _shown(product))
    if not request.user.has_perm(LIST_PRODUCTS):
        raise PermissionDenied
    try:
        return _act(request, product)
    except DomainError as error:
        return _page(request, _shown(product), problem=error.message, status=422)


@require_GET
@may_keep_products
def state(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What the page asks for by itself: the part that changes, a mark of it, and whether to ask again."""
    shown = _shown(product_of(pk))
    html = render_to_string("product_create/standing_live.html", _live(request, shown), request)
    mark = hashlib.blake2b(html.encode(), digest_size=12).hexdigest()
    return JsonResponse({"mark": mark, "renews": shown.renews, "html": html})


# --- asking -------------------------------------------------------------------------------------------------------


def _act(request: HttpRequest, product: Product) -> HttpResponse:
    name = request.POST.get("action", "")
    if name == "look":
        return _look(request, product)
    if name not in ACTIONS:
        return HttpResponseBadRequest(_("This page has no such button: open it again."))
    if not is_configured():
        raise NotConfigured
    shown, action = _shown(product), ACTIONS[name]
    asked = _request(request, shown, action)
    if "confirmed" in request.POST:
        return _ask(request, action, asked)
    return _confirm(request, shown, name, asked)


def _look(request: HttpRequest, product: Product) -> HttpResponse:
    """Have the marketplace asked now how its quality control decided."""
    with transaction.atomic():
        enqueue(
            "integrations.tasks.check_listings_job",
            trigger=JobRun.Trigger.STAFF.value,
            actor_id=person(request).pk,
            product_id=product.pk,
        )
    messages.success(request, _("Trendyol is being asked; this page renews itself."))
    return HttpResponseRedirect(f"{_address(product)}?asked=1")


def _address(product: Product) -> str:
    return reverse("product_create:standing", args=[product.pk])


def _request(request: HttpRequest, shown: Shown, action: Action) -> Request:
    """For the ticked barcodes, or without ticks for all it fits."""
    ticked = {number_of(text) for text in request.POST.getlist("variant")}
    chosen = [line for line in shown.lines if line.row.variant_id in ticked or not ticked]
    fields = {name for key in request.POST.getlist("part") if key in PARTS for name in PARTS[key].fields}
    return Request(
        product=shown.product,
        variant_ids=[line.row.variant_id for line in chosen if action.fits(line)],
        fields=fields,
        user=person(request),
        ticked=bool(ticked),
    )


def _ask(request: HttpRequest, action: Action, asked: Request) -> HttpResponse:
    done = action.ask(asked)
    text = ngettext(
        "“%(action)s” is being sent to Trendyol for %(count)s item.",
        "“%(action)s” is being sent to Trendyol for %(count)s items.",
        done.items,
    )
    messages.success(request, text % {"action": action.label, "count": done.items})
    return HttpResponseRedirect(_address(asked.product))


def _confirm(request: HttpRequest, shown: Shown, name: str, asked: Request) -> HttpResponse:
    """Say what will happen, and for which barcodes, before it does."""
    action = ACTIONS[name]
    if name == "update" and not asked.fields:
        return _page(request, shown, problem=_("Tick at least one field to be sent."), status=422)
    if not asked.variant_ids:
        words = {"action": action.label}
        problem = _("“%(action)s” fits none of the chosen barcodes as they are now.") % words
        return _page(request, shown, problem=problem, status=422)
    wanted = set(asked.variant_ids)
    context = {
        "title": action.label,
        "product": shown.product,
        "name": name,
        "action": action,
        "lines": [line for line in shown.lines if line.row.variant_id in wanted],
        "ticked": asked.ticked,
        "parts": [(key, part) for key, part in PARTS.items() if part.fields <= set(asked.fields)],
        "back": _address(shown.product),
    }
    return frame(request, "product_create/standing_confirm.html", context)


# --- showing ------------------------------------------------------------------------------------------------------


def _live(request: HttpRequest, shown: Shown) -> dict[str, Any]:
    fitting = [
        (name, action)
        for name, action in ACTIONS.items()
        if name != "update" and any(action.fits(line) for line in shown.lines)
    ]
    return {
        "product": shown.product,
        "standing": shown.standing,
        "lines": shown.lines,
        "totals": totals_of(shown.lines),
        "actions": fitting,
        "may_send": request.user.has_perm(LIST_PRODUCTS),
    }


def _page(request: HttpRequest, shown: Shown, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        **_live(request, shown),
        "title": _("How it stands on Trendyol"),
        "renews": shown.renews,
        "asked": "asked" in request.GET,
        "parts": PARTS.items(),
        "configured": is_configured(),
        "edit_url": step_url(shown.product, Step.MODEL),
        "review_url": step_url(shown.product, Step.REVIEW),
        "problem": problem,
    }
    return frame(request, "product_create/standing.html", context, status=status)
