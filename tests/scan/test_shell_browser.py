"""The frame of the scan pages in a real browser, on a page made for the test (tests/scan/urls.py)."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.models import ScanLog
from tests.factories import make_superuser
from tests.scan.conftest import PHONE, answered, ready, serious_findings, told, wedge

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("test_pages"),
]

FOCUSED = "document.activeElement.id"


def booked() -> list[str]:
    return list(ScanLog.objects.order_by("pk").values_list("text", flat=True))


def waiting(page: Any) -> int:
    """Scans of anybody that wait on the device."""
    return page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('scan.q.')).length")


def sent_all(page: Any) -> None:
    page.wait_for_function("!Object.keys(localStorage).some((name) => name.startsWith('scan.q.'))")


@pytest.fixture
def page(open_page):
    return open_page(make_superuser(), "/scan/try/")


# --- scanning ---------------------------------------------------------------------------------------------------


def test_scan_typed_by_a_scanner_is_answered(page):
    wedge(page, "A-B-03")

    answered(page, "OK", "Okundu: A-B-03")
    assert booked() == ["A-B-03"]


@pytest.mark.parametrize("suffix", ["Enter", "Tab", "NumpadEnter"])
def test_scan_ends_with_the_suffix_of_the_scanner(page, suffix):
    wedge(page, "8680000000017", suffix=suffix)

    answered(page, "OK", "8680000000017")
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
    page.locator("#setting-suffix").select_option("80")
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

    assert page.evaluate(FOCUSED) == "scan"
    wedge(page, "A-B-03")
    answered(page, "OK", "A-B-03")


@pytest.mark.parametrize("target", [".facts", "h1", ".picture-small >> nth=0"])
def test_focus_returns_to_the_scan_box_after_a_click_anywhere(page, target):
    page.locator(target).first.click()
    if page.locator("#zoom-dialog[open]").count():
        page.keyboard.press("Escape")

    page.wait_for_function("document.activeElement.id === 'scan'")


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


# --- buttons, forms, questions -------------------------------------------------------------------------------------


def test_form_sends_its_fields(page):
    page.locator("#quantity").fill("3")
    page.locator("#reason").select_option("501")
    page.locator("#send-report").click()

    answered(page, "OK", "Bildirildi: 501 × 3")
    assert page.locator("#quantity").input_value() == ""


def test_form_that_lacks_something_is_not_sent(page):
    page.locator("#send-report").click()
    page.wait_for_timeout(300)

    assert booked() == []
    assert told(page, "scan:sound") == ["REFUSED"]


def test_question_is_asked_before_a_dangerous_button(page):
    page.locator("#sure").click()
    assert page.evaluate(FOCUSED) == "confirm-no"
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    assert booked() == []

    page.locator("#sure").click()
    page.locator("#confirm-yes").click()
    answered(page, "DONE", "Arşiv: OTHER")


@pytest.mark.parametrize("answer", ["#confirm-yes", "#confirm-no"])
def test_the_next_scan_arrives_after_a_question_was_answered(page, answer):
    page.locator("#sure").click()
    page.locator(answer).click()
    page.wait_for_timeout(300)

    wedge(page, "8680000000017")

    answered(page, "OK", "8680000000017")


def test_scan_during_a_question_is_refused_loudly_and_answers_nothing(page):
    page.locator("#sure").click()
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "confirm-yes"

    wedge(page, "8680000000017")

    assert page.locator("#confirm-dialog[open]").count() == 1
    assert page.locator("#confirm-warning").is_visible()
    assert told(page, "scan:sound") == ["REFUSED"]
    assert booked() == []
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.id === 'scan'")


def test_button_pressed_twice_is_sent_once(page):
    page.get_by_role("button", name="Arşive koy").dblclick()

    answered(page, "DONE")
    page.wait_for_timeout(300)
    assert booked() == ["[park] NO_STOCK"]


def test_picture_opens_large_and_closes(page):
    page.locator(".picture").first.click()
    assert page.locator("#zoom-dialog[open]").count() == 1

    page.keyboard.press("Escape")

    page.wait_for_function("document.activeElement.id === 'scan'")


def test_label_prints_without_leaving_the_page(page):
    page.locator("#label").click()

    assert page.evaluate("window.told.filter(([name]) => name === 'scan:print').length") == 1
    assert page.url.endswith("/scan/try/")
    page.wait_for_function("document.activeElement.id === 'scan'")


def printed(page: Any) -> list[str]:
    return [
        detail["href"].partition("?for=")[2]
        for name, detail in page.evaluate("window.told")
        if name == "scan:print"
    ]


def test_label_of_a_finished_order_prints_by_itself_once(page):
    for scan in ("DONE 1", "DONE 2", "DONE 1"):
        wedge(page, scan)
        answered(page, "DONE", scan)

    assert printed(page) == ["Okundu%3A%20DONE%201", "Okundu%3A%20DONE%202"]


def test_labels_do_not_print_by_themselves_where_that_is_switched_off(page):
    page.locator("#settings-button").click()
    page.locator("#setting-print").uncheck()
    page.locator("#settings-dialog [data-close]").click()

    wedge(page, "DONE 1")

    answered(page, "DONE")
    assert printed(page) == []


def test_answer_may_lead_to_another_page(page):
    wedge(page, "GOTO")

    page.wait_for_url("**/scan/other/")


def test_idle_page_refreshes_and_keeps_the_last_answer(open_page):
    page = open_page(make_superuser(), "/scan/try/?poll=1")
    wedge(page, "WRONG kutu")
    answered(page, "WRONG")
    ScanLog.objects.create(
        key="elsewhere-1", page="try", text="BAŞKASI", outcome="OK", user_id=ScanLog.objects.get().user_id
    )

    page.locator("#booked", has_text="BAŞKASI").wait_for()

    assert page.locator(".answer-WRONG.answer-old").count() == 1


def test_page_does_not_refresh_under_a_typing_person(open_page):
    page = open_page(make_superuser(), "/scan/try/?poll=1")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.type("A-B")

    page.wait_for_timeout(6500)

    assert asked == []
    assert page.locator("#scan").input_value() == "A-B"


# --- feedback -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["OK", "DONE", "WRONG", "NEIGHBOUR", "REFUSED", "UNKNOWN"])
def test_outcome_is_seen_heard_and_felt(page, outcome):
    wedge(page, f"{outcome} 1")

    answered(page, outcome)
    assert told(page, "scan:sound") == [outcome]
    assert told(page, "scan:vibrate") == [outcome]
    assert page.locator(f".flash.flash-{outcome}.flash-on").count() == 1
    voice = "#say-loud" if outcome not in {"OK", "DONE"} else "#say"
    page.locator(voice, has_text=f"Okundu: {outcome} 1").wait_for(state="attached")


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


# --- Wi-Fi -----------------------------------------------------------------------------------------------------------


def worker_ready(page: Any) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def test_scans_without_connection_wait_survive_a_reload_and_arrive_once_in_order(page):
    worker_ready(page)
    page.context.set_offline(True)
    for scan in ("A-B-03", "8680000000017", "A-B-04"):
        wedge(page, scan)
    page.locator("#queue-count", has_text="3").wait_for()
    answered(page, "QUEUED")
    assert page.locator("#notice-offline").is_visible()

    page.reload()
    ready(page)
    page.locator("#queue-count", has_text="3").wait_for()
    assert page.locator("#scan").is_visible()
    wedge(page, "8680000000024")
    page.locator("#queue-count", has_text="4").wait_for()
    assert booked() == []

    page.context.set_offline(False)
    sent_all(page)
    page.locator("#booked").wait_for()
    assert booked() == ["A-B-03", "8680000000017", "A-B-04", "8680000000024"]
    assert page.locator("#queue-count").is_hidden()
    assert page.locator("#booked .list-row").count() == 4


def test_waiting_scans_are_listed(page):
    page.context.set_offline(True)
    wedge(page, "A-B-03")
    wedge(page, "8680000000017")

    page.locator("#queue-button").click()

    assert page.locator("#queue-list .queue-text").all_text_contents() == ["A-B-03", "8680000000017"]


def test_scan_whose_answer_was_lost_is_booked_once(page):
    lost = []

    def lose(route: Any) -> None:
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/scan/try/", lose)
    wedge(page, "A-B-03")

    sent_all(page)
    answered(page, "OK", "A-B-03")
    assert lost == [200]
    assert booked() == ["A-B-03"]


@pytest.mark.parametrize("answer", [{"status": 503}, {"status": 500}, {"status": 200, "body": "Otel Wi-Fi"}])
def test_answer_that_is_not_ours_is_asked_for_again(page, answer):
    served = []

    def serve(route: Any) -> None:
        if route.request.method == "POST" and not served:
            served.append(route.request.post_data)
            route.fulfill(**answer)
        else:
            route.continue_()

    page.route("**/scan/try/", serve)
    wedge(page, "A-B-03")

    answered(page, "OK", "A-B-03")
    assert booked() == ["A-B-03"]


def test_scan_refused_later_is_listed_until_dismissed(page):
    page.context.set_offline(True)
    wedge(page, "A-B-03")
    wedge(page, "WRONG kutu")
    wedge(page, "A-B-04")
    page.context.set_offline(False)
    sent_all(page)

    item = page.locator("#late .late-item")
    item.wait_for()
    assert item.locator(".late-code").all_text_contents() == ["WRONG kutu"]
    page.reload()
    ready(page)
    assert item.count() == 1
    wedge(page, "A-B-05")
    answered(page, "OK", "A-B-05")
    assert item.count() == 1

    page.locator("#late-dismiss-all").click()
    assert page.locator("#late").is_hidden()
    page.reload()
    ready(page)
    assert page.locator("#late").is_hidden()


def test_bad_answer_overtaken_by_the_next_scan_is_listed(page):
    wedge(page, "WRONG kutu")
    wedge(page, "A-B-04")

    answered(page, "OK", "A-B-04")
    assert page.locator("#late .late-code").all_text_contents() == ["WRONG kutu"]


def test_bad_answer_seen_at_once_is_not_listed(page):
    wedge(page, "WRONG kutu")

    answered(page, "WRONG")
    assert page.locator("#late").is_hidden()


def test_button_without_connection_is_refused_and_never_sent_later(page):
    page.context.set_offline(True)
    page.get_by_role("button", name="Arşive koy").click()
    answered(page, "REFUSED")

    page.context.set_offline(False)
    page.locator("#notice-offline").wait_for(state="hidden")
    wedge(page, "A-B-03")
    answered(page, "OK", "A-B-03")
    assert booked() == ["A-B-03"]


def test_page_of_another_address_sends_what_waits(page, live_server):
    page.context.set_offline(True)
    wedge(page, "WRONG kutu")
    page.context.set_offline(False)
    page.goto(f"{live_server.url}/scan/other/")
    ready(page)

    sent_all(page)
    page.locator("#late .late-code", has_text="WRONG kutu").wait_for()
    assert list(ScanLog.objects.values_list("page", "text")) == [("try", "WRONG kutu")]


# --- people ------------------------------------------------------------------------------------------------------------


def test_sign_out_keeps_the_scans_and_sign_in_sends_them(open_page, sign_in):
    user = make_superuser()
    page = open_page(user, "/scan/try/")
    page.context.clear_cookies(name="sessionid")

    wedge(page, "A-B-03")
    page.locator("#notice-auth").wait_for()
    assert "next=%2Fscan%2Ftry%2F" in page.locator("#notice-auth-link").get_attribute("href")
    wedge(page, "A-B-04")
    assert waiting(page) == 2
    assert booked() == []

    sign_in(page.context, user)
    page.reload()
    ready(page)
    sent_all(page)
    assert booked() == ["A-B-03", "A-B-04"]
    assert set(ScanLog.objects.values_list("user_id", flat=True)) == {user.pk}


def test_scans_are_never_booked_under_another_name(open_page, live_server):
    ayse = make_superuser("ayse")
    fatma = make_superuser("fatma")
    page = open_page(ayse, "/scan/try/")
    # Somebody else signs in on the same device, in another tab, through the real page.
    page.context.clear_cookies(name="sessionid")
    other = page.context.new_page()
    other.goto(f"{live_server.url}/admin/login/?next=/scan/other/")
    other.locator("[name=username]").fill(fatma.username)
    other.locator("[name=password]").fill("a-long-test-password-1")
    other.locator("[type=submit]").first.click()
    ready(other)

    page.bring_to_front()
    wedge(page, "A-B-03")

    page.locator("#notice-auth").wait_for()
    assert waiting(page) == 1
    assert booked() == []
    other.reload()
    ready(other)
    assert other.locator("#notice-others").is_visible()


def test_page_load_of_a_signed_out_device_shows_the_sign_in(page):
    worker_ready(page)
    page.context.clear_cookies(name="sessionid")

    page.reload()

    assert page.url.endswith("/admin/login/?next=/scan/try/")


def test_nothing_of_a_person_is_kept_by_the_service_worker(page):
    worker_ready(page)
    wedge(page, "A-B-03")
    answered(page, "OK")
    page.reload()
    ready(page)

    kept = page.evaluate(
        """async () => {
            const found = [];
            for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const request of await cache.keys()) {
                    found.push([new URL(request.url).pathname, await (await cache.match(request)).text()]);
                }
            }
            return found;
        }"""
    )

    assert [path for path, _text in kept if not path.startswith("/static/")] == ["/scan/offline/"]
    assert [path for path, text in kept if "Fatma" in text or "A-B-03" in text] == []


def test_scan_the_server_cannot_take_can_be_removed_by_hand(page):
    page.route("**/scan/try/", lambda route: route.fulfill(status=500))
    wedge(page, "A-B-03")
    page.locator("#notice-offline").wait_for()

    page.locator("#queue-button").click()
    page.locator("#queue-list .btn").click()
    page.locator("#confirm-yes").click()

    page.locator("#queue-count").wait_for(state="hidden")
    assert waiting(page) == 0


def test_scan_without_connection_cannot_be_removed(page):
    page.context.set_offline(True)
    wedge(page, "A-B-03")

    page.locator("#queue-button").click()

    assert page.locator("#queue-list .queue-item").count() == 1
    assert page.locator("#queue-list .btn").count() == 0


def test_person_without_the_right_sees_that_scans_are_kept(open_page):
    user = make_superuser()
    page = open_page(user, "/scan/try/")
    user.is_superuser = False
    user.save(update_fields=["is_superuser"])

    wedge(page, "A-B-03")

    page.locator("#notice-auth").wait_for()
    assert waiting(page) == 1
    assert booked() == []


# --- two tabs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secure", [True, False])
def test_two_tabs_send_everything_once_and_in_order(contexts, sign_in, live_server, secure):
    context = contexts()
    if not secure:
        # What a plain http address lacks.
        context.add_init_script(
            "delete Crypto.prototype.randomUUID;"
            "Object.defineProperty(Navigator.prototype, 'locks', {get: () => undefined});"
        )
    sign_in(context, make_superuser())
    tabs = [context.new_page(), context.new_page()]
    for tab in tabs:
        tab.goto(f"{live_server.url}/scan/try/")
        ready(tab)
    expected = []

    context.set_offline(True)
    for number in range(6):
        tab = tabs[number % 2]
        tab.bring_to_front()
        wedge(tab, f"KUTU-{number}")
        expected.append(f"KUTU-{number}")
    context.set_offline(False)

    sent_all(tabs[0])
    assert booked() == expected
    assert ScanLog.objects.values("key").distinct().count() == 6


# --- size, keyboard, accessibility -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/scan/try/", "/scan/", "/scan/offline/"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_page_needs_no_horizontal_scrolling(open_page, address, width):
    page = open_page(make_superuser(), address, viewport={"width": width, "height": 640})

    assert page.evaluate("document.scrollingElement.scrollWidth") == width


def test_targets_are_large_enough_for_thumbs(open_page):
    page = open_page(make_superuser(), "/scan/try/", viewport=PHONE)

    small = page.evaluate(
        """() => [...document.querySelectorAll("button, a, select, input")]
            .filter((node) => node.offsetParent && Math.min(node.offsetWidth, node.offsetHeight) < 48)
            .map((node) => node.outerHTML)"""
    )

    assert small == []


@pytest.mark.parametrize("outcome", ["OK", "DONE", "WRONG", "NEIGHBOUR", "REFUSED", "UNKNOWN"])
def test_page_has_no_serious_accessibility_finding(page, outcome):
    wedge(page, f"{outcome} 1")
    answered(page, outcome)

    assert serious_findings(page) == []


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
