"""What is asked for a paper. Everything but the logo and the ticks is remembered in the address of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from analytics.papers.entries import Filter, brands, categories
from analytics.papers.kinds import Order, PaperKind, PerPage, Quality
from analytics.papers.options import PaperOptions
from gullu.pictures import ACCEPT
from gullu.roles import VIEW_MONEY

VIEW_STOCK: Final = "inventory.view_centralstock"
_LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Rights:
    """What this person may see in a paper."""

    money: bool
    stock: bool

    @classmethod
    def of(cls, request: HttpRequest) -> Rights:
        return cls(request.user.has_perm(VIEW_MONEY), request.user.has_perm(VIEW_STOCK))

    def allow(self, kind: PaperKind) -> bool:
        return (self.money or not kind.shows_prices) and (self.stock or not kind.shows_stock)


class FilterForm(forms.Form):
    """Which models and colours are offered. Without the right to see stock nobody can filter by it."""

    search = forms.CharField(label=_("Search"), required=False, max_length=_LONGEST)
    brand = forms.ChoiceField(label=_("Brand"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    order = forms.ChoiceField(label=_("What comes first"), choices=Order)
    only_active = forms.BooleanField(label=_("Only what is active"), required=False)
    only_stock = forms.BooleanField(label=_("Only what can be delivered"), required=False)

    def __init__(self, data: Mapping[str, Any], *, rights: Rights) -> None:
        super().__init__(data)
        self.fields["search"].widget.input_type = "search"
        self._offer("brand", brands())
        self._offer("category", categories())
        if not rights.stock:
            del self.fields["only_stock"]

    def _offer(self, name: str, values: list[str]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("All")), *((value, value) for value in values)]

    def filter(self) -> Filter:
        """The filter of a valid form."""
        return Filter(**self.cleaned_data)


class OptionsForm(forms.Form):
    """Which paper, and how it looks. What a person may not see is not asked."""

    kind = forms.ChoiceField(label=_("What to make"), widget=forms.RadioSelect)
    per_page = forms.TypedChoiceField(label=_("On one page"), choices=PerPage, coerce=int)
    quality = forms.ChoiceField(label=_("Quality of the pictures"), choices=Quality)
    with_prices = forms.BooleanField(label=_("With prices"), required=False)
    with_stock = forms.BooleanField(label=_("With stock"), required=False)
    cover = forms.BooleanField(label=_("With a cover"), required=False)
    title = forms.CharField(
        label=_("Title"), required=False, max_length=_LONGEST, help_text=_("Empty: the name of the paper.")
    )
    shop = forms.CharField(label=_("Name of the shop"), required=False, max_length=_LONGEST)
    slogan = forms.CharField(label=_("Slogan"), required=False, max_length=200)
    contact = forms.CharField(
        label=_("Contact"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One line each: telephone, website, address. At most six lines."),
    )
    colour = forms.CharField(
        label=_("Colour"),
        widget=forms.TextInput(attrs={"type": "color"}),
        validators=[RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", _("Write the colour like #b0134a."))],
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_("JPEG, PNG or WebP; for this paper only. Empty: the shop’s own, if it has one."),
    )

    def __init__(self, data: Mapping[str, Any], files: Any = None, *, rights: Rights) -> None:
        super().__init__(data, files)
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            kind.choices = [(one.value, one.label) for one in PaperKind if rights.allow(one)]
        if not rights.money:
            del self.fields["with_prices"]
        if not rights.stock:
            del self.fields["with_stock"]

    def options(self, found: Filter, *, logo: str = "") -> PaperOptions:
        """The options of a valid form."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "logo"}
        data |= {"kind": PaperKind(data["kind"]), "quality": Quality(data["quality"])}
        order = Order(found.order)
        return PaperOptions(**data, order=order, only_active=found.only_active, logo=logo)


def defaults() -> dict[str, str]:
    """What the page begins with."""
    shop = settings.SHOP
    return {
        "order": Order.CODE.value,
        "only_active": "true",
        "kind": PaperKind.CATALOGUE.value,
        "per_page": str(PerPage.FOUR.value),
        "quality": Quality.PRINT.value,
        "cover": "true",
        "shop": shop.name,
        "slogan": shop.slogan,
        "contact": "\n".join(shop.contact),
        "colour": shop.colour,
    }


_TICKS: Final = ("only_active", "only_stock", "with_prices", "with_stock", "cover")
_TEXTS: Final = (
    *("search", "brand", "category", "order", "kind", "per_page", "quality"),
    *("title", "shop", "slogan", "contact", "colour"),
)


def with_defaults(given: QueryDict) -> dict[str, str]:
    """The page's address as the forms read it: what it does not say is as the page begins."""
    known = {name: given.get(name, "") for name in (*_TEXTS, *_TICKS) if name in given}
    return {**defaults(), **known}


def query_of(posted: QueryDict) -> str:
    """The choices of a sent page as its address, so that a bookmark or the way back brings them again."""
    begun = defaults()
    chosen = {name: posted.get(name, "") for name in _TEXTS if name in posted}
    chosen |= {name: "true" if posted.get(name) else "false" for name in _TICKS}
    # Browsers send line ends as CR LF.
    chosen = {name: value.replace("\r\n", "\n") for name, value in chosen.items()}
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in chosen.items() if value != begun.get(name, _unsaid(name))})
    return query.urlencode()


def _unsaid(name: str) -> str:
    return "false" if name in _TICKS else ""


__all__ = ["FilterForm", "OptionsForm", "Rights", "defaults", "query_of", "with_defaults"]
