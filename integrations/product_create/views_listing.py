"""The step "category and attributes": what a model is on the marketplace.

One form holds everything. Every button but the searching ones keeps what was filled in, so nothing typed is lost by
choosing a category; what is wrong stays as it was, and is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from catalog.models import Product
from gullu.errors import DomainError
from gullu.jobs import enqueue
from gullu.models import JobRun
from integrations.listing import cards, reference
from integrations.listing.choices import search_brands
from integrations.models import ChannelProduct, MarketBrand, MarketCategory
from integrations.product_create.forms_listing import Filled, TermsForm, given, kept, longest_title
from integrations.product_create.shell import (
    CHANNEL,
    Step,
    may_keep_products,
    person,
    product_of,
    saved,
    step_page,
    step_url,
)
from integrations.product_create.slots import Keys, Question, keys_of, questions_of
from integrations.product_create.views_lookup import (
    MOST_FOUND,
    Level,
    found_categories,
    level_of,
    number_of,
)
from integrations.trendyol.listing.rules import MAX_TITLE


class NotOffered(DomainError):
    """Data: none."""

    code = "not_offered"
    template = gettext_lazy("What was chosen is not offered any more: search for it again.")


class NothingTyped(DomainError):
    """Data: none."""

    code = "nothing_typed"
    template = gettext_lazy("Write the name of the brand first, then ask for it.")


@dataclass(frozen=True, slots=True)
class Search:
    """What was searched for with a button, and what was found; `text` None: nothing was. `asked`: there, not here."""

    text: str | None = None
    rows: tuple[Any, ...] = ()
    asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The step as it is shown: stored, or as it was just sent."""

    product: Product
    card: ChannelProduct
    keys: Keys
    questions: tuple[Question, ...]
    filled: Filled
    terms: TermsForm
    category: Search = field(default_factory=Search)
    brand: Search = field(default_factory=Search)
    level: Level | None = None

    @property
    def faultless(self) -> bool:
        return self.terms.is_valid() and not self.filled.errors

    @property
    def faults(self) -> list[str]:
        """Sentences about what is not kept."""
        terms = [str(error) for errors in self.terms.errors.values() for error in errors]
        return [*self.filled.errors, *terms]


def card_of(product: Product) -> ChannelProduct:
    """What was chosen, or an empty card that is not stored yet. One statement."""
    cards = ChannelProduct.objects.select_related("brand", "category")
    card = cards.filter(channel=CHANNEL, product=product).first()
    return card or ChannelProduct(channel=CHANNEL, product=product)


def _stored(product: Product) -> Shown:
    card, keys = card_of(product), keys_of(product)
    questions = questions_of(card, keys)
    initial = {"title_pattern": card.title_pattern, "delivery_days": card.delivery_days}
    terms = TermsForm(initial=initial, use_required_attribute=False)
    return Shown(
        product=product, card=card, keys=keys, questions=questions, filled=kept(card, questions), terms=terms
    )


def _sent(request: HttpRequest, product: Product) -> Shown:
    card, keys = card_of(product), keys_of(product)
    questions = questions_of(card, keys)
    return Shown(
        product=product,
        card=card,
        keys=keys,
        questions=questions,
        filled=given(card, questions, request.POST),
        terms=TermsForm(request.POST, use_required_attribute=False),
    )


@require_http_methods(["GET", "POST"])
@may_keep_products
def listing(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the step; sent, do what the pressed button says."""
    product = product_of(pk)
    if request.method != "POST":
        return _page(request, _stored(product))
    shown = _sent(request, product)
    pressed = next((name for name in (*LOOKS, *ACTIONS) if name in request.POST), "")
    try:
        if pressed in LOOKS:
            return _page(request, LOOKS[pressed](request.POST, shown))
        if pressed in ACTIONS:
            return _act(request, shown, ACTIONS[pressed])
        return _save(request, shown)
    except DomainError as error:
        return _page(request, shown, problem=error.message, status=422)


# --- looking for something: nothing is kept -----------------------------------------------------------------------


def _find(data: QueryDict, shown: Shown) -> Shown:
    """What a search finds; those of attributes were made while the form was read."""
    text = data.get(f"q:{data['find']}", "").strip()
    match data["find"]:
        case "category":
            return replace(shown, category=Search(text, tuple(found_categories(text))))
        case "brand":
            return replace(shown, brand=Search(text, tuple(search_brands(CHANNEL, text, limit=MOST_FOUND))))
    return shown


def _open(data: QueryDict, shown: Shown) -> Shown:
    return replace(shown, level=level_of(number_of(data.get("open", ""))))


def _ask_brand(data: QueryDict, shown: Shown) -> Shown:
    """Ask the marketplace for a brand our copy does not have."""
    text = data.get("q:brand", "").strip()
    if not text:
        raise NothingTyped
    rows = reference.learn_brand(channel=CHANNEL, name=text)
    return replace(shown, brand=Search(text, tuple(rows), asked=True))


# --- keeping ------------------------------------------------------------------------------------------------------


def _save(request: HttpRequest, shown: Shown) -> HttpResponse:
    if not shown.faultless:
        return _page(request, shown, status=422)
    _keep(shown)
    return saved(request, shown.product, Step.LISTING, _("Category and attributes are kept."))


def _keep(shown: Shown) -> None:
    """Store what is right; what is wrong stays as it was. Raises DomainError."""
    of: dict[str, Any] = {"channel": CHANNEL, "product_id": shown.product.pk}
    cards.open_card(**of)
    if shown.questions:
        given_choices = shown.filled.choices()
        cards.set_choices(
            **of,
            attributes=given_choices.attributes,
            colour_attributes=given_choices.colour_attributes,
            size_attributes=given_choices.size_attributes,
        )
    if shown.terms.is_valid():
        cards.set_terms(**of, **shown.terms.cleaned_data)


# --- doing one thing ----------------------------------------------------------------------------------------------

Act = Callable[[HttpRequest, Product], str]


def _act(request: HttpRequest, shown: Shown, act: Act) -> HttpResponse:
    """Keep what was typed, do one thing, and show the step again at the place it is about. Raises DomainError."""
    _keep(shown)
    place = act(request, shown.product)
    for fault in shown.faults:
        messages.warning(request, fault)
    return HttpResponseRedirect(f"{step_url(shown.product, Step.LISTING)}#{place}")


def _choose_category(request: HttpRequest, product: Product) -> str:
    """Choose it, also when its attributes cannot be read now: that can be tried again."""
    rows = MarketCategory.objects.filter(
        channel=CHANNEL, pk=number_of(request.POST.get("choose_category", "")) or 0
    )
    category = rows.first()
    if category is None:
        raise NotOffered
    refusal = _read_attributes(category, force=False)
    chosen = cards.choose_category(channel=CHANNEL, product_id=product.pk, category_id=category.pk)
    messages.success(request, _("Category chosen: %(path)s") % {"path": category.path})
    if chosen.dropped:
        words = {"names": ", ".join(chosen.dropped)}
        messages.warning(request, _("This category does not take what was chosen for: %(names)s.") % words)
    if refusal:
        messages.error(request, refusal)
    return "attributes"


def _read_attributes(category: MarketCategory, *, force: bool) -> str:
    """Empty, or why the attributes could not be read."""
    try:
        reference.read_category(category_id=category.pk, force=force)
    except DomainError as error:
        return _("The attributes of this category could not be read: %(reason)s") % {"reason": error.message}
    return ""


def _choose_brand(request: HttpRequest, product: Product) -> str:
    brand = MarketBrand.objects.filter(
        channel=CHANNEL, pk=number_of(request.POST.get("choose_brand", "")) or 0
    ).first()
    if brand is None:
        raise NotOffered
    cards.choose_brand(channel=CHANNEL, product_id=product.pk, brand_id=brand.pk)
    messages.success(request, _("Brand chosen: %(name)s") % {"name": brand.name})
    return "brand"


def _read_again(request: HttpRequest, product: Product) -> str:
    category = card_of(product).category
    if category is None:
        raise NotOffered
    refusal = _read_attributes(category, force=True)
    if refusal:
        messages.error(request, refusal)
    else:
        messages.success(request, _("The attributes and their values were read again."))
    return "attributes"


def _suggest(request: HttpRequest, product: Product) -> str:
    """Fill in what can be known; what is filled in already stays."""
    count = cards.suggest_choices(channel=CHANNEL, product_id=product.pk).filled.count
    if count:
        text = ngettext("%(count)s value was filled in.", "%(count)s values were filled in.", count)
        messages.success(request, text % {"count": count})
    else:
        messages.info(request, _("Nothing could be filled in: what is empty, only you know."))
    return "attributes"


def _read_lists(request: HttpRequest, product: Product) -> str:  # noqa: ARG001 (an `Act`)
    """Have categories and brands read now: for a shop that has just been set up."""
    with transaction.atomic():
        enqueue(
            "integrations.tasks.refresh_reference_job",
            trigger=JobRun.Trigger.STAFF.value,
            actor_id=person(request).pk,
        )
    messages.success(request, _("Categories and brands are being read: load this page again in a minute."))
    return "category"


LOOKS: Final[Mapping[str, Callable[[QueryDict, Shown], Shown]]] = {
    "find": _find,
    "open": _open,
    "ask_brand": _ask_brand,
}
ACTIONS: Final[Mapping[str, Act]] = {
    "choose_category": _choose_category,
    "choose_brand": _choose_brand,
    "read_again": _read_again,
    "read_lists": _read_lists,
    "suggest": _suggest,
}


def _page(request: HttpRequest, shown: Shown, *, problem: str = "", status: int = 200) -> HttpResponse:
    pattern = shown.terms["title_pattern"].value() or ""
    context = {
        "shown": shown,
        "card": shown.card,
        "groups": shown.filled.groups,
        "terms": shown.terms,
        "sample": longest_title(pattern, title=shown.product.title, keys=shown.keys, most=MAX_TITLE),
        "title_keys": {"colours": shown.keys.colours or [""], "sizes": shown.keys.sizes or [""]},
        "level": shown.level or level_of(None),
        "problem": problem,
    }
    return step_page(request, shown.product, Step.LISTING, "product_create/listing.html", context, status)
