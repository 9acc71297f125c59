"""`Hızlı Hazırla`: scan a shelf, then any box on it; the page finds the order, confirms it and prints its label."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from catalog.models import Variant
from inventory.enums import ScanOutcome
from inventory.models import ScanLog, Shelf
from inventory.scan.kernel import Answer
from inventory.scan.pages import ScanPage
from inventory.scan.words import unknown
from inventory.scanning import read
from orders.claim_errors import AnyShelfFirst
from orders.scan.answers import answered, scanned_at
from orders.scan.finished import Done, finished
from orders.selectors import wanted_on_shelf
from orders.services.fast_lane import last_at_shelf, refuse_double_fire, take_for_box
from orders.services.preparing import CONFIRMED


@dataclass(slots=True)
class Lane:
    """One request on the fast lane of a page: what it works on, and what it found out for showing it."""

    user: AbstractBaseUser
    page: str
    scanned_at: datetime | None = None
    shelf: Shelf | None = None
    done: Done | None = None

    def scan(self, text: str) -> Answer:
        """A shelf, or any box on the shelf scanned last."""
        scanned = read(text)
        if scanned.shelf is not None:
            self.shelf = scanned.shelf
            message = _("Shelf %(shelf)s: scan any box on it.") % {"shelf": scanned.shelf.code}
            return Answer(outcome=ScanOutcome.OK, message=message, code="shelf", shelf_id=scanned.shelf.pk)
        if scanned.variant is None:
            return unknown(scanned)
        variant, last = scanned.variant, last_at_shelf(user_id=self.user.pk, page=self.page)
        self.shelf = last.shelf if last else None
        shelf_id = self.shelf.pk if self.shelf else None
        return answered(lambda: self._take(variant, last), variant_id=variant.pk, shelf_id=shelf_id)

    def _take(self, variant: Variant, last: ScanLog | None) -> Answer:
        if self.shelf is None:
            raise AnyShelfFirst
        refuse_double_fire(last, variant=variant, scanned_at=self.scanned_at)
        taken = take_for_box(user=self.user, shelf=self.shelf, variant=variant)
        self.done = taken.order_id, taken.channel
        message = _("%(article)s is for order %(order)s. Put its label on.")
        return Answer(
            outcome=ScanOutcome.DONE,
            message=message % {"article": taken.article, "order": taken.order_number},
            code=CONFIRMED,
            variant_id=variant.pk,
            shelf_id=self.shelf.pk,
            reference=taken.order_number,
        )

    def context(self, answer: Answer | None) -> dict[str, Any]:
        """The shelf the person stands at, what waits for boxes on it, and the order just finished."""
        now, shelf = timezone.now(), self.shelf or self._last_shelf()
        return {
            "shelf": shelf,
            "wanted": wanted_on_shelf(shelf_id=shelf.pk, user_id=self.user.pk, now=now) if shelf else [],
            "finished": finished(answer, user=self.user, done=self.done),
        }

    def _last_shelf(self) -> Shelf | None:
        last = last_at_shelf(user_id=self.user.pk, page=self.page)
        return last.shelf if last else None


class FastPage(ScanPage):
    """State: the shelf scanned last, from the log of scans."""

    page = "fast"
    template = "scan/fast"
    permission_required = "gullu.pick_orders"
    answer: Answer | None = None

    @cached_property
    def lane(self) -> Lane:
        return Lane(user=self.person, page=self.page, scanned_at=scanned_at(self.request))

    def scan(self, text: str) -> Answer:
        return self.lane.scan(text)

    def fragment(self, answer: Answer) -> HttpResponse:
        self.answer = answer
        return super().fragment(answer)

    def context(self) -> dict[str, Any]:
        return self.lane.context(self.answer)
