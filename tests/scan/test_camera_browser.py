"""Scanning with the camera: a real Chromium looks at a film of a barcode, and reads it with the vendored reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from inventory.models import ScanLog
from tests.factories import make_superuser
from tests.scan.conftest import CHROMIUM, SPY, answered, ready

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("test_pages"),
]

BARCODE = "8680000000013"
_LEFT = [
    "0001101",
    "0011001",
    "0010011",
    "0111101",
    "0100011",
    "0110001",
    "0101111",
    "0111011",
    "0110111",
    "0001011",
]
_PARITY = ["LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL"]
_FLIP = str.maketrans("01", "10")


def ean13_modules(digits: str) -> str:
    """The 95 modules of an EAN-13 as 0 and 1 (GS1 General Specifications 5.2.1)."""
    left = "".join(
        _LEFT[int(digit)] if side == "L" else _LEFT[int(digit)].translate(_FLIP)[::-1]
        for digit, side in zip(digits[1:7], _PARITY[int(digits[0])], strict=True)
    )
    right = "".join(_LEFT[int(digit)].translate(_FLIP) for digit in digits[7:])
    return f"101{left}01010{right}101"


def film_of(digits: str, path: Path) -> Path:
    """A film of one picture, as Chromium's fake camera plays it."""
    picture = Image.new("RGB", (1280, 720), "white")
    draw = ImageDraw.Draw(picture)
    for index, module in enumerate(ean13_modules(digits)):
        if module == "1":
            draw.rectangle([355 + index * 6, 200, 360 + index * 6, 520], fill="black")
    picture.save(path, "JPEG", quality=92)
    return path


@pytest.fixture
def camera_page(tmp_path: Path, live_server: Any, sign_in: Any, chromium: Any) -> Any:
    """A device whose camera sees the barcode."""
    film = film_of(BARCODE, tmp_path / "film.mjpeg")
    browser = chromium.browser_type.launch(
        executable_path=CHROMIUM,
        args=[
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    context = browser.new_context(viewport={"width": 360, "height": 640}, permissions=["camera"])
    context.add_init_script(SPY)
    sign_in(context, make_superuser())
    page = context.new_page()
    page.goto(f"{live_server.url}/scan/try/")
    ready(page)
    yield page
    browser.close()


def test_camera_reads_a_barcode_once_and_closes(camera_page):
    assert camera_page.evaluate("'ZXing' in window") is False

    camera_page.locator("#camera-button").click()

    answered(camera_page, "OK", f"Okundu: {BARCODE}")
    camera_page.wait_for_timeout(1500)
    assert list(ScanLog.objects.values_list("text", flat=True)) == [BARCODE]
    camera_page.locator("#camera-close").click()
    assert camera_page.locator("#camera").is_hidden()
    assert camera_page.evaluate("document.activeElement.id") == "scan"


def test_camera_that_may_not_be_used_is_said_so(open_page):
    page = open_page(make_superuser(), "/scan/try/")

    page.locator("#camera-button").click()

    page.locator("#camera-text", has_text=".").wait_for()
    assert page.locator("#camera-button").get_attribute("aria-pressed") == "false"
