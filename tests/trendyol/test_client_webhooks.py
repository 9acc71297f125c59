"""Administration of webhooks as the contract's samples have it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses

from integrations.trendyol.client import TrendyolClient, WebhookForm
from integrations.trendyol.errors import InvalidRequest, OutcomeUnknown, SchemaChanged
from tests.trendyol.clientkit import HOST, SELLER, make_client, sample

pytestmark = pytest.mark.usefixtures("untranslated")


@pytest.fixture
def client() -> TrendyolClient:
    return make_client()


HOOKS = f"{HOST}/integration/webhook/sellers/{SELLER}/webhooks"
KEYED = WebhookForm(
    url="https://magaza.example/kanca/siparis",
    api_key="ornek-gizli-anahtar",
    statuses=["CREATED", "CANCELLED", "DELIVERED", "RETURNED", "UNSUPPLIED", "UNPACKED"],
)
BASIC = WebhookForm(url="https://magaza.example/kanca/siparis2", username="kanca", password="ornek-parola")


@pytest.mark.parametrize(
    ("form", "name"), [(KEYED, "webhook_create_request_api_key"), (BASIC, "webhook_create_request_basic")]
)
def test_creating_sends_the_sample_and_returns_the_id(
    web: responses.RequestsMock, client: TrendyolClient, form: WebhookForm, name: str
) -> None:
    web.post(HOOKS, body=sample("webhook_create_response"))

    assert client.create_webhook(form) == "4f9429b9-0000-4d7c-94cf-9eee3ce7273a"

    assert json.loads(web.calls[-1].request.body or "") == json.loads(sample(name))


def test_the_list_is_read_with_passive_ones(web: responses.RequestsMock, client: TrendyolClient) -> None:
    web.get(HOOKS, body=sample("webhooks_list"))

    first, second = client.webhooks()

    assert (first.active, first.authentication_type, first.subscribed_statuses[:2]) == (
        True, "API_KEY", ["CREATED", "CANCELLED"]
    )  # fmt: skip
    assert (second.active, second.username, second.subscribed_statuses) == (False, "kanca", [])


@pytest.mark.parametrize(
    ("method", "path", "call"),
    [
        ("PUT", "/a-1", lambda client: client.update_webhook("a-1", KEYED)),
        ("DELETE", "/a-1", lambda client: client.delete_webhook("a-1")),
        ("PUT", "/a-1/activate", lambda client: client.activate_webhook("a-1")),
        ("PUT", "/a-1/deactivate", lambda client: client.deactivate_webhook("a-1")),
    ],
)
def test_an_answer_in_plain_text_is_fine_and_a_web_page_is_not(
    web: responses.RequestsMock, client: TrendyolClient, method: str, path: str, call: Any
) -> None:
    web.add(method, HOOKS + path, body="200 OK")
    web.add(method, HOOKS + path, body="<html>")

    call(client)
    with pytest.raises(OutcomeUnknown):
        call(client)


@pytest.mark.parametrize("body", ["", "200 OK", "{}", '{"id": 5}'])
def test_a_creation_without_an_id_may_have_worked(
    web: responses.RequestsMock, client: TrendyolClient, body: str
) -> None:
    web.post(HOOKS, body=body)

    with pytest.raises(OutcomeUnknown):
        client.create_webhook(KEYED)


@pytest.mark.parametrize("body", ["{}", '[{"id": "1"}]', "[5]"])
def test_a_list_of_another_form_is_not_taken(
    web: responses.RequestsMock, client: TrendyolClient, body: str
) -> None:
    web.get(HOOKS, body=body)

    with pytest.raises(SchemaChanged):
        client.webhooks()


@pytest.mark.parametrize(
    "form",
    [
        WebhookForm(url="https://x.TRENDYOL.example/", api_key="k"),
        WebhookForm(url="https://dolap.example/", api_key="k"),
        WebhookForm(url="https://localhost/", api_key="k"),
        WebhookForm(url="magaza.example", api_key="k"),
        WebhookForm(url="https://magaza.example/"),
        WebhookForm(url="https://magaza.example/", username="u"),
        WebhookForm(url="https://magaza.example/", api_key="k", statuses=["Created"]),
    ],
    ids=lambda form: form.url,
)
def test_what_trendyol_would_refuse_is_not_sent(client: TrendyolClient, form: WebhookForm) -> None:
    with pytest.raises(InvalidRequest):
        client.create_webhook(form)


def test_secrets_stay_out_of_the_text_of_a_form() -> None:
    assert "ornek" not in repr(KEYED) + repr(BASIC)
