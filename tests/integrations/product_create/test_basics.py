"""The guided page: its first page and the steps "model", "colours and sizes" and "pictures"."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from catalog.models import Product, ProductImage, SizeChart
from catalog.writing import set_basics
from gullu.models import User
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from integrations.product_create.grid import key_of, pair_of
from integrations.product_create.steps import Step
from tests.factories import make_product, make_user, make_variant
from tests.integrations.product_create.stepkit import START, make_variants, page

pytestmark = pytest.mark.django_db
OWN_STEPS = ("model", "variants", "pictures", "prices")


def basics(client: Client, product: Product, **changes: Any) -> dict[str, Any]:
    """What the form of the first step sends when only `changes` were typed."""
    context = client.get(page(product, "model")).context
    shown = {field.name: field.value() for field in context["form"]}
    data = {name: value for name, value in shown.items() if value not in {None, False}}
    return {**data, "seen": context["seen"], **changes}


def said(response: Any) -> list[str]:
    return [message.level_tag for message in get_messages(response.wsgi_request)]


# --- who may open it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"), [(MANAGER, 200), (OFFICE, 200), (WAREHOUSE, 403), (ANALYST, 403), (None, 403)]
)
def test_only_who_keeps_models_may_open_it(draft: Product, role: str | None, status: int) -> None:
    browser = Client()
    browser.force_login(make_user(role) if role else make_user())

    answers = [browser.get(START), *(browser.get(page(draft, step)) for step in OWN_STEPS)]

    assert [answer.status_code for answer in answers] == [status] * 5


def test_nobody_writes_without_the_right(draft: Product) -> None:
    browser = Client()
    browser.force_login(make_user(WAREHOUSE))

    answers = [
        browser.post(address, {"code": "0200", "title": "x"}).status_code
        for address in [START, page(draft, "discard"), *(page(draft, step) for step in OWN_STEPS)]
    ]

    assert (answers, Product.objects.count()) == ([403] * 6, 1)


def test_stranger_is_sent_to_the_sign_in(draft: Product) -> None:
    response = Client().get(page(draft, "model"))

    assert (response.status_code, response["Location"].partition("?")[0]) == (302, reverse("account_login"))


def test_throwing_away_and_addresses_of_nothing(office: Client, draft: Product) -> None:
    assert office.get(page(draft, "discard")).status_code == 405
    assert office.get("/product_create/999999/model/").status_code == 404


# --- the first page -----------------------------------------------------------------------------------------------


def test_draft_begins_on_the_first_page_and_leads_to_its_first_step(office: Client) -> None:
    response = office.post(START, {"code": " 0173 ", "title": "Çizme", "brand": "", "age_group": "MEN"})

    product = Product.objects.get()
    assert (product.code, product.draft, product.age_group) == ("0173", True, "MEN")
    assert response["Location"] == page(product, "model")


def test_wrong_first_page_says_so_at_the_field(office: Client, draft: Product) -> None:
    taken = office.post(START, {"code": "0172", "title": "Çizme", "age_group": "MEN"})
    empty = office.post(START, {"code": "", "title": "", "age_group": "MEN"})

    assert (taken.status_code, list(taken.context["form"].errors)) == (422, ["code"])
    assert (empty.status_code, list(empty.context["form"].errors)) == (422, ["code", "title"])
    assert 'aria-invalid="true"' in taken.content.decode()


def test_code_that_reads_like_another_is_noted(office: Client) -> None:
    make_product("ÇİZ-1")

    response = office.post(START, {"code": "ciz-1", "title": "Çizme", "age_group": "WOMEN"})

    assert (response.status_code, said(response)) == (302, ["warning"])


def test_first_page_lists_drafts_with_who_and_what_is_missing(
    office: Client, user: User, draft: Product
) -> None:
    make_product("0099")
    make_variants(draft, user)

    (row, url) = office.get(START).context["drafts"][0]

    assert (row.product, row.barcodes, row.started_by) == (draft, 2, "Ayşe Işık")
    assert row.open_steps == (Step.MODEL, Step.PICTURES, Step.LISTING, Step.PRICES)
    assert url == page(draft, "model")
    assert "Ayşe Işık" in office.get(START).content.decode()


def test_model_of_the_range_is_found_to_be_edited(office: Client, draft: Product) -> None:
    known = make_product("0099", title="Şık Çizme")

    found = office.get(START, {"q": "CIZME 0099"}).context["found"]
    nothing = office.get(START, {"q": "0172"})

    assert found == [(known, page(known, "model"))]
    assert (nothing.context["found"], nothing.status_code) == ([], 200)


def test_draft_is_thrown_away_and_a_model_of_the_range_is_not(office: Client, draft: Product) -> None:
    known = make_product("0099")

    answers = [office.post(page(product, "discard")) for product in (draft, known)]

    assert [said(answer) for answer in answers] == [["success"], ["success", "error"]]
    assert list(Product.objects.all()) == [known]


# --- model --------------------------------------------------------------------------------------------------------


def test_model_is_kept_and_leads_on(office: Client, draft: Product) -> None:
    chart = SizeChart.objects.create(name="Kadın")
    typed = {
        "title": "Stiletto",
        "origin": "tr",
        "size_chart": chart.pk,
        "vat_rate": "20",
        "description": "<p>Deri</p>",
        "continue": "1",
    }

    response = office.post(page(draft, "model"), basics(office, draft, **typed))

    draft.refresh_from_db()
    assert (draft.title, draft.origin, draft.size_chart, draft.vat_rate) == ("Stiletto", "TR", chart, 20)
    assert draft.description == "<p>Deri</p>"
    assert response["Location"] == page(draft, "variants")


def test_model_may_be_saved_without_leaving(office: Client, draft: Product) -> None:
    response = office.post(page(draft, "model"), basics(office, draft, stay="1"))

    assert response["Location"] == page(draft, "model")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("code", "0099"),
        ("code", ""),
        ("title", "x" * 101),
        ("origin", "QQ"),
        ("vat_rate", "18"),
        ("size_chart", "9"),
    ],
)
def test_wrong_model_says_so_at_the_field_and_keeps_what_was_typed(
    office: Client, draft: Product, name: str, value: str
) -> None:
    make_product("0099")

    response = office.post(page(draft, "model"), basics(office, draft, **{"brand": "Marka", name: value}))

    form = response.context["form"]
    assert (response.status_code, list(form.errors), form["brand"].value()) == (422, [name], "Marka")
    draft.refresh_from_db()
    assert draft.brand == ""


def test_code_of_a_model_in_the_range_cannot_be_typed_over(office: Client) -> None:
    product = make_product("0099")

    office.post(page(product, "model"), basics(office, product, code="0100", title="Bot"))

    product.refresh_from_db()
    assert (product.code, product.title) == ("0099", "Bot")


def test_code_that_makes_a_stock_code_too_long_is_said(office: Client, draft: Product, user: User) -> None:
    make_variants(draft, user, colours=("x" * 50,), sizes=("1" * 20,))

    response = office.post(page(draft, "model"), basics(office, draft, code="k" * 40))

    draft.refresh_from_db()
    assert (response.status_code, draft.code) == (422, "0172")
    assert "k" * 40 in response.context["problem"]


def test_what_somebody_else_changed_meanwhile_is_said_once(
    office: Client, draft: Product, user: User
) -> None:
    data = basics(office, draft, title="Bot")
    set_basics(product_id=draft.pk, values={"title": "Çizme", "brand": "Marka"}, user=user)

    first = office.post(page(draft, "model"), data)
    second = office.post(page(draft, "model"), {**data, "seen": first.context["seen"]})

    assert (first.status_code, list(first.context["form"].errors)) == (422, ["title"])
    draft.refresh_from_db()
    assert (second.status_code, draft.title, draft.brand) == (302, "Bot", "Marka")


# --- colours and sizes --------------------------------------------------------------------------------------------


def ticked(*pairs: tuple[str, str]) -> list[str]:
    return [key_of(*pair) for pair in pairs]


def test_ticked_pairs_get_barcodes(office: Client, draft: Product) -> None:
    response = office.post(
        page(draft, "variants"),
        {
            "colours": "Siyah\nBej",
            "sizes": "36\n36,5",
            "shown_colour": ["Siyah", "Bej"],
            "shown_size": ["36", "36,5"],
            "pair": ticked(("Siyah", "36"), ("Bej", "36,5")),
            f"barcode:{key_of('Bej', '36,5')}": "OWN-1",
            "continue": "1",
        },
    )

    rows = draft.variants.order_by("pk").values_list("colour", "size")
    assert list(rows) == [("Siyah", "36"), ("Bej", "36,5")]
    assert draft.variants.get(colour="Bej").barcode == "OWN-1"
    assert response["Location"] == page(draft, "pictures")


def test_without_its_script_every_colour_comes_in_every_size(office: Client, draft: Product) -> None:
    office.post(page(draft, "variants"), {"colours": "Siyah\r\nBej\r\n", "sizes": "36\r\n37"})

    assert draft.variants.count() == 4


def test_pair_that_lost_its_tick_is_taken_away_from_a_draft(
    office: Client, user: User, draft: Product
) -> None:
    make_variants(draft, user)
    seen = list(draft.variants.values_list("pk", flat=True))
    data = {"colours": "Siyah", "sizes": "36\n37", "shown_colour": "Siyah", "shown_size": ["36", "37"]}

    office.post(page(draft, "variants"), {**data, "pair": ticked(("Siyah", "37")), "seen": seen})

    assert list(draft.variants.values_list("size", flat=True)) == ["37"]


def test_what_cannot_be_made_is_said_and_stays_typed(office: Client, draft: Product) -> None:
    other = make_variant("8690000000012")
    data = {
        "colours": "Siyah\nBej",
        "sizes": "36",
        "shown_colour": ["Siyah", "Bej"],
        "shown_size": "36",
        "pair": ticked(("Siyah", "36")),
        f"barcode:{key_of('Siyah', '36')}": other.barcode,
    }

    response = office.post(page(draft, "variants"), data)

    assert (response.status_code, draft.variants.count()) == (422, 0)
    assert other.barcode in response.context["problem"]
    cells = [cell for row in response.context["table"] for cell in row.cells]
    assert [(cell.colour, cell.ticked, cell.own) for cell in cells] == [
        ("Siyah", True, other.barcode),
        ("Bej", False, ""),
    ]


def test_more_pairs_than_anybody_sells_are_refused_before_they_are_made(
    office: Client, draft: Product
) -> None:
    names = "\n".join(f"n{number}" for number in range(20_000))

    response = office.post(page(draft, "variants"), {"colours": names, "sizes": names})

    assert (response.status_code, draft.variants.count()) == (422, 0)
    assert "400" in response.context["problem"]


def test_table_shows_barcodes_of_a_model_in_the_range_without_ticks(office: Client) -> None:
    variant = make_variant(colour="Siyah", size="36")

    response = office.get(page(variant.product, "variants"))

    html = response.content.decode().split("<template")[0]
    assert (variant.barcode in html, 'name="pair"' in html) == (True, False)


@pytest.mark.parametrize("key", ["", "x", "[]", '["a"]', "[1,2]", '{"a":"b"}', '["a","b","c"]'])
def test_names_of_pairs_that_nobody_made_are_left_out(key: str) -> None:
    assert pair_of(key) is None


@pytest.mark.parametrize("pair", [("Siyah", "36,5"), ('Gül "kurusu"', "M/L"), ("Kırmızı:[]", "36")])
def test_names_of_pairs_lead_back_to_them(pair: tuple[str, str]) -> None:
    assert pair_of(key_of(*pair)) == pair


def test_strange_fields_are_no_error(office: Client, draft: Product) -> None:
    data = {"colours": "", "sizes": "", "pair": ["[", "{}"], "seen": ["x", "9" * 30], "barcode:zzz": "1"}

    response = office.post(page(draft, "variants"), data)

    assert (response.status_code, draft.variants.count()) == (302, 0)


# --- pictures -----------------------------------------------------------------------------------------------------


def test_pictures_have_a_strip_for_each_colour(office: Client, user: User, draft: Product) -> None:
    assert office.get(page(draft, "pictures")).context["strips"] == ()
    make_variants(draft, user, colours=("Siyah", "Bej"))

    response = office.get(page(draft, "pictures"))

    assert [strip.colour for strip in response.context["strips"]] == ["Bej", "Siyah"]
    assert response.context["next_url"] == page(draft, "listing")


def test_public_address_warning_is_shown(office: Client, draft: Product, settings: Any) -> None:
    settings.PUBLIC_BASE_URL = ""

    response = office.get(page(draft, "pictures"))

    assert "PUBLIC_BASE_URL" in response.content.decode()


def test_picture_is_added_by_its_address_and_leads_back_to_the_step(
    office: Client, user: User, draft: Product
) -> None:
    make_variants(draft, user)

    response = office.post(
        page(draft, "pictures"),
        {"action": "address", "colour": "Siyah", "url": "https://cdn.example/1.jpg"},
    )

    assert ProductImage.objects.get().product == draft
    assert response["Location"] == f"{page(draft, 'pictures')}#colour-1"


def test_right_to_keep_models_alone_adds_no_picture(draft: Product, user: User) -> None:
    make_variants(draft, user)
    names = ["add_product", "change_product", "view_product", "view_productimage"]
    keeper = make_user(is_staff=True)
    keeper.user_permissions.set(Permission.objects.filter(codename__in=names))
    browser = Client()
    browser.force_login(keeper)

    opened = browser.get(page(draft, "pictures"))
    response = browser.post(page(draft, "pictures"), {"action": "upload", "colour": "Siyah"})

    assert (opened.status_code, response.status_code, ProductImage.objects.count()) == (200, 403, 0)
