"""A faithful local Trendyol over real HTTP, for demos, training and tests."""

from .clock import SandboxClock
from .config import DEFAULT_API_KEY, DEFAULT_API_SECRET, DEFAULT_SELLER_ID, NO_AGES, Ages, SandboxConfig
from .errors import Refusal
from .ordering import LineSpec, OrderRefused, OrderSpec
from .sandbox import Sandbox
from .store import StateFileError

__all__ = [
    "DEFAULT_API_KEY",
    "DEFAULT_API_SECRET",
    "DEFAULT_SELLER_ID",
    "NO_AGES",
    "Ages",
    "LineSpec",
    "OrderRefused",
    "OrderSpec",
    "Refusal",
    "Sandbox",
    "SandboxClock",
    "SandboxConfig",
    "StateFileError",
]
