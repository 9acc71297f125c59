"""Deciding on returns in the back office: accept, refuse with the marketplace's reasons, try a message again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from unfold.views import UnfoldModelAdminViewMixin
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from gullu.admin.base import who
from gullu.admin.decorators import bulk_action
from gullu.errors import DomainError
from gullu.models import JobRun
from gullu.picture_errors import PictureRefused
from gullu.roles import DECIDE_RETURNS, RETRY_MESSAGES
from integrations import claim_messages, outbox, return_desk
from integrations.models import OutboxMessage
from integrations.trendyol.claim_rules import needs_file
from integrations.trendyol.connection import NotConfigured
from integrations.trendyol.errors import TrendyolError
from integrations.trendyol.sync.reasons import read_issue_reasons
from orders.admin.return_actions import UnitsView, ask
from orders.admin.return_units import ReturnUnitAdmin
from orders.images import Picture, checked_picture, discard, store_picture
from orders.models import ReturnPhoto, ReturnUnit
from orders.services.returns import MOST_DESCRIPTION, Decided, Refusal, add_photo

PHOTOS = "returns"


class ApproveView(UnitsView):
    """Accept the units: the money goes back to the customer."""

    title = _("Accept returns")
    button = _("Accept")
    lead = _("The marketplace is told within a minute. The customer gets the money back.")

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if not self.units:
            messages.error(self.request, gettext("No unit was chosen: go back to the list and tick some."))
            return self.leave()
        done = return_desk.approve(unit_ids=[unit.pk for unit in self.units], user=who(self.request))
        self.report(len(done.unit_ids), _errors(done))
        return self.leave()


class PicturesWidget(UnfoldAdminFileFieldWidget):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several pictures at once; its value is a list of checked ones (`orders.images.Picture`)."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        try:
            return [checked_picture(upload) for upload in data or ()]
        except PictureRefused as refused:
            raise forms.ValidationError(refused.message) from refused


class RefuseForm(forms.Form):
    """Which of the marketplace's reasons, and what is wrong in our words."""

    reason = forms.TypedChoiceField(label=_("Reason"), coerce=int, widget=UnfoldAdminSelectWidget)
    description = forms.CharField(
        label=_("What is wrong"),
        max_length=MOST_DESCRIPTION,
        widget=UnfoldAdminTextareaWidget(
            {
                "rows": 5,
                "data-counter": MOST_DESCRIPTION,
                "data-left": _("%(count)s characters left"),
                "data-over": _("%(count)s characters too many"),
            }
        ),
        help_text=_("The marketplace and the customer read this."),
    )
    pictures = PicturesField(
        label=_("More pictures"),
        required=False,
        widget=PicturesWidget({"multiple": True, "accept": "image/jpeg,image/png,image/webp"}),
    )

    def __init__(self, *args: Any, reasons: return_desk.Reasons, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.reason_id, row.name) for row in reasons.offered]
        self.fields["reason"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]


class RefuseView(UnitsView):
    """Refuse units of one return: reason, text, pictures. A refusal is checked before anything is changed."""

    title = _("Refuse a return")
    button = _("Refuse")
    lead = _("The goods go back to the customer, or the marketplace decides who is right.")
    template_name = "admin/orders/returns_refuse.html"
    form_class = RefuseForm

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.reasons = return_desk.reasons()
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "reasons": self.reasons}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        photos = self._photos()
        chosen = _numbers(self.request.POST.getlist("photos"))
        everything = self.request.method != "POST"
        return super().get_context_data(
            reasons=self.reasons,
            ids=self.request.GET.get("ids", ""),
            photos=photos,
            chosen_photos={photo.pk for photo in photos if everything or photo.pk in chosen},
            exempt=[row.name for row in self.reasons.offered if not needs_file(row.reason_id)],
            **kwargs,
        )

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            photos = [*self._chosen_photos(), *self._new_photos(form.cleaned_data["pictures"])]
            refusal = Refusal(
                reason_id=form.cleaned_data["reason"],
                description=form.cleaned_data["description"],
                photo_ids=tuple(photos),
            )
            ids = [unit.pk for unit in self.units]
            done = return_desk.refuse(unit_ids=ids, refusal=refusal, user=who(self.request))
        except DomainError as error:
            form.add_error(None, error.message)
            return self.form_invalid(form)
        self.report(len(done.unit_ids), _errors(done))
        return self.leave()

    def _photos(self) -> list[ReturnPhoto]:
        """Pictures of the whole claim: they show one parcel."""
        claims = {unit.claim_id for unit in self.units}
        return list(ReturnPhoto.objects.filter(unit__claim_id__in=claims).order_by("pk"))

    def _chosen_photos(self) -> list[int]:
        wanted = _numbers(self.request.POST.getlist("photos"))
        return [photo.pk for photo in self._photos() if photo.pk in wanted]

    def _new_photos(self, pictures: Iterable[Picture]) -> list[int]:
        """Keep what was added here as pictures of the first unit: they stay, whatever becomes of the refusal."""
        return [self._keep(store_picture(picture, folder=PHOTOS)) for picture in pictures]

    def _keep(self, name: str) -> int:
        try:
            return add_photo(unit_id=self.units[0].pk, image=name, user=who(self.request))
        except DomainError:
            discard(name)
            raise


class ReadReasonsView(UnfoldModelAdminViewMixin, View):
    """The button that reads the marketplace's reasons now, and leads back to the refusal."""

    title = _("Refuse a return")
    permission_required = (DECIDE_RETURNS, "orders.view_returnunit")
    raise_exception = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            result = read_issue_reasons(force=True, trigger=JobRun.Trigger.STAFF, actor=who(request))
        except (TrendyolError, NotConfigured) as error:
            messages.error(
                request, gettext("The reasons could not be read: %(reason)s") % {"reason": str(error)}
            )
        else:
            if result.offered:
                text = gettext("The marketplace offers %(count)s reasons.") % {"count": result.offered}
                messages.success(request, text)
            else:
                messages.warning(
                    request, gettext("The reasons are being read by somebody else: try again in a moment.")
                )
        query = urlencode({"ids": request.GET.get("ids", "")})
        return HttpResponseRedirect(f"{reverse('admin:orders_returnunit_refuse')}?{query}")


class RetryView(UnfoldModelAdminViewMixin, View):
    """Make a refused or waiting message of a return due now."""

    title = _("Try again now")
    permission_required = (RETRY_MESSAGES, "orders.view_returnunit")
    raise_exception = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, message: int, **_kwargs: Any) -> HttpResponse:
        claims = ReturnUnit.objects.filter(pk=pk).values("claim_id")
        rows = OutboxMessage.objects.filter(
            pk=message, claim_id__in=claims, kind__in=claim_messages.KINDS
        ).values_list("pk", flat=True)
        if outbox.retry(message_ids=list(rows), user=who(request)):
            messages.success(request, gettext("The message will be tried again within a minute."))
        else:
            messages.warning(request, gettext("The message was already delivered or is no longer needed."))
        return HttpResponseRedirect(reverse("admin:orders_returnunit_change", args=[pk]))


@admin.register(ReturnUnit)
class ReturnDeskAdmin(ReturnUnitAdmin):
    """Returned units with what only this layer knows: decisions, and what became of them on the marketplace."""

    actions = ("approve", "refuse", *ReturnUnitAdmin.actions)

    def not_taken(self, request: HttpRequest) -> Mapping[str, str]:
        known: Mapping[str, str] | None = getattr(request, "claims_not_taken", None)
        if known is None:
            known = claim_messages.not_taken()
            request.claims_not_taken = known  # type: ignore[attr-defined]
        return known

    def claim_messages(self, claim_id: str) -> tuple[Any, ...]:
        return tuple(claim_messages.about_claim(claim_id))

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        pages = (
            ("approve/", "approve", ApproveView),
            ("refuse/", "refuse", RefuseView),
            ("reasons/", "reasons", ReadReasonsView),
            ("<int:pk>/retry/<int:message>/", "retry", RetryView),
        )
        own = tuple(
            (path, f"orders_returnunit_{name}", view.as_view(model_admin=self)) for path, name, view in pages
        )
        return (*super().get_custom_urls(), *own)

    @bulk_action(description=_("Accept"), permissions=["decide"])
    def approve(self, request: HttpRequest, queryset: QuerySet[ReturnUnit]) -> HttpResponse:
        return ask("approve", queryset)

    @bulk_action(description=_("Refuse"), permissions=["decide"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[ReturnUnit]) -> HttpResponse:
        return ask("refuse", queryset)


def _errors(done: Decided) -> Iterable[DomainError]:
    return [row.error for row in done.refused]


def _numbers(texts: Iterable[str]) -> set[int]:
    return {int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19}
