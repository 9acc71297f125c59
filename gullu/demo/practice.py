"""The practice Trendyol of the demo: its process, its address, and talking to its control API."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings

from gullu.demo.errors import SandboxRefused
from gullu.env_variables import ROOT
from gullu.http import build_session, is_loopback
from gullu.processes import Child
from integrations.trendyol.client import Credentials, TrendyolClient, WebhookForm
from integrations.trendyol.connection import using
from integrations.trendyol.limiter import DatabaseLimiter
from integrations.trendyol.sandbox import DEFAULT_API_KEY, DEFAULT_API_SECRET, DEFAULT_SELLER_ID
from integrations.webhooks import hooks

_STATE: Final = "sandbox.sqlite3"
_CREDENTIALS: Final = Credentials(
    seller_id=str(DEFAULT_SELLER_ID),
    api_key=DEFAULT_API_KEY,
    api_secret=DEFAULT_API_SECRET,
    integrator="SelfIntegration",
)
_WEBHOOK_KEY: Final = "practice-webhook-key"
# The practice Trendyol fetches no picture, but refuses addresses that nobody outside could fetch, like the real one.
_PUBLIC_HOST: Final = "gullu.example.com"


def _public_address() -> dict[str, str]:
    """Lets new products be listed in the demo, where nobody has set an address of the site."""
    if settings.PUBLIC_BASE_URL:
        return {}
    hosts = [*settings.ALLOWED_HOSTS, _PUBLIC_HOST]
    return {"PUBLIC_BASE_URL": f"https://{_PUBLIC_HOST}", "ALLOWED_HOSTS": ",".join(hosts)}


@dataclass(frozen=True, slots=True)
class Practice:
    """A practice Trendyol on this machine, with its files in `folder`."""

    port: int
    folder: Path

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def seed_path(self) -> Path:
        return self.folder / "sandbox-seed.json"

    def child(self) -> Child:
        """Its process. It fills itself from the seed file if its state file is new."""
        options = ["--port", str(self.port), "--state", str(self.folder / _STATE)]
        options += ["--seed", str(self.seed_path), "--batch-delay", "1"]
        return Child(
            name="sandbox", command=[sys.executable, str(ROOT / "manage.py"), "trendyol_sandbox", *options]
        )

    def forget(self) -> None:
        """Remove what it remembers; call while it does not run."""
        for path in self.folder.glob(f"{_STATE}*"):
            path.unlink()

    def environment(self) -> dict[str, str]:
        """What makes other processes talk to it, whatever `.env` says; and nothing of theirs leaves the machine."""
        return {
            "TRENDYOL_BASE_URL": self.base_url,
            "TRENDYOL_SELLER_ID": _CREDENTIALS.seller_id,
            "TRENDYOL_API_KEY": _CREDENTIALS.api_key,
            "TRENDYOL_API_SECRET": _CREDENTIALS.api_secret,
            "TRENDYOL_INTEGRATOR": _CREDENTIALS.integrator,
            "TRENDYOL_STOREFRONT": "TR",
            "TRENDYOL_TIER": "50k",
            "ENABLE_JOBS": "1",
            "HTTPS_ONLY": "0",
            "SENTRY_DSN": "",
            "EXCHANGE_RATE_URL": "off",
            **_public_address(),
        }

    def hook(self, port: int) -> WebhookForm:
        """What the demo's own webhook is registered with: its web pages on this machine."""
        return WebhookForm(url=f"http://127.0.0.1:{port}/webhooks/orders/", api_key=_WEBHOOK_KEY)

    def webhook_environment(self, port: int) -> dict[str, str]:
        """What makes the web pages take its events."""
        hook = self.hook(port)
        return {
            "TRENDYOL_WEBHOOK_ENABLED": "1",
            "TRENDYOL_WEBHOOK_API_KEY": hook.api_key,
            "TRENDYOL_WEBHOOK_USERNAME": "",
            "TRENDYOL_WEBHOOK_PASSWORD": "",
            "TRENDYOL_WEBHOOK_URL": hook.url,
        }

    def register_hook(self, port: int) -> None:
        """Let it send events to the web pages on `port`, and to no port of an earlier start.

        The real Trendyol takes no address of this machine; the practice one is told to.
        """
        self._call("POST", "settings", {"webhooks_local": True})
        form = self.hook(port)
        with self.spoken_to():
            for hook in hooks.read_hooks(url=form.url).hooks:
                if not hook.ours:
                    hooks.remove(remote_id=hook.remote_id, actor=None)
            hooks.register(actor=None, form=form)

    @contextmanager
    def spoken_to(self) -> Iterator[None]:
        """Inside the block this process's marketplace is the practice one."""
        with build_session(user_agent=_CREDENTIALS.user_agent) as session:
            client = TrendyolClient(
                credentials=_CREDENTIALS,
                base_url=self.base_url,
                session=session,
                limiter=DatabaseLimiter(_CREDENTIALS),
            )
            with using(client):
                yield

    # -- control API ---------------------------------------------------------------------------------

    def stock(self) -> dict[str, int]:
        """What it offers for sale, per barcode."""
        found: dict[str, int] = self._call("GET", "stock")
        return found

    def open_claims(self, claims: list[dict[str, Any]]) -> int:
        """Open the returns of the seed unless there are any; returns how many."""
        if self._call("GET", "claims"):
            return 0
        for claim in claims:
            fields = {name: value for name, value in claim.items() if name != "package_id" and value != ""}
            self._call("POST", f"packages/{claim['package_id']}/claim", fields)
        return len(claims)

    def set_shoppers(self, per_minute: float) -> None:
        """How many customers buy per minute from now on."""
        self._call("POST", "shoppers", {"per_minute": per_minute})

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        with build_session(user_agent="gullu-demo") as session:
            reply = session.request(
                method,
                f"{self.base_url}/control/api/{path}",
                headers=headers,
                body=None if body is None else json.dumps(body).encode(),
            )
        answer = json.loads(reply.body)
        if reply.status != 200:
            raise SandboxRefused(reason=answer.get("error", reply.status))
        return answer


def free_port(wanted: int) -> int:
    """The wanted port, or the next one that is free, or any."""
    for port in (*range(wanted, min(wanted + 50, 65_536)), 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            if sys.platform != "win32":
                # A port whose last connections are still closing can be bound by a server, too.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port")


def is_real_account(options: Mapping[str, Any]) -> bool:
    """Whether the settings name an account at Trendyol itself."""
    host = urlsplit(options["BASE_URL"]).hostname or ""
    return bool(options["SELLER_ID"] and options["API_SECRET"]) and not is_loopback(host)
