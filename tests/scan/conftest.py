"""A real browser for the scan pages: Chromium, people signed in by their session cookie, and a scanner that types."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from gullu.models import User
from tests.factories import make_superuser
from tests.sessions import session_of

# The shell is the same engine without the windows, menus and services of a browser: a third of the work for a page.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in BROWSERS if (path := shutil.which(name))), None)
PHONE = {"width": 360, "height": 640}
DESK = {"width": 1280, "height": 800}

# Playwright's own event loop runs in the thread of the test, and Django takes that for a mistake.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without Chromium these tests are skipped on a person's machine, never where the result counts."""
    if CHROMIUM is None and not os.environ.get("CI"):
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no Chromium here"))


_running: list[Any] = []


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for the whole run, also where another folder imports this; every test gets contexts of its own."""
    from playwright.sync_api import sync_playwright

    if _running:
        yield _running[0]
        return
    if CHROMIUM is None:
        pytest.fail("Chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=user-gesture-required"],
        )
        _running.append(browser)
        yield browser
        _running.clear()
        browser.close()


@pytest.fixture
def contexts(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Makes browser contexts (one device each) and fails the test on script errors and on what the policy refuses."""
    made: list[Any] = []
    errors: list[str] = []

    def make(**options: Any) -> Any:
        context = chromium.new_context(**{"viewport": DESK, "locale": "tr-TR", **options})
        context.set_default_timeout(10_000)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on("console", lambda message: errors.extend(_refused_by_policy(message)))
        context.add_init_script(SPY)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()
    assert errors == []


def _refused_by_policy(message: Any) -> list[str]:
    return [message.text] if "Content Security Policy" in message.text else []


# Keeps what the page told: window.told = [["scan:sound", {outcome: "OK", …}], …].
SPY = """
window.told = [];
for (const name of ["scan:sound", "scan:vibrate", "scan:outcome", "scan:print", "scan:scanned"]) {
    document.addEventListener(name, (event) => window.told.push([name, event.detail]));
}
"""


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[Any, User], None]:
    """Sign a person in on a device, without the sign-in page."""

    def run(context: Any, user: User) -> None:
        context.add_cookies(
            [{"name": django_settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": live_server.url}]
        )

    return run


@pytest.fixture
def open_page(
    contexts: Callable[..., Any], live_server: Any, sign_in: Callable[..., None]
) -> Callable[..., Any]:
    """Open an address as a person on a device of its own; waits until the scan page is ready for scans."""

    def run(user: User, address: str, **options: Any) -> Any:
        context = contexts(**options)
        sign_in(context, user)
        page = context.new_page()
        page.goto(f"{live_server.url}{address}")
        ready(page)
        return page

    return run


@pytest.fixture
def test_pages(settings: Any) -> None:
    """Mounts the pages of tests/scan/urls.py instead of the real ones."""
    settings.ROOT_URLCONF = "tests.scan.urls"
    templates = {
        **settings.TEMPLATES[0],
        "DIRS": [*settings.TEMPLATES[0]["DIRS"], Path(__file__).parent / "templates"],
    }
    settings.TEMPLATES = [templates]
    settings.MIDDLEWARE = ["tests.scan.urls.strict_policy", *settings.MIDDLEWARE]


def ready(page: Any) -> None:
    page.wait_for_selector("html[data-ready=true]")


def wedge(page: Any, text: str, *, suffix: str = "Enter") -> None:
    """Type as a scanner does: into whatever has the focus, without pauses, then the end mark."""
    page.keyboard.type(text)
    if suffix:
        page.keyboard.press(suffix)


def answered(page: Any, outcome: str, message: str = "") -> None:
    """Wait until the work area shows this outcome (and these words)."""
    page.locator(f"#work .answer-{outcome}", has_text=message or None).first.wait_for()


def told(page: Any, name: str) -> list[str]:
    """Outcomes of one kind of signal, in order: told(page, "scan:sound")."""
    return [detail["outcome"] for event, detail in page.evaluate("window.told") if event == name]


AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1.min.js"


def serious_findings(page: Any) -> list[str]:
    """What axe-core calls serious or critical on the page as it is now."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{item['id']}: {node['target']} {node['html'][:120]}"
        for item in found
        if item["impact"] in {"serious", "critical"}
        for node in item["nodes"]
    ]


@pytest.fixture
def page(open_page):
    """The page made for tests of the shell, as somebody who may do everything."""
    return open_page(make_superuser(), "/scan/try/")
