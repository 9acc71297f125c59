"""The page "Farklar": ours beside what the marketplace shows, and which of the two is to hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from unfold.views import UnfoldModelAdminViewMixin

from gullu.admin.base import MOST_REASONS_SHOWN, who
from gullu.errors import DomainError
from gullu.models import JobRun
from gullu.roles import LIST_PRODUCTS, VIEW_MONEY
from integrations.listing.comparing import PRICES, Field
from integrations.listing.difference_words import in_words
from integrations.listing.differences import FieldCount, count_fields, find, models_in
from integrations.listing.settling import Chosen, Settled, send_all, take_all
from orders.enums import Channel

VIEW: Final = "integrations.view_listing"
TAKE: Final = ("catalog.change_product", "catalog.change_variant")
MODELS_PER_PAGE: Final = 10
LONGEST_SEARCH: Final = 100
BAR_LENGTH: Final = 200
_CHANNEL: Final = Channel.TRENDYOL


def urls(model_admin: Any) -> tuple[tuple[str, str, Any], ...]:
    """Addresses under the list of listings."""
    view = DifferencesView.as_view(model_admin=model_admin)
    return (("differences/", "integrations_listing_differences", view),)


@dataclass(frozen=True, slots=True)
class Bar:
    """A field with its bar (`length` in the drawing's units) and the address of exactly these differences."""

    count: FieldCount
    length: int
    link: str
    current: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; `refused` is a field that does not exist."""

    search: str
    field: Field | None
    refused: str
    empty: bool

    def query(self, **changes: Any) -> str:
        """The address, with another field or page."""
        wanted = {
            "q": self.search,
            "field": str(self.field or ""),
            "empty": "1" if self.empty else "",
            **changes,
        }
        return urlencode({name: value for name, value in wanted.items() if value})


class DifferencesView(UnfoldModelAdminViewMixin, TemplateView):
    """`?field=` one field, `?q=` some models, `?empty=1` also what is written down only there.

    A POST ends differences: `do` is `take` or `send` for the ticked ones, or `take|<difference>` for a single one.
    """

    title = gettext_lazy("Differences to the marketplace")
    template_name = "admin/integrations/differences.html"
    permission_required: ClassVar[tuple[str, ...]] = (VIEW,)
    raise_exception = True
    request: HttpRequest

    @cached_property
    def asked(self) -> Asked:
        given = self.request.GET
        name = given.get("field", "")
        known = name in Field.values and (self.money or Field(name) not in PRICES)
        return Asked(
            search=given.get("q", "").strip()[:LONGEST_SEARCH],
            field=Field(name) if known else None,
            refused="" if known or not name else name[:40],
            empty=given.get("empty") == "1",
        )

    @property
    def money(self) -> bool:
        return bool(self.request.user.has_perm(VIEW_MONEY))

    def get_context_data(self, **_url: Any) -> dict[str, Any]:
        asked, user = self.asked, self.request.user
        rows = find(channel=_CHANNEL, search=asked.search, with_missing=asked.empty, money=self.money)
        pages = Paginator(models_in(rows, asked.field), MODELS_PER_PAGE)
        page = pages.get_page(self.request.GET.get("page"))
        here = frozenset(page.object_list)
        shown = [row for row in rows if row.product_id in here]
        counts = count_fields(rows)
        runs = JobRun.objects.filter(name="sync_products", state=JobRun.State.DONE)
        last_read = runs.order_by("-started_at", "-pk").first()
        read_at = last_read.started_at if last_read else None
        return super().get_context_data(
            asked=asked,
            bars=_bars(counts, asked),
            differing=len({row.product_id for row in rows}),
            page=page,
            query=asked.query(),
            all_fields=asked.query(field=""),
            models=in_words(shown, channel=_CHANNEL, field=asked.field, read_at=read_at),
            may_take=user.has_perms(TAKE),
            may_send=user.has_perm(LIST_PRODUCTS),
            last_read=last_read,
        )

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        what, _sign, single = request.POST.get("do", "").partition("|")
        if what not in {"take", "send"}:
            return HttpResponseBadRequest(_("This page has no such button: open it again."))
        if not request.user.has_perms(TAKE if what == "take" else (LIST_PRODUCTS,)):
            raise PermissionDenied
        keys = [single] if single else request.POST.getlist("difference")
        try:
            chosen = [_read(key) for key in keys]
        except ValueError:
            return HttpResponseBadRequest(_("This page has no such difference: open it again."))
        if not self.money and any(one.field in PRICES for one in chosen):
            raise PermissionDenied
        self._settle(what, chosen)
        address = reverse("admin:integrations_listing_differences")
        query = self.asked.query(page=request.GET.get("page", ""))
        return HttpResponseRedirect(f"{address}?{query}" if query else address)

    def _settle(self, what: str, chosen: Sequence[Chosen]) -> None:
        if not chosen:
            messages.warning(self.request, _("No difference was chosen: tick those that are to be settled."))
            return
        settle = take_all if what == "take" else send_all
        try:
            done = settle(channel=_CHANNEL, chosen=chosen, user=who(self.request))
        except DomainError as error:
            messages.error(self.request, error.message)
        else:
            _report(self.request, done, _taken(done) if what == "take" else _sent(done))


def _read(key: str) -> Chosen:
    """`"title:3f2a…:12.13"` → the field of these listings, as it was seen. Raises ValueError."""
    field, stamp, numbers = key.split(":")
    if not stamp:
        raise ValueError(key)
    return Chosen(Field(field), {int(number): stamp for number in numbers.split(".")})


def _bars(counts: Iterable[FieldCount], asked: Asked) -> list[Bar]:
    found = list(counts)
    most = max((count.models for count in found), default=1)
    return [
        Bar(
            count=count,
            length=max(round(BAR_LENGTH * count.models / most), 2),
            link=asked.query(field=str(count.field)),
            current=count.field == asked.field,
        )
        for count in found
    ]


def _taken(done: Settled) -> str:
    text = ngettext("%(count)s difference is settled.", "%(count)s differences are settled.", done.done)
    return text % {"count": done.done}


def _sent(done: Settled) -> str:
    text = ngettext(
        "%(count)s change is on its way to the marketplace; what became of it is shown at the model.",
        "%(count)s changes are on their way to the marketplace; what became of them is shown at the models.",
        done.done,
    )
    return text % {"count": done.done}


def _report(request: HttpRequest, done: Settled, sentence: str) -> None:
    if done.done:
        messages.success(request, sentence)
    if done.passed:
        text = ngettext(
            "%(count)s difference was not as shown any more and was left alone: look at it again.",
            "%(count)s differences were not as shown any more and were left alone: look at them again.",
            done.passed,
        )
        messages.warning(request, text % {"count": done.passed})
    for reason in done.refused[:MOST_REASONS_SHOWN]:
        messages.error(request, reason)
    if len(done.refused) > MOST_REASONS_SHOWN:
        rest = len(done.refused) - MOST_REASONS_SHOWN
        messages.error(request, _("%(count)s more were refused.") % {"count": rest})
