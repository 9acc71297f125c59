"""The page of sheets: who sees what, from the upload to the decision, and what is refused on the way."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from catalog.models import Variant
from gullu.excel import pages, services
from gullu.excel.views import token_of
from gullu.models import User
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from inventory.models import CentralStock
from tests.factories import make_product, make_shelf, make_superuser, make_user, make_variant, stock
from tests.gullu.excelkit import body, cells, give, run_queue, workbook

pytestmark = pytest.mark.django_db
HEADS = ("Barkod", "Liste fiyatı", "Satış fiyatı")
SLUGS = ["products", "prices", "costs", "counts", "placements"]


@pytest.fixture(autouse=True)
def empty_storage(settings: Any) -> None:
    """Files are no part of the transaction that is rolled back."""
    settings.STORAGES = dict(settings.STORAGES)


@pytest.fixture
def boots() -> Variant:
    return make_variant("8680000000017", product=make_product("GA-1042"), colour="İğne Ucu")


@pytest.fixture
def person() -> User:
    return make_user(OFFICE)


@pytest.fixture
def office(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def sent(client: Client, slug: str, content: bytes, name: str = "fiyat.xlsx") -> Any:
    upload = SimpleUploadedFile(name, content)
    return client.post(reverse("excel:hand_in", args=[slug]), {"file": upload})


def page_of(client: Client, slug: str, content: bytes) -> str:
    """The address of the page of a file that was handed in."""
    response = sent(client, slug, content)
    assert response.status_code == 302, response.content.decode()
    return str(response.headers["Location"])


def choice(client: Client, address: str, rows: str) -> dict[str, str]:
    """What a button of the preview sends."""
    found = re.search(r'name="preview" value="(\w+)"', client.get(address).content.decode())
    assert found is not None
    return {"rows": rows, "preview": found[1]}


def buttons(page: str) -> dict[str, bool]:
    """Which of the two decisions are offered, and whether they can be taken."""
    found = re.findall(r'<button type="submit"\s+name="rows"\s+value="(\w+)"([^>]*)>', page)
    return {value: "disabled" not in rest for value, rest in found}


# --- who ----------------------------------------------------------------------------------------------------------


def test_strangers_are_sent_to_the_sign_in(client: Client) -> None:
    answers = [client.get(reverse("excel:start")), sent(client, "prices", b"x")]

    assert [urlsplit(one.headers["Location"]).path for one in answers] == [reverse("account_login")] * 2


@pytest.mark.parametrize(
    ("role", "downloads", "uploads"),
    [
        (MANAGER, SLUGS, SLUGS),
        (OFFICE, SLUGS, SLUGS),
        (WAREHOUSE, ["products", "counts", "placements"], ["placements"]),
        (ANALYST, SLUGS, []),
    ],
)
def test_roles_reach_the_sheets_they_may(
    client: Client, role: str, downloads: list[str], uploads: list[str]
) -> None:
    client.force_login(make_user(role))
    content = workbook(("Boş",))

    start = client.get(reverse("excel:start")).content.decode()
    shown = [slug for slug in SLUGS if f"?kind={slug}" in start]
    got = [slug for slug in SLUGS if client.get(reverse("excel:download", args=[slug])).status_code == 200]
    templates = [
        slug for slug in SLUGS if client.get(reverse("excel:template", args=[slug])).status_code == 200
    ]
    taken = [slug for slug in SLUGS if sent(client, slug, content).status_code == 422]
    refused = [slug for slug in SLUGS if sent(client, slug, content).status_code == 403]

    assert (shown, got, templates, taken) == (downloads, downloads, downloads, uploads)
    assert refused == [slug for slug in SLUGS if slug not in uploads]


@pytest.mark.parametrize("options", [{"is_staff": True}, {"is_staff": False}])
def test_people_without_rights_see_nothing(client: Client, options: dict[str, bool]) -> None:
    client.force_login(make_user(**options))

    assert client.get(reverse("excel:start")).status_code == 403
    assert client.get(reverse("excel:download", args=["products"])).status_code == 403


def test_kind_that_does_not_exist_is_not_found(office: Client) -> None:
    assert office.get(reverse("excel:download", args=["orders"])).status_code == 404


def test_file_opens_only_for_who_handed_it_in(office: Client, boots: Variant, person: User) -> None:
    address = page_of(office, "prices", workbook(HEADS, (boots.barcode, 900, 800)))
    stranger = Client()
    stranger.force_login(make_superuser())

    statuses = [stranger.get(address).status_code, stranger.post(f"{address}decide/").status_code]

    assert (statuses, office.get(address).status_code) == ([404, 404], 200)
    assert office.get(reverse("excel:file", args=["nonsense"])).status_code == 404


def test_right_that_was_taken_away_closes_the_file(client: Client, boots: Variant) -> None:
    user = make_user(is_staff=True)
    names = ("view_product", "view_variant", "change_variant", "view_money")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    address = page_of(client, "prices", workbook(HEADS, (boots.barcode, 900, 800)))

    user.user_permissions.remove(Permission.objects.get(codename="view_money"))

    answers = [client.get(address), client.post(f"{address}decide/"), client.get(f"{address}left-out/")]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_address_of_a_refused_file_opens_again(office: Client, boots: Variant) -> None:
    refused = sent(office, "costs", b"a;b\n1;2\n", "yok.csv")
    again = office.get(reverse("excel:hand_in", args=["costs"]), follow=True)

    assert (refused.status_code, again.redirect_chain) == (
        422,
        [(f"{reverse('excel:start')}?kind=costs", 302)],
    )
    assert again.context["kind"].slug == "costs"


def test_menu_shows_where_one_is_while_a_file_is_looked_at(office: Client, boots: Variant) -> None:
    response = office.get(sent(office, "prices", workbook(HEADS, ("8680000000017", "2", "1"))).url)

    groups = response.context["sidebar_navigation"]
    lit = [item["link"] for group in groups for item in group["items"] if item["active"]]
    assert lit == [reverse("excel:start")]


def test_decision_needs_a_post(office: Client, boots: Variant) -> None:
    address = page_of(office, "prices", workbook(HEADS, (boots.barcode, 900, 800)))

    assert office.get(f"{address}decide/").status_code == 405


# --- from the upload to the decision ------------------------------------------------------------------------------


def test_upload_is_previewed_and_written(office: Client, boots: Variant) -> None:
    address = page_of(office, "prices", workbook(HEADS, (boots.barcode, "1.499,90", 1299.9)))

    page = office.get(address).content.decode()
    unchanged = Variant.objects.get().sale_price
    after = office.post(f"{address}decide/", choice(office, address, "all"), follow=True).content.decode()

    assert re.findall(r"<del>([^<]+)</del>.*?<ins>([^<]+)</ins>", page, re.DOTALL) == [
        ("600,00", "1.499,90"),
        ("500,00", "1.299,90"),
    ]
    assert "GA-1042 İğne Ucu 37" in page
    assert (unchanged, Variant.objects.get().sale_price) == (Decimal("500.00"), Decimal("1299.90"))
    assert ("g-good" in after, 'name="rows"' in after) == (True, False)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("8680000000017", 900, 800)], {"all": True, "valid": False}),
        ([("8680000000017", 900, 800), ("x", 1, 1)], {"all": False, "valid": True}),
        ([("x", 1, 1)], {}),
        ([("8680000000017", 600, 500)], {}),
    ],
)
def test_decisions_that_make_no_sense_are_not_offered(
    office: Client, boots: Variant, rows: list[tuple[Any, ...]], expected: dict[str, bool]
) -> None:
    page = office.get(page_of(office, "prices", workbook(HEADS, *rows))).content.decode()

    assert buttons(page) == expected


def test_forced_decision_over_wrong_rows_writes_nothing(office: Client, boots: Variant) -> None:
    content = workbook(HEADS, (boots.barcode, 900, 800), ("x", 1, 1))
    address = page_of(office, "prices", content)

    page = office.post(f"{address}decide/", choice(office, address, "all"), follow=True).content.decode()

    assert Variant.objects.get().sale_price == Decimal("500.00")
    assert buttons(page) == {"all": False, "valid": True}


def test_rows_left_out_are_handed_back_with_their_reasons(office: Client, boots: Variant) -> None:
    content = workbook(HEADS, (boots.barcode, 900, 800), ("8690000000001", 1, 1))
    address = page_of(office, "prices", content)
    wrong = cells(body(office.get(f"{address}left-out/")))

    after = office.post(f"{address}decide/", choice(office, address, "valid"), follow=True).content.decode()
    left = cells(body(office.get(f"{address}left-out/")))

    assert wrong == left
    assert (left[1][0], left[1][2], "8690000000001" in left[1][1]) == (3, "8690000000001", True)
    assert f"{address}left-out/" in after


def test_writing_twice_writes_once(office: Client) -> None:
    shelf, target, boots = make_shelf(), make_shelf(), make_variant()
    stock(boots, shelf, 5)
    heads = ("Barkod", "Simdiki raf", "Hedef raf", "Adet")
    address = page_of(office, "placements", workbook(heads, (boots.barcode, shelf.code, target.code, 2)))

    pressed = choice(office, address, "all")

    answers = [office.post(f"{address}decide/", pressed).status_code for _time in range(3)]

    assert answers == [302, 302, 302]
    assert boots.movements.filter(kind="MOVE").count() == 2
    assert CentralStock.objects.get(variant=boots).qty == 5


def test_file_that_cannot_be_read_is_refused_on_the_page(office: Client) -> None:
    answers = [
        sent(office, "prices", b"%PDF"),
        sent(office, "prices", workbook(("Barkod",), ("1",))),
        office.post(reverse("excel:hand_in", args=["prices"])),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert [answer.content.decode().count('role="alert"') for answer in answers] == [1, 1, 1]


def test_what_people_typed_is_shown_as_text(office: Client, boots: Variant) -> None:
    evil = "<script>alert(1)</script>"
    address = page_of(office, "products", workbook(("Barkod", "Başlık", evil), (boots.barcode, evil, 1)))

    page = office.get(address).content.decode()

    assert (evil in page, "&lt;script&gt;" in page) == (False, True)


def test_large_file_shows_its_progress(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "QUICK_ROWS", 1)
    variants = [make_variant() for _number in range(3)]
    address = page_of(office, "prices", workbook(HEADS, *((one.barcode, 900, 800) for one in variants)))

    stages = [office.get(f"{address}progress/").json()["stage"]]
    waiting = office.get(address).content.decode()
    run_queue()
    stages.append(office.get(f"{address}progress/").json()["stage"])
    office.post(f"{address}decide/", choice(office, address, "all"))
    stages.append(office.get(f"{address}progress/").json()["stage"])
    run_queue()
    stages.append(office.get(f"{address}progress/").json()["stage"])

    assert stages == ["WAITING", "PREVIEW", "APPLYING", "APPLIED"]
    assert "<progress" in waiting


def test_preview_is_paged(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "ROWS_PER_PAGE", 2)
    variants = [make_variant() for _number in range(5)]
    address = page_of(office, "prices", workbook(HEADS, *((one.barcode, 900, 800) for one in variants)))

    shown = [
        re.findall(
            r"</span> (\d+)</span>", office.get(f"{address}?rows=CHANGED&page={page}").content.decode()
        )
        for page in (1, 2, 3)
    ]

    assert shown == [["2", "3"], ["4", "5"], ["6"]]
    assert office.get(f"{address}?rows=nonsense&page=zzz").status_code == 200


# --- downloading --------------------------------------------------------------------------------------------------


def test_download_holds_what_was_searched_for(office: Client, boots: Variant) -> None:
    make_variant()
    address = reverse("excel:download", args=["prices"])

    everything = cells(body(office.get(address)))
    found = cells(body(office.get(address, {"q": "iğne"})))
    response = office.get(address, {"q": "iğne", "as": "csv"})

    assert (len(everything), [row[0] for row in found[1:]]) == (3, [boots.barcode])
    assert body(response).decode("utf-8-sig").splitlines()[1].startswith(boots.barcode)
    assert re.fullmatch(r'attachment; filename="[a-z]+-[\d-]+\.csv"', response.headers["Content-Disposition"])


def test_template_is_empty_and_explained(office: Client) -> None:
    book = load_workbook(BytesIO(body(office.get(reverse("excel:template", args=["counts"])))))

    assert (len(book.worksheets), book.worksheets[0].max_row) == (2, 1)


def test_pages_cost_as_many_statements_for_many_rows(office: Client, person: User) -> None:
    def statements(count: int) -> list[int]:
        variants = [make_variant() for _number in range(count)]
        content = workbook(HEADS, *((one.barcode, 900, 800) for one in variants))
        token = token_of(give("prices", content, user=person), person)
        numbers = []
        for name, arguments in (
            ("start", []),
            ("file", [token]),
            ("download", ["products"]),
            ("download", ["counts"]),
        ):
            with CaptureQueriesContext(connection) as captured:
                body(office.get(reverse(f"excel:{name}", args=arguments)))
            numbers.append(len(captured))
        return numbers

    statements(1)
    few, many = statements(2), statements(30)

    assert few == many
