"""One call to Trendyol: headers, limits, attempts, translation of failures, one log line per attempt."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from gullu.http import BodyTooLarge, Form, HttpError, HttpReply, HttpSession, RedirectRefused
from integrations.trendyol.client.refusals import Answer, error_for
from integrations.trendyol.client.setup import STAGE_HOST, Credentials, Limiter, check_base_url
from integrations.trendyol.client.wire import NotJson, decode_json
from integrations.trendyol.errors import (
    AnswerTooLarge,
    EndpointRetired,
    Misconfigured,
    NotReachable,
    OutcomeUnknown,
    RateLimited,
    TrendyolError,
    UnreadableAnswer,
)
from integrations.trendyol.quotas import LOWEST_TIER, TIERS, Quota, quota_for

logger = logging.getLogger(__name__)

MAX_TRIES = 3
MAX_TRIES_556 = 2
RETRY_BUDGET_SECONDS = 20.0
_FIRST_BACKOFF_SECONDS = 1.0

Query = Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Timing:
    """The clock and the dice, replaceable in tests. `clock` is monotonic seconds, `jitter` is in [0, 1)."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `path` starts after the host and is already quoted; `body` is JSON text or a form."""

    endpoint: str
    method: str
    path: str
    query: Query = field(default_factory=dict)
    body: str | Form | None = None

    @property
    def is_write(self) -> bool:
        """Reads may be repeated; writes never are."""
        return self.method != "GET"


class Transport:
    """Carries calls to Trendyol for one credential. Safe to share between threads."""

    def __init__(
        self,
        *,
        credentials: Credentials,
        base_url: str,
        session: HttpSession,
        limiter: Limiter,
        tier: str = LOWEST_TIER,
        storefront: str = "TR",
        timing: Timing | None = None,
    ) -> None:
        if tier not in TIERS:
            raise Misconfigured(detail=f"the tier must be one of {', '.join(TIERS)}")
        if not (storefront.isascii() and storefront.isalnum()):
            raise Misconfigured(detail="the storefront must be a country code such as TR")
        self.seller_id = credentials.seller_id
        self._credentials = credentials
        self._base_url = check_base_url(base_url)
        self._stage = urlsplit(self._base_url).hostname == STAGE_HOST
        self._session = session
        self._limiter = limiter
        self._tier = tier
        self._storefront = storefront
        self._timing = timing or Timing()

    def read(self, call: Call) -> Any:
        """Return the decoded JSON of a read, after at most three tries within 20 seconds.

        Raises a TrendyolError; UnreadableAnswer for 2xx without JSON.
        """
        started = self._timing.clock()
        attempt = 1
        while True:
            try:
                return self._read_once(call, attempt)
            except TrendyolError as error:
                pause = self._pause_before_next_try(error, attempt, self._timing.clock() - started)
                if pause is None:
                    raise self._final(call, error) from error.__cause__
            self._timing.sleep(pause)
            attempt += 1

    def write(self, call: Call) -> HttpReply:
        """Send a write once and return its 2xx answer, whose body may be anything or nothing.

        Raises a TrendyolError; OutcomeUnknown if the write may have been carried out.
        """
        return self._send(call, attempt=1)

    def tell(self, call: Call) -> HttpReply:
        """Send a write whose answer is empty, plain text or JSON, never a web page. Raises like `write`."""
        reply = self.write(call)
        # A web page comes from something in between, which may or may not have passed the request on.
        if reply.body.lstrip()[:1] == b"<":
            raise OutcomeUnknown(endpoint=call.endpoint, status=reply.status, detail="a web page as answer")
        return reply

    def _read_once(self, call: Call, attempt: int) -> Any:
        reply = self._send(call, attempt)
        try:
            return decode_json(reply.body)
        except NotJson as error:
            raise UnreadableAnswer(endpoint=call.endpoint, status=reply.status, detail=str(error)) from error

    def _send(self, call: Call, attempt: int) -> HttpReply:
        quota = quota_for(call.endpoint, tier=self._tier)
        self._limiter.acquire(quota)
        started = self._timing.clock()
        try:
            reply = self._session.request(
                call.method, self._url(call), headers=self._headers(call), body=_encoded(call.body)
            )
        except HttpError as error:
            self._log(call, attempt, type(error).__name__, started)
            raise self._network_error(call, error) from error
        self._log(call, attempt, reply.status, started)
        if 200 <= reply.status < 300:
            return reply
        raise self._refused(call, quota, reply)

    def _refused(self, call: Call, quota: Quota, reply: HttpReply) -> TrendyolError:
        answer = Answer(
            endpoint=call.endpoint,
            write=call.is_write,
            seller_id=self.seller_id,
            stage=self._stage,
            status=reply.status,
            body=reply.body,
            retry_after=reply.headers.get("Retry-After", ""),
        )
        error = error_for(answer, scrub=self._credentials.scrub)
        if isinstance(error, RateLimited):
            self._limiter.penalize(quota, error.retry_after or 0.0)
        return error

    def _network_error(self, call: Call, error: HttpError) -> TrendyolError:
        detail = error.data["cause"] or error.code
        if isinstance(error, RedirectRefused):
            return Misconfigured(endpoint=call.endpoint, detail=str(error))
        if call.is_write and error.sent:
            return OutcomeUnknown(endpoint=call.endpoint, detail=detail)
        kind = AnswerTooLarge if isinstance(error, BodyTooLarge) else NotReachable
        return kind(endpoint=call.endpoint, detail=detail)

    def _pause_before_next_try(self, error: TrendyolError, attempt: int, elapsed: float) -> float | None:
        """Return the seconds to wait before repeating a read, None to give up."""
        if attempt >= (MAX_TRIES_556 if error.status == 556 else MAX_TRIES):
            return None
        if isinstance(error, RateLimited) and error.status == 429:
            pause = (error.retry_after or 0.0) + self._timing.jitter()
        elif error.retry_now:
            pause = _FIRST_BACKOFF_SECONDS * 2 ** (attempt - 1) * (0.5 + self._timing.jitter())
        else:
            return None
        return pause if elapsed + pause <= RETRY_BUDGET_SECONDS else None

    @staticmethod
    def _final(call: Call, error: TrendyolError) -> TrendyolError:
        """556 stands for a retired path as well as for an outage; after a repetition suspect the path."""
        if error.status == 556:
            return EndpointRetired(endpoint=call.endpoint, status=556, key=error.key)
        return error

    def _url(self, call: Call) -> str:
        query = {name: value for name, value in call.query.items() if value is not None}
        return f"{self._base_url}{call.path}" + (f"?{urlencode(query)}" if query else "")

    def _headers(self, call: Call) -> dict[str, str]:
        return {
            "Authorization": f"Basic {self._credentials.basic_token}",
            "User-Agent": self._credentials.user_agent,
            "Content-Type": call.body.content_type if isinstance(call.body, Form) else "application/json",
            "Accept": "application/json",
            "storeFrontCode": self._storefront,
        }

    def _log(self, call: Call, attempt: int, outcome: int | str, started: float) -> None:
        took = round((self._timing.clock() - started) * 1000)
        logger.info("Trendyol %s: %s in %s ms, attempt %s", call.endpoint, outcome, took, attempt)


def _encoded(body: str | Form | None) -> bytes | None:
    return body.body if isinstance(body, Form) else None if body is None else body.encode()
