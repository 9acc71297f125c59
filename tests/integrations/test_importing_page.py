"""The page "Pazaryerinden ürün al": looking, choosing, long imports."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from catalog.models import Product, Variant
from gullu.models import JobRun, User
from gullu.roles import OFFICE, WAREHOUSE
from integrations.listing.import_job import import_listings_job, import_run
from integrations.listing.sheets import RemoteSheet
from integrations.models import Listing
from tests.factories import make_product, make_user, make_variant

pytestmark = pytest.mark.django_db
URL = "/admin/integrations/listing/import/"
CHANNEL = "TRENDYOL"
_numbers = count(1)


@pytest.fixture
def person() -> User:
    return make_user(OFFICE)


@pytest.fixture
def office(person: User) -> Client:
    """The web client: in this folder `client` is the marketplace's."""
    browser = Client()
    browser.force_login(person)
    return browser


def unknown(code: str, sizes: int = 2, *, title: str = "Kadın Babet", **remote: Any) -> None:
    """A model of one colour that is only there."""
    Listing.objects.bulk_create(
        Listing(
            channel=CHANNEL,
            barcode=f"8{next(_numbers):012d}",
            state=Listing.State.APPROVED,
            title=title,
            list_price=Decimal(600),
            sale_price=Decimal(500),
            observed_quantity=3,
            remote=RemoteSheet(
                product_code=code, title=title, colour="Siyah", size=str(36 + number), **remote
            ).as_json(),
        )
        for number in range(sizes)
    )


def tags(response: Any) -> list[str]:
    return [message.level_tag for message in response.context["messages"]]


def test_page_shows_what_would_be_created_and_what_not(office: Client) -> None:
    unknown("GÜL-1", 3, image_urls=("https://cdn.example/1.jpg",))
    unknown("K" * 41)

    response = office.get(URL)

    cards = {card.model.code: card for card in response.context["cards"]}
    assert cards["GÜL-1"].colours == (("Siyah", "36, 37, 38"),)
    assert (cards["GÜL-1"].prices, cards["GÜL-1"].model.shown) == ("500,00 ₺", 9)
    assert (cards["K" * 41].model.new, len(cards["K" * 41].model.refused)) == (None, 2)
    totals = response.context["totals"]
    assert (totals.models, totals.barcodes, totals.shown) == (2, 5, 15)
    assert "https://cdn.example/1.jpg" in response.content.decode()


def test_ticked_models_are_taken_in(office: Client) -> None:
    unknown("A1")
    unknown("A2")

    response = office.post(URL, {"action": "chosen", "model": ["A2"]}, follow=True)

    assert (tags(response), list(Product.objects.values_list("code", flat=True))) == (["success"], ["A2"])


def test_all_that_was_found_is_taken_in(office: Client) -> None:
    unknown("A1", title="Çocuk Botu")
    unknown("A2")

    response = office.post(f"{URL}?q=botu", {"action": "all"})

    assert response["Location"] == f"{URL}?q=botu"
    assert list(Product.objects.values_list("code", flat=True)) == ["A1"]


def test_refused_barcodes_are_named_and_the_rest_is_taken(office: Client) -> None:
    product = make_product("A1")
    make_variant(product=product, colour="Siyah", size="36")
    unknown("A1")

    response = office.post(URL, {"action": "all"}, follow=True)

    assert tags(response) == ["success", "error"]
    assert Variant.objects.count() == 2


@pytest.mark.parametrize("data", [{"action": "chosen"}, {"action": "chosen", "model": ["GONE"]}])
def test_nothing_to_take_in_is_said(office: Client, data: dict[str, Any]) -> None:
    unknown("A1")

    assert tags(office.post(URL, data, follow=True)) == ["warning"]


def test_strange_button_is_refused(office: Client) -> None:
    assert office.post(URL, {"action": "burn"}).status_code == 400


def test_reading_is_left_to_the_worker(office: Client) -> None:
    response = office.post(URL, {"action": "read"}, follow=True)

    assert (tags(response), OrmQ.objects.count()) == (["success"], 1)


def test_search_finds_code_title_and_barcode(office: Client) -> None:
    unknown("A1", title="Işıklı Çocuk Botu")
    unknown("A2")
    barcode = Listing.objects.filter(remote__product_code="A2").values_list("barcode", flat=True)[0]

    found = [
        [card.model.code for card in office.get(URL, {"q": text}).context["cards"]]
        for text in ("a1", "botu", barcode, "yok", "IŞIKLI", "isikli")
    ]

    assert found == [["A1"], ["A1"], ["A2"], [], ["A1"], ["A1"]]


def test_pages_keep_the_search(office: Client) -> None:
    for number in range(25):
        unknown(f"A{number:02d}", 1)

    text = office.get(URL, {"q": "babet"}).content.decode()

    assert "?q=babet&amp;page=2" in text
    assert len(office.get(URL, {"page": "2"}).context["cards"]) == 5


def test_empty_page_says_why(office: Client) -> None:
    before = office.get(URL).content.decode()
    JobRun.objects.create(
        name="sync_products", trigger="SCHEDULE", state="DONE", started_at="2026-01-01T00:00Z"
    )
    after = office.get(URL).content.decode()

    assert before != after
    assert list(office.get(URL).context["cards"]) == []


# --- long imports -------------------------------------------------------------------------------------------------


def test_long_import_is_left_to_the_worker(
    office: Client, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.admin_importing.MOST_AT_ONCE", 3)
    unknown("A1", 4)
    unknown("A2", 4)

    waiting = office.post(URL, {"action": "all"}, follow=True)
    assert (Product.objects.count(), waiting.context["run"]) == (0, None)
    counts = import_listings_job(**OrmQ.objects.get().task["kwargs"])
    done = office.get(waiting.request["PATH_INFO"])

    assert (counts["variants"], Product.objects.count()) == (8, 2)
    run = done.context["run"]
    assert (run.state, run.counts["done"], run.counts["of"], run.actor) == ("DONE", 8, 8, person)
    assert "data-renew" not in done.content.decode()


def test_run_keeps_why_barcodes_were_not_taken(office: Client, person: User) -> None:
    unknown("K" * 41, 1)
    barcode = Listing.objects.get().barcode

    import_listings_job(channel=CHANNEL, barcodes=[barcode], import_id="a1", actor_id=person.pk)

    (reason,) = import_run(import_id="a1", user=person).counts["reasons"]
    assert reason[0] == barcode
    assert reason[1] in office.get(f"{URL}a1/").content.decode()


def test_import_of_somebody_else_is_not_shown(office: Client) -> None:
    other = make_user(OFFICE)
    JobRun.objects.create(
        name="import_listings",
        trigger="STAFF",
        actor=other,
        started_at="2026-01-01T00:00Z",
        counts={"import": "a1", "of": 1, "done": 0},
    )

    assert office.get(f"{URL}a1/").context["run"] is None


def test_broken_import_says_how_to_go_on(office: Client, person: User) -> None:
    JobRun.objects.create(
        name="import_listings",
        trigger="STAFF",
        state="FAILED",
        error="Disk voll",
        actor=person,
        started_at="2026-01-01T00:00Z",
        counts={"import": "a1", "of": 1, "done": 0},
    )

    assert "Disk voll" in office.get(f"{URL}a1/").content.decode()


# --- rights and cost ----------------------------------------------------------------------------------------------


def test_page_needs_the_right_to_see_listings() -> None:
    browser = Client()
    browser.force_login(make_user(WAREHOUSE))

    assert [browser.get(url).status_code for url in (URL, f"{URL}a1/")] == [403, 403]


@pytest.mark.parametrize("rights", [(), ("add_product",), ("change_channelproduct",)])
def test_looking_is_not_importing(rights: tuple[str, ...]) -> None:
    unknown("A1")
    person = make_user(is_staff=True)
    person.user_permissions.add(*Permission.objects.filter(codename__in=("view_listing", *rights)))
    browser = Client()
    browser.force_login(person)

    page = browser.get(URL)

    assert 'name="action"' not in page.content.decode()
    assert "500,00" not in page.content.decode()
    assert [browser.post(URL, {"action": action}).status_code for action in ("all", "read")] == [403, 403]


def test_page_costs_the_same_however_much_is_unknown(office: Client) -> None:
    unknown("A1")
    office.get(URL)
    with CaptureQueriesContext(connection) as few:
        office.get(URL)
    for number in range(8):
        unknown(f"B{number}", 6)

    with CaptureQueriesContext(connection) as more:
        office.get(URL)

    assert len(more) == len(few)
