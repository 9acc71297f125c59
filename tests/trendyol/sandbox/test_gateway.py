from typing import Any

import pytest

from integrations.trendyol.sandbox import Sandbox

from .client import APPROVED, BATCH, CLAIMS, ORDERS, PUSH, SELLER, Client, credentials


def without(client: Client, name: str) -> dict[str, str]:
    return {key: value for key, value in client.headers.items() if key != name}


def test_missing_user_agent_gets_html_403(client: Client) -> None:
    answer = client.call("GET", ORDERS, headers=without(client, "User-Agent"))

    assert (answer.status, answer.content_type) == (403, "text/html")
    assert answer.text == "<html><head><title>403 Forbidden</title></head><body></body></html>"


def test_odd_user_agent_is_only_a_warning(client: Client, sandbox: Sandbox) -> None:
    answer = client.call("GET", ORDERS, headers={**client.headers, "User-Agent": "python-requests/2"})

    assert answer.status == 200
    assert sandbox.warnings == {"user_agent_format": 1}


@pytest.mark.parametrize("value", [None, "", "Basic ???", credentials(secret="wrong"), "Bearer abc"])
def test_bad_credentials_get_the_authentication_exception(client: Client, value: str | None) -> None:
    headers = without(client, "Authorization")
    if value is not None:
        headers["Authorization"] = value

    answer = client.call("GET", ORDERS, headers=headers)

    assert answer.status == 401
    assert answer.json["exception"] == "ClientApiAuthenticationException"
    assert answer.json["errors"] == [
        {"key": "authentication.error", "message": "Kimlik bilgileri geçersiz", "errorCode": "401"}
    ]


def test_another_seller_in_the_path_gets_the_authorization_exception(client: Client) -> None:
    answer = client.get(ORDERS.replace(str(SELLER), "111"))

    assert (answer.status, answer.json["exception"]) == (401, "TrendyolAuthorizationException")


@pytest.mark.parametrize(
    "path",
    [
        f"/sapigw/suppliers/{SELLER}/orders",
        f"/suppliers/{SELLER}/products",
        "/integration/nothing",
        # The batch result lives under the product root only.
        f"/integration/inventory/sellers/{SELLER}/products/batch-requests/x",
        f"{CLAIMS}/x/items/reject",
    ],
)
def test_unknown_and_retired_paths_get_plain_text_556(client: Client, path: str) -> None:
    answer = client.get(path)

    assert (answer.status, answer.content_type, answer.text) == (556, "text/plain", "Service Unavailable")


def test_order_v1_is_retired(client: Client) -> None:
    answer = client.get(f"/integration/order/sellers/{SELLER}/orders")

    assert answer.status == 426
    assert answer.json == {
        "error": "UpgradeRequired",
        "message": "Bu servis kullanımdan kaldırıldı, /v2/orders kullanınız",
    }


def test_wrong_method_gets_405(client: Client) -> None:
    assert client.post(ORDERS, {}).status == 405


def test_wrong_content_type_gets_415(client: Client) -> None:
    answer = client.call("POST", PUSH, body=b"x", headers={**client.headers, "Content-Type": "text/plain"})

    assert (answer.status, answer.key) == (415, "unsupported.media.type")


def test_broken_json_gets_400(client: Client) -> None:
    assert client.call("POST", PUSH, body=b"{").status == 400


def test_burst_refuses_the_51st_call_in_10_seconds(client: Client, sandbox: Sandbox) -> None:
    statuses = [client.get(f"{BATCH}/none").status for _ in range(51)]

    assert statuses == [404] * 50 + [429]
    assert sandbox.violations["too.many.requests"] == 1
    sandbox.advance(10.1)
    assert client.get(f"{BATCH}/none").status == 404


def test_burst_refusal_has_the_documented_key_and_no_retry_after(client: Client) -> None:
    for _ in range(50):
        client.get(APPROVED)
    answer = client.get(APPROVED)

    assert (answer.key, answer.json["exception"]) == ("too.many.requests", "TrendyolSystemException")
    assert "Retry-After" not in answer.headers


def test_v2_orders_allows_30_calls_a_minute(client: Client, sandbox: Sandbox) -> None:
    def spread_calls(count: int) -> list[int]:
        statuses = []
        for _ in range(count):
            statuses.append(client.get(ORDERS).status)
            sandbox.advance(1)
        return statuses

    assert spread_calls(31) == [200] * 30 + [429]
    sandbox.advance(60)
    assert client.get(ORDERS).status == 200


def test_limits_can_be_switched_off(make_sandbox: Any) -> None:
    client = Client(make_sandbox(strict_limits=False))

    assert {client.get(ORDERS).status for _ in range(60)} == {200}


def test_requests_are_logged_with_endpoint_and_status(client: Client, sandbox: Sandbox) -> None:
    client.get(ORDERS, page=0)
    client.get("/nowhere")

    logged = [(x.method, x.path, x.query, x.status, x.endpoint) for x in sandbox.requests]
    assert logged == [("GET", ORDERS, "page=0", 200, "orders"), ("GET", "/nowhere", "", 556, "")]
