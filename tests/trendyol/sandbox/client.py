"""A bare HTTP client: no retries, no defaults, every header under the test's control."""

import base64
import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from integrations.trendyol.sandbox import Sandbox

SELLER = 987654
ORDERS = f"/integration/order/sellers/{SELLER}/v2/orders"
STREAM = f"/integration/order/sellers/{SELLER}/orders/stream"
CLAIMS = f"/integration/order/sellers/{SELLER}/claims"
PUSH = f"/integration/inventory/sellers/{SELLER}/products/price-and-inventory"
PRODUCTS = f"/integration/product/sellers/{SELLER}/products"
BATCH = f"{PRODUCTS}/batch-requests"
APPROVED = f"{PRODUCTS}/approved"
SHORT = f"{PRODUCTS}/approved/inventory-and-price"
UNAPPROVED = f"{PRODUCTS}/unapproved"
CREATE = f"/integration/product/sellers/{SELLER}/v2/products"
BRANDS = "/integration/product/brands"
CATEGORIES = "/integration/product/product-categories"
ATTRIBUTES = "/integration/product/categories/{category}/attributes"


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    content_type: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def key(self) -> str:
        """The key of family P, or the message of family E."""
        body = self.json
        return str(body["errors"][0]["key"] if "errors" in body else body["message"])


def credentials(key: str = "sandbox-key", secret: str = "sandbox-secret") -> str:
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


class Client:
    def __init__(self, sandbox: Sandbox) -> None:
        self.address = urlsplit(sandbox.base_url).netloc
        self.headers = {
            "User-Agent": f"{SELLER} - SelfIntegration",
            "Authorization": credentials(),
            "Content-Type": "application/json",
        }

    def call(
        self, method: str, path: str, *, body: Any = None, headers: dict[str, str] | None = None, **query: Any
    ) -> Answer:
        connection = http.client.HTTPConnection(self.address, timeout=10)
        try:
            url = f"{path}?{urlencode(query, doseq=True)}" if query else path
            data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
            connection.request(method, url, body=data, headers=self.headers if headers is None else headers)
            reply = connection.getresponse()
            text = reply.read().decode()
            content_type = reply.getheader("Content-Type", "").partition(";")[0]
            return Answer(reply.status, text, content_type, dict(reply.getheaders()))
        finally:
            connection.close()

    def get(self, path: str, **query: Any) -> Answer:
        return self.call("GET", path, **query)

    def post(self, path: str, body: Any) -> Answer:
        return self.call("POST", path, body=body)

    def put(self, path: str, body: Any) -> Answer:
        return self.call("PUT", path, body=body)

    def delete(self, path: str, body: Any) -> Answer:
        return self.call("DELETE", path, body=body)

    def package(self, package_id: int, operation: str = "") -> str:
        return f"/integration/order/sellers/{SELLER}/shipment-packages/{package_id}{operation}"

    def control(self, path: str, body: Any = None) -> Answer:
        headers = {"Content-Type": "application/json"}
        if body is None:
            return self.call("GET", f"/control/api/{path}", headers=headers)
        return self.call("POST", f"/control/api/{path}", body=body, headers=headers)
