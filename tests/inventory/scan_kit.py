"""A person at a scan page: signs in with named rights, scans and presses buttons like the device does."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from gullu.models import User
from inventory.models import Shelf
from orders.models import Order, PickScan
from tests.factories import make_user


def allow(user: User, *names: str) -> User:
    """Give the rights `gullu.<name>`, which belong to no table."""
    content_type = ContentType.objects.get_for_model(User)
    for name in names:
        right, _created = Permission.objects.get_or_create(
            content_type=content_type, codename=name, defaults={"name": name}
        )
        user.user_permissions.add(right)
    return user


def take_in_hand(order: Order, shelf: Shelf, pairs: int = 1) -> None:
    """A picker scanned boxes of the order's first line on the shelf and has not confirmed the order yet."""
    line = order.lines.order_by("pk")[0]
    PickScan.objects.create(line=line, shelf=shelf, quantity=pairs, user=make_user())


class Device:
    """One signed-in device on one page. `key` repeats an earlier scan."""

    def __init__(self, page: str, *rights: str, user: User | None = None, args: tuple[Any, ...] = ()) -> None:
        self.user = allow(user or make_user(), *rights)
        self.client = Client()
        self.client.force_login(self.user)
        self.url = reverse(f"scan:{page}", args=args)

    def show(self, **query: str) -> Any:
        return self.client.get(self.url, query)

    def scan(self, text: str, *, key: str = "", **fields: Any) -> Any:
        return self.client.post(self.url, {"key": key or str(uuid.uuid4()), "text": text, **fields})

    def scan_all(self, *texts: str) -> Any:
        """The answer to the last of several scans."""
        return [self.scan(text) for text in texts][-1]

    def press(self, action: str, text: str = "", *, key: str = "", **fields: Any) -> Any:
        return self.scan(text, key=key, action=action, **fields)


def outcome(response: Any) -> str:
    """The outcome header of an answered scan."""
    assert response.status_code == 200
    return str(response["X-Scan-Outcome"])


def message(response: Any) -> str:
    return str(response.context["answer"].message)
