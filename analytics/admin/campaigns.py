"""Campaigns: the days on which the shop or the marketplace sold cheaper, and which models took part."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from analytics.admin.input_pages import HoldsFilter, InputAdmin, days_ordered, percents, refuse
from analytics.inputs.campaigns import Conflict, conflicts_of, with_models
from analytics.models import Campaign
from gullu.admin.decorators import column
from gullu.money import format_percent

STATE_COLOURS: Final = {"on": "success", "coming": "info", "over": ""}
LONGEST_DAYS: Final = 366


class CampaignForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Campaign
        fields: ClassVar[list[str]] = [
            "name",
            "first_day",
            "last_day",
            "products",
            "discount",
            "commission_rate",
            "note",
        ]
        help_texts: ClassVar[dict[str, Any]] = {
            "name": _("The same name every year: campaigns of one name share their effect in the forecasts."),
            "products": _("None chosen: all models."),
            "discount": _("What we pay of the price. Empty: not known."),
            "commission_rate": _("Only where the marketplace promised another rate for these days."),
        }

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        days_ordered(self, "first_day", "last_day")
        percents(self, "discount", "commission_rate")
        first, last, name = cleaned.get("first_day"), cleaned.get("last_day"), cleaned.get("name")
        if first and last and (last - first).days >= LONGEST_DAYS:
            words = _("A campaign of %(days)s days is longer than a year: correct one of the days.")
            refuse(self, "last_day", words, days=(last - first).days + 1)
        if name and first:
            self._refuse_twice(name, first)
        return cleaned

    def _refuse_twice(self, name: str, first: Any) -> None:
        if Campaign.objects.filter(name=name, first_day=first).exclude(pk=self.instance.pk).exists():
            words = _(
                "%(name)s from %(day)s is there already: change that one, or give this one another name."
            )
            refuse(self, "first_day", words, name=name, day=f"{first:%d.%m.%Y}")


class CampaignHolds(HoldsFilter):
    """By whether a campaign is on today."""

    first_day_name = "first_day"
    last_day_name = "last_day"


@admin.register(Campaign)
class CampaignAdmin(InputAdmin):
    secret = False
    form = CampaignForm
    list_display = ("name", "first_day", "last_day", "state", "chosen", "discount_words", "commission_words")
    list_filter = (CampaignHolds, "first_day")
    plain_search = ("name", "note")
    ordering = ("-first_day", "name")
    autocomplete_fields = ("products",)
    money_names = frozenset({"commission_words", "commission_rate"})
    fields = ("name", ("first_day", "last_day"), "products", ("discount", "commission_rate"), "note")
    change_form_outer_before_template = "admin/analytics/campaign_conflicts.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        return with_models(super().get_queryset(request))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for conflict in conflicts_of(form.instance):
            messages.warning(request, conflict_words(conflict))

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"conflicts": [conflict_words(conflict) for conflict in conflicts_of(row)]}

    @column(description=_("state"), label=STATE_COLOURS)
    def state(self, campaign: Campaign) -> tuple[str, str]:
        today = timezone.localdate()
        if campaign.last_day < today:
            return "over", gettext("over")
        return ("coming", gettext("coming up")) if campaign.first_day > today else ("on", gettext("on today"))

    @column(description=_("models"))
    def chosen(self, campaign: Any) -> str:
        if not campaign.chosen:
            return gettext("all models")
        return ngettext("%(count)s model", "%(count)s models", campaign.chosen) % {"count": campaign.chosen}

    @column(description=_("our discount"))
    def discount_words(self, campaign: Campaign) -> str:
        return format_percent(campaign.discount)

    @column(description=_("commission"))
    def commission_words(self, campaign: Campaign) -> str:
        return format_percent(campaign.commission_rate)


def conflict_words(conflict: Conflict) -> str:
    """One sentence: which campaign, in which days, for what."""
    other = conflict.campaign
    data = {
        "name": other.name,
        "first": f"{other.first_day:%d.%m.%Y}",
        "last": f"{other.last_day:%d.%m.%Y}",
        "codes": ", ".join(conflict.codes),
        "more": conflict.more,
    }
    if not conflict.codes:
        return (
            gettext("%(name)s (%(first)s – %(last)s) is on in some of the same days for the same models.")
            % data
        )
    if conflict.more:
        return (
            gettext("%(name)s (%(first)s – %(last)s) has the same models: %(codes)s and %(more)s more.")
            % data
        )
    return gettext("%(name)s (%(first)s – %(last)s) has the same models: %(codes)s.") % data
