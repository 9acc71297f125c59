"""The page of pictures in a real browser: files are sent, dragged, moved by keyboard, deleted; on a desk and a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog.models import Product, ProductImage
from gullu.roles import ANALYST, OFFICE
from tests.catalog.drawing import drawn, saved
from tests.factories import make_product, make_user, make_variant
from tests.scan.conftest import PHONE, serious_findings

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
COLOUR = "Siyah"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "gullu.storage.WholeFileStorage"}}
    return tmp_path / "media"


@pytest.fixture
def product() -> Product:
    product = make_product("0172")
    make_variant(product=product, colour="Bej")
    make_variant(product=product, colour=COLOUR)
    return product


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Three photos and a script under the name of one."""
    files = [tmp_path / f"topuk{seed}.jpg" for seed in (1, 2, 3)]
    for seed, file in enumerate(files):
        file.write_bytes(saved(drawn(1400, 1400, seed=seed)))
    svg = tmp_path / "sahte.jpg"
    svg.write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'><script>document.title='x'</script></svg>")
    return [*files, svg]


@pytest.fixture
def visit(
    contexts: Callable[..., Any], sign_in: Callable[..., None], live_server: Any, product: Product
) -> Callable[..., Any]:
    """Open the page of pictures as a person of a role, on a device of its own."""

    def run(role: str, **options: Any) -> Any:
        context = contexts(**options)
        sign_in(context, make_user(role))
        page = context.new_page()
        page.goto(f"{live_server.url}/admin/catalog/product/{product.pk}/pictures/")
        return page

    return run


def placed(product: Product, count: int) -> list[int]:
    rows = [
        ProductImage.objects.create(product=product, colour=COLOUR, url=f"/static/{n}.jpg", position=n)
        for n in range(1, count + 1)
    ]
    return [row.pk for row in rows]


def order() -> list[int]:
    return list(ProductImage.objects.filter(colour=COLOUR).order_by("position").values_list("pk", flat=True))


def strip(page: Any) -> Any:
    return page.locator(f".p-colour[data-colour={COLOUR}]")


def shown(page: Any) -> list[int]:
    return [
        int(text)
        for text in strip(page).locator(".p-item").evaluate_all("all => all.map(one => one.dataset.id)")
    ]


def scrolls_sideways(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_photos_are_sent_and_each_gets_its_answer(visit: Any, photos: list[Path]) -> None:
    page = visit(OFFICE)

    strip(page).locator("input[type=file]").set_input_files(photos)
    strip(page).locator(".p-result .g-reason", has_text="sahte.jpg").wait_for()

    assert strip(page).locator(".p-result .g-good").count() == 3
    assert shown(page) == order()
    assert [row.width for row in ProductImage.objects.all()] == [1400] * 3
    image = strip(page).locator(".p-item img").first
    image.scroll_into_view_if_needed()
    page.wait_for_function(
        f"document.querySelector('.p-colour[data-colour={COLOUR}] .p-item img').naturalWidth === 300"
    )
    assert [finding for finding in serious_findings(page) if ".p-" in finding or "p-item" in finding] == []


def test_pictures_are_moved_with_the_keyboard_and_the_focus_stays(visit: Any, product: Product) -> None:
    a, b, c = placed(product, 3)
    page = visit(OFFICE)

    strip(page).locator(f"[data-id='{c}'] button[value=LEFT]").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        f"document.activeElement.value === 'LEFT' && "
        f"document.querySelectorAll('.p-colour[data-colour={COLOUR}] .p-item')[1].contains(document.activeElement)"
    )
    assert order() == shown(page) == [a, c, b]

    strip(page).locator(f"[data-id='{b}'] button[value=FIRST]").press("Enter")
    strip(page).locator(f".p-item:first-child[data-id='{b}']").wait_for()

    assert order() == [b, a, c]


def test_picture_is_dragged_to_the_front(visit: Any, product: Product) -> None:
    a, b, c = placed(product, 3)
    page = visit(OFFICE)

    with page.expect_response(lambda response: response.request.method == "POST"):
        strip(page).locator(f"[data-id='{c}']").drag_to(strip(page).locator(f"[data-id='{a}']"))
    strip(page).locator(".p-result .g-good").wait_for()

    assert order() == shown(page) == [c, a, b]


def test_picture_is_deleted_after_a_second_press(visit: Any, product: Product) -> None:
    a, b = placed(product, 2)
    page = visit(OFFICE)

    strip(page).locator(f"[data-id='{a}'] summary").press("Enter")
    assert order() == [a, b]
    strip(page).locator(f"[data-id='{a}'] .p-yes").press("Enter")
    strip(page).locator(".p-result .g-good").wait_for()

    assert order() == shown(page) == [b]


def test_files_are_dropped_from_outside(visit: Any, photos: list[Path]) -> None:
    page = visit(OFFICE)
    content = list(photos[0].read_bytes())

    data = page.evaluate_handle(
        """(bytes) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], "birak.jpg", { type: "image/jpeg" }));
            return data;
        }""",
        content,
    )
    for event in ("dragover", "drop"):
        strip(page).locator(".p-drop").dispatch_event(event, {"dataTransfer": data})
    strip(page).locator(".p-result .g-good", has_text="birak.jpg").wait_for()

    assert len(order()) == 1


def test_page_works_without_its_script(visit: Any, photos: list[Path], product: Product) -> None:
    page = visit(OFFICE)
    # Instead of it, only what keeps the skin's own script from looking for a text field beside each file input.
    calm = "document.querySelectorAll('input[type=file]').forEach((one) => (one.hasChangeListener = true));"
    page.route(
        "**/catalog/pictures*.js", lambda route: route.fulfill(body=calm, content_type="text/javascript")
    )
    page.reload()

    strip(page).locator("input[type=file]").set_input_files(photos[:2])
    strip(page).locator("[data-without-script]").click()
    strip(page).locator(".p-item").nth(1).wait_for()
    first, second = order()
    strip(page).locator(".p-item:last-child button[value=FIRST]").click()
    strip(page).locator(f".p-item:first-child[data-id='{second}']").wait_for()

    assert shown(page) == order() == [second, first]
    assert page.url.endswith("/pictures/#colour-2")


def test_lost_connection_is_said(visit: Any, photos: list[Path]) -> None:
    page = visit(OFFICE)
    page.context.set_offline(True)

    strip(page).locator("input[type=file]").set_input_files(photos[0])

    strip(page).locator(".p-result .g-reason", has_text="Yanıt").or_(
        strip(page).locator(".p-result .g-reason", has_text="No answer")
    ).wait_for()
    assert order() == []


@pytest.mark.parametrize("role", [OFFICE, ANALYST])
def test_page_fits_a_phone(visit: Any, product: Product, role: str) -> None:
    placed(product, 8)

    page = visit(role, viewport=PHONE, has_touch=True)
    strip(page).locator(".p-item").last.wait_for()

    findings = [finding for finding in serious_findings(page) if "p-" in finding or "g-" in finding]
    assert (scrolls_sideways(page), findings) == (False, [])
