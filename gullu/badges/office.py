"""Pages of the back office: who has a badge, giving one out, taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gullu.badges.forms import PinForm
from gullu.badges.paper import badge_pdf
from gullu.badges.selectors import badge_person, warehouse_people
from gullu.badges.services import issue_badge, revoke_badge
from gullu.errors import DomainError
from gullu.models import User
from gullu.roles import KEEP_BADGES, WAREHOUSE
from gullu.staff_pages import frame, only_for, person


@require_GET
@only_for(KEEP_BADGES)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody of the warehouse, with or without a badge."""
    return frame(request, "badges/people.html", {"title": _("Badges"), "people": warehouse_people()})


@sensitive_post_parameters("pin", "again")
@require_http_methods(["GET", "POST"])
@only_for(KEEP_BADGES)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's badge. Giving one out answers with the card to print: its code is told this once."""
    holder = _holder(pk)
    form = PinForm(request.POST or None)
    if form.is_valid():
        try:
            issued = issue_badge(person_id=holder.pk, pin=form.cleaned_data["pin"], actor=person(request))
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            card = badge_pdf(name=issued.person, code=issued.code)
            name = _("badge-%(person)s.pdf") % {"person": slugify(holder.get_username()) or str(holder.pk)}
            headers = {"Content-Disposition": f'inline; filename="{slugify(name[:-4])}.pdf"'}
            return HttpResponse(card, content_type="application/pdf", headers=headers)
    context = {"title": _("Badge"), "holder": badge_person(holder), "form": form}
    return frame(request, "badges/person.html", context, status=422 if form.is_bound else 200)


@require_POST
@only_for(KEEP_BADGES)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the badge back; the person is signed out everywhere."""
    holder = _holder(pk)
    try:
        ended = revoke_badge(person_id=holder.pk, actor=person(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        words = ngettext(
            "The badge is revoked; %(count)s device was signed out.",
            "The badge is revoked; %(count)s devices were signed out.",
            ended,
        )
        messages.success(request, words % {"count": ended})
    return HttpResponseRedirect(reverse("badges:person", args=[holder.pk]))


def _holder(pk: int) -> User:
    return get_object_or_404(User.objects.filter(groups__name=WAREHOUSE), pk=pk)
