"""What the client makes of failures, and what it repeats (contract section 3)."""

from __future__ import annotations

import json
import logging
import pickle

import pytest
import responses

from integrations.trendyol.errors import (
    AccessDenied,
    AuthFailed,
    EndpointRetired,
    GatewayRefused,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    RepeatedRequest,
    StageRefused,
    TrendyolError,
    Unavailable,
    UnreadableAnswer,
    WrongSeller,
)
from integrations.trendyol.quotas import Quota
from tests.trendyol.clientkit import (
    EMPTY_PAGE,
    KEY,
    ORDERS_URL,
    PAYLOADS,
    PUSH_URL,
    SECRET,
    STAGE,
    TOKEN,
    Clock,
    RecordingLimiter,
    add_error,
    credentials,
    failure,
    make_client,
    read_call,
    sample,
    write_call,
)

pytestmark = pytest.mark.usefixtures("untranslated")

# name: (type for a read, type for a write, permanent, key, tries of a read)
ERRORS: dict[str, tuple[type, type, bool, str, int]] = {
    "400_business_empty_errors": (Rejected, Rejected, True, "", 1),
    "400_cargo_change_too_soon": (Rejected, Rejected, True, "BadRequest", 1),
    "400_claim_reason_removed": (Rejected, Rejected, True, "BadRequest", 1),
    "400_label": (Rejected, Rejected, True, "BadRequestException", 1),
    "400_order_service": (Rejected, Rejected, True, "BadRequest", 1),
    "400_package_not_updatable": (Rejected, Rejected, True, "shipment.package.not.updatable", 1),
    "400_repeat_within_15_minutes": (
        RepeatedRequest,
        RepeatedRequest,
        True,
        "recurring.request.not.allowed",
        1,
    ),
    "400_stream_filter_changed": (Rejected, Rejected, True, "BadRequest", 1),
    "400_validation_product": (Rejected, Rejected, True, "invalid.barcode", 1),
    "401_bad_credentials": (AuthFailed, AuthFailed, True, "authentication.error", 1),
    "401_label": (AuthFailed, AuthFailed, True, "UnauthorizedException", 1),
    "401_wrong_seller": (WrongSeller, WrongSeller, True, "authorization.error", 1),
    "403_missing_user_agent": (GatewayRefused, GatewayRefused, False, "", 1),
    "404_label": (Rejected, Rejected, True, "NotFoundException", 1),
    "404_product_not_found": (Rejected, Rejected, True, "product.not.found", 1),
    "404_supplier_not_found": (Rejected, Rejected, True, "supplier.api.supplier.not.found", 1),
    "409_invoice_already_sent": (Rejected, Rejected, True, "invoice.already.exists", 1),
    "415_unsupported_media_type": (Rejected, Rejected, True, "unsupported.media.type", 1),
    "426_order_v1_retired": (EndpointRetired, EndpointRetired, True, "UpgradeRequired", 1),
    "429_too_many_requests": (RateLimited, RateLimited, False, "too.many.requests", 2),
    "500_system": (Unavailable, OutcomeUnknown, False, "generic.exception", 3),
    "503_stage_ip_not_allowed": (Unavailable, Unavailable, False, "", 3),
    "504_gateway_timeout": (Unavailable, OutcomeUnknown, False, "", 3),
    "556_service_unavailable": (EndpointRetired, Unavailable, False, "", 2),
}


def test_every_error_sample_has_an_expectation() -> None:
    assert sorted(path.stem for path in (PAYLOADS / "errors").glob("*.json")) == sorted(ERRORS)


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_error_sample_on_a_read(web: responses.RequestsMock, name: str) -> None:
    kind, _, permanent, key, tries = ERRORS[name]
    add_error(web, "GET", ORDERS_URL, name)

    error = failure(read_call, make_client())

    assert (type(error), error.permanent, error.key, error.status) == (kind, permanent, key, int(name[:3]))
    assert (error.endpoint, error.outcome_unknown, len(web.calls)) == ("orders.list", False, tries)


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_error_sample_on_a_write_is_never_repeated(web: responses.RequestsMock, name: str) -> None:
    _, kind, permanent, key, _ = ERRORS[name]
    add_error(web, "POST", PUSH_URL, name)

    error = failure(write_call, make_client())

    assert (type(error), error.permanent, error.key, len(web.calls)) == (kind, permanent, key, 1)
    assert error.outcome_unknown is (kind is OutcomeUnknown)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "401_bad_credentials",
            (
                "Trendyol did not accept the credentials (orders.list, HTTP 401): check the API key and the API"
                " secret; if both are right, check that the seller id belongs to them."
            ),
        ),
        (
            "401_wrong_seller",
            (
                "The seller id 987654 does not belong to this Trendyol API key (orders.list, HTTP 401): correct"
                " the seller id, or use the key of that seller."
            ),
        ),
        (
            "400_package_not_updatable",
            "Trendyol refused orders.list (HTTP 400): Shipment Update Edilebilir Bir Durumda Değil.",
        ),
        ("400_business_empty_errors", "Trendyol refused orders.list (HTTP 400): ClientApiBusinessException"),
        ("404_label", "Trendyol refused orders.list (HTTP 404): Label not found"),
        (
            "429_too_many_requests",
            "Too many requests to Trendyol (orders.list): try again in a minute.",
        ),
    ],
)
def test_error_sentence_says_what_to_do(web: responses.RequestsMock, name: str, sentence: str) -> None:
    add_error(web, "GET", ORDERS_URL, name)

    assert str(failure(read_call, make_client())) == sentence


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (403, '{"error": "Forbidden", "message": "no"}', AccessDenied),
        (401, "", AuthFailed),
        (401, '{"exception": "com.trendyol.x.TrendyolAuthorizationException", "errors": [{}]}', WrongSeller),
        (404, "<html>", Rejected),
        (405, "", Rejected),
        (400, "[]", Rejected),
        (400, '{"errors": null}', Rejected),
        (400, '{"errors": "text"}', Rejected),
        (400, '{"error": {"errors": [null]}}', Rejected),
        (400, '{"errors": [{"key": "x", "message": "15 dakika boyunca aynı isteği"}]}', RepeatedRequest),
        (502, "", Unavailable),
        (599, "x", Unavailable),
        (302, "", Misconfigured),
        (304, "", Rejected),
    ],
)
def test_odd_error_bodies_are_understood(
    web: responses.RequestsMock, status: int, body: str, kind: type
) -> None:
    web.add("GET", ORDERS_URL, body=body, status=status)

    assert type(failure(read_call, make_client())) is kind


@pytest.mark.parametrize("name", ["403_missing_user_agent", "503_stage_ip_not_allowed"])
def test_stage_refusal_names_the_allow_list(web: responses.RequestsMock, name: str) -> None:
    add_error(web, "GET", ORDERS_URL, name)

    error = failure(read_call, make_client(base_url=STAGE))

    assert (type(error), error.permanent, len(web.calls)) == (StageRefused, False, 1)


def test_errors_show_neither_secrets_nor_customer_contact(
    web: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="integrations")
    message = (
        f"Bad Basic {TOKEN} {KEY} {SECRET} ayse.gizli@example.com 0532 123 45 67 5321234567\x00\nline "
        + "x" * 300
    )
    body = json.dumps({"errors": [{"key": "k", "message": message}]})
    web.add("GET", ORDERS_URL, body=body, status=400)
    client = make_client()

    error = failure(read_call, client)

    shown = " ".join([str(error), repr(error), repr(error.data), repr(client.__dict__), caplog.text])
    hidden = [TOKEN, KEY, SECRET, "ayse", "123 45 67", "5321234567", "\x00", "\nline"]
    assert [word in shown.rstrip("\n") for word in hidden] == [False] * len(hidden)
    assert error.data["detail"] == ("Bad Basic *** *** *** *** *** *** line " + "x" * 300)[:199] + "…"


def test_credentials_repr_hides_key_and_secret() -> None:
    assert repr(credentials()) == "Credentials(seller_id='987654', integrator='SelfIntegration')"


def test_errors_survive_a_process_border() -> None:
    error = WrongSeller(endpoint="orders.list", status=401, seller_id="5")
    copy = pickle.loads(pickle.dumps(error))

    assert (type(copy), str(copy), copy.status, copy.permanent) == (WrongSeller, str(error), 401, True)


def test_every_error_class_has_its_own_code_and_a_sentence() -> None:
    def family(kind: type[TrendyolError]) -> list[type[TrendyolError]]:
        return [kind, *(found for child in kind.__subclasses__() for found in family(child))]

    kinds = family(TrendyolError)

    assert len({kind.code for kind in kinds}) == len(kinds)
    assert [kind.__name__ for kind in kinds if not str(kind(endpoint="x", detail="why")).strip()] == []


def test_a_read_succeeds_at_the_third_try(web: responses.RequestsMock) -> None:
    for status in (502, 503):
        web.add("GET", ORDERS_URL, status=status)
    web.add("GET", ORDERS_URL, json=EMPTY_PAGE)
    clock = Clock()

    assert make_client(clock=clock).get_orders(order_number="1").content == []
    assert clock.slept == [1.0, 2.0]


def test_a_cut_off_page_is_asked_for_again(web: responses.RequestsMock) -> None:
    web.add("GET", ORDERS_URL, body=sample("orders_page")[:5000])
    web.add("GET", ORDERS_URL, body=sample("orders_page"))

    assert len(make_client().get_orders().content) == 14


@pytest.mark.parametrize(
    "body",
    ["", "   ", "200 OK", "<html><body>bot?</body></html>", '{"content": [', '{"a": NaN}', "[" * 100_000],
    ids=["empty", "blank", "text", "html", "cut off", "nan", "deep"],
)
def test_a_read_without_json_is_unreadable_after_three_tries(web: responses.RequestsMock, body: str) -> None:
    web.add("GET", ORDERS_URL, body=body)

    error = failure(read_call, make_client())

    assert (type(error), error.status, error.permanent, len(web.calls)) == (UnreadableAnswer, 200, False, 3)


def test_429_waits_ten_seconds_once_and_then_gives_up(web: responses.RequestsMock) -> None:
    add_error(web, "GET", ORDERS_URL, "429_too_many_requests")
    clock, limiter = Clock(), RecordingLimiter()

    error = failure(read_call, make_client(clock=clock, limiter=limiter))

    assert (error.retry_after, clock.slept) == (10.0, [10.5])
    assert limiter.acquired == ["orders.list"] * 2
    assert limiter.penalties == [("ORDERS_READ", 10.0)] * 2


@pytest.mark.parametrize(("header", "wait"), [("60", 60.0), ("3", 10.0), ("86400", 120.0), ("soon", 10.0)])
def test_429_header_is_obeyed_within_bounds(web: responses.RequestsMock, header: str, wait: float) -> None:
    web.add("POST", PUSH_URL, status=429, headers={"Retry-After": header})
    limiter = RecordingLimiter()

    error = failure(write_call, make_client(limiter=limiter))

    assert (error.retry_after, limiter.penalties) == (wait, [("INVENTORY_WRITE", wait)])


def test_a_wait_that_exceeds_the_budget_is_not_begun(web: responses.RequestsMock) -> None:
    web.add("GET", ORDERS_URL, status=429, headers={"Retry-After": "60"})
    clock = Clock()

    assert failure(read_call, make_client(clock=clock)).retry_after == 60.0
    assert clock.slept == []


def test_no_try_begins_after_twenty_seconds(web: responses.RequestsMock) -> None:
    clock = Clock()

    def slow(_request: object) -> tuple[int, dict[str, str], str]:
        clock.now += 19.5
        return 503, {}, ""

    web.add_callback("GET", ORDERS_URL, callback=slow)

    failure(read_call, make_client(clock=clock))

    assert (len(web.calls), clock.slept) == (1, [])


def test_the_limiters_own_refusal_is_passed_on_at_once() -> None:
    class Impatient(RecordingLimiter):
        def acquire(self, quota: Quota) -> None:
            super().acquire(quota)
            raise RateLimited(endpoint=quota.endpoint, retry_after=42)

    limiter = Impatient()

    assert failure(read_call, make_client(limiter=limiter)).retry_after == 42
    assert limiter.acquired == ["orders.list"]


def test_a_log_line_per_try_names_endpoint_status_and_attempt_only(
    web: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="integrations")
    web.add("GET", ORDERS_URL, status=503)
    web.add("GET", ORDERS_URL, json=EMPTY_PAGE)

    make_client().get_orders(order_number="77777")

    assert [record.getMessage() for record in caplog.records] == [
        "Trendyol orders.list: 503 in 0 ms, attempt 1",
        "Trendyol orders.list: 200 in 0 ms, attempt 2",
    ]
