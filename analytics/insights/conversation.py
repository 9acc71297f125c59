"""The conversation: the question goes out, functions are called as the model asks for them, until it has its answer.

It never ends later than its limits allow, whatever the other side says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from analytics.insights.client import Call, Message, Reply
from analytics.insights.errors import (
    AnswerCutOff,
    AnswerEmpty,
    AnswerRefused,
    ArgumentsWrong,
    EndlessQueries,
    TookTooLong,
    TooManyTokens,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Calls of the model, queries of it in all and with wrong arguments, tokens read and written, and seconds."""

    rounds: int = 8
    queries: int = 16
    wrong: int = 4
    tokens: int = 200_000
    seconds: int = 240


LIMITS: Final = Limits()
# Of an answer: more than the tokens it may have.
MOST_LETTERS: Final = 40_000
NO_MORE: Final = '{"error": "No more queries: answer with what you have, or say what is missing."}'


@dataclass(frozen=True, slots=True)
class Told:
    """What the model is told for a call. `known`: the function exists and its arguments were right."""

    content: str
    known: bool


class Desk(Protocol):
    """Who asks the model and who answers its calls."""

    def ask(self, messages: list[Message], *, final: bool) -> Reply:
        """Ask the model; may raise whatever keeps it from answering."""

    def query(self, call: Call) -> Told:
        """Call one of our functions."""


def converse(
    messages: list[Message], desk: Desk, *, clock: Callable[[], float], limits: Limits = LIMITS
) -> str:
    """Talk until the model answers; returns its text. `messages` grows with the conversation.

    Raises `AnswerCutOff`, `AnswerEmpty`, `AnswerRefused`, `ArgumentsWrong`, `EndlessQueries`, `TookTooLong`,
    `TooManyTokens`, and what `desk` raises.
    """
    started = clock()
    queries = wrong = tokens = 0
    for number in range(1, limits.rounds + 1):
        if clock() - started > limits.seconds:
            raise TookTooLong(seconds=limits.seconds)
        final = number == limits.rounds or queries >= limits.queries
        reply = desk.ask(messages, final=final)
        if not reply.calls:
            return _text(reply)
        if final or len(reply.calls) > limits.queries:
            break
        tokens += (reply.tokens_in or 0) + (reply.tokens_out or 0)
        if tokens > limits.tokens:
            raise TooManyTokens(tokens=tokens)
        messages.append(reply.as_message())
        for call in reply.calls:
            told = desk.query(call) if queries < limits.queries else Told(NO_MORE, known=True)
            queries += 1
            wrong += not told.known
            if wrong >= limits.wrong:
                raise ArgumentsWrong(name=call.name[:60])
            messages.append({"role": "tool", "tool_call_id": call.id, "content": told.content})
    raise EndlessQueries(calls=queries)


def _text(reply: Reply) -> str:
    if reply.refused:
        raise AnswerRefused
    # A service that counts other tokens than it was told to may send anything.
    if reply.cut_off or len(reply.text) > MOST_LETTERS:
        raise AnswerCutOff
    text = reply.text.replace("\0", "").strip()
    if not text:
        raise AnswerEmpty
    return text
