"""The page of a model's pictures: what it shows, who may do what, and the answers of its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from catalog.models import Product, ProductImage
from gullu.models import User
from gullu.roles import ANALYST, OFFICE, WAREHOUSE
from tests.catalog.drawing import sent, upload
from tests.factories import make_product, make_user, make_variant

pytestmark = pytest.mark.django_db
COLOUR = "Siyah"


@pytest.fixture
def product() -> Product:
    product = make_product("0172")
    make_variant(product=product, colour=COLOUR)
    make_variant(product=product, colour=COLOUR, size="38")
    make_variant(product=product, colour="Bej")
    return product


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user(OFFICE))
    return client


def page(product: Product) -> str:
    return reverse("admin:catalog_product_pictures", args=[product.pk])


def placed(product: Product, count: int) -> list[int]:
    rows = [
        ProductImage.objects.create(
            product=product, colour=COLOUR, url=f"https://cdn.example/{n}.jpg", position=n
        )
        for n in range(1, count + 1)
    ]
    return [row.pk for row in rows]


def order() -> list[int]:
    return list(ProductImage.objects.filter(colour=COLOUR).order_by("position").values_list("pk", flat=True))


def step(client: Client, product: Product, **fields: Any) -> Any:
    """What the script sends; returns its answer."""
    response = client.post(
        page(product), {"colour": COLOUR, **fields}, headers={"accept": "application/json"}
    )
    return response.json() if response.status_code == 200 else response.status_code


def said(client: Client, product: Product, **fields: Any) -> list[tuple[str, str]]:
    """What the plain form leads to, as (level, sentence)."""
    with override("en"):
        response = client.post(page(product), {"colour": COLOUR, **fields}, follow=True)
    return [(message.level_tag, str(message)) for message in get_messages(response.wsgi_request)]


def test_every_colour_has_its_strip_also_one_without_pictures(office: Client, product: Product) -> None:
    placed(product, 2)
    ProductImage.objects.create(product=product, colour="Eski renk", url="https://cdn.example/9.jpg")

    strips = office.get(page(product)).context["strips"]

    assert [(strip.colour, len(strip.pictures), strip.room) for strip in strips] == [
        ("Bej", 0, 8),
        ("Siyah", 2, 6),
        ("Eski renk", 1, 7),
    ]


def test_model_without_colours_and_model_that_is_not_there(office: Client) -> None:
    bare = make_product()

    response = office.get(page(bare))

    assert (response.status_code, response.context["strips"]) == (200, ())
    assert office.get(reverse("admin:catalog_product_pictures", args=[10**9])).status_code == 404


@pytest.mark.parametrize("shown", [1, 8])
def test_page_takes_the_same_statements_for_one_picture_and_for_many(
    office: Client, product: Product, shown: int
) -> None:
    placed(product, shown)
    office.get(page(product))

    with CaptureQueriesContext(
        connection,
    ) as statements:
        office.get(page(product))

    ours = [one["sql"] for one in statements if '"catalog_' in one["sql"]]
    assert len(ours) == 3  # the model, its colours, its pictures


def test_page_warns_while_trendyol_cannot_reach_it(office: Client, product: Product, settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "http://192.168.1.20:8000"
    inside = office.get(page(product)).context["problem"]
    settings.PUBLIC_BASE_URL, settings.ALLOWED_HOSTS = (
        "https://shop.gullu.com",
        ["testserver", "shop.gullu.com"],
    )
    outside = office.get(page(product))

    assert ("192.168.1.20" in inside, outside.context["problem"], b"g-alarm" in outside.content) == (
        True,
        "",
        False,
    )


def test_script_gets_a_sentence_for_the_file_and_the_new_strip(office: Client, product: Product) -> None:
    answer = step(office, product, action="upload", pictures=sent(name="topuk.jpg"))

    row = ProductImage.objects.get()
    assert [
        (one["good"], "topuk.jpg" in one["sentence"], len(one["notes"])) for one in answer["results"]
    ] == [
        (True, True, 1)  # it was small
    ]
    assert (f'data-id="{row.pk}"' in answer["strip"], row.thumb_address in answer["strip"]) == (True, True)


def test_plain_form_sends_several_files_and_says_what_became_of_each(
    office: Client, product: Product
) -> None:
    files = [sent(1, "a.jpg"), upload(b"<svg/>", "b.jpg"), sent(1, "c.jpg"), sent(2, "d.jpg")]

    told = said(office, product, action="upload", pictures=files)

    assert [(level, text.split()[0]) for level, text in told] == [
        ("success", "a.jpg"),
        ("warning", "a.jpg"),
        ("error", "b.jpg"),
        ("error", "c.jpg"),
        ("success", "d.jpg"),
        ("warning", "d.jpg"),
    ]
    assert list(ProductImage.objects.order_by("position").values_list("position", flat=True)) == [1, 2]


def test_plain_form_leads_back_to_its_colour(office: Client, product: Product) -> None:
    response = office.post(page(product), {"action": "upload", "colour": COLOUR})

    assert (response.status_code, response["Location"]) == (302, f"{page(product)}#colour-2")


def test_pictures_are_moved_ordered_and_deleted(office: Client, product: Product) -> None:
    a, b, c = placed(product, 3)

    step(office, product, action="move", id=c, step="FIRST")
    assert order() == [c, a, b]
    step(office, product, action="order", id=[b, a, c])
    assert order() == [b, a, c]
    answer = step(office, product, action="delete", id=a)
    assert order() == [b, c]
    assert (answer["results"][0]["good"], f'data-id="{a}"' in answer["strip"]) == (True, False)


def test_address_is_added(office: Client, product: Product) -> None:
    told = said(office, product, action="address", url="https://cdn.example/1.jpg")
    refused = said(office, product, action="address", url="1.jpg")

    assert [told, refused] == [
        [("success", "The picture was added.")],
        [("error", "“1.jpg” is no address of a picture: write one that begins with https://.")],
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "upload"},
        {"action": "upload", "pictures": ""},
        {"action": "move", "id": "1", "step": "UP"},
        {"action": "move", "id": "x", "step": "LEFT"},
        {"action": "move", "id": "9" * 30, "step": "LEFT"},
        {"action": "delete"},
        {"action": "delete", "id": "²"},
        {"action": "order", "id": "1"},
        {"action": "address"},
        {"action": "upload", "colour": "Mor"},
        {"action": "delete", "id": "1", "colour": ""},
    ],
)
def test_wrong_step_is_answered_with_a_sentence(office: Client, product: Product, fields: Any) -> None:
    placed(product, 2)

    answer = step(office, product, **fields)

    assert [one["good"] for one in answer["results"]] == [False]
    assert ProductImage.objects.count() == 2


@pytest.mark.parametrize("action", ["", "burn", "__class__", "try"])
def test_button_that_does_not_exist_is_refused(office: Client, product: Product, action: str) -> None:
    assert step(office, product, action=action) == 400


@pytest.mark.parametrize(("role", "sees"), [(OFFICE, 200), (ANALYST, 200), (WAREHOUSE, 200), (None, 403)])
def test_only_who_sees_the_catalogue_sees_the_page(
    client: Client, product: Product, role: str | None, sees: int
) -> None:
    client.force_login(make_user(role) if role else make_user(is_staff=True))

    assert client.get(page(product)).status_code == sees


def test_strangers_are_sent_to_sign_in(client: Client, product: Product) -> None:
    response = client.get(page(product))

    assert (response.status_code, response["Location"].startswith(reverse("admin:login"))) == (302, True)


ACTIONS: dict[str, Callable[[int], dict[str, Any]]] = {
    "upload": lambda _pk: {"pictures": sent()},
    "address": lambda _pk: {"url": "https://cdn.example/7.jpg"},
    "order": lambda pk: {"id": pk},
    "move": lambda pk: {"id": pk, "step": "FIRST"},
    "delete": lambda pk: {"id": pk},
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", [WAREHOUSE, ANALYST])
def test_who_only_looks_changes_nothing_and_sees_no_buttons(
    client: Client, product: Product, role: str, action: str
) -> None:
    (pk,) = placed(product, 1)
    client.force_login(make_user(role))

    status = step(client, product, action=action, **ACTIONS[action](pk))

    content = client.get(page(product)).content.decode()
    assert (status, order()) == (403, [pk])
    assert [mark in content for mark in ('name="action"', 'draggable="true"', 'type="file"')] == [False] * 3


@pytest.mark.parametrize(
    ("right", "allowed"),
    [
        ("add_productimage", {"upload", "address"}),
        ("change_productimage", {"order", "move"}),
        ("delete_productimage", {"delete"}),
        ("view_productimage", set()),
    ],
)
def test_each_button_asks_for_its_own_right(
    client: Client, product: Product, right: str, allowed: set[str]
) -> None:
    person: User = make_user(is_staff=True)
    names = {"view_product", "view_productimage", "change_product", right}
    person.user_permissions.set(
        Permission.objects.filter(codename__in=names, content_type__app_label="catalog")
    )
    client.force_login(person)
    (pk,) = placed(product, 1)

    statuses = {name: step(client, product, action=name, **fields(pk)) for name, fields in ACTIONS.items()}

    assert {name for name, status in statuses.items() if status != 403} == allowed


def test_forms_need_their_token(product: Product) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(OFFICE))

    assert client.post(page(product), {"action": "upload", "colour": COLOUR}).status_code == 403


def test_name_of_a_file_is_text_on_the_page(office: Client, product: Product) -> None:
    content = office.post(
        page(product),
        {"action": "upload", "colour": COLOUR, "pictures": upload(b"x", "<img src=x onerror=alert(1)>.jpg")},
        follow=True,
    ).content.decode()

    assert "<img src=x" not in content


def test_page_of_the_model_shows_the_pictures_and_leads_to_them(office: Client, product: Product) -> None:
    placed(product, 2)

    content = office.get(reverse("admin:catalog_product_change", args=[product.pk])).content.decode()

    assert [text in content for text in (page(product), "https://cdn.example/2.jpg")] == [True, True]
