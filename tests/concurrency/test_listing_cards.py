"""Two people at once at what a model is on a marketplace: nobody's choice is lost."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest

from integrations.listing import cards
from integrations.listing.sheets import Choice
from integrations.models import ChannelProduct
from tests.concurrency.threads import race
from tests.factories import make_product

pytestmark = pytest.mark.django_db(transaction=True)
TRENDYOL = "TRENDYOL"
ROUNDS = 5


def choose(product_id: int, number: int) -> ChannelProduct:
    return cards.set_choices(channel=TRENDYOL, product_id=product_id, attributes={number: Choice((number,))})


def stored() -> Any:
    return ChannelProduct.objects.get().attributes


def test_a_card_that_two_open_at_once_is_made_once() -> None:
    product = make_product()

    opened = race(*[partial(cards.open_card, channel=TRENDYOL, product_id=product.pk)] * 4)

    assert {card.pk for card in opened} == {ChannelProduct.objects.get().pk}


def test_choices_made_at_once_are_all_kept() -> None:
    product = make_product()

    for turn in range(ROUNDS):
        numbers = range(turn * 4 + 1, turn * 4 + 5)
        race(*[partial(choose, product.pk, number) for number in numbers])

    assert stored() == {str(number): {"values": [number]} for number in range(1, ROUNDS * 4 + 1)}


def test_without_the_lock_a_choice_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same race with the card read before anybody has written."""
    product = make_product()
    cards.open_card(channel=TRENDYOL, product_id=product.pk)
    read = threading.Barrier(2)

    def unlocked(*, channel: str, product_id: int) -> ChannelProduct:
        card = ChannelProduct.objects.get(channel=channel, product_id=product_id)
        read.wait(timeout=10)
        return card

    monkeypatch.setattr(cards, "lock_card", unlocked)
    race(partial(choose, product.pk, 1), partial(choose, product.pk, 2))

    assert len(stored()) == 1
