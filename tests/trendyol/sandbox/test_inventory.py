import re
from typing import Any

import pytest

from integrations.trendyol.sandbox import Sandbox

from .client import BATCH, PUSH, Client
from .conftest import NOW, barcode, product


def push(client: Client, *items: dict[str, Any]) -> str:
    answer = client.post(PUSH, {"items": list(items)})
    assert answer.status == 200, answer.text
    return str(answer.json["batchRequestId"])


def outcome(client: Client, batch_id: str) -> list[tuple[str, str, list[str]]]:
    items = client.get(f"{BATCH}/{batch_id}").json["items"]
    return [(item["requestItem"]["barcode"], item["status"], item["failureReasons"]) for item in items]


def test_quantity_takes_effect_when_the_batch_completes(client: Client, sandbox: Sandbox) -> None:
    batch_id = push(client, {"barcode": barcode(1), "quantity": 9})

    assert outcome(client, batch_id) == [(barcode(1), "IN_PROGRESS", [])]
    sandbox.shop.place_order([(barcode(1), 2)])
    assert sandbox.shop.stock()[barcode(1)] == 3
    sandbox.advance(0.2)
    # The stale number re-creates the two pairs sold meanwhile, as on production.
    assert sandbox.shop.stock()[barcode(1)] == 9
    assert outcome(client, batch_id) == [(barcode(1), "SUCCESS", [])]
    last = sandbox.shop.journal(barcode(1))[-1]
    assert (last.change, last.quantity, last.cause, last.at_ms) == (
        6,
        9,
        f"push {batch_id}",
        NOW * 1000 + 200,
    )


def test_result_has_the_shape_of_the_sample_and_no_status(client: Client, sandbox: Sandbox) -> None:
    batch_id = push(client, {"barcode": barcode(1), "quantity": 9, "salePrice": 10, "listPrice": 12.5})
    sandbox.advance(1)
    result = client.get(f"{BATCH}/{batch_id}").json

    assert re.fullmatch(rf"[0-9a-f-]{{36}}-{round(NOW) + 4 * 3600}", batch_id)
    assert result == {
        "batchRequestId": batch_id,
        "items": [
            {
                "requestItem": {
                    "updateRequestDate": "2026-11-21T06:00:00.000+00:00",
                    "quantity": 9,
                    "salePrice": 10.0,
                    "barcode": barcode(1),
                    "listPrice": 12.5,
                },
                "status": "SUCCESS",
                "failureReasons": [],
            }
        ],
        "creationDate": NOW * 1000,
        "lastModification": NOW * 1000 + 200,
        "sourceType": "API",
        "itemCount": 1,
        "failedItemCount": 0,
        "batchRequestType": "ProductInventoryUpdate",
    }


def test_result_is_gone_after_four_hours(client: Client, sandbox: Sandbox) -> None:
    batch_id = push(client, {"barcode": barcode(1), "quantity": 9})
    sandbox.advance(4 * 3600 - 1)
    assert client.get(f"{BATCH}/{batch_id}").status == 200
    sandbox.advance(1)

    assert client.get(f"{BATCH}/{batch_id}").status == 404


def test_item_failures_do_not_stop_the_others(client: Client, sandbox: Sandbox) -> None:
    sandbox.shop.load_products([product(20, approved=False), product(21, archived=True)])
    batch_id = push(
        client,
        {"barcode": "unknown", "quantity": 1},
        {"barcode": barcode(20), "quantity": 1},
        {"barcode": barcode(21), "quantity": 1},
        {"barcode": barcode(1), "quantity": 20_001},
        {"barcode": barcode(2), "quantity": -1},
        {"barcode": barcode(3), "salePrice": 5.0},
        {"barcode": barcode(4), "salePrice": 5.0, "listPrice": 4.0},
        {"barcode": barcode(5), "salePrice": 0, "listPrice": 4.0},
        {"barcode": barcode(6)},
        {"barcode": barcode(7), "quantity": 20_000},
    )
    sandbox.advance(1)

    reasons = [reasons for _, _, reasons in outcome(client, batch_id)]
    assert reasons == [
        ["Barkod bulunamadı."],
        ["Ürün onaylı değil, stok ve fiyat güncellenemez."],
        ["Arşivlenmiş ürün güncellenemez."],
        ["Stok adedi 20000 değerinden büyük olamaz."],
        ["Stok adedi 0 değerinden küçük olamaz."],
        ["Satış fiyatı ve liste fiyatı birlikte gönderilmelidir."],
        ["Liste fiyatı satış fiyatından küçük olamaz."],
        ["Fiyat 0 değerinden büyük olmalıdır."],
        ["Güncellenecek alan bulunamadı."],
        [],
    ]
    assert client.get(f"{BATCH}/{batch_id}").json["failedItemCount"] == 9
    assert (sandbox.shop.stock()[barcode(7)], sandbox.shop.stock()[barcode(1)]) == (20_000, 5)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "x",
        {"items": []},
        {"items": {}},
        {"items": [{"quantity": 1}]},
        {"items": [{"barcode": ""}]},
        {"items": [{"barcode": "1", "quantity": 1.5}]},
        {"items": [{"barcode": "1", "quantity": "1"}]},
        {"items": [{"barcode": "1", "quantity": True}]},
        {"items": [{"barcode": "1", "salePrice": "1"}]},
        {"items": [{"barcode": str(n), "quantity": 1} for n in range(1001)]},
    ],
)
def test_bad_bodies_are_refused_at_once(client: Client, body: Any) -> None:
    answer = client.post(PUSH, body)

    assert (answer.status, answer.json["exception"]) == (400, "ClientApiBusinessException")


def test_identical_body_is_refused_for_15_minutes(client: Client, sandbox: Sandbox) -> None:
    push(client, {"barcode": barcode(1), "quantity": 9, "salePrice": 10.0, "listPrice": 12})
    # Key order, spaces and 10 instead of 10.0 do not make another request of it.
    same = (
        b'{"items": [ {"listPrice":12.0, "salePrice":10, "quantity":9, "barcode":"%s"} ]}'
        % barcode(1).encode()
    )
    answer = client.call("POST", PUSH, body=same)

    assert answer.status == 400
    assert answer.json["errors"] == [
        {
            "key": "recurring.request.not.allowed",
            "message": "15 dakika boyunca aynı isteği tekrarlı olarak atamazsınız!",
            "errorCode": "400",
        }
    ]
    push(client, {"barcode": barcode(1), "quantity": 8, "salePrice": 10.0, "listPrice": 12})
    sandbox.advance(15 * 60)
    assert client.call("POST", PUSH, body=same).status == 200


def test_a_refused_body_is_not_remembered(client: Client) -> None:
    body = {"items": [{"barcode": barcode(1), "quantity": 1.5}]}

    assert [client.post(PUSH, body).key for _ in range(2)] == ["invalid.quantity"] * 2


def test_31st_price_of_a_barcode_in_a_minute_fails_in_the_batch(client: Client, sandbox: Sandbox) -> None:
    batches = [
        push(client, {"barcode": barcode(1), "salePrice": 100 + n, "listPrice": 200}) for n in range(31)
    ]
    sandbox.advance(1)
    statuses = [outcome(client, batch_id)[0][1] for batch_id in batches[-2:]]

    assert statuses == ["SUCCESS", "FAILED"]
    assert sandbox.state.listings[barcode(1)].sale_price == 12_900


def test_staggered_batches_finish_in_two_steps(make_sandbox: Any) -> None:
    sandbox = make_sandbox(quirks={"staggered_batches"}, batch_delay_seconds=2)
    sandbox.shop.load_products(product(n) for n in (1, 2))
    client = Client(sandbox)
    batch_id = push(client, {"barcode": barcode(1), "quantity": 1}, {"barcode": barcode(2), "quantity": 1})

    sandbox.advance(1)
    assert [status for _, status, _ in outcome(client, batch_id)] == ["SUCCESS", "IN_PROGRESS"]
    assert sandbox.shop.stock() == {barcode(1): 1, barcode(2): 5}
    sandbox.advance(1)
    assert [status for _, status, _ in outcome(client, batch_id)] == ["SUCCESS", "SUCCESS"]


def test_price_push_changes_the_price_only(client: Client, sandbox: Sandbox) -> None:
    push(client, {"barcode": barcode(1), "salePrice": 999.5, "listPrice": 1000})
    sandbox.advance(1)
    listing = sandbox.state.listings[barcode(1)]

    assert (listing.sale_price, listing.list_price, listing.quantity) == (99_950, 100_000, 5)
