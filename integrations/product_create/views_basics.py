"""The first page and the steps "model", "colours and sizes" and "prices": each is one form, kept by one service."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from catalog.changing import VariantsRefused
from catalog.models import Product
from catalog.writing import (
    VariantsSet,
    codes_alike,
    discard_draft,
    marks_of,
    set_basics,
    set_variants,
    start_draft,
)
from catalog.writing_errors import ProductRefused
from gullu.errors import DomainError
from gullu.roles import VIEW_MONEY
from integrations.product_create import grid, prices
from integrations.product_create.drafts import MOST_FOUND, drafts, find_models
from integrations.product_create.forms_basics import (
    USUAL_ORIGINS,
    BasicsForm,
    DesiForm,
    MarkedForm,
    StartForm,
)
from integrations.product_create.shell import (
    CHANNEL,
    Step,
    frame,
    may_keep_products,
    person,
    product_of,
    saved,
    step_page,
    step_url,
)

# --- the first page -----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@may_keep_products
def start(request: HttpRequest) -> HttpResponseBase:
    """Drafts, and a form for a new one; sent, its first step opens."""
    if request.method != "POST":
        return _start_page(request, StartForm())
    form = StartForm(request.POST)
    if not form.is_valid():
        return _start_page(request, form, status=422)
    try:
        product = start_draft(**form.cleaned_data, user=person(request))
    except ProductRefused as error:
        _put_errors(form, error)
        return _start_page(request, form, status=422)
    _say_codes_alike(request, product)
    return HttpResponseRedirect(step_url(product, Step.MODEL))


def _start_page(request: HttpRequest, form: StartForm, *, status: int = 200) -> HttpResponse:
    form.mark_wrong()
    query = request.GET.get("q", "").strip()
    listed = drafts(channel=CHANNEL)
    context = {
        "title": _("Add a new product"),
        "form": form,
        "drafts": [(row, step_url(row.product, row.next_step)) for row in listed.rows],
        "more": listed.more,
        "query": query,
        "found": [(product, step_url(product, Step.MODEL)) for product in find_models(query)],
        "most_found": MOST_FOUND,
    }
    return frame(request, "product_create/start.html", context, status=status)


@require_POST
@may_keep_products
def discard(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Throw a draft away."""
    product = product_of(pk)
    try:
        discard_draft(product_id=pk, user=person(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Draft %(code)s was thrown away.") % {"code": product.code})
    return HttpResponseRedirect(reverse("product_create:start"))


def _put_errors(form: MarkedForm, error: DomainError) -> None:
    """Each sentence at its field; what has no field here above them."""
    problems = error.problems if isinstance(error, ProductRefused) else {"": error.message}
    for name, sentence in problems.items():
        own = name.removesuffix("_id")
        form.add_error(own if own in form.fields else None, sentence)


def _say_codes_alike(request: HttpRequest, product: Product) -> None:
    alike = codes_alike(product.code, but=product.pk)
    if alike:
        words = {"code": product.code, "others": ", ".join(alike[:5])}
        text = _("Code %(code)s reads like %(others)s: is it the same model?")
        messages.warning(request, text % words)


# --- model --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@may_keep_products
def model(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What is the same for all barcodes."""
    product = product_of(pk)
    if request.method != "POST":
        return _model_page(request, product, BasicsForm(product))
    form, seen = BasicsForm(product, request.POST), _marks(request.POST.get("seen", ""))
    if not form.is_valid():
        return _model_page(request, product, form, seen)
    try:
        done = set_basics(product_id=pk, values=form.values(), user=person(request), seen=seen)
    except DomainError as error:
        _put_errors(form, error)
        # What somebody else changed has been said now; the rest is as this person saw it first.
        said = error.problems if isinstance(error, ProductRefused) else {}
        return _model_page(request, product, form, seen | marks_of(product, said))
    if "code" in done.changed:
        _say_codes_alike(request, done.product)
    return saved(request, done.product, Step.MODEL, _("The model is kept."))


def _model_page(
    request: HttpRequest, product: Product, form: BasicsForm, seen: dict[str, str] | None = None
) -> HttpResponse:
    form.mark_wrong()
    status = 422 if form.errors else 200
    context = {
        "form": form,
        "seen": json.dumps(marks_of(product) if seen is None else seen),
        "origins": USUAL_ORIGINS,
        "problem": " ".join(map(str, form.non_field_errors())),
    }
    return step_page(request, product, Step.MODEL, "product_create/model.html", context, status)


def _marks(text: str) -> dict[str, str]:
    """What the page handed back; nothing for anything else."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return {str(name): str(mark) for name, mark in value.items()} if isinstance(value, dict) else {}


# --- colours and sizes --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@may_keep_products
def variants(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Which colours in which sizes; what is new gets a barcode."""
    product = product_of(pk)
    if request.method != "POST":
        return _variants_page(request, product)
    wanted: grid.Wanted | None = None
    try:
        wanted = grid.wanted_of(request.POST)
        done = set_variants(
            product_id=pk,
            colours=wanted.colours,
            sizes=wanted.sizes,
            user=person(request),
            pairs=wanted.pairs,
            barcodes=wanted.barcodes,
            seen=wanted.seen,
        )
    except DomainError as error:
        return _variants_page(request, product, wanted, error.message)
    _say_variants(request, done)
    return saved(request, product, Step.VARIANTS, _variants_words(done))


def _variants_page(
    request: HttpRequest, product: Product, wanted: grid.Wanted | None = None, problem: str = ""
) -> HttpResponse:
    rows = list(product.variants.order_by("pk"))
    shown = wanted or grid.wanted_now(rows)
    table = grid.rows_of(shown, rows)
    colours = [row.colour for row in table]
    sizes = grid.sizes_of(shown, [(row.colour, row.size) for row in rows])
    ranges = grid.RANGES
    context = {
        "problem": problem,
        "colours": colours,
        "colours_text": "\n".join(colours),
        "sizes": sizes,
        "sizes_text": "\n".join(sizes),
        "table": table,
        "seen": [row.pk for row in rows] if wanted is None else wanted.seen,
        "data": grid.table_data(product, rows),
        "usual": grid.usual_colours(),
        "own_range": ranges[product.age_group],
        "ranges": [one for group, one in ranges.items() if group != product.age_group],
        "one_size": grid.ONE_SIZE,
        "with_own": any(cell.own for row in table for cell in row.cells),
    }
    status = 422 if problem else 200
    return step_page(request, product, Step.VARIANTS, "product_create/variants.html", context, status)


def _variants_words(done: VariantsSet) -> str:
    if not done.added and not done.removed:
        return _("Colours and sizes are kept as they are.")
    words = {"added": len(done.added), "removed": len(done.removed)}
    if not done.removed:
        return _("Barcodes added: %(added)s.") % words
    return _("Barcodes added: %(added)s, taken away: %(removed)s.") % words


def _say_variants(request: HttpRequest, done: VariantsSet) -> None:
    for barcode, others in done.clashes:
        words = {"barcode": barcode, "others": ", ".join(others[:5])}
        text = _("Barcode %(barcode)s begins like %(others)s: a poor scanner may confuse them.")
        messages.warning(request, text % words)
    if done.bare_pictures:
        text = _("These colours still have pictures: %(colours)s. Delete them in the step of pictures.")
        messages.warning(request, text % {"colours": ", ".join(done.bare_pictures)})


# --- prices -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@may_keep_products
def prices_step(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Prices, costs and buffers of every barcode, and the desi of the model."""
    product = product_of(pk)
    names = prices.fields_for(money=request.user.has_perm(VIEW_MONEY))
    rows = prices.in_order(list(product.variants.all()))
    if request.method != "POST":
        return _prices_page(request, product, DesiForm(initial={"desi": product.desi}), rows, names)
    form, sent = DesiForm(request.POST), prices.read(rows, names, request.POST)
    if form.is_valid() and not sent.errors:
        try:
            prices.keep_prices(
                product=product,
                desi=form.cleaned_data["desi"],
                seen_desi=request.POST.get("seen_desi", ""),
                changes=sent.changes,
                user=person(request),
            )
        except VariantsRefused as error:
            sent.refuse(error.problems, product.variants.all())
        except DomainError as error:
            _put_errors(form, error)
        else:
            return saved(request, product, Step.PRICES, _("Prices and desi are kept."))
    return _prices_page(request, product, form, rows, names, sent)


def _prices_page(
    request: HttpRequest,
    product: Product,
    form: DesiForm,
    rows: list[Any],
    names: tuple[str, ...],
    sent: prices.Sent | None = None,
) -> HttpResponse:
    form.mark_wrong()
    sent = sent or prices.Sent(seen=prices.now(rows, names))
    table = prices.rows_of(rows, names, request.POST, sent.errors)
    context = {
        "form": form,
        "table": table,
        "names": names,
        "colours": list(dict.fromkeys(row.variant.colour for row in table)),
        "currencies": prices.CURRENCIES,
        "seen": prices.as_json(sent.seen),
        "seen_desi": _seen_desi(request, product, form),
        "problem": _first_of(sent.errors, form),
    }
    status = 422 if context["problem"] else 200
    return step_page(request, product, Step.PRICES, "product_create/prices.html", context, status)


def _seen_desi(request: HttpRequest, product: Product, form: DesiForm) -> str:
    if form.is_bound and "desi" not in form.errors:
        return request.POST.get("seen_desi", "")
    return marks_of(product, ["desi"])["desi"]


def _first_of(errors: dict[tuple[int, str], str], form: DesiForm) -> str:
    """The sentence above the table: it may be far down that something is wrong."""
    count = len(errors) + len(form.errors)
    text = ngettext(
        "Nothing was kept: %(count)s field needs another look.",
        "Nothing was kept: %(count)s fields need another look.",
        count,
    )
    return text % {"count": count} if count else ""
