"""The frame of the scan pages in a real browser, on a page made for the test (tests/scan/urls.py)."""

from __future__ import annotations

import pytest

from tests.factories import make_superuser
from tests.scan.conftest import PHONE, answered, ready, serious_findings, told, wedge
from tests.scan.shell import FOCUSED, booked, until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("test_pages"),
]


# --- scanning ---------------------------------------------------------------------------------------------------


def test_scan_typed_by_a_scanner_is_answered(page):
    wedge(page, "A-B-03")

    answered(page, "OK", "Okundu: A-B-03")
    assert booked() == ["A-B-03"]


def test_scan_ends_with_the_suffix_of_the_scanner(page):
    for number, suffix in enumerate(("Enter", "Tab", "NumpadEnter")):
        wedge(page, f"868000000001{number}", suffix=suffix)

        answered(page, "OK", f"868000000001{number}")
        assert page.evaluate(FOCUSED) == "scan"


def test_second_enter_sends_nothing(page):
    wedge(page, "A-B-03")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    wedge(page, "A-B-04")

    answered(page, "OK", "A-B-04")
    assert booked() == ["A-B-03", "A-B-04"]


def test_tab_after_enter_does_not_move_the_focus(page):
    wedge(page, "A-B-03")
    page.keyboard.press("Tab")

    answered(page, "OK", "A-B-03")
    assert page.evaluate(FOCUSED) == "scan"


def test_quick_scans_are_booked_in_order(page):
    scans = [f"KUTU-{number:02d}" for number in range(12)]

    for scan in scans:
        wedge(page, scan)

    answered(page, "OK", "KUTU-11")
    assert booked() == scans


def test_two_scans_pasted_at_once_are_two_scans(page):
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text", "A-B-03\\r\\n8680000000017\\n");
            document.getElementById("scan").dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, cancelable: true}));
        }"""
    )

    answered(page, "OK", "8680000000017")
    assert booked() == ["A-B-03", "8680000000017"]


def test_scanner_without_suffix_is_understood_when_set_so(page):
    page.locator("#settings-button").click()
    page.locator("#setting-suffix").select_option("300")
    page.locator("#settings-dialog [data-close]").click()

    wedge(page, "8680000000017", suffix="")

    answered(page, "OK", "8680000000017")


def test_scanner_without_suffix_waits_for_enter_by_default(page):
    wedge(page, "8680000000017", suffix="")
    page.wait_for_timeout(500)

    assert booked() == []
    assert page.locator("#scan").input_value() == "8680000000017"


# --- focus ------------------------------------------------------------------------------------------------------


def test_focus_returns_to_the_scan_box_after_a_click_on_a_button(page):
    page.get_by_role("button", name="Arşive koy").click()
    answered(page, "DONE", "Arşiv: NO_STOCK")

    ready(page)
    assert page.evaluate(FOCUSED) == "scan"
    wedge(page, "A-B-03")
    answered(page, "OK", "A-B-03")


def test_focus_returns_to_the_scan_box_after_a_click_anywhere(page):
    for target in (".facts", "h1", ".picture-small >> nth=0"):
        page.locator(target).first.click()
        if page.locator("#zoom-dialog[open]").count():
            page.keyboard.press("Escape")

        until(page, "document.activeElement.id === 'scan'")


def test_scan_reaches_the_box_when_a_button_has_the_focus(page):
    page.locator("#sure").focus()

    wedge(page, "A-B-03")

    answered(page, "OK", "A-B-03")
    assert page.locator("#confirm-dialog[open]").count() == 0
    assert booked() == ["A-B-03"]


def test_enter_never_presses_a_button(page):
    page.get_by_role("button", name="Arşive koy").focus()

    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert booked() == []

    page.keyboard.press("Space")
    answered(page, "DONE", "Arşiv: NO_STOCK")


def test_scan_in_a_form_field_is_a_scan_and_leaves_the_field_alone(page):
    page.locator("#quantity").fill("3")
    page.locator("#quantity").focus()

    wedge(page, "8680000000017")

    answered(page, "OK", "8680000000017")
    assert page.locator("#quantity").input_value() == "3"
    assert booked() == ["8680000000017"]


def test_enter_in_a_form_field_sends_nothing(page):
    page.locator("#quantity").focus()
    page.keyboard.type("3", delay=80)

    page.keyboard.press("Enter")
    page.wait_for_timeout(300)

    assert booked() == []
    assert page.evaluate(FOCUSED) == "reason"


def test_begun_form_survives_an_answer(page):
    page.locator("#quantity").fill("3")
    page.locator("h1").click()

    wedge(page, "A-B-03")

    answered(page, "OK", "A-B-03")
    assert page.locator("#quantity").input_value() == "3"


def test_answer_keeps_the_scroll_position(open_page):
    page = open_page(make_superuser(), "/scan/try/", viewport=PHONE)
    page.evaluate("window.scrollTo(0, 600)")

    wedge(page, "A-B-03")

    answered(page, "OK", "A-B-03")
    assert page.evaluate("window.scrollY") == 600
    assert page.locator(".answer").evaluate("(node) => node.getBoundingClientRect().bottom > 40")


# --- feedback -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["OK", "DONE", "WRONG", "NEIGHBOUR", "REFUSED", "UNKNOWN"])
def test_outcome_is_seen_heard_and_felt_by_everybody(page, outcome):
    wedge(page, f"{outcome} 1")

    answered(page, outcome)
    assert told(page, "scan:sound") == [outcome]
    assert told(page, "scan:vibrate") == [outcome]
    assert page.locator(f".flash.flash-{outcome}.flash-on").count() == 1
    voice = "#say-loud" if outcome not in {"OK", "DONE"} else "#say"
    page.locator(voice, has_text=f"Okundu: {outcome} 1").wait_for(state="attached")
    assert serious_findings(page) == []


def test_sounds_start_after_the_first_key(page):
    wedge(page, "A-B-03")
    answered(page, "OK")

    sound = page.evaluate("window.told.find(([name]) => name === 'scan:sound')[1]")

    assert sound == {"outcome": "OK", "on": True, "tones": 1}


def test_sound_can_be_switched_off_and_stays_off(page):
    page.locator("#sound-button").click()
    page.reload()
    ready(page)

    wedge(page, "A-B-03")
    answered(page, "OK")

    assert page.locator("#sound-button").get_attribute("aria-pressed") == "false"
    assert page.evaluate("window.told.find(([name]) => name === 'scan:sound')[1].on") is False


# --- size, keyboard, accessibility -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/scan/try/", "/scan/", "/scan/offline/"])
def test_page_needs_no_horizontal_scrolling(open_page, address):
    page, widths = open_page(make_superuser(), address, viewport=PHONE), (320, 360, 1280)

    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 640})
        found.append(page.evaluate("document.scrollingElement.scrollWidth"))

    assert found == [*widths]


def test_targets_are_large_enough_for_thumbs(open_page):
    page = open_page(make_superuser(), "/scan/try/", viewport=PHONE)

    small = page.evaluate(
        """() => [...document.querySelectorAll("button, a, select, input")]
            .filter((node) => node.offsetParent && Math.min(node.offsetWidth, node.offsetHeight) < 48)
            .map((node) => node.outerHTML)"""
    )

    assert small == []


def test_dialogs_and_notices_have_no_serious_accessibility_finding(page):
    page.context.set_offline(True)
    wedge(page, "WRONG kutu")
    page.locator("#queue-button").click()
    assert serious_findings(page) == []
    page.keyboard.press("Escape")
    page.locator("#settings-button").click()
    assert serious_findings(page) == []
    page.keyboard.press("Escape")
    page.context.set_offline(False)
    page.locator("#late").wait_for()
    assert serious_findings(page) == []


def test_start_page_has_no_serious_accessibility_finding(open_page):
    page = open_page(make_superuser(), "/scan/")

    assert serious_findings(page) == []


def test_everything_is_reached_by_keyboard(page):
    seen = []
    for _step in range(30):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.className"))

    assert {"keyboard-button", "camera-button", "sure", "label", "quantity", "reason", "send-report"} <= set(
        seen
    )


def test_phone_keyboard_appears_only_when_asked_for(open_page):
    page = open_page(make_superuser(), "/scan/try/", viewport=PHONE, has_touch=True, is_mobile=True)
    assert page.locator("#scan").get_attribute("inputmode") == "none"

    page.locator("#keyboard-button").tap()

    assert page.locator("#scan").get_attribute("inputmode") == "text"
    assert page.evaluate(FOCUSED) == "scan"


def test_page_has_no_inline_script_or_style(page):
    found = page.evaluate(
        """async () => {
            const html = await (await fetch(location.href)).text();
            const doc = new DOMParser().parseFromString(html, "text/html");
            return [...doc.querySelectorAll("style, [style], script:not([src]):not([type='application/json'])")].length
                + [...doc.querySelectorAll("*")].filter((node) => [...node.attributes].some(({name}) => name.startsWith("on"))).length;
        }"""
    )

    assert found == 0
