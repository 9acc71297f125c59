"""Settings, quotas, request bodies and JSON of the client."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gullu.http import build_session
from integrations.trendyol.client import (
    InventoryItem,
    NotJson,
    NullLimiter,
    TrendyolClient,
    body_hash,
    canonical_json,
    check_base_url,
    decode_json,
)
from integrations.trendyol.errors import (
    Misconfigured,
)
from integrations.trendyol.quotas import ENDPOINTS, TIERS, quota_for
from tests.trendyol.clientkit import (
    credentials,
)

pytestmark = pytest.mark.usefixtures("untranslated")


@pytest.mark.parametrize(
    "change",
    [
        {"seller_id": ""},
        {"seller_id": "12a"},
        {"api_key": ""},
        {"api_key": "a:b"},
        {"api_key": "key\n"},
        {"api_secret": "with space"},
        {"integrator": ""},
        {"integrator": "Güllü"},
        {"integrator": "My Shop"},
        {"integrator": "x" * 31},
    ],
    ids=str,
)
def test_credentials_that_cannot_work_are_refused_without_being_shown(change: dict[str, str]) -> None:
    with pytest.raises(Misconfigured) as caught:
        credentials(**change)

    value = next(iter(change.values()))
    assert (value in str(caught.value)) is (value == "")


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://apigw.trendyol.com/", "https://apigw.trendyol.com"),
        ("https://apigw.trendyol.com/integration/", "https://apigw.trendyol.com"),
        ("http://127.0.0.1:8800", "http://127.0.0.1:8800"),
        ("http://localhost:8800/", "http://localhost:8800"),
        ("http://[::1]:8800", "http://[::1]:8800"),
    ],
)
def test_base_url_is_normalised(given: str, used: str) -> None:
    assert check_base_url(given) == used


@pytest.mark.parametrize(
    "url",
    [
        "",
        "apigw.trendyol.com",
        "ftp://apigw.trendyol.com",
        "http://apigw.trendyol.com",
        "http://localhost.example.com",
        "https://user:geheim@apigw.trendyol.com",
        "https://apigw.trendyol.com?x=1",
        "https://apigw.trendyol.com:port",
        "https://[::1",
    ],
)
def test_base_url_without_https_or_host_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured):
        check_base_url(url)


@pytest.mark.parametrize("change", [{"tier": "10k"}, {"storefront": "T\nR"}, {"storefront": ""}])
def test_a_client_with_unusable_settings_is_not_built(change: dict[str, str]) -> None:
    with pytest.raises(Misconfigured):
        TrendyolClient(
            credentials=credentials(),
            session=build_session(user_agent="tests"),
            limiter=NullLimiter(),
            **change,  # type: ignore[arg-type]
        )


@pytest.mark.parametrize(
    ("endpoint", "numbers"),
    [
        ("orders.stream", [30, 40, 50, 100, 100]),
        ("orders.list", [30, 40, 50, 100, 100]),
        ("packages.update", [300, 300, 500, None, None]),
        ("packages.unsupplied", [100, 100, 200, None, None]),
        ("inventory.push", [350, 500, 1000, 1500, 2000]),
        ("products.batch_result", [1000, 1250, 1500, 1750, 2000]),
        ("claims.list", [1000] * 5),
    ],
)
def test_quotas_are_those_of_the_published_table(endpoint: str, numbers: list[int | None]) -> None:
    assert [quota_for(endpoint, tier=tier).per_minute for tier in TIERS] == numbers


def test_only_the_stream_has_a_minimal_interval_and_all_share_the_burst_rule() -> None:
    quotas = [quota_for(endpoint) for endpoint in ENDPOINTS]

    assert {quota.endpoint: quota.min_interval for quota in quotas if quota.min_interval} == {
        "orders.stream": 5.0
    }
    assert {(quota.burst, quota.burst_seconds) for quota in quotas} == {(50, 10.0)}


def test_an_unknown_tier_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown Trendyol tier '10k'"):
        quota_for("orders.list", tier="10k")


def test_body_hash_depends_on_values_and_not_on_how_they_are_written() -> None:
    def price(text: str) -> InventoryItem:
        return InventoryItem(barcode="a", sale_price=Decimal(text), list_price=Decimal(20))

    assert body_hash([price("10")]) == body_hash([price("10.00")])
    assert body_hash([price("10")]) != body_hash([price("10.01")])
    assert body_hash([InventoryItem(barcode="a", quantity=0)]) != body_hash([price("10")])


def test_body_hash_is_the_hash_of_the_known_text() -> None:
    # sha256 of {"items":[{"barcode":"a","quantity":1}]}
    assert body_hash([InventoryItem(barcode="a", quantity=1)]) == (
        "f6310881db75e7275cd41ed70a5f2c69592ee563c9a91ed0eabbe483ad796cf5"
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"barcode": " ", "quantity": 1},
        {"barcode": "a"},
        {"barcode": "a", "quantity": -1},
        {"barcode": "a", "sale_price": Decimal(1)},
        {"barcode": "a", "quantity": 1, "list_price": Decimal(1)},
    ],
    ids=str,
)
def test_an_inventory_item_that_no_one_may_ask_for_cannot_be_made(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"barcode|a: "):
        InventoryItem(**fields)


def test_canonical_json_is_sorted_exact_and_refuses_floats() -> None:
    value = {"b": [Decimal("1E+2"), Decimal("0.10"), True, None], "a": 'Ş"\n'}

    assert canonical_json(value) == '{"a":"Ş\\"\\n","b":[100,0.1,true,null]}'
    with pytest.raises(TypeError, match="float has no exact JSON form"):
        canonical_json({"a": 0.1})
    with pytest.raises(ValueError, match="finite"):
        canonical_json(Decimal("NaN"))


def test_decode_json_keeps_big_integers_and_decimals() -> None:
    value = decode_json('\ufeff{"n": 72602420957047272632, "d": 1249.90}'.encode())

    assert (value["n"], str(value["d"])) == (72602420957047272632, "1249.90")


def test_decode_json_survives_broken_characters() -> None:
    assert decode_json(b'{"a": "x\xffy", "b": "\\ud800z", "c": "\t", "d": "\\ud83d\\ude00"}') == {
        "a": "x\ufffdy",
        "b": "\ufffdz",
        "c": "\t",
        "d": "😀",
    }


def test_decode_json_never_quotes_the_body() -> None:
    with pytest.raises(NotJson) as caught:
        decode_json(b'{"customerFirstName": "Ay')

    assert (str(caught.value), caught.value.__cause__) == ("it is cut off or no JSON", None)
