"""The page of papers: who sees what, what is remembered, and how a file is fetched."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Permission
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from django_q.models import OrmQ
from openpyxl import load_workbook

from analytics.papers import views
from analytics.papers.errors import NothingChosen
from analytics.papers.kinds import PaperKind
from gullu.models import User
from gullu.roles import ANALYST, OFFICE, WAREHOUSE
from tests.analytics.papers.kit import add_picture, images_mm, make_goods, page_texts, picture, run_queue
from tests.factories import make_shelf, make_user

pytestmark = pytest.mark.django_db
START = "/analytics/papers/"


def person(*permissions: str) -> User:
    user = make_user(is_staff=True)
    for name in permissions:
        app, _dot, codename = name.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user(OFFICE))
    return client


def form(*products: Any, **fields: Any) -> dict[str, Any]:
    """What the page sends with everything of these models ticked."""
    values: dict[str, Any] = {
        "order": "CODE",
        "only_active": "on",
        "kind": "CATALOGUE",
        "per_page": "4",
        "quality": "SCREEN",
    }
    values |= {"colour": "#b0134a", "shop": "Güllü", "entry": [f"{product.pk}:Siyah" for product in products]}
    return {**values, **fields}


def made(client: Client, data: dict[str, Any]) -> Any:
    """The response with the file, after the worker did its work."""
    asked = client.post(START, data)
    assert asked.status_code == 302, asked.content.decode()
    run_queue()
    place = urlsplit(asked.headers["Location"]).path
    return client.get(f"{place}file/")


def listed(response: Any) -> list[tuple[str, bool]]:
    """(value, ticked) of the list."""
    found = re.findall(r'name="entry"\s+value="([^"]+)"\s*(checked)?', response.content.decode())
    return [(value, bool(ticked)) for value, ticked in found]


# --- who ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["", "preview/", "some-token/", "some-token/progress/", "some-token/file/"]
)
def test_strangers_are_sent_to_the_sign_in(client: Client, address: str) -> None:
    response = client.post(START + address) if address == "preview/" else client.get(START + address)

    assert (response.status_code, urlsplit(response.headers["Location"]).path) == (
        302,
        reverse("account_login"),
    )


@pytest.mark.parametrize("user", [{"is_staff": True}, {"is_staff": False}])
def test_people_who_may_not_see_models_are_refused(client: Client, user: dict[str, bool]) -> None:
    client.force_login(make_user(**user))

    assert (client.get(START).status_code, client.post(START, form()).status_code) == (403, 403)
    assert client.post(f"{START}preview/", form()).status_code == 403


@pytest.mark.parametrize(
    ("permissions", "kinds"),
    [
        ((), ["CATALOGUE"]),
        (("gullu.view_money",), ["CATALOGUE", "PRICE_LIST", "PRICE_LIST_XLSX"]),
        (("inventory.view_centralstock",), ["CATALOGUE", "SIZE_MATRIX", "SIZE_MATRIX_XLSX"]),
        (("gullu.view_money", "inventory.view_centralstock"), PaperKind.values),
    ],
)
def test_papers_offered_are_those_a_person_may_see(
    client: Client, permissions: tuple[str, ...], kinds: list[str]
) -> None:
    client.force_login(person("catalog.view_product", *permissions))
    product = make_goods("A-1")

    page = client.get(START).content.decode()
    answers = {kind: client.post(START, form(product, kind=kind)).status_code for kind in PaperKind.values}

    assert re.findall(r'name="kind" value="(\w+)"', page) == kinds
    assert [kind for kind, status in answers.items() if status == 302] == kinds
    assert {status for kind, status in answers.items() if kind not in kinds} <= {422}
    names = {"with_prices": "gullu.view_money", "with_stock": "inventory.view_centralstock"}
    assert [f'name="{name}"' in page for name in names] == [right in permissions for right in names.values()]
    assert ('name="only_stock"' in page) is ("inventory.view_centralstock" in permissions)


@pytest.mark.parametrize("role", [OFFICE, WAREHOUSE, ANALYST])
def test_every_role_may_make_a_catalogue(client: Client, role: str) -> None:
    client.force_login(make_user(role))

    assert made(client, form(make_goods("A-1"))).status_code == 200


def test_ticking_what_one_may_not_see_changes_nothing(client: Client) -> None:
    client.force_login(person("catalog.view_product"))
    product = make_goods("A-1", shelf=make_shelf(), pairs=7, price="1299.90")

    page = client.get(START).content.decode()
    response = made(client, form(product, with_prices="on", with_stock="on", only_stock="on"))

    text = page_texts(b"".join(response))[0]
    assert ("1.299,90" in text, "36(7)" in text, "21 çift" in page.partition("pp-list")[2]) == (
        False,
        False,
        False,
    )


# --- choosing -------------------------------------------------------------------------------------------------------


def test_page_lists_what_the_filter_finds_with_everything_ticked(office: Client) -> None:
    first = make_goods("A-1", brand="Güllü")
    add_picture(first, "Siyah", picture())
    second = make_goods("B-2", brand="Işıl", title="Şık <b>")

    every = office.get(START)
    some = office.get(START, {"search": "şık", "brand": "Işıl"})

    assert listed(every) == [(f"{first.pk}:Siyah", True), (f"{second.pk}:Siyah", True)]
    assert listed(some) == [(f"{second.pk}:Siyah", True)]
    assert "Şık &lt;b&gt;" in some.content.decode()
    marks = [row.has_picture for row in every.context["rows"]]
    assert (marks, every.headers["Cache-Control"]) == ([True, False], "private, no-store")


def test_nothing_found_is_said(office: Client) -> None:
    make_goods("A-1")

    page = office.get(START, {"search": "yokböylebirşey"})

    assert (page.status_code, listed(page), 'class="g-empty"' in page.content.decode()) == (200, [], True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("brand", "Yok"),
        ("order", "X"),
        ("kind", "X"),
        ("per_page", "3"),
        ("colour", "red"),
        ("search", "x" * 200),
    ],
)
def test_wrong_address_is_answered_beside_the_field(office: Client, name: str, value: str) -> None:
    make_goods("A-1")

    page = office.get(START, {name: value})

    assert page.status_code == 200
    errors = page.context["filters"].errors | page.context["form"].errors
    assert list(errors) == [name]
    assert escape(errors[name][0]) in page.content.decode()


def test_finding_keeps_the_options_in_the_address(office: Client) -> None:
    product = make_goods("A-1", brand="Güllü")

    data = form(
        product, find="1", search="a-1", brand="Güllü", per_page="9", title="Yaz & Kış", contact="a\r\nb"
    )
    response = office.post(START, data | {"with_prices": "on", "cover": ""})

    query = parse_qs(urlsplit(response.headers["Location"]).query)
    assert query == {
        "search": ["a-1"],
        "brand": ["Güllü"],
        "per_page": ["9"],
        "quality": ["SCREEN"],
        "title": ["Yaz & Kış"],
        "contact": ["a\nb"],
        "with_prices": ["true"],
        "cover": ["false"],
    }
    again = office.get(response.headers["Location"])
    values = {
        name: again.context["form"][name].value() for name in ("per_page", "title", "with_prices", "cover")
    }
    assert values == {"per_page": "9", "title": "Yaz & Kış", "with_prices": True, "cover": False}
    assert listed(again) == [(f"{product.pk}:Siyah", True)]


def test_statements_of_the_page_do_not_grow_with_the_goods(
    office: Client, django_assert_max_num_queries
) -> None:
    counts = []
    for number in (1, 6):
        for place in range(number):
            product = make_goods(f"{number}-{place}")
            add_picture(product, "Siyah", picture(10, 10))
        with django_assert_max_num_queries(40) as found:
            office.get(START)
        counts.append(len(found))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("entry", [[], ["nonsense"], ["0:Siyah"], ["x:Siyah", "-1:Siyah", ":"]])
def test_empty_choice_is_answered_with_a_sentence(office: Client, entry: list[str]) -> None:
    product = make_goods("A-1")

    page = office.post(f"{START}preview/", form(entry=entry))
    asked = office.post(START, form(entry=[*entry[:0]]))

    assert [(one.status_code, NothingChosen().message in one.content.decode()) for one in (page, asked)] == [
        (422, True),
        (422, True),
    ]
    assert listed(page) == [(f"{product.pk}:Siyah", False)]
    assert OrmQ.objects.count() == 0


def test_more_than_the_page_lists_is_taken_as_a_whole(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_LISTED", 2)
    products = [make_goods(f"A-{number}", brand="Işıl") for number in range(3)]
    make_goods("B-1")

    page = office.get(START, {"brand": "Işıl"})
    response = made(office, form(products[0], everything="1", brand="Işıl"))

    assert (len(listed(page)), 'name="everything"' in page.content.decode()) == (2, True)
    text = page_texts(b"".join(response))[0]
    assert [code in text for code in ("A-0", "A-1", "A-2", "B-1")] == [True, True, True, False]


def test_ticks_survive_a_mistake_in_a_field(office: Client) -> None:
    first, second = make_goods("A-1"), make_goods("B-2")

    page = office.post(START, form(second, colour="red"))

    assert (page.status_code, list(page.context["form"].errors)) == (422, ["colour"])
    assert listed(page) == [(f"{first.pk}:Siyah", False), (f"{second.pk}:Siyah", True)]


def test_logo_that_is_no_picture_is_named(office: Client) -> None:
    logo = SimpleUploadedFile("logo.svg", b"<svg/>", "image/svg+xml")

    page = office.post(START, form(make_goods("A-1"), logo=logo))

    assert (page.status_code, "logo.svg" in page.content.decode(), OrmQ.objects.count()) == (422, True, 0)


# --- looking and fetching -------------------------------------------------------------------------------------------


def test_preview_shows_what_is_ticked_with_the_logo(office: Client) -> None:
    make_goods("A-1")
    product = make_goods("B-2")
    logo = SimpleUploadedFile("logo.jpg", picture(300, 100), "image/jpeg")

    response = office.post(f"{START}preview/", form(product, cover="on", logo=logo))

    texts = page_texts(response.content)
    assert (response.headers["Content-Type"], len(texts)) == ("application/pdf", 2)
    assert ("A-1" in texts[1], "B-2" in texts[1], len(images_mm(response.content))) == (False, True, 1)
    assert not default_storage.exists("papers")


@pytest.mark.parametrize("kind", PaperKind.values)
def test_every_paper_can_be_looked_at_and_made(office: Client, kind: str) -> None:
    product = make_goods("A-1", shelf=make_shelf(), pairs=2)

    preview = office.post(f"{START}preview/", form(product, kind=kind))
    response = made(office, form(product, kind=kind))

    content = b"".join(response)
    assert "A-1" in page_texts(preview.content)[0]
    if kind.endswith("XLSX"):
        assert load_workbook(BytesIO(content)).worksheets[0]["A2"].value == "A-1"
    else:
        assert "A-1" in page_texts(content)[0]
    disposition = response.headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="[a-z-]+-\d{4}-\d\d-\d\d-\d{4}\.(pdf|xlsx)"', disposition)
    assert response.headers["Cache-Control"] == "private, no-store"


def test_waiting_page_says_how_far_it_is_and_gives_the_way_back(office: Client) -> None:
    asked = office.post(START, form(make_goods("A-1"), title="Yaz"))
    address = asked.headers["Location"]
    progress = f"{urlsplit(address).path}progress/"

    before, waiting = office.get(address), office.get(progress).json()
    run_queue()
    after, ready = office.get(address), office.get(progress).json()

    assert ((waiting["state"], waiting["done"]), (ready["state"], ready["done"], ready["of"])) == (
        ("WAITING", 0),
        ("DONE", 1, 1),
    )
    assert [f"{urlsplit(address).path}file/" in page.content.decode() for page in (before, after)] == [
        False,
        True,
    ]
    assert len(ready["problems"]) == 1
    assert ready["problems"][0] in after.content.decode().replace("&#x27;", "'")
    assert f'href="{START}?quality=SCREEN&amp;title=Yaz&amp;cover=false"' in after.content.decode()
    assert office.get(f"{urlsplit(address).path}file/").status_code == 200


def test_file_is_there_neither_early_nor_late(office: Client) -> None:
    place = urlsplit(office.post(START, form(make_goods("A-1"))).headers["Location"]).path

    early = office.get(f"{place}file/").status_code
    run_queue()
    for day in default_storage.listdir("papers")[0]:
        for name in default_storage.listdir(f"papers/{day}")[1]:
            default_storage.delete(f"papers/{day}/{name}")

    assert (early, office.get(f"{place}file/").status_code) == (404, 404)


def test_papers_of_others_and_invented_addresses_are_not_there(office: Client, client: Client) -> None:
    place = urlsplit(office.post(START, form(make_goods("A-1"))).headers["Location"]).path
    run_queue()
    other = Client()
    other.force_login(make_user(OFFICE))

    for address in (place, f"{START}invented/"):
        statuses = [other.get(f"{address}{part}").status_code for part in ("", "progress/", "file/")]
        assert statuses == [404, 404, 404]


def test_right_that_was_taken_away_closes_the_file(client: Client) -> None:
    user = person("catalog.view_product", "gullu.view_money")
    client.force_login(user)
    asked = client.post(START, form(make_goods("A-1"), kind="PRICE_LIST"))
    run_queue()
    file = f"{urlsplit(asked.headers['Location']).path}file/"

    before = client.get(file).status_code
    user.user_permissions.remove(Permission.objects.get(codename="view_money"))

    assert (before, client.get(file).status_code) == (200, 403)


def test_failure_is_told_with_its_reason(office: Client) -> None:
    product = make_goods("A-1")
    address = office.post(START, form(product)).headers["Location"]
    product.variants.update(active=False)

    with pytest.raises(NothingChosen):
        run_queue()
    page = office.get(address)

    assert (NothingChosen().message in page.content.decode(), page.context["failed"]) == (True, True)
