"""The pages of commission files, rates and charged commissions: who may do what, and what they show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics.admin import commission_pages
from analytics.models import CommissionImport
from analytics.tasks import read_commissions_job
from gullu.models import User
from tests.analytics.commissionkit import DAY, TARIFF, apply, now_charged, read, states, workbook
from tests.factories import make_superuser, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/analytics/commissionimport/"
HAND_IN = f"{LIST}hand-in/"
RATES, CHARGED = "/admin/analytics/commissionrate/", "/admin/analytics/ordercommission/"
ORDER = "10452345678"
DECIDE, UNDO = "add_commissionimport", "change_commissionimport"
EVERYTHING = (
    "view_money",
    DECIDE,
    UNDO,
    "view_commissionimport",
    "view_commissionrate",
    "view_ordercommission",
)


def person(*rights: str) -> User:
    """Staff with exactly these rights."""
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(person(*EVERYTHING))
    return client


def page_of(pk: int) -> str:
    return f"{LIST}{pk}/change/"


def decide(client: Client, pk: int, step: str) -> Any:
    return client.post(f"{LIST}{pk}/decide/", {"step": step}, follow=True)


def told(response: Any) -> list[tuple[str, str]]:
    return [(message.level_tag, message.message) for message in response.context["messages"]]


def hand_in(
    client: Client, content: bytes, *, name: str = "hesap.xlsx", valid_from: str = "01.11.2026"
) -> Any:
    return client.post(HAND_IN, {"file": SimpleUploadedFile(name, content), "valid_from": valid_from})


def buttons(response: Any) -> list[str]:
    html = response.content.decode()
    return [step for step in ("apply", "apply-valid", "renew", "drop", "undo") if f'value="{step}"' in html]


# --- who may ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rights", "statuses"),
    [
        ((), [403, 403, 403, 403, 403]),
        (("view_money",), [403, 403, 403, 403, 403]),
        (("view_commissionimport",), [403, 403, 403, 403, 403]),
        (("view_commissionimport", "view_money"), [200, 200, 403, 403, 403]),
        (("view_commissionimport", "view_money", DECIDE), [200, 200, 200, 403, 403]),
        (("view_commissionrate",), [403, 403, 403, 200, 403]),
        (("view_ordercommission",), [403, 403, 403, 403, 200]),
    ],
)
def test_page_opens_exactly_for_people_with_its_rights(
    client: Client, rights: Sequence[str], statuses: list[int]
) -> None:
    file = read(workbook((ORDER, 19, 100, 5, None)))
    client.force_login(person(*rights))

    addresses = [LIST, page_of(file.import_id), HAND_IN, RATES, CHARGED]

    assert [client.get(address).status_code for address in addresses] == statuses


@pytest.mark.parametrize(
    ("rights", "step", "status"),
    [
        (("view_commissionimport", "view_money"), "apply", 403),
        (("view_commissionimport", "view_money"), "apply-valid", 403),
        (("view_commissionimport", "view_money"), "drop", 403),
        (("view_commissionimport", "view_money"), "renew", 403),
        (("view_commissionimport", "view_money", DECIDE), "undo", 403),
        (("view_commissionimport", DECIDE, UNDO), "apply", 403),
        (("view_money", DECIDE, UNDO), "apply", 403),
        (("view_commissionimport", "view_money", DECIDE), "apply", 302),
        (("view_commissionimport", "view_money", UNDO), "undo", 302),
    ],
)
def test_decision_needs_its_right(client: Client, rights: Sequence[str], step: str, status: int) -> None:
    file = read(workbook((ORDER, 19, 100, 5, None)))
    client.force_login(person(*rights))

    response = client.post(f"{LIST}{file.import_id}/decide/", {"step": step})

    assert response.status_code == status


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    client.force_login(make_user())

    addresses = [client.get(HAND_IN), client.post(f"{LIST}1/decide/", {"step": "apply"})]

    assert [(one.status_code, one.headers["Location"].split("?")[0]) for one in addresses] == [
        (302, "/admin/login/")
    ] * 2


def test_decisions_are_posted_only(office: Client) -> None:
    file = read(workbook((ORDER, 19, 100, 5, None)))

    assert office.get(f"{LIST}{file.import_id}/decide/").status_code == 405


def test_amounts_of_orders_are_hidden_from_people_without_the_right(client: Client) -> None:
    apply(workbook((ORDER, 19, 1234.5, 5, None)))
    with_money, without = person("view_ordercommission", "view_money"), person("view_ordercommission")

    shown = []
    for user in (with_money, without):
        client.force_login(user)
        shown.append("1.234,50 ₺" in client.get(CHARGED).content.decode())

    assert shown == [True, False]


def test_nothing_can_be_added_changed_or_deleted_by_form(client: Client) -> None:
    apply(workbook((ORDER, 19, 100, 5, None)))
    client.force_login(make_superuser())

    statuses = [client.post(f"{address}add/", {}).status_code for address in (LIST, RATES, CHARGED)] + [
        client.post(f"{LIST}{CommissionImport.objects.get().pk}/delete/", {"post": "yes"}).status_code
    ]

    assert statuses == [403] * 4
    assert states() == ["APPLIED"]


# --- the way of a file --------------------------------------------------------------------------------------------


def test_file_goes_from_hand_in_to_applied_and_undone(office: Client) -> None:
    response = hand_in(office, workbook((ORDER, 19, 100, 5, "25.10.2026")).getvalue())
    file = CommissionImport.objects.get()
    waiting = office.get(response.headers["Location"])
    read_commissions_job(import_id=file.pk)
    preview = office.get(page_of(file.pk))
    applied = decide(office, file.pk, "apply")
    charged = dict(now_charged())
    undone = decide(office, file.pk, "undo")

    assert response.headers["Location"] == page_of(file.pk)
    assert ("data-renew" in waiting.content.decode(), buttons(waiting)) == (True, ["drop"])
    assert ("data-renew" in preview.content.decode(), buttons(preview)) == (False, ["apply", "renew", "drop"])
    assert (buttons(applied), list(charged), told(applied)[0][0]) == (["undo"], [ORDER], "success")
    assert (buttons(undone), now_charged(), states()) == ([], {}, ["UNDONE"])


def test_buttons_of_the_page_carry_the_token_of_its_form() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person(*EVERYTHING))
    file = read(workbook((ORDER, 19, 100, 5, None)))
    html = strict.get(page_of(file.import_id)).content.decode()
    form = html[html.index(f'action="{LIST}{file.import_id}/decide/"') :]
    token = form.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]

    response = strict.post(f"{LIST}{file.import_id}/decide/", {"step": "apply", "csrfmiddlewaretoken": token})

    assert (response.status_code, states()) == (302, ["APPLIED"])


def test_preview_shows_old_and_new(office: Client) -> None:
    apply(workbook((ORDER, 19, 1000, 5, None)))
    file = read(workbook((ORDER, 20.5, 1000, 5, None)))

    (row,) = office.get(page_of(file.import_id)).context["page"].rows

    assert [(change.before, change.after) for change in row.changes] == [
        ("19,00 ₺", "20,50 ₺"),
        ("", "1.000,00 ₺"),
        ("", "5,00 ₺"),
    ]


def test_preview_of_a_tariff_shows_bands_and_rates(office: Client) -> None:
    apply(workbook(("868", "0-500", 19), headings=TARIFF), valid_from=date(2026, 10, 1))
    file = read(workbook(("868", "0-500", 20), ("868", "500+", 21), headings=TARIFF))

    shown = {
        tab: [
            (one.band, one.changes[0].before, one.changes[0].after)
            for one in office.get(f"{page_of(file.import_id)}?rows={tab}").context["page"].rows
        ]
        for tab in ("CHANGED", "NEW")
    }

    assert shown == {"CHANGED": [("0,00–500,00", "%19,00", "%20,00")], "NEW": [("500,00–∞", "", "%21,00")]}


def test_wrong_rows_are_shown_first_with_their_reason(office: Client) -> None:
    file = read(workbook((ORDER, "x", 1, 2, None), ("10452345679", 1, 2, 3, None)))

    response = office.get(page_of(file.import_id))

    page = response.context["page"]
    assert [(tab.outcome, tab.count, tab.shown) for tab in page.tabs] == [
        ("WRONG", 1, True),
        ("NEW", 1, False),
    ]
    assert page.rows[0].row.error in response.content.decode()
    assert buttons(response) == ["apply-valid", "renew", "drop"]


def test_valid_rows_are_written_only_when_asked_for(office: Client) -> None:
    file = read(workbook((ORDER, "x", 1, 2, None), ("10452345679", 1, 2, 3, None)))

    whole = decide(office, file.import_id, "apply")
    nothing = dict(now_charged())
    valid = decide(office, file.import_id, "apply-valid")

    assert (told(whole)[0][0], nothing) == ("error", {})
    assert (told(valid)[0][0], list(now_charged())) == ("success", ["10452345679"])


def test_preview_with_wrong_rows_alone_offers_no_writing(office: Client) -> None:
    file = read(workbook((ORDER, "x", 1, 2, None)))

    assert buttons(office.get(page_of(file.import_id))) == ["renew", "drop"]


def test_outdated_preview_is_compared_again_instead_of_written(office: Client) -> None:
    waiting = read(workbook((ORDER, 30, 100, 5, None)))
    apply(workbook((ORDER, 19, 100, 5, None)))

    response = decide(office, waiting.import_id, "apply")

    assert (told(response)[0][0], states()) == ("warning", ["PREVIEW", "APPLIED"])
    assert [(tab.outcome, tab.count) for tab in response.context["page"].tabs] == [("CHANGED", 1)]


def test_second_person_is_told_that_it_was_decided(office: Client) -> None:
    file = read(workbook((ORDER, 19, 100, 5, None)))
    decide(office, file.import_id, "apply")

    answers = [told(decide(office, file.import_id, step))[0][0] for step in ("apply", "drop", "nothing")]

    assert answers == ["error", "warning", "error"]


def test_file_that_cannot_be_read_says_why_on_its_page(office: Client) -> None:
    hand_in(office, b"%PDF-1.7", name="şükrü.pdf")
    file = CommissionImport.objects.get()
    read_commissions_job(import_id=file.pk)

    response = office.get(page_of(file.pk))

    file.refresh_from_db()
    assert file.error in response.content.decode()
    assert "şükrü.pdf" in file.error
    assert buttons(response) == []


def test_same_file_handed_in_twice_leads_to_its_page(office: Client) -> None:
    content = workbook((ORDER, 19, 100, 5, None)).getvalue()

    answers = [hand_in(office, content).headers["Location"] for _ in range(2)]

    assert (len(set(answers)), states()) == (1, ["READING"])


@pytest.mark.parametrize(
    ("content", "valid_from", "field"),
    [
        (b"", "01.11.2026", "file"),
        (b"x" * 200, "01.11.2026", "file"),
        (b"x", "32.11.2026", "valid_from"),
        (b"x", "", "valid_from"),
    ],
)
def test_hand_in_refuses_what_cannot_be(
    office: Client, content: bytes, valid_from: str, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commission_pages, "MOST_BYTES", 100)

    response = hand_in(office, content, valid_from=valid_from)

    assert (response.status_code, list(response.context["form"].errors), states()) == (200, [field], [])


def test_hand_in_without_a_file_says_so(office: Client) -> None:
    response = office.post(HAND_IN, {"valid_from": "01.11.2026"})

    assert list(response.context["form"].errors) == ["file"]


def test_waiting_page_says_when_nobody_reads(office: Client) -> None:
    hand_in(office, workbook((ORDER, 19, 100, 5, None)).getvalue())
    file = CommissionImport.objects.get()
    early = office.get(page_of(file.pk)).context["page"].overdue
    CommissionImport.objects.update(created_at=timezone.now() - 2 * commission_pages.PATIENCE)

    late = office.get(page_of(file.pk)).context["page"].overdue

    assert (early, late) == (False, True)


@pytest.mark.parametrize("address", ["0", "x", "9" * 25, "-1"])
def test_page_of_no_file_leads_away(office: Client, address: str) -> None:
    assert office.get(f"{LIST}{address}/change/").status_code in {302, 404}


@pytest.mark.parametrize("query", ["rows=NONSENSE", "rows=", "page=x", "page=99", "page=-1", "rows=WRONG"])
def test_preview_takes_any_address(office: Client, query: str) -> None:
    file = read(workbook((ORDER, 19, 100, 5, None)))

    response = office.get(f"{page_of(file.import_id)}?{query}")

    assert (response.status_code, len(response.context["page"].rows)) == (200, 1)


def test_preview_is_paged(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commission_pages, "ROWS_PER_PAGE", 2)
    file = read(workbook(*[(10**10 + number, 1, 2, 0, None) for number in range(5)]))

    pages = [office.get(f"{page_of(file.import_id)}?page={page}").context["page"].rows for page in (1, 2, 3)]

    assert [[one.row.row_number for one in rows] for rows in pages] == [[2, 3], [4, 5], [6]]


def test_number_of_statements_does_not_grow_with_the_rows(office: Client) -> None:
    addresses, counted = [LIST, RATES, CHARGED, page_of(0)], []
    for number in (1, 3):
        apply(
            workbook(*[(10**10 * number + row, 1, 2, 0, None) for row in range(number * 2)]),
            name=f"{number}.xlsx",
        )
        apply(
            workbook(*[(f"{number}-{row}", "0+", 19) for row in range(number * 2)], headings=TARIFF),
            valid_from=DAY,
        )
        addresses[3] = page_of(CommissionImport.objects.latest("pk").pk)
        counted.append([statements(office, address) for address in addresses])

    assert counted[0] == counted[1]


def statements(client: Client, address: str) -> int:
    client.get(address)  # what Django reads once per process is read before
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    "address",
    [
        f"{RATES}?holds=now",
        f"{RATES}?holds=later",
        f"{RATES}?holds=past&of=BARCODE",
        f"{RATES}?q=868",
        f"{RATES}?of=x",
        f"{CHARGED}?holds=now",
        f"{CHARGED}?q=1045",
        f"{LIST}?q=hesap",
    ],
)
def test_lists_filter_and_search(office: Client, address: str) -> None:
    apply(workbook(("868", "0+", 19), headings=TARIFF))
    apply(workbook((ORDER, 19, 100, 5, None)))

    assert office.get(address).status_code == 200


def test_rate_shows_the_last_day_on_which_it_held(office: Client) -> None:
    apply(workbook(("868", "0-500", 19), headings=TARIFF), valid_from=date(2026, 10, 1))
    apply(workbook(("868", "0-500", 20), headings=TARIFF), valid_from=date(2026, 11, 1))

    html = office.get(RATES).content.decode()

    assert ("31.10.2026" in html, "%19,00" in html, "0,00–500,00" in html) == (True, True, True)


def test_empty_lists_open(office: Client) -> None:
    assert [office.get(address).status_code for address in (LIST, RATES, CHARGED)] == [200] * 3
