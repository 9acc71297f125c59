"""What can be asked of the marketplace for barcodes of a model: for which, with which words, and how."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Product
from gullu.models import User
from integrations.listing import writes
from integrations.listing.writes import Asked
from integrations.models import Listing
from integrations.product_create.sending import send_failed_again
from integrations.product_create.shell import CHANNEL
from integrations.product_create.standing_words import Line, Stage

State = Listing.State


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for: the model, the barcodes (`variant_ids`), the fields of `Sheet`, and by whom."""

    product: Product
    variant_ids: Collection[int]
    fields: Collection[str]
    user: User
    ticked: bool


@dataclass(frozen=True, slots=True)
class Action:
    """`fits` says for which barcodes; `what` happens, said before it does; `yes` is on the button that does it."""

    label: str | Promise
    what: str | Promise
    yes: str | Promise
    fits: Callable[[Line], bool]
    ask: Callable[[Request], Asked]
    danger: bool = False


def _again(asked: Request) -> Asked:
    return send_failed_again(
        channel=CHANNEL, product_id=asked.product.pk, variant_ids=asked.variant_ids, user=asked.user
    )


def _update(asked: Request) -> Asked:
    # Ticked ones must all take the change; of the whole model, those that can.
    return writes.ask_update(
        channel=CHANNEL,
        product_id=asked.product.pk,
        fields=asked.fields,
        variant_ids=asked.variant_ids if asked.ticked else None,
        user=asked.user,
    )


def _archive(asked: Request) -> Asked:
    return writes.ask_archive(channel=CHANNEL, variant_ids=asked.variant_ids, archived=True, user=asked.user)


def _unarchive(asked: Request) -> Asked:
    return writes.ask_archive(channel=CHANNEL, variant_ids=asked.variant_ids, archived=False, user=asked.user)


def _unlock(asked: Request) -> Asked:
    return writes.ask_unlock(channel=CHANNEL, variant_ids=asked.variant_ids, user=asked.user)


def _delete(asked: Request) -> Asked:
    return writes.ask_delete(channel=CHANNEL, variant_ids=asked.variant_ids, user=asked.user)


def _in(*states: str) -> Callable[[Line], bool]:
    return lambda line: line.row.state in states


ACTIONS: Final[Mapping[str, Action]] = {
    "again": Action(
        label=_("Send only what failed again"),
        what=_("What Trendyol refused or rejected is sent again, as the model is now. Nothing else is sent."),
        yes=_("Yes, send it again"),
        fits=lambda line: line.stage in {Stage.REFUSED, Stage.REJECTED},
        ask=_again,
    ),
    "update": Action(
        label=_("Send the changes"),
        what=_(
            "The chosen fields are sent as they are here now, and replace what Trendyol shows. Texts, pictures and "
            "attributes go through its quality control again."
        ),
        yes=_("Yes, send the changes"),
        fits=_in(State.PENDING, State.REJECTED, State.APPROVED),
        ask=_update,
    ),
    "archive": Action(
        label=_("Archive"),
        what=_(
            "These barcodes disappear from Trendyol’s shop window until they are brought back. Stock and prices here "
            "stay as they are."
        ),
        yes=_("Yes, archive"),
        fits=_in(State.APPROVED),
        ask=_archive,
    ),
    "unarchive": Action(
        label=_("Bring back from the archive"),
        what=_("These barcodes are shown on Trendyol again, and are sold as soon as they have stock."),
        yes=_("Yes, bring back"),
        fits=_in(State.ARCHIVED),
        ask=_unarchive,
    ),
    "unlock": Action(
        label=_("Unlock"),
        what=_("Trendyol is asked to unlock these barcodes. Mend what they were locked for first."),
        yes=_("Yes, unlock"),
        fits=lambda line: bool(line.locked) and line.row.state == State.APPROVED,
        ask=_unlock,
    ),
    "delete": Action(
        label=_("Delete from Trendyol"),
        what=_(
            "These barcodes are deleted from Trendyol for ever. Nothing is deleted here, and they can be listed anew."
        ),
        yes=_("Yes, delete from Trendyol"),
        fits=_in(State.PENDING, State.REJECTED, State.ARCHIVED),
        ask=_delete,
        danger=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Part:
    """Fields of `Sheet` that are sent together, under one tick."""

    label: str | Promise
    fields: frozenset[str]


PARTS: Final[Mapping[str, Part]] = {
    "title": Part(_("Title"), frozenset({"title"})),
    "description": Part(_("Description"), frozenset({"description"})),
    "images": Part(pgettext_lazy("fields", "Pictures"), frozenset({"image_urls"})),
    "attributes": Part(_("Attributes"), frozenset({"attributes"})),
    "data": Part(
        _("Stock code, VAT, desi and origin"), frozenset({"stock_code", "vat_rate", "desi", "origin"})
    ),
    "delivery": Part(_("Days until it ships"), frozenset({"delivery_days"})),
    "prices": Part(_("Prices (only once approved)"), frozenset({"list_price", "sale_price"})),
    "fixed": Part(
        pgettext_lazy("fields", "Model code, brand and category (only until approved)"),
        frozenset({"product_code", "brand_id", "category_id"}),
    ),
}

__all__ = ["ACTIONS", "PARTS", "Action", "Part", "Request"]
