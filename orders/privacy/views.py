"""The page "Kişisel veriler": what is kept how long, and the data of one customer handed out or erased.

Names and numbers are sent in the body, never in an address: addresses are kept in logs and histories.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from gullu.models import JobRun
from gullu.privacy.definition import retentions
from gullu.privacy.services import RUN
from gullu.roles import KEEP_PERSONAL_DATA
from gullu.staff_pages import frame, only_for, person
from orders.models import OrderDocument
from orders.privacy.people import MOST_PEOPLE, NoSuchCustomer, customer_of, find_customers, orders_of
from orders.privacy.services import Erased, erase_customer, export_customer

_LONGEST_SEARCH: Final = 120
for_keepers = only_for(KEEP_PERSONAL_DATA)
"""Only for who may hand out and erase personal data."""


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind of personal data: how long it is kept, and how many rows are older than that by now."""

    what: str
    days: int
    due: int


@require_http_methods(["GET", "POST"])
@for_keepers
def start(request: HttpRequest) -> HttpResponse:
    """The search, and the table of what is kept how long."""
    return _start(request)


def _start(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    typed, now = request.POST.get("q", "")[:_LONGEST_SEARCH].strip(), timezone.now()
    found = find_customers(typed)
    context = {
        "title": _("Personal data"),
        "typed": typed,
        "customers": found,
        "most": MOST_PEOPLE if len(found) == MOST_PEOPLE else None,
        "kinds": [KindRow(str(kind.what), kind.days, kind.due(kind.before(now))) for kind in retentions()],
        "last_run": JobRun.objects.filter(name=RUN).order_by("-started_at").first(),
        "problem": problem,
    }
    return frame(request, "privacy/start.html", context, status=status)


@require_POST
@for_keepers
def export(request: HttpRequest) -> HttpResponse:
    """Everything kept of a customer, as a ZIP."""
    try:
        content = export_customer(key=request.POST.get("key", ""), actor=person(request))
    except NoSuchCustomer as refusal:
        return _start(request, problem=refusal.message, status=404)
    day: date = timezone.localdate()
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="kisisel-veriler-{day:%Y-%m-%d}.zip"'
    return answer


@require_POST
@for_keepers
def erase(request: HttpRequest) -> HttpResponse:
    """What would be erased and what stays; after the question (`asked`) and its tick (`sure`) it is done."""
    key, asked = request.POST.get("key", ""), request.POST.get("asked") == "1"
    try:
        if asked and request.POST.get("sure") == "1":
            messages.success(request, _in_words(erase_customer(key=key, actor=person(request))))
            return HttpResponseRedirect(reverse("privacy:start"))
        customer = customer_of(key)
    except NoSuchCustomer as refusal:
        return _start(request, problem=refusal.message, status=404)
    context: dict[str, Any] = {
        "title": _("Erase personal data"),
        "customer": customer,
        "closed_orders": customer.orders - customer.open_orders,
        "invoices": OrderDocument.objects.filter(order__in=orders_of(key)).count(),
        "problem": _("Tick the box first: what is erased cannot be brought back.") if asked else "",
    }
    return frame(request, "privacy/erase.html", context, status=422 if context["problem"] else 200)


def _in_words(erased: Erased) -> str:
    done = ngettext(
        "The personal data of %(count)s order was erased.",
        "The personal data of %(count)s orders was erased.",
        erased.orders,
    )
    parts = [done % {"count": erased.orders}]
    if erased.still_open:
        text = _("Orders %(numbers)s are still to be sent: erase them when they have left.")
        parts.append(text % {"numbers": ", ".join(erased.still_open)})
    if erased.invoices_kept:
        text = ngettext(
            "%(count)s invoice stays, because the law asks for it.",
            "%(count)s invoices stay, because the law asks for them.",
            erased.invoices_kept,
        )
        parts.append(text % {"count": erased.invoices_kept})
    return " ".join(parts)
