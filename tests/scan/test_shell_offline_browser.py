"""The scan shell in a real browser: Wi-Fi that drops, people who change, two tabs."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.models import ScanLog
from tests.factories import make_superuser
from tests.scan.conftest import answered, ready, wedge
from tests.scan.shell import booked, sent_all, waiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("test_pages"),
]


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
    # The page that was shown without connection loads itself again by now.
    page.locator("#booked .list-row").nth(3).wait_for()
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
    # Both in one moment: the answer to the first cannot have been seen before the second was sent.
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text", "WRONG kutu\\r\\nA-B-04\\n");
            document.getElementById("scan").dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, cancelable: true}));
        }"""
    )

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
    other.goto(f"{live_server.url}/sign-in/?next=/scan/other/")
    other.locator("[name=login]").fill(fatma.username)
    other.locator("[name=password]").fill("a-long-test-password-1")
    other.locator("main form [type=submit]").first.click()
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

    assert page.url.endswith("/sign-in/?next=/scan/try/")


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
