"""The page of a model's pictures (`Görseller`): send, put in order, delete. It works without its script as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from unfold.views import UnfoldModelAdminViewMixin

from catalog.models import Product
from catalog.pictures.selectors import Strip, strips_of
from catalog.pictures.services import (
    AddedPicture,
    Step,
    add_picture,
    add_picture_address,
    delete_picture,
    move_picture,
    reorder_pictures,
)
from gullu.admin.base import who
from gullu.errors import DomainError
from gullu.pictures import ACCEPT
from gullu.public_address import public_address_problem

_KEEP: Final = "catalog.change_product"
RIGHTS: Final[dict[str, tuple[str, str]]] = {
    "upload": (_KEEP, "catalog.add_productimage"),
    "address": (_KEEP, "catalog.add_productimage"),
    "order": (_KEEP, "catalog.change_productimage"),
    "move": (_KEEP, "catalog.change_productimage"),
    "delete": (_KEEP, "catalog.delete_productimage"),
}


def urls(model_admin: Any) -> tuple[tuple[str, str, Any], ...]:
    """Addresses under the list of models."""
    view = PicturesView.as_view(model_admin=model_admin)
    return (("<int:pk>/pictures/", "catalog_product_pictures", view),)


@dataclass(frozen=True, slots=True)
class Said:
    """What became of one step: a sentence, and what should be looked at all the same."""

    sentence: str
    good: bool = True
    notes: tuple[str, ...] = ()


class PicturesView(UnfoldModelAdminViewMixin, TemplateView):
    """One strip of pictures per colour. Every step is one POST with `action` and `colour`.

    The script asks for JSON (`Accept`) and gets the sentence and the new strip; a plain form is sent back to the page.
    """

    template_name = "admin/catalog/pictures.html"
    title = gettext_lazy("Product pictures")
    permission_required: ClassVar[tuple[str, ...]] = ("catalog.view_product", "catalog.view_productimage")
    raise_exception = True

    @cached_property
    def product(self) -> Product:
        return get_object_or_404(Product, pk=self.kwargs["pk"])

    def get_context_data(self, **_url: Any) -> dict[str, Any]:
        return super().get_context_data(
            product=self.product,
            strips=strips_of(self.product),
            problem=public_address_problem(),
            accept=ACCEPT,
            may=self._rights(),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        action, colour = request.POST.get("action", ""), request.POST.get("colour", "")
        if action not in RIGHTS:
            return HttpResponseBadRequest(_("This page has no such button: open it again."))
        if not request.user.has_perms(RIGHTS[action]):
            raise PermissionDenied
        said = getattr(self, f"_{action}")(colour)
        if request.accepts("text/html"):
            return self._back_to_page(colour, said)
        return self._for_script(colour, said)

    def _rights(self) -> dict[str, bool]:
        return {action: self.request.user.has_perms(rights) for action, rights in RIGHTS.items()}

    def _upload(self, colour: str) -> list[Said]:
        uploads = self.request.FILES.getlist("pictures")
        if not uploads:
            return [Said(_("No picture was chosen."), good=False)]
        return [self._try(partial(self._add, colour, upload)) for upload in uploads]

    def _add(self, colour: str, upload: Any) -> Said:
        added = add_picture(product_id=self.product.pk, colour=colour, upload=upload, user=who(self.request))
        words = {"name": upload.name, "position": added.position, "colour": colour}
        sentence = _("%(name)s is picture %(position)s of colour %(colour)s.") % words
        return Said(sentence, notes=tuple(_notes(added, upload.name)))

    def _address(self, colour: str) -> list[Said]:
        url = self.request.POST.get("url", "")

        def act() -> Said:
            add_picture_address(product_id=self.product.pk, colour=colour, url=url, user=who(self.request))
            return Said(_("The picture was added."))

        return [self._try(act)]

    def _order(self, colour: str) -> list[Said]:
        def act() -> Said:
            ids = _numbers(self.request.POST.getlist("id"))
            reorder_pictures(product_id=self.product.pk, colour=colour, ids=ids)
            return Said(_("The new order is kept."))

        return [self._try(act)]

    def _move(self, colour: str) -> list[Said]:
        def act() -> Said:
            step = Step(self.request.POST.get("step", ""))
            picture = self._picture()
            done = move_picture(product_id=self.product.pk, colour=colour, picture_id=picture, step=step)
            words = {"position": done.ids.index(picture) + 1, "count": len(done.ids)}
            return Said(_("The picture is now number %(position)s of %(count)s.") % words)

        if self.request.POST.get("step", "") not in {step.value for step in Step}:
            return [Said(_("This page has no such button: open it again."), good=False)]
        return [self._try(act)]

    def _delete(self, colour: str) -> list[Said]:
        def act() -> Said:
            delete_picture(
                product_id=self.product.pk,
                colour=colour,
                picture_id=self._picture(),
                user=who(self.request),
            )
            return Said(_("The picture was deleted."))

        return [self._try(act)]

    def _picture(self) -> int:
        """The picture a button names; 0, which is none, when it is no number."""
        return next(iter(_numbers([self.request.POST.get("id", "")])), 0)

    @staticmethod
    def _try(act: Callable[[], Said]) -> Said:
        try:
            return act()
        except DomainError as error:
            return Said(error.message, good=False)

    def _back_to_page(self, colour: str, said: list[Said]) -> HttpResponse:
        for one in said:
            (messages.success if one.good else messages.error)(self.request, one.sentence)
            for note in one.notes:
                messages.warning(self.request, note)
        strip = self._strip(colour)
        address = self.page_address()
        return HttpResponseRedirect(f"{address}#colour-{strip.number}" if strip else address)

    def page_address(self) -> str:
        """Where a step without the script leads back to."""
        return reverse("admin:catalog_product_pictures", args=[self.product.pk])

    def _for_script(self, colour: str, said: list[Said]) -> HttpResponse:
        strip = self._strip(colour)
        context = {"strip": strip, "product": self.product, "may": self._rights()}
        html = render_to_string("admin/catalog/pictures_strip.html", context, self.request) if strip else ""
        results = [{"good": one.good, "sentence": one.sentence, "notes": one.notes} for one in said]
        return JsonResponse({"results": results, "strip": html})

    def _strip(self, colour: str) -> Strip | None:
        return next((strip for strip in strips_of(self.product) if strip.colour == colour), None)


def _notes(added: AddedPicture, name: str) -> list[str]:
    notes = []
    if added.enlarged:
        words = {"name": name, "width": added.width, "height": added.height}
        text = _("%(name)s has only %(width)s × %(height)s points: it was enlarged and may look blurred.")
        notes.append(text % words)
    for colour, position in added.alike:
        words = {"name": name, "colour": colour, "position": position}
        text = _(
            "%(name)s looks the same as picture %(position)s of colour %(colour)s: delete one of them if it is."
        )
        notes.append(text % words)
    return notes


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]
