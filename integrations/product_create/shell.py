"""What all steps of the guided page share: who may open it, the frame with the stepper, where a saved step leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from catalog.models import Product
from gullu.staff_pages import frame, only_for, person
from integrations.product_create.progress import Progress, progress_of
from integrations.product_create.steps import STATE_WORDS, Step, StepState
from orders.enums import Channel

KEEP: Final = ("catalog.add_product", "catalog.change_product")
# The page lists on one marketplace; a second one would be chosen here.
CHANNEL: Final = Channel.TRENDYOL

may_keep_products = only_for(*KEEP)
"""Only for staff who may add and change models."""


@dataclass(frozen=True, slots=True)
class StepLink:
    """A step as the stepper shows it; `missing` says what it still needs."""

    step: Step
    number: int
    title: str | Promise
    url: str
    state: StepState
    words: str | Promise
    current: bool
    missing: tuple[str | Promise, ...]


def product_of(pk: int) -> Product:
    """The model of an address, or 404."""
    return get_object_or_404(Product, pk=pk)


def step_url(product: Product, step: Step) -> str:
    """Where a step of a model is."""
    return reverse(f"product_create:{step.slug}", args=[product.pk])


def step_page(
    request: HttpRequest,
    product: Product,
    step: Step,
    template: str,
    context: Mapping[str, Any],
    status: int = 200,
) -> HttpResponse:
    """A step of a model: `template` extends `product_create/base.html`.

    Adds `product`, `step`, `steps` (for the stepper), `next_url` (empty behind the last step), `missing` (of this step)
    and `title`. Costs four statements whatever the model holds.
    """
    return frame(
        request, template, {**step_context(product, step), **context, "product": product}, status=status
    )


def step_context(product: Product, step: Step) -> dict[str, Any]:
    """What `product_create/base.html` needs, for pages that are rendered by somebody else."""
    progress = progress_of([product], channel=CHANNEL)[product.pk]
    following = step.following
    return {
        "title": _("New product") if product.draft else _("Edit for the marketplace"),
        "step": step,
        "steps": _links(product, step, progress),
        "missing": progress.missing(step),
        "next_url": step_url(product, following) if following else "",
    }


def _links(product: Product, current: Step, progress: Progress) -> list[StepLink]:
    return [
        StepLink(
            step=step,
            number=number,
            title=step.title,
            url=step_url(product, step),
            state=progress.state(step),
            words=STATE_WORDS[progress.state(step)],
            current=step is current,
            missing=progress.missing(step),
        )
        for number, step in enumerate(Step, start=1)
    ]


def saved(request: HttpRequest, product: Product, step: Step, sentence: str) -> HttpResponseRedirect:
    """After a step was saved: on to the next one (button "continue"), or the same step again, with a sentence."""
    messages.success(request, sentence)
    following = step.following
    onward = following if following and "continue" in request.POST else step
    return HttpResponseRedirect(step_url(product, onward))


__all__ = [
    "CHANNEL",
    "KEEP",
    "Step",
    "StepLink",
    "StepState",
    "frame",
    "may_keep_products",
    "person",
    "product_of",
    "saved",
    "step_context",
    "step_page",
    "step_url",
]
