"""Returned units as a pull would store them, and pictures as a phone would send them."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from catalog.models import Variant
from orders.enums import GoodsCondition, OrderState
from orders.models import Order, ReturnUnit
from tests.factories import make_order, make_variant

Status = ReturnUnit.Status


def make_unit(variant: Variant | None = None, *, order: Order | None = None, **fields: Any) -> ReturnUnit:
    """One returned pair of a delivered order; it waits for our decision for another 30 hours."""
    article = variant or make_variant()
    sold = order or make_order([(article, 1)], status=OrderState.DELIVERED)
    now = timezone.now()
    values: dict[str, Any] = {
        "claim_item_id": str(uuid4()),
        "claim_id": str(uuid4()),
        "order": sold,
        "order_number": sold.order_number,
        "line": sold.lines.first(),
        "variant": article,
        "barcode": article.barcode,
        "status": Status.WAITING,
        "reason_id": 501,
        "reason": "Bedeni küçük geldi",
        "cargo_tracking_number": f"73{uuid4().int % 10**18:018d}",
        "cargo_provider": "Trendyol Express",
        "claimed_at": now - timedelta(days=3),
        "act_by_at": now + timedelta(hours=30),
        "remote_modified_at": now + timedelta(seconds=1),
        **fields,
    }
    return ReturnUnit.objects.create(**values)


def make_accepted(
    variant: Variant | None = None, *, condition: str = GoodsCondition.SOUND, **fields: Any
) -> ReturnUnit:
    """A unit that is ours, inspected unless `condition` is empty."""
    inspected_at: datetime | None = timezone.now() if condition else None
    values = {"status": Status.ACCEPTED, "condition": condition, "inspected_at": inspected_at, **fields}
    return make_unit(variant, **values)


def picture_bytes(
    width: int = 40, height: int = 30, *, form: str = "JPEG", mode: str = "RGB", **options: Any
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height), options.pop("colour", "red")).save(out, form, **options)
    return out.getvalue()


def upload(content: bytes, name: str = "foto.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")
