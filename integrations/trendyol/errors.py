"""What can go wrong in the Trendyol conversation, as types a caller can decide on (contract section 3).

Every error tells three things: `permanent` (repeating the same call is pointless), `retry_after` (seconds to
wait first, when that is known) and `outcome_unknown` (a write that may have been carried out). The sentences
never contain credentials, headers or a body; `detail` is at most one cleaned line of Trendyol's own message.
"""

from __future__ import annotations

from typing import Any, ClassVar

from gullu.errors import DomainError


def gettext_noop(text: str) -> str:
    """Mark a sentence for the catalogue. This module knows no Django; whoever shows it translates it."""
    return text


class TrendyolError(DomainError):
    """Base of all. `status` is the HTTP status (None without an answer), `key` Trendyol's error key or ""."""

    code = "trendyol_failed"
    template = gettext_noop("The call %(endpoint)s to Trendyol failed: %(detail)s")

    permanent: bool = False
    outcome_unknown: bool = False
    retry_after: float | None = None
    # Whether a read may be repeated within the same call; see client.transport.
    retry_now: ClassVar[bool] = False

    def __init__(
        self,
        *,
        endpoint: str = "",
        status: int | None = None,
        key: str = "",
        detail: str = "",
        permanent: bool | None = None,
        retry_after: float | None = None,
        **data: Any,
    ) -> None:
        super().__init__(
            endpoint=endpoint,
            status=status,
            key=key,
            detail=detail or key or "-",
            permanent=self.permanent if permanent is None else permanent,
            retry_after=self.retry_after if retry_after is None else retry_after,
            **data,
        )
        self.endpoint = endpoint
        self.status = status
        self.key = key
        self.permanent = self.data["permanent"]
        self.retry_after = self.data["retry_after"]


class Misconfigured(TrendyolError):
    """Our own settings cannot work: credentials, integrator name, address or tier. Nothing was sent."""

    code = "trendyol_misconfigured"
    template = gettext_noop("The Trendyol settings are wrong: %(detail)s")
    permanent = True


class AuthFailed(TrendyolError):
    """401: the key or the secret is wrong or of the other environment (production, stage)."""

    code = "trendyol_auth_failed"
    template = gettext_noop(
        "Trendyol did not accept the credentials (%(endpoint)s, HTTP %(status)s): check the API key and the"
        " API secret; if both are right, check that the seller id belongs to them."
    )
    permanent = True


class WrongSeller(AuthFailed):
    """401 with TrendyolAuthorizationException: good credentials, another seller's id in the path."""

    code = "trendyol_wrong_seller"
    template = gettext_noop(
        "The seller id %(seller_id)s does not belong to this Trendyol API key"
        " (%(endpoint)s, HTTP %(status)s): correct the seller id, or use the key of that seller."
    )

    def __init__(self, *, seller_id: str = "", **data: Any) -> None:
        super().__init__(seller_id=seller_id, **data)


class AccessDenied(AuthFailed):
    """403 from the service itself: missing User-Agent, wrong path or missing right."""

    code = "trendyol_access_denied"
    template = gettext_noop(
        "Trendyol denies access to %(endpoint)s (HTTP %(status)s): check the integrator name, the seller id"
        " and the rights of the API user (%(detail)s)."
    )


class Rejected(TrendyolError):
    """4xx: Trendyol read the request and refused it. The same request will be refused again."""

    code = "trendyol_rejected"
    template = gettext_noop("Trendyol refused %(endpoint)s (HTTP %(status)s): %(detail)s")
    permanent = True


class RepeatedRequest(Rejected):
    """The 15-minute rule: an identical price and stock request came before (contract section 8.9)."""

    code = "trendyol_repeated_request"
    template = gettext_noop(
        "Trendyol refused %(endpoint)s, because the same request was sent less than 15 minutes ago:"
        " wait, or send only what has changed."
    )


class InvalidRequest(Rejected):
    """Our own request breaks a documented limit. It was not sent."""

    code = "trendyol_invalid_request"
    template = gettext_noop("The request %(endpoint)s was not sent to Trendyol: %(detail)s")


class EndpointRetired(TrendyolError):
    """426, or 556 twice: the path is closed. After 556 it may still be an outage, hence not permanent."""

    code = "trendyol_endpoint_retired"
    template = gettext_noop(
        "Trendyol does not serve %(endpoint)s any more (HTTP %(status)s): if it lasts, this program needs"
        " an update for the new Trendyol service."
    )


class RateLimited(TrendyolError):
    """429, or our own limiter had to wait longer than it may."""

    code = "trendyol_rate_limited"
    template = gettext_noop("Too many requests to Trendyol (%(endpoint)s): try again in a minute.")
    retry_after = 10.0


class Unavailable(TrendyolError):
    """5xx, a gateway page or a network failure: the request was not carried out."""

    code = "trendyol_unavailable"
    template = gettext_noop(
        "Trendyol is not available (%(endpoint)s, HTTP %(status)s): try again in a few minutes."
    )
    retry_now = True


class NotReachable(Unavailable):
    """No connection, or it broke during a read."""

    code = "trendyol_not_reachable"
    template = gettext_noop(
        "Trendyol could not be reached (%(endpoint)s: %(detail)s): check the internet connection and the"
        " Trendyol address in the settings."
    )


class GatewayRefused(Unavailable):
    """403 with a web page: the gateway or its bot filter, not the service."""

    code = "trendyol_gateway_refused"
    template = gettext_noop(
        "Trendyol's gateway turned %(endpoint)s away with a web page (HTTP %(status)s): check the integrator"
        " name; if it is right, the address of this server may be blocked."
    )
    retry_now = False


class StageRefused(Unavailable):
    """403 or 503 from the stage host: the caller's address is not on its allow-list."""

    code = "trendyol_stage_refused"
    template = gettext_noop(
        "Trendyol's test environment turned %(endpoint)s away (HTTP %(status)s): add the address of this"
        " server to its allow-list."
    )
    retry_now = False


class UnreadableAnswer(Unavailable):
    """A read answered 2xx without usable JSON: empty, cut off, a web page or plain text."""

    code = "trendyol_unreadable_answer"
    template = gettext_noop("Trendyol's answer to %(endpoint)s could not be read: %(detail)s")


class AnswerTooLarge(UnreadableAnswer):
    """The answer exceeds the size limit; asking again would bring the same."""

    code = "trendyol_answer_too_large"
    template = gettext_noop(
        "Trendyol's answer to %(endpoint)s is larger than allowed: ask for smaller pages."
    )
    retry_now = False


class OutcomeUnknown(Unavailable):
    """A write that timed out, broke off or met a failing gateway: it may have been carried out."""

    code = "trendyol_outcome_unknown"
    template = gettext_noop(
        "It is not known whether Trendyol carried out %(endpoint)s (%(detail)s): check the result before"
        " repeating it."
    )
    outcome_unknown = True
    retry_now = False


class SchemaChanged(TrendyolError):
    """A whole answer does not have the agreed form. `detail` names fields, never values."""

    code = "trendyol_schema_changed"
    template = gettext_noop("Trendyol's answer to %(endpoint)s does not have the agreed form: %(detail)s")
    permanent = True
