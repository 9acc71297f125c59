"""Filling an empty sandbox: from a JSON file, or with a small invented shop."""

import json
from pathlib import Path

from .catalogue import ProductSpec
from .errors import Refusal
from .fields import ControlError, Fields
from .ordering import OrderRefused
from .seed_story import tell_story
from .shop import Shop
from .specs import claim_details, order_spec, product_spec, some_lines

DEMO = "demo"
_MODELS = (
    ("YB-0101", "Yolcubulut Kadın Günlük Babet", 649.9),
    ("YB-0102", "Yolcubulut Kadın Topuklu Ayakkabı", 999.9),
    ("YB-0103", "Yolcubulut Kadın Bağcıklı Bot", 1899.0),
    ("YB-0104", "Yolcubulut Kadın Spor Ayakkabı", 1299.9),
    ("YB-0105", "Yolcubulut Kadın Deri Loafer", 1449.0),
    ("YB-0106", "Yolcubulut Kadın Çizme", 2450.0),
)
_COLOURS = ("Siyah", "Taba", "Bej", "Kırmızı")
_SIZES = range(35, 42)


class SeedError(Exception):
    """The seed file cannot be used; the message says why."""


def demo_catalogue() -> list[ProductSpec]:
    """168 invented barcodes: 6 models, 4 colours, sizes 35 to 41."""
    products: list[ProductSpec] = []
    for model, title, price in _MODELS:
        for colour in _COLOURS:
            for size in _SIZES:
                number = len(products) + 1
                products.append(
                    ProductSpec(
                        barcode=f"86800010{number:05d}",
                        product_main_id=model,
                        title=title,
                        colour=colour,
                        size=str(size),
                        stock_code=f"{model}-{size} {colour}",
                        quantity=(number * 7) % 12,
                        sale_price=price,
                        list_price=round(price * 1.25, 2),
                    )
                )
    return products


def load_seed(shop: Shop, name: str) -> int:
    """Load `{"products": […], "orders": […], "claims": […]}` from the file, or the invented shop for "demo".

    Objects are those of the control API. Returns the number of products. Raises SeedError.
    """
    if name == DEMO:
        count = shop.load_products(demo_catalogue())
        tell_story(shop)
        return count
    try:
        data = json.loads(Path(name).read_text(encoding="utf-8"))
        fields = Fields(data if isinstance(data, dict) else {"products": data})
        products = [product_spec(part) for part in fields.objects("products")]
        count = shop.load_products(products)
        now = shop.state.now()
        with shop.state.transaction():
            if fields.has("orders"):
                orders = fields.objects("orders")
                shop.load_orders([order_spec(part, now=now, takes_stock=False) for part in orders])
            if fields.has("claims"):
                for part in fields.objects("claims"):
                    details = claim_details(part, now=now)
                    shop.claim(part.integer("package_id"), some_lines(part), **details)
    except (OSError, ValueError, ControlError, OrderRefused, Refusal) as error:
        raise SeedError(f"The seed file {name} cannot be used: {error}") from error
    return count
