"""The page "Pazaryerinden ürün al": what the marketplace lists and is not here, and taking it into the catalogue."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from unfold.views import UnfoldModelAdminViewMixin

from gullu.admin.base import MOST_REASONS_SHOWN, who
from gullu.jobs import enqueue
from gullu.models import JobRun
from gullu.money import format_money
from gullu.roles import LIST_PRODUCTS, VIEW_MONEY
from integrations.listing.import_job import MOST_AT_ONCE, ask_import, import_run
from integrations.listing.import_plan import PlannedModel
from integrations.listing.importing import Imported, import_listings
from integrations.listing.unknown import barcodes_of, plan_of, unknown_codes, unknown_totals
from inventory.stock_grid import size_order
from orders.enums import Channel

VIEW: Final = "integrations.view_listing"
IMPORT: Final = ("catalog.add_product", LIST_PRODUCTS)
MODELS_PER_PAGE: Final = 20
LONGEST_SEARCH: Final = 100
_READ: Final = "sync_products"


def urls(model_admin: Any) -> tuple[tuple[str, str, Any], ...]:
    """Addresses under the list of listings."""
    name = "integrations_listing_importing"
    return (
        ("import/", name, ImportingView.as_view(model_admin=model_admin)),
        ("import/<str:import_id>/", f"{name}_progress", ProgressView.as_view(model_admin=model_admin)),
    )


@dataclass(frozen=True, slots=True)
class Card:
    """One model on the page: `colours` with their sizes in words, and what its barcodes cost there."""

    model: PlannedModel
    colours: tuple[tuple[str, str], ...]
    prices: str


class ImportingView(UnfoldModelAdminViewMixin, TemplateView):
    """`?q=` looks for models; a POST takes the ticked ones in, or all, or asks for a new reading."""

    title = gettext_lazy("Take products from the marketplace")
    template_name = "admin/integrations/importing.html"
    permission_required: ClassVar[tuple[str, ...]] = (VIEW,)
    raise_exception = True
    request: HttpRequest

    @property
    def search(self) -> str:
        return self.request.GET.get("q", "").strip()[:LONGEST_SEARCH]

    def get_context_data(self, **_url: Any) -> dict[str, Any]:
        user, channel = self.request.user, Channel.TRENDYOL
        pages = Paginator(unknown_codes(channel=channel, search=self.search), MODELS_PER_PAGE)
        page = pages.get_page(self.request.GET.get("page"))
        codes = [code for code, _count in page.object_list]
        money = user.has_perm(VIEW_MONEY)
        return super().get_context_data(
            totals=unknown_totals(channel=channel),
            page=page,
            query=urlencode({"q": self.search}) if self.search else "",
            cards=[_card(model, money=money) for model in plan_of(channel=channel, codes=codes)],
            search=self.search,
            may_import=user.has_perms(IMPORT),
            last_read=JobRun.objects.filter(name=_READ).order_by("-started_at", "-pk").first(),
        )

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        if not request.user.has_perms(IMPORT):
            raise PermissionDenied
        if request.POST.get("action") == "read":
            return self._read()
        if request.POST.get("action") not in {"chosen", "all"}:
            return HttpResponseBadRequest(_("This page has no such button: open it again."))
        return self._import(self._codes())

    def _codes(self) -> list[str]:
        if self.request.POST["action"] == "all":
            return [code for code, _count in unknown_codes(channel=Channel.TRENDYOL, search=self.search)]
        return self.request.POST.getlist("model")

    def _import(self, codes: list[str]) -> HttpResponse:
        channel, user = Channel.TRENDYOL, who(self.request)
        barcodes = barcodes_of(channel=channel, codes=codes)
        if not barcodes:
            text = (
                _("What was chosen is in the catalogue already: nothing was left to take in.")
                if codes
                else _("No model was chosen: tick those that are to be taken in.")
            )
            messages.warning(self.request, text)
            return self._back()
        if len(barcodes) > MOST_AT_ONCE:
            import_id = ask_import(channel=channel, barcodes=barcodes, user=user)
            address = reverse("admin:integrations_listing_importing_progress", args=[import_id])
            return HttpResponseRedirect(address)
        _report(self.request, import_listings(channel=channel, barcodes=barcodes, user=user))
        return self._back()

    def _read(self) -> HttpResponse:
        with transaction.atomic():
            enqueue(
                "integrations.tasks.read_back_products_job",
                trigger=JobRun.Trigger.STAFF.value,
                actor_id=who(self.request).pk,
            )
        text = _("The listing will be read in the background: open this page again in a minute.")
        messages.success(self.request, text)
        return self._back()

    def _back(self) -> HttpResponse:
        address = reverse("admin:integrations_listing_importing")
        return HttpResponseRedirect(f"{address}?{urlencode({'q': self.search})}" if self.search else address)


class ProgressView(UnfoldModelAdminViewMixin, TemplateView):
    """How far a long import is; only for the person who asked for it."""

    title = gettext_lazy("Take products from the marketplace")
    template_name = "admin/integrations/importing_progress.html"
    permission_required: ClassVar[tuple[str, ...]] = (VIEW,)
    raise_exception = True

    def get_context_data(self, **_url: Any) -> dict[str, Any]:
        run = import_run(import_id=self.kwargs["import_id"], user=who(self.request))
        over = run is not None and run.state != JobRun.State.RUNNING
        return super().get_context_data(run=run, counts=run.counts if run else {}, over=over)


def _card(model: PlannedModel, *, money: bool) -> Card:
    variants = model.new.variants if model.new else ()
    sizes: defaultdict[str, list[str]] = defaultdict(list)
    for variant in variants:
        sizes[variant.colour].append(variant.size)
    prices = sorted({variant.sale_price for variant in variants if variant.sale_price is not None})
    words = " – ".join(format_money(price) for price in dict.fromkeys((*prices[:1], *prices[-1:])))
    return Card(
        model=model,
        colours=tuple((colour, ", ".join(sorted(found, key=size_order))) for colour, found in sizes.items()),
        prices=words if money else "",
    )


def _report(request: HttpRequest, done: Imported) -> None:
    if done.variants:
        text = ngettext(
            "%(variants)s barcode taken in, %(models)s new models.",
            "%(variants)s barcodes taken in, %(models)s new models.",
            done.variants,
        )
        messages.success(request, text % {"variants": done.variants, "models": done.models})
    if done.healed:
        text = ngettext(
            "Orders that waited for %(count)s barcode have found their product.",
            "Orders that waited for %(count)s barcodes have found their products.",
            done.healed,
        )
        messages.success(request, text % {"count": done.healed})
    for row in done.refused[:MOST_REASONS_SHOWN]:
        messages.error(request, row.message)
    if len(done.refused) > MOST_REASONS_SHOWN:
        rest = len(done.refused) - MOST_REASONS_SHOWN
        messages.error(request, _("%(count)s more were refused.") % {"count": rest})
