"""The language model: chat completions with tools, of any service that is compatible with OpenAI's.

The only module that knows the `openai` package. That package would bring HTTP of its own, with other timeouts, with
redirects and without a limit of size; here its requests go through `gullu.http`, as everything outbound does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx2
from pydantic import BaseModel, Field, ValidationError

from analytics.insights.config import Configuration
from analytics.insights.errors import (
    AnswerMalformed,
    InsightRefused,
    KeyRefused,
    RequestRefused,
    ServiceFailed,
    TooManyRequests,
)
from gullu.http import HttpSession, build_session

MOST_TOKENS_OUT: Final = 4000
READ_SECONDS: Final = 90.0
TOTAL_SECONDS: Final = 120.0
MOST_BYTES: Final = 2 * 1024 * 1024
# Newer models of these hosts refuse the older name of the limit; everybody else knows the older one.
_NEWER_LIMIT: Final = ("openai.com", "openai.azure.com")
# `requests` sets these itself; what it decodes must not be announced as encoded.
_OURS: Final = frozenset({"host", "content-length", "accept-encoding", "connection"})

Message = Mapping[str, Any]


class _Function(BaseModel):
    name: str
    arguments: str | dict[str, Any] = ""


class _Call(BaseModel):
    id: str = ""
    function: _Function


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A function the language model wants called; `arguments` is the JSON it wrote, which may be anything."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the language model said: a text, or calls. Tokens are None where the service does not tell them."""

    text: str
    calls: tuple[Call, ...]
    tokens_in: int | None
    tokens_out: int | None
    cut_off: bool = False
    refused: bool = False

    def as_message(self) -> Message:
        """The same, as it is sent back with the answers to the calls."""
        calls = [
            {"id": one.id, "type": "function", "function": {"name": one.name, "arguments": one.arguments}}
            for one in self.calls
        ]
        return {"role": "assistant", "content": self.text, "tool_calls": calls}


@dataclass(frozen=True, slots=True)
class Request:
    """One call, ready to be made. `most_tokens_in` is an upper limit: a token is at least one byte of what is sent."""

    payload: Mapping[str, Any] = field(repr=False)
    most_tokens_in: int
    most_tokens_out: int


class _Door(httpx2.BaseTransport):
    """Hands the requests of the `openai` package to `gullu.http`, whose errors pass through it as they are."""

    def __init__(self, session: HttpSession) -> None:
        self._session = session

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _OURS}
        reply = self._session.request(
            request.method, str(request.url), headers=headers, body=request.read() or None
        )
        kind = {"Content-Type": reply.content_type} if reply.content_type else {}
        return httpx2.Response(reply.status, headers=kind, content=reply.body, request=request)

    def close(self) -> None:
        self._session.close()


class ChatClient:
    """Asks the language model. Nothing is tried again: each try would cost, and a person can ask again."""

    def __init__(self, config: Configuration) -> None:
        import openai  # noqa: PLC0415 - a fifth of the start of every process, and few ever ask a question

        self._config = config
        self._session = build_session(
            user_agent="gullu",
            read_timeout=READ_SECONDS,
            total_timeout=TOTAL_SECONDS,
            max_body_bytes=MOST_BYTES,
        )
        self._client = openai.OpenAI(
            api_key=config.key,
            base_url=config.base_url,
            max_retries=0,
            http_client=httpx2.Client(
                transport=_Door(self._session), follow_redirects=False, trust_env=False
            ),
        )

    def request(self, messages: Sequence[Message], tools: Sequence[Message], *, final: bool) -> Request:
        """The next call of a conversation. `final`: no function may be called any more."""
        host = urlsplit(self._config.base_url).hostname or ""
        newer = host.endswith(_NEWER_LIMIT)
        payload: dict[str, Any] = {
            "model": self._config.model,
            "messages": list(messages),
            "tools": list(tools),
            "tool_choice": "none" if final else "auto",
            "max_completion_tokens" if newer else "max_tokens": MOST_TOKENS_OUT,
        }
        size = len(json.dumps(payload, ensure_ascii=False).encode())
        return Request(payload, most_tokens_in=size, most_tokens_out=MOST_TOKENS_OUT)

    def send(self, request: Request) -> Reply:
        """Make the call. Raises `HttpError` where nothing usable arrived, and errors of `analytics.insights.errors`."""
        import openai  # noqa: PLC0415 - see `__init__`

        try:
            raw = self._client.chat.completions.with_raw_response.create(**request.payload)
            content = raw.content
        except openai.APIStatusError as error:
            # `from None`: the body of a refusal may repeat the key, the question or the figures.
            raise self._refusal(error.status_code) from None
        except openai.OpenAIError:
            raise AnswerMalformed(host=self._config.host) from None
        return self._read(content)

    def _refusal(self, status: int) -> InsightRefused:
        host = self._config.host
        if status in {401, 403}:
            return KeyRefused(host=host, status=status)
        if status == 429:
            return TooManyRequests(host=host)
        if status < 500:
            return RequestRefused(host=host, status=status, model=self._config.model)
        return ServiceFailed(host=host, status=status)

    def _read(self, content: bytes) -> Reply:
        try:
            found = _Completion.model_validate_json(content)
        except ValidationError:
            raise AnswerMalformed(host=self._config.host) from None
        choice, usage = found.choices[0], found.usage
        return Reply(
            text=choice.message.content or "",
            calls=tuple(
                _call(one, place) for place, one in enumerate(choice.message.tool_calls or (), start=1)
            ),
            tokens_in=usage.prompt_tokens if usage else None,
            tokens_out=usage.completion_tokens if usage else None,
            cut_off=choice.finish_reason == "length",
            refused=bool(choice.message.refusal) or choice.finish_reason == "content_filter",
        )

    def close(self) -> None:
        """Close pooled connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _call(found: _Call, place: int) -> Call:
    given = found.function.arguments
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    return Call(found.id or f"call_{place}", found.function.name, text)


__all__ = ["Call", "ChatClient", "Message", "Reply", "Request"]
