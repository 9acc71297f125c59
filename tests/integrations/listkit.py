"""Models that are ready to be listed, here and on the sandbox, and what the tests of messages about them share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from catalog.models import Product, ProductImage, Variant
from integrations.listing.writes import Asked, ask_create
from integrations.models import (
    ChannelProduct,
    Listing,
    MarketAttribute,
    MarketBrand,
    MarketCategory,
    MarketValue,
    OutboxMessage,
    ProductWrite,
)
from integrations.outbox import send_outbox
from integrations.trendyol.sandbox import Sandbox
from integrations.trendyol.sandbox.entities import Listing as There
from integrations.trendyol.sync.standing import check_listings
from tests.factories import make_product, make_variant
from tests.integrations.sheetkit import AGE, BEDEN, CASUAL, GENDER, ORIGIN, RENK, WEB_COLOUR, rules_of

TRENDYOL = "TRENDYOL"
CODE = "GL-100"
SIZES = {"36": 4285, "37": 4286, "38": 4287, "39": 4288}
WEB_COLOURS = {"Siyah": 686230, "Beyaz": 686231}
_VALUES = {
    WEB_COLOUR: {number: name for name, number in WEB_COLOURS.items()},
    BEDEN: {number: name for name, number in SIZES.items()},
    AGE: {2879: "Yetişkin"},
    GENDER: {2874: "Kadın / Kız"},
    ORIGIN: {10_617_300: "TR"},
}


def make_category() -> MarketCategory:
    """The sandbox's category 411, with the values these tests choose."""
    now = timezone.now()
    category = MarketCategory.objects.create(
        remote_id=CASUAL,
        name="Casual Ayakkabı",
        path="Casual Ayakkabı",
        leaf=True,
        read_at=now,
        attributes_read_at=now,
    )
    rules = rules_of(CASUAL).attributes
    for position, rule in enumerate(rules):
        attribute = MarketAttribute.objects.create(
            category=category,
            remote_id=rule.remote_id,
            name=rule.name,
            position=position,
            required=rule.required,
            allow_custom=rule.allow_custom,
            varianter=rule.varianter,
            slicer=rule.slicer,
            multiple=rule.multiple,
            values_read_at=now,
        )
        MarketValue.objects.bulk_create(
            MarketValue(attribute=attribute, remote_id=number, name=name)
            for number, name in _VALUES.get(rule.remote_id, {}).items()
        )
    return category


def make_model(
    *,
    colours: Sequence[str] = ("Siyah",),
    sizes: Sequence[str] = ("36", "37"),
    code: str = CODE,
    **fields: Any,
) -> Product:
    """A model that breaks no rule. Its barcodes are `{code}-{colour}-{size}`."""
    product = make_product(code, description="<p>Yumuşak taban.</p>", origin="TR", **fields)
    for colour in colours:
        ProductImage.objects.create(
            product=product, colour=colour, url=f"https://gorsel.ornek.com/{code}/{colour}.jpg"
        )
        for size in sizes:
            make_variant(barcode(colour, size, code=code), product=product, colour=colour, size=size)
    category = MarketCategory.objects.filter(remote_id=CASUAL).first() or make_category()
    brand, _made = MarketBrand.objects.get_or_create(
        channel=TRENDYOL, remote_id=1_700_001, defaults={"name": "Yolcubulut", "read_at": timezone.now()}
    )
    ChannelProduct.objects.create(
        channel=TRENDYOL,
        product=product,
        brand=brand,
        category=category,
        attributes={
            str(AGE): {"values": [2879]},
            str(GENDER): {"values": [2874]},
            str(ORIGIN): {"values": [10_617_300]},
        },
        colour_attributes={
            colour: {str(RENK): {"text": colour}, str(WEB_COLOUR): {"values": [WEB_COLOURS[colour]]}}
            for colour in colours
        },
        size_attributes={size: {str(BEDEN): {"values": [SIZES[size]]}} for size in sizes},
    )
    return product


def barcode(colour: str = "Siyah", size: str = "36", *, code: str = CODE) -> str:
    return f"{code}-{colour}-{size}"


def create(product: Product, **options: Any) -> Asked:
    return ask_create(channel=TRENDYOL, product_id=product.pk, **options)


def approved_model(sandbox: Sandbox, **options: Any) -> Product:
    """A model that was listed, approved, and read back."""
    product = make_model(**options)
    create(product)
    send_outbox()
    approve_all(sandbox)
    check_listings()
    return product


def approve_all(sandbox: Sandbox) -> None:
    for name, listing in list(sandbox.state.listings.items()):
        if not listing.approved:
            sandbox.shop.approve_product(name)


def there(sandbox: Sandbox, name: str) -> There | None:
    """The barcode as the sandbox has it."""
    return sandbox.state.listings.get(name)


def ids(product: Product, *barcodes: str) -> list[int]:
    rows = Variant.objects.filter(product=product).order_by("barcode")
    return list((rows.filter(barcode__in=barcodes) if barcodes else rows).values_list("pk", flat=True))


def writes(kind: str = "") -> list[tuple[str, str]]:
    """Barcode or card with the state of each write, in the order they were asked."""
    rows = ProductWrite.objects.order_by("pk")
    rows = rows.filter(message__kind=kind) if kind else rows
    return [(row.barcode or str(row.content_id), row.state) for row in rows]


def states() -> dict[str, str]:
    """How each barcode is listed here."""
    return dict(Listing.objects.values_list("barcode", "state"))


def message() -> OutboxMessage:
    found = OutboxMessage.objects.order_by("pk").last()
    assert found is not None
    return found


def again() -> OutboxMessage:
    """Make everything due and deliver; returns the newest message."""
    OutboxMessage.objects.update(due_at=timezone.now())
    send_outbox()
    return message()


def asked(sandbox: Sandbox, endpoint: str) -> int:
    return sum(request.endpoint == endpoint for request in sandbox.requests)
