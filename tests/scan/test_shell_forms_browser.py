"""The scan shell in a real browser: buttons, forms, questions, labels."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.models import ScanLog
from tests.factories import make_superuser
from tests.scan.conftest import answered, ready, told, wedge
from tests.scan.shell import FOCUSED, booked, until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("test_pages"),
]


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
    until(page, "document.activeElement.id === 'scan'")


def test_button_pressed_twice_is_sent_once(page):
    page.get_by_role("button", name="Arşive koy").dblclick()

    answered(page, "DONE")
    page.wait_for_timeout(300)
    assert booked() == ["[park] NO_STOCK"]


def test_picture_opens_large_and_closes(page):
    page.locator(".picture").first.click()
    assert page.locator("#zoom-dialog[open]").count() == 1

    page.keyboard.press("Escape")

    until(page, "document.activeElement.id === 'scan'")


def test_label_prints_without_leaving_the_page(page):
    page.locator("#label").click()

    assert page.evaluate("window.told.filter(([name]) => name === 'scan:print').length") == 1
    assert page.url.endswith("/scan/try/")
    until(page, "document.activeElement.id === 'scan'")


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


@pytest.fixture
def polling_page(open_page):
    """Looks for news every second while nobody touches it; its clock can be moved on."""
    page = open_page(make_superuser(), "/scan/try/?poll=1")
    page.clock.install()
    page.reload()
    ready(page)
    return page


def test_idle_page_refreshes_and_keeps_the_last_answer(polling_page):
    page = polling_page
    wedge(page, "WRONG kutu")
    answered(page, "WRONG")
    ScanLog.objects.create(
        key="elsewhere-1", page="try", text="BAŞKASI", outcome="OK", user_id=ScanLog.objects.get().user_id
    )

    page.clock.run_for(6500)

    page.locator("#booked", has_text="BAŞKASI").wait_for()
    assert page.locator(".answer-WRONG.answer-old").count() == 1


def test_page_does_not_refresh_under_a_typing_person(polling_page):
    page = polling_page
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.type("A-B")

    page.clock.run_for(6500)
    page.wait_for_timeout(200)

    assert asked == []
    assert page.locator("#scan").input_value() == "A-B"
