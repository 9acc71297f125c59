"""`Barkod sorgula`: scan or type anything, the right card opens. No prices and no customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.barcodes import normalise_barcode
from catalog.models import Variant
from gullu.text import fold
from integrations.stock_card import stock_card
from inventory.contents import contents, last_movements, pictures
from inventory.enums import ScanOutcome
from inventory.models import RafUrun, Shelf
from inventory.scan.kernel import Answer
from inventory.scan.pages import ScanPage
from inventory.scan.trail import newest
from inventory.scan.words import describe, unknown, whole_number
from inventory.scanning import read
from inventory.shelves import neighbours
from orders.labels import order_id_of_slip
from orders.models import Order, OrderLine, PickBatchOrder

# A reload shows the same card; somebody who comes back later starts with an empty page.
REMEMBERED = timedelta(hours=1)
LEDGER_ROWS = 30
MOST_FOUND = 40
_FEWEST_LETTERS = 2
# Fewer digits than this inside a barcode say nothing: "37" is a size, and lies in half of all barcodes.
_FEWEST_BARCODE_DIGITS = 4
_LARGE = ("payload", "shipment_address", "invoice_address", "search_key")
_KINDS = frozenset({"product", "shelf", "order"})


class LookupPage(ScanPage):
    """State: what was looked up last. `?q=` opens a card from a link of another page."""

    page = "lookup"
    template = "scan/lookup"
    permission_required = "gullu.look_up"
    actions = frozenset({"open", "clear"})

    def scan(self, text: str) -> Answer:
        return look_up(text)

    def do_open(self) -> Answer:
        """A row that was tapped: `product:<id>`, `shelf:<id>` or `order:<id>`."""
        kind, _colon, key = self.request.POST.get("text", "").partition(":")
        pk = whole_number(key)
        if kind not in _KINDS or pk is None:
            return Answer(outcome=ScanOutcome.UNKNOWN, message=_("Reload the page and try again."))
        return Answer(outcome=ScanOutcome.OK, reference=f"{kind}:{pk}")

    def do_clear(self) -> Answer:
        return Answer(outcome=ScanOutcome.OK, reference="none:")

    def context(self) -> dict[str, Any]:
        kind, _colon, key = self._reference().partition(":")
        if kind == "product":
            return product_card(whole_number(key) or 0)
        if kind == "shelf":
            return shelf_card(whole_number(key) or 0)
        if kind == "order":
            return order_card(whole_number(key) or 0)
        if kind == "orders":
            return {"card": "orders", "text": key, "orders": list(_orders(key)[:MOST_FOUND])}
        if kind == "search":
            return _found_products(key)
        return {"card": ""}

    def _reference(self) -> str:
        if self.request.method == "GET" and (text := self.request.GET.get("q", "")):
            return look_up(text).reference
        step = newest(user=self.person, page=self.page)
        fresh = step is not None and step.received_at > timezone.now() - REMEMBERED
        return step.reference if step is not None and fresh else ""


def look_up(text: str) -> Answer:
    """What a text means; the answer's reference names the card. Exact codes come before anything that is a guess."""
    scanned = read(text)
    if scanned.shelf is not None:
        return _ok(_("Shelf %(code)s") % {"code": scanned.shelf.code}, f"shelf:{scanned.shelf.pk}")
    exact = scanned.variant is not None and scanned.variant.barcode == scanned.text
    orders = [] if exact else list(_orders(scanned.text)[:2])
    if len(orders) == 1:
        return _ok(_("Order %(number)s") % {"number": orders[0].order_number}, f"order:{orders[0].pk}")
    if orders:
        return _ok(
            _("%(text)s: more than one package") % {"text": scanned.text}, f"orders:{scanned.text[:80]}"
        )
    if scanned.variant is not None:
        return _ok(describe(scanned.variant), f"product:{scanned.variant.pk}", scanned.variant)
    # Whatever was shown before goes away: a card below a refusal would be taken for the answer.
    not_found = replace(unknown(scanned), reference="none:")
    return not_found if scanned.hint else _search(text, not_found)


def _search(text: str, not_found: Answer) -> Answer:
    letters = sum(character.isalnum() for character in text)
    found = list(_products(text)[:2]) if letters >= _FEWEST_LETTERS else []
    if len(found) == 1:
        return _ok(describe(found[0]), f"product:{found[0].pk}", found[0])
    if found:
        return _ok(_("Choose the article."), f"search:{' '.join(_words(text))[:80]}")
    return not_found


def _ok(message: str, reference: str, variant: Variant | None = None) -> Answer:
    return Answer(
        outcome=ScanOutcome.OK,
        message=message,
        reference=reference,
        variant_id=variant.pk if variant else None,
    )


def _orders(text: str) -> QuerySet[Order]:
    """Packages with exactly this order, cargo or package number, or this slip, newest first."""
    code = normalise_barcode(text)
    if not code:
        return Order.objects.none()
    wanted = Q(order_number=code) | Q(cargo_tracking_number=code)
    if code.isascii() and code.isdecimal() and len(code) <= 18:
        wanted |= Q(package_id=int(code))
    if (slip := order_id_of_slip(code)) is not None:
        wanted |= Q(pk=slip)
    return Order.objects.filter(wanted).defer(*_LARGE).order_by("-ordered_at", "-pk")


def _products(text: str) -> QuerySet[Variant]:
    """Articles whose stock code, colour, model or title hold every word; a short number is a model or a size."""
    rows = Variant.objects.select_related("product")
    for word in _words(text):
        rows = rows.filter(_holds(word))
    return rows.order_by("-active", "product__code", "colour", "size", "pk")


def _holds(word: str) -> Q:
    if word.isdecimal() and len(word) < _FEWEST_BARCODE_DIGITS:
        return Q(size=word) | Q(product__code__contains=word)
    return Q(search_key__contains=word) | Q(product__search_key__contains=word)


def _words(text: str) -> list[str]:
    """Search keys of what was typed, without what no keyboard sends."""
    return fold("".join(character for character in text if character.isprintable())).split()


def _found_products(text: str) -> dict[str, Any]:
    found = list(_products(text)[: MOST_FOUND + 1])
    return {
        "card": "search",
        "text": text,
        "found": found[:MOST_FOUND],
        "more": len(found) > MOST_FOUND,
        "pictures": pictures(found),
    }


def product_card(variant_id: int) -> dict[str, Any]:
    """The stock card of a barcode ("why is this number 7?")."""
    variant = Variant.objects.select_related("product").filter(pk=variant_id).first()
    if variant is None:
        return {"card": ""}
    return {
        "card": "product",
        "variant": variant,
        "aliases": list(variant.aliases.order_by("code").values_list("code", flat=True)),
        "picture": pictures([variant]).get(variant.pk, ""),
        "stock": stock_card(variant_id=variant.pk, ledger_rows=LEDGER_ROWS),
    }


def shelf_card(shelf_id: int) -> dict[str, Any]:
    """What lies on a shelf, its neighbours in the walk, and what moved there last."""
    shelf = Shelf.objects.filter(pk=shelf_id).first()
    if shelf is None:
        return {"card": ""}
    rows = contents(shelf.pk)
    before, after = neighbours(shelf)
    return {
        "card": "shelf",
        "shelf": shelf,
        "rows": rows,
        "pairs": sum(row.adet for row in rows),
        "moved": last_movements(shelf.pk),
        "before": before,
        "after": after,
    }


def order_card(order_id: int) -> dict[str, Any]:
    """State and deadline of a package, who has it in hand, and where its articles lie."""
    orders = Order.objects.select_related("claim__user", "picked_by").defer(*_LARGE)
    order = orders.filter(pk=order_id).first()
    if order is None:
        return {"card": ""}
    lines = list(order.lines.select_related("variant__product").order_by("pk"))
    variants = [line.variant for line in lines if line.variant is not None]
    images, shelves = pictures(variants), _shelves(variants)
    now = timezone.now()
    slot = PickBatchOrder.objects.filter(order=order, active=True).select_related("batch__user").first()
    return {
        "card": "order",
        "order": order,
        "lines": [_line(line, images, shelves) for line in lines],
        "late": order.is_late(now),
        "claim": _claim(order, now),
        "slot": slot,
    }


def _line(line: OrderLine, images: dict[int, str], shelves: dict[int, list[RafUrun]]) -> dict[str, Any]:
    key = line.variant_id or 0
    return {"line": line, "picture": images.get(key, ""), "shelves": shelves.get(key, [])}


def _claim(order: Order, now: Any) -> Any:
    """The claim that still holds, or None."""
    claim = getattr(order, "claim", None)
    return claim if claim is not None and claim.expires_at > now else None


def _shelves(variants: Sequence[Variant]) -> dict[int, list[RafUrun]]:
    rows = RafUrun.objects.filter(variant_id__in=[variant.pk for variant in variants], adet__gt=0)
    found: dict[int, list[RafUrun]] = {}
    for row in rows.select_related("shelf").order_by("-adet", "shelf__route_order", "shelf__code"):
        found.setdefault(row.variant_id, []).append(row)
    return found
