"""What a list of orders offers beside its rows: the lines of one, Excel, and sending a refused message again.

The skin calls these views with `model_admin`, the admin whose addresses they are.
"""

from __future__ import annotations

import tempfile
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gullu.admin.base import who
from gullu.audit.exports import counted
from gullu.roles import EXPORT_ORDERS, RETRY_MESSAGES, VIEW_MONEY
from orders.admin.order_rows import line_rows
from orders.export import write_workbook
from orders.models import Order, OrderDocument

# About ten seconds of work; more would keep one of few web processes, and the person, waiting.
MOST_EXPORTED: Final = 10_000
_EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def lines_of_order(request: HttpRequest, order_id: int, **_skin: Any) -> HttpResponse:
    """The lines of one order with pictures and stock, as a fragment for below its row."""
    _need(request, "orders.view_order")
    order = get_object_or_404(Order.objects.defer("payload"), pk=order_id)
    return render(request, "admin/orders/lines_fragment.html", {"order": order, "rows": line_rows(order)})


def export_orders(request: HttpRequest, *, model_admin: Any) -> HttpResponseBase:
    """The list as it is narrowed and searched now, as a workbook; refused with a sentence when it is too long."""
    _need(request, "orders.view_order", EXPORT_ORDERS)
    queryset = model_admin.get_changelist_instance(request).queryset
    ids = list(queryset.values_list("pk", flat=True)[: MOST_EXPORTED + 1])
    refusal = _refusal(len(ids), cut=getattr(request, "search_was_cut", False))
    if refusal:
        messages.error(request, refusal)
        name = f"admin:orders_{model_admin.opts.model_name}_changelist"
        return HttpResponseRedirect(f"{reverse(name)}?{request.GET.urlencode() or 'clear=1'}")
    # Closed, and with it deleted, by the response.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    write_workbook(file, ids, with_money=request.user.has_perm(VIEW_MONEY))
    file.seek(0)
    name = _("orders-%(day)s.xlsx") % {"day": timezone.localdate().isoformat()}
    return counted(FileResponse(file, as_attachment=True, filename=name, content_type=_EXCEL), len(ids))


def _refusal(number: int, *, cut: bool) -> str:
    if cut:
        return _(
            "Excel would miss orders, because only the newest were searched: search for something rarer."
        )
    if number > MOST_EXPORTED:
        text = _(
            "More than %(most)s orders are too many for one workbook: narrow the list, for example by date."
        )
        return text % {"most": f"{MOST_EXPORTED:,}".replace(",", ".")}
    return "" if number else _("There is no order to export: the list is empty.")


@require_POST
def retry_message(request: HttpRequest, order_id: int, **_skin: Any) -> HttpResponse:
    """Send the messages of an order named in the form again with the next run."""
    _need(request, "orders.view_order", RETRY_MESSAGES)
    order = get_object_or_404(Order, pk=order_id)
    text = request.POST.get("message", "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
    ids = list(order.outbox_messages.filter(pk=number).values_list("pk", flat=True))
    # In a layer above, hence by name; see settings.OUTBOX_RETRY.
    done = import_string(settings.OUTBOX_RETRY)(message_ids=ids, user=who(request))
    if done:
        messages.success(request, _("The message will be tried again within a minute."))
    else:
        messages.warning(request, _("This message was delivered already or is no longer needed."))
    return HttpResponseRedirect(reverse("admin:orders_order_change", args=[order.pk]))


def open_document(request: HttpRequest, document_id: int, **_skin: Any) -> HttpResponseBase:
    """The file of a document, for those who may see documents."""
    _need(request, "orders.view_order", "orders.view_orderdocument")
    document = get_object_or_404(OrderDocument.objects.exclude(file=""), pk=document_id)
    try:
        return FileResponse(document.file.open("rb"), filename=str(document.file).rsplit("/", 1)[-1])
    except FileNotFoundError as error:
        raise Http404 from error


def _need(request: HttpRequest, *rights: str) -> None:
    if not all(request.user.has_perm(right) for right in rights):
        raise PermissionDenied
