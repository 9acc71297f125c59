"""At the same moment: two questions cannot exceed the budget, and one question is kept and answered once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from analytics.insights.budget import set_aside, used_in_month
from analytics.insights.config import Configuration
from analytics.insights.errors import BudgetReached
from analytics.insights.services import MOST_WAITING, answer_insight, ask_question
from analytics.models import Insight
from tests.analytics.insights.stub import running_stub, says
from tests.concurrency.threads import race
from tests.factories import make_superuser

pytestmark = pytest.mark.django_db(transaction=True)

CONFIG = Configuration(
    key="k",
    base_url="http://127.0.0.1:9",
    model="m",
    budget=Decimal(1),
    price_in=Decimal(1),
    price_out=Decimal(1),
)


SETTINGS = {
    "API_KEY": "k",
    "BASE_URL": "http://127.0.0.1:9",
    "MODEL": "m",
    "MONTHLY_BUDGET_USD": 5.0,
    "PRICE_IN": 1.0,
    "PRICE_OUT": 1.0,
}


def insight() -> Insight:
    return Insight.objects.create(kind="QUESTION", question="?", asked_at=timezone.now())


def test_two_calls_that_fit_alone_do_not_fit_together() -> None:
    def aside(row: Insight) -> Any:
        return lambda: set_aside(insight_id=row.pk, number=1, worst=Decimal("0.6"), config=CONFIG)

    results = race(*(aside(insight()) for _number in range(4)))

    assert sorted(type(one).__name__ for one in results) == ["BudgetReached"] * 3 + ["int"]
    assert used_in_month(timezone.now()) == Decimal("0.6")
    assert BudgetReached.charged is False


def test_question_that_two_workers_take_is_answered_once(settings: Any) -> None:
    row = insight()
    with running_stub() as stub:
        settings.OPENAI = {**SETTINGS, "BASE_URL": stub.url}
        stub.answers(says("Merhaba."))
        outcomes = race(*[lambda: answer_insight(insight_id=row.pk, trigger="STAFF", actor=None).outcome] * 3)
        received = len(stub.received)

    assert sorted(outcomes) == ["DONE", "NOT_WAITING", "NOT_WAITING"]
    assert received == 1


def test_double_click_is_one_question(settings: Any) -> None:
    settings.OPENAI, user = SETTINGS, make_superuser()

    kept = race(*[lambda: ask_question(question="Nasılız?", user=user, language="tr").pk] * 4)

    assert {type(one) for one in kept} == {int}
    assert (len(set(kept)), OrmQ.objects.count()) == (1, 1)


def test_questions_at_the_same_moment_are_no_more_than_may_wait(settings: Any) -> None:
    settings.OPENAI, user = SETTINGS, make_superuser()

    def ask(number: int) -> Any:
        return lambda: ask_question(question=f"{number}?", user=user, language="tr")

    results = race(*(ask(number) for number in range(MOST_WAITING + 2)))

    assert (
        sorted(type(one).__name__ for one in results) == ["Insight"] * MOST_WAITING + ["TooManyWaiting"] * 2
    )
