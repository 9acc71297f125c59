"""A question and its answer, against a service over real HTTP: what is said, kept, charged, and refused."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from analytics.insights import client as client_module
from analytics.insights import services
from analytics.insights.services import answer_insight, ask_question
from analytics.models import Insight, InsightCall, InsightRound
from gullu.models import JobRun
from tests.analytics.insights.conftest import KEY
from tests.analytics.insights.kit import OCTOBER, answered, marked, shop
from tests.analytics.insights.stub import Reply, Stub, calls, fails, says
from tests.factories import make_superuser

pytestmark = pytest.mark.django_db


def test_answer_comes_with_its_figures_and_costs(stub: Stub) -> None:
    shop()
    stub.answers(
        calls(("sales", {**OCTOBER, "by": "MODEL"})),
        says(
            "Ekimde 10 çift satıldı [1]: BOT-72 7 çift, SND-30 3 çift; tutar 5.000 ₺ [1].", tokens=(2000, 50)
        ),
    )

    insight = answered()

    assert (insight.state, insight.error, insight.unproved) == (Insight.State.DONE, "", [])
    assert insight.answer.startswith("Ekimde 10 çift")
    call = insight.calls.get()
    assert (call.number, call.name, call.arguments) == (1, "sales", {**OCTOBER, "by": "MODEL"})
    assert [(row["model"], row["pairs"], row["amount_try"]) for row in call.result["rows"]] == [
        ("BOT-72", 7, 3500),
        ("SND-30", 3, 1500),
    ]
    assert call.address == (
        "/analytics/sales/?period=FREE&from=2026-10-01&to=2026-10-31&rows=MODEL&measure=PAIRS"
    )
    assert (insight.tokens_in, insight.tokens_out) == (3000, 150)
    assert insight.cost == Decimal("0.004500")
    assert (insight.model, insight.answered_at is not None) == ("stub-1", True)
    assert [(one.number, one.cost) for one in insight.rounds.order_by("number")] == [
        (1, Decimal("0.002000")),
        (2, Decimal("0.002500")),
    ]


def test_service_is_asked_below_its_address_with_the_key_and_the_tools(stub: Stub) -> None:
    stub.answers(says("Merhaba."))

    answered()

    [asked] = stub.received
    assert (asked.path, asked.headers["authorization"]) == ("/openai/v1/chat/completions", f"Bearer {KEY}")
    assert (asked.body["model"], asked.body["tool_choice"], asked.body["max_tokens"]) == (
        "stub-1",
        "auto",
        4000,
    )
    assert [tool["function"]["name"] for tool in asked.body["tools"]] == [
        "sales",
        "reasons",
        "size_curves",
        "profit",
        "missing_costs",
        "stock_advice",
        "forecasts",
        "stock_levels",
    ]
    system, question = asked.body["messages"]
    assert timezone.localdate().isoformat() in system["content"]
    assert question == {"role": "user", "content": "Ekimde ne sattık?"}


def test_two_queries_of_one_turn_are_both_answered(stub: Stub) -> None:
    shop()
    stub.answers(
        calls(("sales", {**OCTOBER, "by": "SIZE"}), ("stock_levels", {"words": "bot"})),
        says("37 numara 7 çift [1]; stokta 0 çift [2]."),
    )

    insight = answered()

    assert list(insight.calls.order_by("number").values_list("number", "name")) == [
        (1, "sales"),
        (2, "stock_levels"),
    ]
    assert [one["cite"] for one in stub.received[1].told] == ["[1]", "[2]"]
    assert marked(insight) == []


def test_wrong_arguments_are_told_to_the_model_and_not_kept(stub: Stub) -> None:
    shop()
    stub.answers(
        calls(("sales", {"by": "CUSTOMER", "limit": 900}), ("drop_tables", {}), ("sales", "{not json")),
        calls(("sales", OCTOBER)),
        says("10 çift [1]."),
    )

    insight = answered()

    assert insight.state == Insight.State.DONE
    assert [one["error"].split(";")[0][:40] for one in stub.received[1].told] == [
        "by: Input should be 'DAY', 'WEEK', 'MONT",
        "there is no such function",
        "the arguments are no JSON",
    ]
    assert insight.calls.count() == 1


def test_arguments_wrong_again_and_again_end_the_conversation(stub: Stub) -> None:
    stub.answers(calls(("sales", {"first_day": "2026-10-01"})))

    insight = answered()

    assert (insight.state, len(stub.received)) == (Insight.State.FAILED, 4)
    assert insight.error == (
        "The language model asked “sales” in a way that does not exist, again and again. Ask in other words."
    )


def test_invented_number_is_marked(stub: Stub) -> None:
    shop()
    stub.answers(calls(("sales", OCTOBER)), says("10 çift satıldı, 4 çift iade geldi, kâr 999 ₺ [1]."))

    assert marked(answered()) == ["4", "999"]


def test_endless_queries_are_stopped(stub: Stub) -> None:
    shop()
    stub.answers(calls(("sales", OCTOBER), ("sales", OCTOBER)))

    insight = answered()

    assert insight.error == (
        "The language model kept asking for figures without answering; it was stopped after 14 queries."
    )
    assert [one.body["tool_choice"] for one in stub.received] == ["auto"] * 7 + ["none"]


@pytest.mark.parametrize(
    ("reply", "sentence", "charged"),
    [
        (fails(401), "127.0.0.1 does not accept the key (status 401): check OPENAI_API_KEY.", False),
        (
            fails(429),
            "127.0.0.1 takes no more questions now, or the account there has no credit left (status 429).",
            False,
        ),
        (
            fails(404),
            "127.0.0.1 refused the question (status 404): check OPENAI_MODEL “stub-1” and OPENAI_BASE_URL.",
            False,
        ),
        (fails(500), "127.0.0.1 has a fault of its own (status 500). Ask again later.", True),
        (
            Reply(b"<html>hello</html>", headers={"Content-Type": "text/html"}),
            "What 127.0.0.1 answered is not what a chat completion looks like: check OPENAI_BASE_URL, or ask again.",
            True,
        ),
        (
            Reply(b'{"choices": []}'),
            "What 127.0.0.1 answered is not what a chat completion looks like: check OPENAI_BASE_URL, or ask again.",
            True,
        ),
        (
            Reply(b"", status=302, headers={"Location": "https://elsewhere.example/"}),
            "127.0.0.1 answered with a redirect, which is not followed; check the configured address.",
            True,
        ),
        (
            Reply(b" " * (3 * 1024 * 1024)),
            "The answer of 127.0.0.1 is larger than the allowed size.",
            True,
        ),
        (says("", tokens=(10, 0)), "The language model answered nothing. Ask again in other words.", None),
        (
            says("Yar", finish="length"),
            "The answer was longer than allowed and was cut off. Ask for less at a time.",
            None,
        ),
        (
            says("\n1" * 100_000),
            "The answer was longer than allowed and was cut off. Ask for less at a time.",
            None,
        ),
        (says("", finish="content_filter"), "The language model would not answer this question.", None),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    stub: Stub, caplog: pytest.LogCaptureFixture, reply: Reply, sentence: str, charged: bool | None
) -> None:
    """`charged`: what was set aside stays spent, because the service may have counted the call; None: it told."""
    caplog.set_level(logging.DEBUG)
    stub.answers(reply)

    insight = answered()

    assert (insight.state, insight.error, len(stub.received)) == (Insight.State.FAILED, sentence, 1)
    one = insight.rounds.get()
    assert charged is None or (one.cost is None) is charged
    assert charged is not False or insight.cost == 0
    assert KEY not in caplog.text
    run = JobRun.objects.get(name="answer_insight")
    assert (run.state, run.error) == (JobRun.State.FAILED, sentence)


def test_service_that_does_not_answer_in_time(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    from threading import Event

    monkeypatch.setattr(client_module, "READ_SECONDS", 0.2)
    over = Event()
    stub.answers(Reply(b"{}", before=lambda: over.wait(10)))

    insight = answered()

    over.set()
    assert (insight.state, insight.error) == (Insight.State.FAILED, "127.0.0.1 did not answer in time.")
    assert insight.rounds.get().cost is None


def test_service_that_is_not_there_costs_nothing(stub: Stub, settings: Any) -> None:
    settings.OPENAI = {**settings.OPENAI, "BASE_URL": "http://127.0.0.1:9/v1"}

    insight = answered()

    assert insight.error == "127.0.0.1 could not be reached (no connection)."
    assert (insight.cost, insight.rounds.get().cost) == (Decimal(0), Decimal(0))


def test_fault_of_our_own_is_told_and_raised(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    stub.answers(says("Merhaba."))
    monkeypatch.setattr(services, "unproved", lambda *_args, **_values: 1 / 0)
    insight = ask_question(question="Nasılız?", user=make_superuser(), language="en")

    with pytest.raises(ZeroDivisionError):
        answer_insight(insight_id=insight.pk, trigger="STAFF", actor=None)

    insight.refresh_from_db()
    assert (insight.state, insight.error) == (
        Insight.State.FAILED,
        "A fault of the program, which is in its log. Ask again later.",
    )


def test_key_stands_in_no_log_and_no_row(stub: Stub, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shop()
    stub.answers(calls(("sales", OCTOBER)), says("10 çift [1]."))

    insight = answered()

    assert "tokens in" in caplog.text
    rows = [str(list(model.objects.values())) for model in (Insight, InsightCall, InsightRound, JobRun)]
    assert KEY not in caplog.text + "".join(rows)
    assert insight.state == Insight.State.DONE


def test_limit_of_tokens_has_another_name_where_the_older_one_is_refused() -> None:
    from analytics.insights.client import ChatClient
    from analytics.insights.config import Configuration

    values: dict[str, Any] = {
        "key": "k",
        "model": "m",
        "budget": Decimal(1),
        "price_in": Decimal(1),
        "price_out": Decimal(1),
    }
    with ChatClient(Configuration(base_url="https://api.openai.com/v1", **values)) as newer:
        assert newer.request([], [], final=True).payload["max_completion_tokens"] == 4000
    with ChatClient(Configuration(base_url="https://llm.example/v1", **values)) as older:
        assert older.request([], [], final=True).payload["max_tokens"] == 4000


# --- the budget -------------------------------------------------------------------------------------------------------


def test_call_that_could_exceed_the_budget_is_not_made(stub: Stub, settings: Any) -> None:
    settings.OPENAI = {**settings.OPENAI, "MONTHLY_BUDGET_USD": 0.04}
    stub.answers(says("Merhaba."))

    insight = answered()

    assert (insight.state, stub.received, insight.cost) == (Insight.State.FAILED, [], None)
    assert insight.error.startswith(
        "This month's budget of 0,04 $ does not allow the next call: 0,0000 $ are used"
    )


def test_budget_counts_this_month_and_what_is_set_aside(stub: Stub) -> None:
    from analytics.insights.budget import used_in_month

    insight = Insight.objects.create(kind="QUESTION", question="?", asked_at=timezone.now())
    for number, (day, reserved, cost) in enumerate(
        [
            (datetime(2026, 10, 31, 20, 59, tzinfo=UTC), "9", "9"),  # 23:59 of October in Istanbul
            (datetime(2026, 10, 31, 21, 0, tzinfo=UTC), "1", "0.25"),
            (datetime(2026, 11, 5, 9, 0, tzinfo=UTC), "0.5", None),
        ]
    ):
        InsightRound.objects.create(
            insight=insight,
            number=number,
            started_at=day,
            reserved=Decimal(reserved),
            cost=cost and Decimal(cost),
        )

    assert used_in_month(datetime(2026, 11, 20, 9, 0, tzinfo=UTC)) == Decimal("0.75")


def test_service_that_tells_no_tokens_is_charged_with_the_most_it_could_cost(stub: Stub) -> None:
    stub.answers(says("Merhaba.", tokens=None))

    insight = answered()

    one = insight.rounds.get()
    assert (insight.state, one.cost) == (Insight.State.DONE, None)
    assert insight.cost == one.reserved
    assert one.reserved > Decimal("0.04")


def test_result_is_sent_as_it_is_kept(stub: Stub) -> None:
    shop()
    stub.answers(calls(("sales", OCTOBER)), says("10 çift [1]."))

    insight = answered()

    [told] = stub.received[1].told
    assert {**insight.calls.get().result, "cite": "[1]"} == told
