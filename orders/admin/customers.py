"""The customer's data of one order in full, for one look; who looked is recorded."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gullu.admin.base import who
from gullu.roles import UNMASK_CUSTOMERS
from orders.customer_data import customer_card, record_unmasking
from orders.models import Order


@require_POST
def unmask(request: HttpRequest, order_id: int, *, model_admin: Any) -> HttpResponse:
    """The card of the customer, not masked: as a fragment for the script, else as a page.

    The admin itself forbids every cache to keep it.
    """
    if not request.user.has_perms(("orders.view_order", UNMASK_CUSTOMERS)):
        raise PermissionDenied
    with transaction.atomic():
        order = get_object_or_404(Order.objects.defer("payload"), pk=order_id)
        record_unmasking(order=order, user=who(request), by="orders_order_unmask")
    context = {"customer": customer_card(order, user=who(request), in_full=True)}
    if request.headers.get("X-Requested-With") == "fetch":
        return render(request, "admin/orders/parts/customer.html", context)
    page = {"title": _("Customer"), "order": order, "media": model_admin.media}
    frame = admin.site.each_context(request)
    return render(request, "admin/orders/customer_page.html", {**frame, **page, **context})
