"""The paths of webhook administration (contract section 11.1)."""

from .messages import Reply, json_reply
from .routing import Call, Endpoint, Routes
from .shop import Shop

_HOOKS = "/integration/webhook/sellers/{seller}/webhooks"


class WebhookEndpoints:
    """Making, listing, replacing, removing and switching. Switching answers text, not JSON."""

    def __init__(self, shop: Shop) -> None:
        self._webhooks = shop.webhooks

    def table(self) -> list[Endpoint]:
        get, post, put, delete = Routes("GET"), Routes("POST"), Routes("PUT"), Routes("DELETE")
        one = _HOOKS + "/{hook}"
        return [
            get("webhooks", _HOOKS, "webhooks", None, self._list),
            post("webhook-create", _HOOKS, "webhooks", None, self._create),
            put("webhook-update", one, "webhooks", None, self._update),
            delete("webhook-delete", one, "webhooks", None, self._delete),
            put("webhook-activate", one + "/activate", "webhooks", None, self._activate),
            put("webhook-deactivate", one + "/deactivate", "webhooks", None, self._deactivate),
        ]

    def _list(self, _call: Call) -> Reply:
        return json_reply([hook.shown() for hook in self._webhooks.hooks()])

    def _create(self, call: Call) -> Reply:
        return json_reply({"id": self._webhooks.create(call.body()).hook_id})

    def _update(self, call: Call) -> Reply:
        self._webhooks.update(call.arguments["hook"], call.body())
        return Reply(status=200)

    def _delete(self, call: Call) -> Reply:
        self._webhooks.delete(call.arguments["hook"])
        return Reply(status=200)

    def _activate(self, call: Call) -> Reply:
        self._webhooks.switch(call.arguments["hook"], active=True)
        return _ok()

    def _deactivate(self, call: Call) -> Reply:
        self._webhooks.switch(call.arguments["hook"], active=False)
        return _ok()


def _ok() -> Reply:
    return Reply(status=200, content_type="text/plain", body=b"200 OK")
