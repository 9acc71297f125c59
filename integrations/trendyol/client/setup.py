"""What a client is made from: credentials, the address, the limiter."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from gullu.http import is_loopback
from integrations.trendyol.errors import Misconfigured
from integrations.trendyol.quotas import Quota

PRODUCTION_URL = "https://apigw.trendyol.com"
STAGE_URL = "https://stageapigw.trendyol.com"
STAGE_HOST = "stageapigw.trendyol.com"

_INTEGRATOR = re.compile(r"[A-Za-z0-9]{1,30}")
_SELLER_ID = re.compile(r"[1-9][0-9]{0,18}")
_SECRET = re.compile(r"[!-~]+")  # printable ASCII without spaces: what a header can carry


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who calls. Key and secret stay out of `repr`. Raises Misconfigured for values that cannot work."""

    seller_id: str
    api_key: str = field(repr=False)
    api_secret: str = field(repr=False)
    integrator: str = "SelfIntegration"

    def __post_init__(self) -> None:
        # The id often arrives as a number; slots and frozen leave no other way to normalise it.
        object.__setattr__(self, "seller_id", str(self.seller_id).strip())
        if not _SELLER_ID.fullmatch(self.seller_id):
            raise Misconfigured(detail="the seller id must be a number, as shown in the seller panel")
        if not _SECRET.fullmatch(self.api_key) or ":" in self.api_key:
            raise Misconfigured(detail="the API key is empty or contains spaces or other foreign characters")
        if not _SECRET.fullmatch(self.api_secret):
            raise Misconfigured(
                detail="the API secret is empty or contains spaces or other foreign characters"
            )
        if not _INTEGRATOR.fullmatch(self.integrator):
            raise Misconfigured(
                detail="the integrator name must be 1 to 30 plain letters and digits, without spaces"
            )

    @property
    def user_agent(self) -> str:
        """The agent Trendyol demands (contract section 2)."""
        return f"{self.seller_id} - {self.integrator}"

    @property
    def basic_token(self) -> str:
        """The value after ``Basic``; key first, secret second."""
        return base64.b64encode(f"{self.api_key}:{self.api_secret}".encode()).decode()

    def scrub(self, text: str) -> str:
        """Return `text` without key, secret or token, should the other side echo them."""
        for secret in (self.basic_token, self.api_secret, self.api_key):
            text = text.replace(secret, "***")
        return text


class Limiter(Protocol):
    """Keeps all processes of one credential within the quotas."""

    def acquire(self, quota: Quota) -> None:
        """Wait until one call is allowed; raise RateLimited if that would take too long."""

    def penalize(self, quota: Quota, seconds: float) -> None:
        """Allow no call of the group for `seconds`: Trendyol has answered 429."""


class NullLimiter:
    """Allows everything, for tests and for tools that make a handful of calls."""

    def acquire(self, quota: Quota) -> None:
        """Allow the call."""

    def penalize(self, quota: Quota, seconds: float) -> None:
        """Forget the penalty."""


def check_base_url(base_url: str) -> str:
    """Return the address without a trailing slash; https is a must except on this machine.

    Raises Misconfigured. The paths of the contract, which start with ``/integration``, are added to it.
    """
    try:
        parts = urlsplit(base_url.strip())
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise Misconfigured(detail="the Trendyol address is no valid URL") from error
    if not host or parts.scheme not in {"http", "https"}:
        raise Misconfigured(detail="the Trendyol address must start with https:// and name a host")
    if parts.username is not None or parts.query or parts.fragment:
        raise Misconfigured(detail="the Trendyol address must not contain a user, a query or a fragment")
    if parts.scheme == "http" and not is_loopback(host):
        raise Misconfigured(detail="the Trendyol address must use https; http is for this machine only")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix('/integration')}"
