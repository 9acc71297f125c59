"""One thing the desk may do with orders: a list action, a page of its own and a link on one order."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from orders.admin.asking import AskView
from orders.enums import OPEN_STATES, OrderState
from orders.labels import slip_code
from orders.models import Order

HERE: Final = frozenset(OPEN_STATES)
ANY: Final = frozenset(OrderState)

Opener = Callable[[HttpRequest, list[Order]], HttpResponse]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskAction:
    """`view` asks first, `run` goes at once; `writes`: only as a POST. `states` in which it is offered.

    `many`: also for ticked rows. `pairs`: how many an order needs for it at least. `fits`: what else it must be.
    """

    name: str
    label: Any
    icon: str
    right: str
    states: Collection[OrderState] = HERE
    view: type[AskView] | None = None
    run: Opener | None = None
    writes: bool = False
    many: bool = True
    pairs: int = 1
    fits: Callable[[Order], bool] = lambda _order: True

    def offered(self, request: HttpRequest, order: Order) -> bool:
        return request.user.has_perm(self.right) and order.status in self.states and self.fits(order)


def print_labels(kind: str) -> Opener:
    """Opens the pages that print labels of this kind (`cargo`, `slip`, …) for the chosen orders."""

    def open_labels(_request: HttpRequest, orders: list[Order]) -> HttpResponse:
        codes = "\n".join(slip_code(order.pk) for order in orders)
        return HttpResponseRedirect(f"{reverse('labels:start', args=[kind])}?{urlencode({'codes': codes})}")

    return open_labels
