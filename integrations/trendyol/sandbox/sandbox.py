"""A whole sandbox: state, shop, HTTP server, control page, shoppers."""

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .clock import SandboxClock
from .config import SandboxConfig
from .control import Control
from .endpoints import Endpoints
from .faults import Faults
from .gateway import Gateway
from .http import SandboxServer
from .messages import LoggedRequest, Reply, Request
from .shop import Shop
from .shoppers import Shoppers
from .state import State
from .store import Store
from .webhook_sender import WebhookSender


class Sandbox:
    """A local Trendyol on a port of its own.

    `settings` are the fields of `SandboxConfig`. `clock` is a `SandboxClock` or a function giving epoch
    seconds. With `state_path` everything survives a restart. Raises StateFileError.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        state_path: str | Path | None = None,
        clock: SandboxClock | Callable[[], float] | None = None,
        **settings: Any,
    ) -> None:
        self.config = SandboxConfig(**settings)
        self.clock = clock if isinstance(clock, SandboxClock) else SandboxClock(clock)
        store = Store(Path(state_path)) if state_path is not None else None
        self.state = State(config=self.config, clock=self.clock, store=store)
        self.shop = Shop(self.state)
        endpoints = Endpoints(self.shop)
        self.faults = Faults(endpoints.names(), random_seed=self.config.random_seed)
        self.gateway = Gateway(state=self.state, endpoints=endpoints, faults=self.faults)
        self.shoppers = Shoppers(
            self.shop, per_minute=self.config.shoppers_per_minute, random_seed=self.config.random_seed
        )
        self.webhooks = WebhookSender(self.shop.webhooks, self.state)
        self._control = Control(
            shop=self.shop,
            gateway=self.gateway,
            faults=self.faults,
            shoppers=self.shoppers,
            webhooks=self.webhooks,
        )
        self._port = port
        self._server: SandboxServer | None = None
        self._thread: threading.Thread | None = None

    # -- running ------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Bind and answer in the background. Raises OSError when the port is taken."""
        self._server = SandboxServer((self.config.host, self._port), self._answer)
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.05},
            name="sandbox-http",
            daemon=True,
        )
        self._thread.start()
        self.shoppers.start()
        self.webhooks.start()
        return self

    def stop(self) -> None:
        """Stop answering and close the state file."""
        self.shoppers.stop()
        self.webhooks.stop()
        if self._server is not None and self._thread is not None:
            self._server.stop()
            self._thread.join()
            self._server = self._thread = None
        self.state.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _answer(self, request: Request) -> Reply:
        if request.path == "/control" or request.path.startswith("/control/"):
            return self._control.answer(request)
        return self.gateway.answer(request)

    # -- looking ------------------------------------------------------------------------------------

    @property
    def base_url(self) -> str:
        """What to put where https://apigw.trendyol.com stands."""
        return f"http://{self.config.host}:{self._port}"

    @property
    def requests(self) -> list[LoggedRequest]:
        """The last requests, oldest first (the control page's own are not counted)."""
        return list(self.gateway.requests)

    @property
    def warnings(self) -> Counter[str]:
        """What Trendyol would tolerate and a good client does not do."""
        return Counter(self.state.warnings)

    @property
    def violations(self) -> Counter[str]:
        """Refused requests by key."""
        return Counter(self.state.violations)

    def advance(self, seconds: float) -> None:
        """Push the sandbox's clock forward and let everything happen that falls due."""
        with self.state.transaction():
            self.clock.advance(seconds)
        with self.state.transaction():
            return
