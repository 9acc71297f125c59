"""Asking the language model and keeping what it said. The network is never inside a transaction, nor in a request."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from analytics.insights import budget, functions
from analytics.insights.checking import unproved
from analytics.insights.client import Call, ChatClient, Message, Reply
from analytics.insights.config import Configuration, configuration
from analytics.insights.conversation import Told, converse
from analytics.insights.errors import (
    InsightRefused,
    QuestionEmpty,
    QuestionPersonal,
    QuestionTooLong,
    TooManyWaiting,
)
from analytics.insights.functions import Answer, Function, WrongQuery
from analytics.insights.prompt import system_prompt
from analytics.locks import lock_questions
from analytics.models import Insight, InsightCall
from catalog.models import Variant
from gullu.errors import DomainError
from gullu.http import HttpError
from gullu.jobs import enqueue, record_run
from gullu.models import JobRun, User

logger = logging.getLogger(__name__)

RUN_NAME: Final = "answer_insight"
TASK: Final = "analytics.tasks.answer_insight_job"
MOST_LETTERS: Final = 1000
MOST_WAITING: Final = 3
# A conversation and its last call end well before this: whatever still says RUNNING was killed.
LOST_AFTER: Final = timedelta(minutes=10)
# Nobody is glad of an answer a day later, and the figures have moved on.
WAITS_AT_MOST: Final = timedelta(days=1)

State = Insight.State
_PERSONAL: Final = (
    re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+"),
    re.compile(r"(?<!\d)(?:\+|00)?\d(?:[\s().-]?\d){8,}(?!\d)"),
)


# --- asking -----------------------------------------------------------------------------------------------------------


def ask_question(*, question: str, user: User, language: str) -> Insight:
    """Keep a question and have it answered. The same question twice is the one that is being answered already.

    Raises `NotConfigured`, `QuestionEmpty`, `QuestionTooLong`, `QuestionPersonal`, `TooManyWaiting`.
    """
    configuration()
    text = _checked(question)
    close_lost(now=timezone.now())
    return _keep_once(text, user=user, language=language)


@transaction.atomic
def _keep_once(text: str, *, user: User, language: str) -> Insight:
    now = lock_questions()
    open_ones = Insight.objects.filter(asked_by=user, state__in=[State.WAITING, State.RUNNING])
    same = open_ones.filter(question=text).first()
    if same is not None:
        return same
    count = open_ones.count()
    if count >= MOST_WAITING:
        raise TooManyWaiting(count=count)
    return _keep(kind=Insight.Kind.QUESTION, question=text, asked_at=now, asked_by=user, language=language)


def _checked(question: str) -> str:
    text = question.replace("\0", "").strip()
    if not text:
        raise QuestionEmpty
    if len(text) > MOST_LETTERS:
        raise QuestionTooLong(letters=len(text), most=MOST_LETTERS)
    for pattern in _PERSONAL:
        for found in pattern.finditer(text):
            # A barcode has as many digits as a telephone number.
            if not Variant.objects.filter(barcode=found[0]).exists():
                raise QuestionPersonal(text=found[0])
    return text


@transaction.atomic
def _keep(**values: Any) -> Insight:
    insight = Insight.objects.create(**values)
    by_hand = insight.asked_by_id is not None
    trigger = JobRun.Trigger.STAFF if by_hand else JobRun.Trigger.SCHEDULE
    enqueue(TASK, insight_id=insight.pk, trigger=trigger.value, actor_id=insight.asked_by_id)
    return insight


def ask_for_week(*, now: datetime, language: str) -> Insight | None:
    """The summary of last week, once a week; None when it is there or on its way already. Raises `NotConfigured`."""
    configuration()
    close_lost(now=now)
    today = timezone.localdate(now)
    week = today - timedelta(days=today.weekday())
    with translation.override(language):
        question = _weekly_question(week)
    try:
        return _keep(
            kind=Insight.Kind.WEEKLY,
            week=week,
            question=question,
            asked_at=now,
            asked_by=None,
            language=language,
        )
    except IntegrityError:
        return None


def _weekly_question(week: date) -> str:
    first, last = week - timedelta(days=7), week - timedelta(days=1)
    words = _(
        "Write the summary of the week %(first)s – %(last)s: sales compared with the week before, the models that sold "
        "best, profit and the models that lost money, returns and their reasons, stock that runs out or lies dead, and "
        "what to do this week."
    )
    return words % {"first": f"{first:%d.%m.%Y}", "last": f"{last:%d.%m.%Y}"}


def close_lost(*, now: datetime) -> int:
    """End insights whose worker was killed, and those no worker took for a day; returns how many."""
    lost = Q(state=State.RUNNING, started_at__lt=now - LOST_AFTER)
    forgotten = Q(state=State.WAITING, asked_at__lt=now - WAITS_AT_MOST)
    return Insight.objects.filter(lost | forgotten).update(
        state=State.FAILED,
        error=_("The worker was stopped before the answer was there. Ask again."),
        answered_at=now,
    )


# --- answering --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answered:
    """How a question ended: its state, or NOT_WAITING where somebody else has answered it."""

    outcome: str
    queries: int = 0
    unproved: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {"outcome": self.outcome, "queries": self.queries, "unproved": self.unproved}


def answer_insight(*, insight_id: int, trigger: str, actor: User | None) -> Answered:
    """Answer a question that waits; whoever comes second leaves it alone. A refusal is kept as its sentence."""
    now = timezone.now()
    close_lost(now=now)
    waiting = Insight.objects.filter(pk=insight_id, state=State.WAITING)
    if not waiting.update(state=State.RUNNING, started_at=now):
        return Answered("NOT_WAITING")
    insight = Insight.objects.select_related("asked_by").get(pk=insight_id)
    with translation.override(insight.language), record_run(RUN_NAME, trigger=trigger, actor=actor) as run:
        try:
            done = _answer(insight, configuration(), report=run.progress)
        except DomainError as refusal:
            _end(insight, State.FAILED, error=refusal.message)
            run.fail(refusal.message)
            return Answered(State.FAILED.value, queries=insight.calls.count())
        except BaseException:
            _end(
                insight,
                State.FAILED,
                error=_("A fault of the program, which is in its log. Ask again later."),
            )
            raise
    return done


def _answer(insight: Insight, config: Configuration, *, report: Any) -> Answered:
    today = timezone.localdate()
    Insight.objects.filter(pk=insight.pk).update(model=config.model[:100])
    with ChatClient(config) as client:
        desk = _Desk(insight, config, client, _functions_of(insight), today, report)
        messages: list[Message] = [
            {"role": "system", "content": system_prompt(today=today, language=insight.language)},
            {"role": "user", "content": insight.question},
        ]
        text = converse(messages, desk, clock=time.monotonic)
    doubts = unproved(text, question=insight.question, results=desk.results)
    _end(insight, State.DONE, answer=text, unproved=doubts)
    return Answered(State.DONE.value, queries=len(desk.results), unproved=len(doubts))


def _functions_of(insight: Insight) -> tuple[Function, ...]:
    """Who asks learns nothing they could not look up; the weekly summary is for who may read insights."""
    return functions.offered(insight.asked_by.get_all_permissions() if insight.asked_by else None)


def _end(insight: Insight, state: Insight.State, **values: Any) -> None:
    rows = Insight.objects.filter(pk=insight.pk, state=State.RUNNING)
    rows.update(state=state, answered_at=timezone.now(), **values)


@dataclass(slots=True)
class _Desk:
    """One conversation: keeps the costs of each call of the model, and each query with its answer."""

    insight: Insight
    config: Configuration
    client: ChatClient
    functions: Collection[Function]
    today: date
    report: Any
    rounds: int = 0
    results: list[Mapping[str, Any]] = field(default_factory=list)

    def ask(self, messages: list[Message], *, final: bool) -> Reply:
        """Set the most aside that the call can cost, make it, and write down what it did cost."""
        tools = [functions.schema_of(one) for one in self.functions]
        request = self.client.request(messages, tools, final=final)
        worst = self.config.cost(tokens_in=request.most_tokens_in, tokens_out=request.most_tokens_out)
        self.rounds += 1
        row = budget.set_aside(
            insight_id=self.insight.pk, number=self.rounds, worst=worst, config=self.config
        )
        try:
            reply = self.client.send(request)
        except (InsightRefused, HttpError) as refusal:
            charged = refusal.sent if isinstance(refusal, HttpError) else refusal.charged
            self._settle(row, None if charged else self.config.cost(tokens_in=0, tokens_out=0))
            raise
        self._settle(row, self._cost(reply), reply)
        return reply

    def _cost(self, reply: Reply) -> Any:
        if reply.tokens_in is None or reply.tokens_out is None:
            return None
        return self.config.cost(tokens_in=reply.tokens_in, tokens_out=reply.tokens_out)

    def _settle(self, row: int, cost: Any, reply: Reply | None = None) -> None:
        tokens_in, tokens_out = (reply.tokens_in or 0, reply.tokens_out or 0) if reply else (0, 0)
        budget.settle(round_id=row, cost=cost, tokens_in=tokens_in, tokens_out=tokens_out, now=timezone.now())
        logger.info(
            "insight %s round %s: %s tokens in, %s out, %s USD",
            self.insight.pk,
            self.rounds,
            tokens_in,
            tokens_out,
            "unknown" if cost is None else cost,
        )
        self.report(rounds=self.rounds, queries=len(self.results))

    def query(self, call: Call) -> Told:
        """Answer a call of the model; only right ones are kept, each under the number it is cited by."""
        arguments = functions.arguments_in(call.arguments)
        if isinstance(arguments, WrongQuery):
            return _told_wrong(arguments)
        answer = functions.call(call.name, arguments, functions=self.functions, today=self.today)
        if isinstance(answer, WrongQuery):
            return _told_wrong(answer)
        return Told(self._keep(call.name, arguments, answer), known=True)

    def _keep(self, name: str, arguments: Mapping[str, Any], answer: Answer) -> str:
        number = len(self.results) + 1
        InsightCall.objects.create(
            insight=self.insight,
            number=number,
            name=name,
            arguments=arguments,
            result=answer.data,
            address=answer.address[:1000],
            compared_address=answer.compared_address[:1000],
        )
        self.results.append(answer.data)
        return json.dumps({"cite": f"[{number}]", **answer.data}, ensure_ascii=False)


def _told_wrong(wrong: WrongQuery) -> Told:
    return Told(json.dumps({"error": wrong.reason}, ensure_ascii=False), known=False)
