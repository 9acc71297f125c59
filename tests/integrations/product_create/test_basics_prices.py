"""The guided page: the step "prices and desi", how far a model is, and what the pages cost."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Product, ProductImage
from catalog.writing import finish_draft, set_basics, start_draft
from gullu.models import User
from integrations.models import ChannelProduct, Listing
from integrations.product_create.progress import progress_of
from integrations.product_create.steps import Step, StepState
from orders.enums import Channel
from tests.factories import make_product, make_user
from tests.integrations.product_create.stepkit import START, make_variants, page

pytestmark = pytest.mark.django_db
OWN_STEPS = ("model", "variants", "pictures", "prices")


def prices(client: Client, product: Product, **changes: Any) -> dict[str, Any]:
    """What the form of prices sends when only `changes` were typed; keys are `field__size`."""
    context = client.get(page(product, "prices")).context
    data = {"desi": "2,0", "seen": context["seen"], "seen_desi": context["seen_desi"]}
    keys: dict[str, str] = {}
    for row in context["table"]:
        for name, entry in row.entries.items():
            key = f"{name}-{row.variant.pk}"
            data[key] = entry.text
            keys[f"{name}__{row.variant.size}"] = key
    return {**data, **{keys.get(name, name): value for name, value in changes.items()}}


def errors_of(response: Any) -> dict[str, list[str]]:
    """Which fields of the table of prices are wrong, by field and size."""
    return {
        f"{name}__{row.variant.size}": entry.error
        for row in response.context["table"]
        for name, entry in row.entries.items()
        if entry.error
    }


def test_prices_are_kept_as_they_are_typed(office: Client, user: User, draft: Product) -> None:
    make_variants(draft, user)
    typed = {
        "desi": "1,5",
        "list_price__36": "1.299,90",
        "sale_price__36": "999,90",
        "cost__36": "12,5",
        "cost_currency__36": "USD",
        "safety_buffer__37": "2",
        "continue": "1",
    }

    response = office.post(page(draft, "prices"), prices(office, draft, **typed))

    small, large = draft.variants.order_by("size")
    draft.refresh_from_db()
    assert response["Location"] == page(draft, "review")
    assert (small.list_price, small.sale_price) == (Decimal("1299.90"), Decimal("999.90"))
    assert (small.cost, small.cost_currency, large.safety_buffer) == (Decimal("12.50"), "USD", 2)
    assert (large.list_price, draft.desi) == (None, Decimal("1.5"))


def test_desi_that_is_too_small_is_told_with_a_comma(office: Client, draft: Product) -> None:
    response = office.post(page(draft, "prices"), prices(office, draft, desi="0,05"))

    (sentence, *_places) = response.context["form"].errors["desi"]
    assert "0,1" in sentence


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"list_price__36": "499,90", "sale_price__36": "500"}, ["list_price__36"]),
        ({"sale_price__37": "çok"}, ["sale_price__37"]),
        ({"sale_price__36": "0", "cost__37": "-1"}, ["sale_price__36", "cost__37"]),
        ({"safety_buffer__36": "1,5"}, ["safety_buffer__36"]),
        ({"cost_currency__36": "GBP"}, ["cost_currency__36"]),
        ({"desi": "0"}, []),
        ({"desi": ""}, []),
    ],
)
def test_wrong_price_says_so_at_the_field_and_nothing_is_kept(
    office: Client, user: User, draft: Product, typed: dict[str, str], wrong: list[str]
) -> None:
    make_variants(draft, user)
    data = prices(office, draft, **{"safety_buffer__37": "7", "desi": "3", **typed})

    response = office.post(page(draft, "prices"), data)

    draft.refresh_from_db()
    assert (response.status_code, list(errors_of(response))) == (422, wrong)
    assert bool(response.context["form"].errors) == (typed.get("desi") is not None)
    assert (draft.desi, draft.variants.filter(safety_buffer=7).count()) == (Decimal(2), 0)
    assert [row.entries["safety_buffer"].text for row in response.context["table"]][1] == "7"


def test_price_somebody_else_changed_meanwhile_is_said_and_theirs_is_not_lost(
    office: Client, user: User, draft: Product
) -> None:
    make_variants(draft, user)
    data = prices(office, draft, sale_price__36="500", list_price__36="600")
    draft.variants.filter(size="36").update(sale_price=Decimal(450))
    draft.variants.filter(size="37").update(sale_price=Decimal(450))

    first = office.post(page(draft, "prices"), data)
    second = office.post(page(draft, "prices"), {**data, "seen": first.context["seen"]})

    assert list(errors_of(first)) == ["sale_price__36"]
    kept = draft.variants.order_by("size").values_list("sale_price", flat=True)
    assert (second.status_code, list(kept)) == (302, [Decimal(500), Decimal(450)])


def test_fields_that_were_not_sent_are_left_as_they_are(office: Client, user: User, draft: Product) -> None:
    make_variants(draft, user)
    draft.variants.update(sale_price=Decimal(450))
    context = office.get(page(draft, "prices")).context

    office.post(
        page(draft, "prices"), {"desi": "2", "seen": context["seen"], "seen_desi": context["seen_desi"]}
    )

    assert set(draft.variants.values_list("sale_price", flat=True)) == {Decimal(450)}


def test_without_the_right_to_money_no_amount_is_shown_or_taken(draft: Product, user: User) -> None:
    make_variants(draft, user)
    draft.variants.update(cost=Decimal("123.45"), sale_price=Decimal("678.90"))
    keeper = make_user(is_staff=True)
    keeper.user_permissions.set(
        Permission.objects.filter(codename__in=["add_product", "change_product", "view_product"])
    )
    browser = Client()
    browser.force_login(keeper)
    variant = draft.variants.first()

    html = browser.get(page(draft, "prices")).content.decode()
    data = prices(
        browser, draft, safety_buffer__36="3", **{f"cost-{variant.pk}": "1", f"sale_price-{variant.pk}": "1"}
    )
    browser.post(page(draft, "prices"), data)

    variant.refresh_from_db()
    assert [amount in html for amount in ("123", "678")] == [False, False]
    assert (variant.cost, variant.sale_price) == (Decimal("123.45"), Decimal("678.90"))
    assert draft.variants.get(size="36").safety_buffer == 3


@pytest.mark.parametrize("seen", ["", "x", "[]", '{"a":1}', '{"1":{"cost":"x"}}', '{"1":5}'])
def test_what_was_seen_is_not_believed_blindly(office: Client, user: User, draft: Product, seen: str) -> None:
    make_variants(draft, user)

    response = office.post(page(draft, "prices"), {**prices(office, draft, sale_price__36="5"), "seen": seen})

    assert (response.status_code, draft.variants.get(size="36").sale_price) == (302, Decimal(5))


# --- how far it is ------------------------------------------------------------------------------------------------


def states(product: Product) -> dict[Step, StepState]:
    product.refresh_from_db()
    progress = progress_of([product], channel=Channel.TRENDYOL)[product.pk]
    return {step: progress.state(step) for step in Step}


def test_steps_tell_how_far_they_are(user: User, draft: Product) -> None:
    assert set(states(draft).values()) == {StepState.MISSING, StepState.NOT_YET}

    set_basics(product_id=draft.pk, values={"description": "Deri"}, user=user)
    make_variants(draft, user, colours=("Siyah", "Bej"))
    ProductImage.objects.create(product=draft, colour="Bej", url="https://cdn.example/1.jpg")
    ChannelProduct.objects.create(product=draft)
    draft.variants.filter(colour="Bej").update(list_price=Decimal(9), sale_price=Decimal(9))

    assert states(draft) == {
        Step.MODEL: StepState.DONE,
        Step.VARIANTS: StepState.DONE,
        Step.PICTURES: StepState.MISSING,
        Step.LISTING: StepState.NOT_YET,
        Step.PRICES: StepState.MISSING,
        Step.REVIEW: StepState.NOT_YET,
    }


def test_last_step_is_done_once_every_barcode_is_on_the_marketplace(user: User, draft: Product) -> None:
    make_variants(draft, user)
    finish_draft(product_id=draft.pk, user=user)
    first, second = draft.variants.order_by("pk")

    Listing.objects.create(channel=Channel.TRENDYOL, barcode=first.barcode, variant=first)
    assert states(draft)[Step.REVIEW] is StepState.MISSING
    Listing.objects.create(channel=Channel.TRENDYOL, barcode=second.barcode, variant=second)
    assert states(draft)[Step.REVIEW] is StepState.DONE


# --- cost ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def statements(office: Client) -> Callable[[str], int]:
    def count(address: str) -> int:
        office.get(address)
        with CaptureQueriesContext(connection) as found:
            office.get(address)
        return len(found)

    return count


@pytest.mark.parametrize("step", OWN_STEPS)
def test_statements_of_a_step_do_not_grow_with_the_barcodes(
    statements: Callable[[str], int], user: User, draft: Product, step: str
) -> None:
    make_variants(draft, user, sizes=("36",))
    few = statements(page(draft, step))

    make_variants(draft, user, colours=("Siyah", "Bej", "Mavi"), sizes=("36", "37", "38"))

    assert statements(page(draft, step)) == few


def test_statements_of_the_first_page_do_not_grow_with_the_drafts(
    statements: Callable[[str], int], user: User, draft: Product
) -> None:
    ChannelProduct.objects.create(product=draft)
    few = statements(f"{START}?q=01")

    for number in range(3):
        other = start_draft(code=f"02{number}", title="Bot", user=user)
        make_variants(other, user)
        ChannelProduct.objects.create(product=other)
        make_product(f"01{number}")

    assert statements(f"{START}?q=01") == few


def test_steps_of_a_model_without_colours_open_empty(office: Client, draft: Product) -> None:
    contexts = {step: office.get(page(draft, step)).context for step in OWN_STEPS}

    assert (contexts["variants"]["table"], contexts["pictures"]["strips"]) == ((), ())
    assert (contexts["prices"]["table"], contexts["prices"]["seen"]) == ([], "{}")
