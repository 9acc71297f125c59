"""In front of every endpoint: agent, credentials, seller, limits, faults, error bodies (contract 2 and 3)."""

import base64
import binascii
import logging
import re
from collections import deque
from urllib.parse import unquote

from .config import SandboxConfig
from .endpoints import Endpoints
from .errors import (
    Family,
    Refusal,
    bad_credentials,
    gateway_page,
    label_refused,
    missing_user_agent,
    product_refused,
    system_error,
    too_many_requests,
    unknown_path,
    wrong_seller,
)
from .faults import Faults
from .limits import Limits
from .messages import LoggedRequest, Reply, Request
from .routing import FORM_BODY, Call, Endpoint
from .state import State

logger = logging.getLogger(__name__)
_AGENT = re.compile(r"\d+ - [A-Za-z0-9]{1,30}")
_BEFORE = {
    "429": too_many_requests,
    "500": system_error,
    "html_502": lambda: gateway_page(502, "Bad Gateway"),
    "html_503": lambda: gateway_page(503, "Service Unavailable"),
    "wrong_credentials": bad_credentials,
}


class Gateway:
    """Answers one request at a time per thread; keeps the request log."""

    def __init__(self, *, state: State, endpoints: Endpoints, faults: Faults) -> None:
        self._state = state
        self._endpoints = endpoints
        self._faults = faults
        self.limits = Limits()
        self.requests: deque[LoggedRequest] = deque(maxlen=2000)

    @property
    def _config(self) -> SandboxConfig:
        return self._state.config

    def answer(self, request: Request) -> Reply:
        """Never raises for what a caller can do wrong; that becomes a refusal in the right family."""
        endpoint, fault, reply = self._answer(request)
        status = 0 if reply.ending else reply.status
        self.requests.append(
            LoggedRequest(
                at_ms=self._state.now(),
                method=request.method,
                path=request.path,
                query=request.query,
                status=status,
                endpoint=endpoint,
                fault=fault,
            )
        )
        return reply

    def _answer(self, request: Request) -> tuple[str, str, Reply]:
        name, fault = "", ""
        try:
            endpoint, call = self._admit(request)
            name = endpoint.name
            fault = self._faults.take(name)
            return name, fault, self._with_fault(endpoint, call, fault)
        except Refusal as refusal:
            return name, fault, self._refused(refusal)

    def _refused(self, refusal: Refusal) -> Reply:
        with self._state.transaction() as now:
            self._state.violations[refusal.key] += 1
            status, content_type, body = refusal.render(now)
        return Reply(status=status, content_type=content_type, body=body)

    # -- who may come in ----------------------------------------------------------------------------

    def _admit(self, request: Request) -> tuple[Endpoint, Call]:
        self._check_agent(request)
        found = self._endpoints.find(request.path)
        if not found:
            raise unknown_path()
        self._check_credentials(request, found[0][0].family)
        matching = [pair for pair in found if pair[0].method == request.method]
        if not matching:
            raise product_refused("Request method not supported", key="method.not.allowed", status=405)
        endpoint, match = matching[0]
        arguments = {key: unquote(value) for key, value in match.groupdict().items()}
        if arguments.get("seller", str(self._config.seller_id)) != str(self._config.seller_id):
            raise wrong_seller()
        self._check_media_type(request, endpoint)
        self._check_limits(endpoint)
        return endpoint, Call(request=request, arguments=arguments)

    def _check_agent(self, request: Request) -> None:
        agent = request.headers.get("user-agent", "")
        if not agent:
            raise missing_user_agent()
        if not _AGENT.fullmatch(agent) or agent.partition(" ")[0] != str(self._config.seller_id):
            self._warn("user_agent_format")

    def _check_credentials(self, request: Request, family: Family) -> None:
        if self._knows(request):
            return
        if family is Family.LABEL:
            raise label_refused("Unauthorized", key="authentication.error", status=401)
        raise bad_credentials()

    def _knows(self, request: Request) -> bool:
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        return scheme == "Basic" and given == f"{self._config.api_key}:{self._config.api_secret}"

    def _check_media_type(self, request: Request, endpoint: Endpoint) -> None:
        if request.method not in ("POST", "PUT") or request.media_type == endpoint.media_type:
            return
        if endpoint.media_type == FORM_BODY and not request.body:
            # A form without parts: a dispute whose values are all in the query.
            return
        refusal = product_refused("Content type not supported", key="unsupported.media.type", status=415)
        refusal.exception = "HttpMediaTypeNotSupportedException"
        raise refusal

    def _check_limits(self, endpoint: Endpoint) -> None:
        with self._state.transaction() as now:
            allowed = self.limits.allows(
                endpoint=endpoint.name, group=endpoint.group, per_minute=endpoint.per_minute, now=now
            )
        if not allowed and self._config.strict_limits:
            raise too_many_requests()

    def _warn(self, name: str) -> None:
        with self._state.transaction():
            self._state.warnings[name] += 1

    # -- what goes wrong ----------------------------------------------------------------------------

    def _with_fault(self, endpoint: Endpoint, call: Call, fault: str) -> Reply:
        if fault in _BEFORE:
            status, content_type, body = _BEFORE[fault]().render(self._state.now())
            return Reply(status=status, content_type=content_type, body=body)
        hang = self._config.hang_seconds
        if fault == "timeout_before":
            return Reply(status=0, hang_seconds=hang, ending="close")
        if fault == "shifting_pages":
            call = Call(request=call.request, arguments=call.arguments, shifted=1)
        return _spoil(self._run(endpoint, call), fault, hang)

    def _run(self, endpoint: Endpoint, call: Call) -> Reply:
        """The effect happens here, also when the caller will not hear of it."""
        try:
            return endpoint.answer(call)
        except Refusal as refusal:
            return self._refused(refusal)
        except Exception:
            # A defect of the sandbox; the caller sees what Trendyol shows for its own defects.
            logger.exception("The sandbox failed on %s", endpoint.name)
            return self._refused(system_error())


def _spoil(reply: Reply, fault: str, hang: float) -> Reply:
    if fault == "timeout_after":
        return Reply(status=0, hang_seconds=hang, ending="close")
    if fault == "drop_after":
        return Reply(status=0, ending="reset")
    if fault == "truncated":
        return Reply(
            status=reply.status, content_type=reply.content_type, body=reply.body[: len(reply.body) // 2]
        )
    if fault == "empty_200":
        return Reply(status=200)
    if fault == "html_504":
        status, content_type, body = gateway_page(504, "Gateway Timeout").render(0)
        return Reply(status=status, content_type=content_type, body=body)
    return reply
