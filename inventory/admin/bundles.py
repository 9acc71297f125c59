"""Pages of closed cartons (`Seriler`): what they hold, packing them and opening them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from unfold.views import UnfoldModelAdminViewMixin

from catalog.models import BundlePart, Variant
from gullu.admin.base import who
from gullu.errors import DomainError
from gullu.roles import MOVE_GOODS
from gullu.text import fold
from inventory.bundles import (
    MOST_IN_A_CARTON,
    Bundle,
    BundleChange,
    bundles,
    open_bundles,
    pack_bundles,
    set_bundle_parts,
)
from inventory.selectors import availability
from inventory.services import MAX_QUANTITY
from inventory.shelf_codes import RECEIVING_CODE
from inventory.stock_grid import size_order

VIEW: Final = ("catalog.view_variant", "inventory.view_centralstock")
DEFINE: Final = "catalog.change_variant"
_FIELD: Final = "pairs-"
_DIGITS: Final = 18
_SHOWN: Final = 40


def urls(model_admin: Any) -> tuple[tuple[str, str, Any], ...]:
    """Addresses under the central stock."""
    return (
        ("bundles/", "inventory_bundles", BundlesView.as_view(model_admin=model_admin)),
        ("bundles/<int:pk>/", "inventory_bundle", BundleView.as_view(model_admin=model_admin)),
    )


class BundlesView(UnfoldModelAdminViewMixin, TemplateView):
    """Every carton with its content, its stock, and how many more could be packed."""

    template_name = "admin/inventory/bundles.html"
    title = gettext_lazy("Bundles")
    permission_required: ClassVar[tuple[str, ...]] = VIEW
    raise_exception = True

    def get_context_data(self, **_url: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()
        return super().get_context_data(bundles=bundles(text=fold(text)), text=text)


class MoveForm(forms.Form):
    """Packing and opening: how many cartons, from which shelf, to which. `key` makes pressing twice harmless."""

    cartons = forms.IntegerField(label=gettext_lazy("cartons"), min_value=1, max_value=MAX_QUANTITY)
    from_shelf = forms.CharField(label=gettext_lazy("from shelf"), max_length=30)
    to_shelf = forms.CharField(label=gettext_lazy("to shelf"), max_length=30)
    key = forms.UUIDField(widget=forms.HiddenInput)


class BundleView(UnfoldModelAdminViewMixin, TemplateView):
    """One carton: what it holds, and (once it holds something) packing and opening it."""

    template_name = "admin/inventory/bundle.html"
    title = gettext_lazy("Bundle")
    permission_required: ClassVar[tuple[str, ...]] = VIEW
    raise_exception = True

    @cached_property
    def variant(self) -> Variant:
        rows = Variant.objects.select_related("product")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        act = {
            "content": (DEFINE, self._content),
            "pack": (MOVE_GOODS, self._pack),
            "open": (MOVE_GOODS, self._open),
        }.get(request.POST.get("action", ""))
        if act is None:
            return HttpResponseBadRequest(_("This page has no such button: open it again."))
        right, carry_out = act
        if not request.user.has_perm(right):
            raise PermissionDenied
        return carry_out()

    def get_context_data(self, **_url: Any) -> dict[str, Any]:
        return {**super().get_context_data(), **self._context({})}

    def _context(self, given: dict[str, Any]) -> dict[str, Any]:
        """What the page shows; `given` is the form that comes back, and what was wrong with it."""
        found = bundles(variant_ids=[self.variant.pk])
        bundle: Bundle | None = found[0] if found else None
        fresh = {"key": uuid.uuid4(), "from_shelf": RECEIVING_CODE, "to_shelf": RECEIVING_CODE, "cartons": 1}
        return {
            "variant": self.variant,
            "bundle": bundle,
            "rows": self._rows(given.get("typed")),
            "form": MoveForm(initial=fresh),
            "may_define": self.request.user.has_perm(DEFINE),
            "may_move": self.request.user.has_perm(MOVE_GOODS),
            "most": MOST_IN_A_CARTON,
            **given,
        }

    def _rows(self, typed: dict[int, Any] | None) -> list[dict[str, Any]]:
        """Each single pair of the model, and how many of it a carton holds."""
        held: dict[int, Any] = dict(
            BundlePart.objects.filter(bundle=self.variant).values_list("part_id", "quantity")
        )
        singles = Variant.objects.filter(product=self.variant.product_id, bundle_parts__isnull=True)
        variants = sorted(
            singles.exclude(pk=self.variant.pk), key=lambda one: (one.colour, size_order(one.size))
        )
        stock = {row.barcode: row for row in availability([one.barcode for one in variants])}
        return [
            {
                "variant": one,
                "stock": stock[one.barcode],
                "name": f"{_FIELD}{one.pk}",
                "value": (held if typed is None else typed).get(one.pk, ""),
            }
            for one in variants
        ]

    def _content(self) -> HttpResponse:
        typed = {
            int(name.removeprefix(_FIELD)): value.strip()
            for name, value in self.request.POST.dict().items()
            if name.startswith(_FIELD) and _is_number(name.removeprefix(_FIELD)) and value.strip()
        }
        wrong = next((value for value in typed.values() if not _is_number(value)), None)
        if wrong is not None:
            problem = _("%(value)s is no number of pairs: type a whole number, or nothing for none.")
            return self._again(problem % {"value": Truncator(wrong).chars(_SHOWN)}, typed=typed)
        parts = {pk: int(value) for pk, value in typed.items() if int(value)}
        try:
            pairs = set_bundle_parts(bundle_id=self.variant.pk, parts=parts)
        except DomainError as error:
            return self._again(error.message, typed=typed)
        text = (
            _("A carton holds %(pairs)s pairs now.")
            if pairs
            else _("%(barcode)s is a single pair now, no carton.")
        )
        return self._done(text % {"pairs": pairs, "barcode": self.variant.barcode})

    def _pack(self) -> HttpResponse:
        return self._move(pack_bundles, _("%(cartons)s cartons were packed, %(stock)s are closed now."))

    def _open(self) -> HttpResponse:
        return self._move(open_bundles, _("%(cartons)s cartons were opened, %(stock)s are still closed."))

    def _move(self, service: Callable[..., BundleChange], text: str) -> HttpResponse:
        form = MoveForm(self.request.POST)
        if not form.is_valid():
            return self._again("", form=form)
        try:
            done = service(
                barcode=self.variant.barcode,
                cartons=form.cleaned_data["cartons"],
                from_shelf=form.cleaned_data["from_shelf"],
                to_shelf=form.cleaned_data["to_shelf"],
                user=who(self.request),
                key=f"bundle:{form.cleaned_data['key']}",
            )
        except DomainError as error:
            return self._again(error.message, form=form)
        return self._done(text % {"cartons": done.cartons, "stock": done.in_stock})

    def _again(self, problem: str, **given: Any) -> HttpResponse:
        context = {**super().get_context_data(), **self._context({"problem": problem, **given})}
        return self.render_to_response(context, status=422)

    def _done(self, text: str) -> HttpResponse:
        messages.success(self.request, text)
        return HttpResponseRedirect(reverse("admin:inventory_bundle", args=[self.variant.pk]))


def _is_number(text: str) -> bool:
    """Whether it is a whole number that Python and the database take."""
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS
