"""Product items as the sandbox accepts them, and sending them."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from integrations.trendyol.sandbox import Sandbox

from .client import BATCH, CREATE, PRODUCTS, Client

SAMPLES = Path(__file__).parents[1] / "payloads"
RENK, WEB_COLOR, BEDEN, MATERYAL, MENSEI = 47, 348, 293, 14, 1192
FIRST_SIZE = 4284  # 35


def sample(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


def item(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A correct item of createProducts; `None` for a field takes it out. Sizes rise with the number from 35."""
    made = deepcopy(sample("create_product_request.json")["items"][0])
    made |= {"barcode": f"YENI-{number:04d}", "productMainId": "YB-YENI", "stockCode": f"YB-YENI-{number}"}
    made["attributes"] = [
        {"attributeId": BEDEN, "attributeValueId": FIRST_SIZE + number - 1}
        if x["attributeId"] == BEDEN
        else x
        for x in made["attributes"]
    ]
    made |= changes
    return {name: value for name, value in made.items() if value is not None}


def with_attribute(attribute_id: int, **values: Any) -> list[dict[str, Any]]:
    """The attributes of a correct item with one replaced; without values it is left out."""
    kept = [x for x in item()["attributes"] if x["attributeId"] != attribute_id]
    return [*kept, {"attributeId": attribute_id, **values}] if values else kept


def send(client: Client, sandbox: Sandbox, path: str, *items: Any, method: str = "POST") -> Any:
    """The result of a write after its batch is done."""
    answer = client.call(method, path, body={"items": list(items)})
    assert answer.status == 200, answer.text
    sandbox.advance(1)
    return client.get(f"{BATCH}/{answer.json['batchRequestId']}").json


def reasons(result: Any) -> list[list[str]]:
    return [part["failureReasons"] for part in result["items"]]


def create(client: Client, sandbox: Sandbox, *items: Any) -> Any:
    return send(client, sandbox, CREATE, *items)


def update(client: Client, sandbox: Sandbox, service: str, *items: Any) -> Any:
    return send(client, sandbox, f"{PRODUCTS}/{service}-bulk-update", *items)


def shape(result: dict[str, Any]) -> tuple[list[str], list[str], Any]:
    """The names in a batch result and in its first item, and the type."""
    first = result["items"][0]
    return list(result), list(first), result["batchRequestType"]
