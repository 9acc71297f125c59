"""The pages of production: who may do what, what is shown and kept, and what is said to wrong input."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from analytics.facts.services import refresh_facts
from analytics.models import ProductionPlan
from analytics.production.pages import MODELS_PER_PAGE
from catalog.models import Variant
from gullu.roles import ANALYST, OFFICE
from orders.enums import OrderState
from tests.analytics.production.kit import client_of, make_plan, numbers
from tests.factories import make_order, make_product, make_user, make_variant

pytestmark = pytest.mark.django_db

PAGE = "/analytics/production/"
TERMS = {
    "name": "Kasım planı",
    "first_day": "2026-11-23",
    "days": "5",
    "daily_capacity": "10",
    "lot_least": "2",
    "lot_most": "6",
}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def goods() -> dict[str, Variant]:
    """A model that sold 14 pairs in the last days and has none left."""
    product = make_product("0172", title="Şık Bot")
    found = {size: make_variant(product=product, colour="Siyah", size=size) for size in ("37", "38")}
    for variant in found.values():
        make_order([(variant, 7)], status=OrderState.DELIVERED, ordered_at=timezone.now() - timedelta(days=2))
    refresh_facts()
    return found


def text(answer: Any) -> str:
    body = answer.content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", body.partition("pr-page")[2]).split())


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def entry(variant: Variant) -> str:
    return f"{variant.product_id}:{variant.colour}"


def first_day() -> str:
    return timezone.localdate().isoformat()


# --- rights -----------------------------------------------------------------------------------------------------------


def test_right_without_staff_opens_nothing() -> None:
    person = make_user()
    person.user_permissions.add(*Permission.objects.filter(codename__endswith="_productionplan"))
    client = Client()
    client.force_login(person)

    assert [client.get(PAGE + path).status_code for path in ("", "new/")] == [403, 403]


def test_page_asks_to_sign_in() -> None:
    assert Client().get(PAGE)["Location"].startswith("/sign-in/")


def test_plan_that_is_not_there_is_not_found() -> None:
    client = client_of()

    assert [client.get(f"{PAGE}77/{path}").status_code for path in ("", "pdf/", "excel/")] == [404] * 3
    assert client.post(f"{PAGE}77/numbers/").status_code == 404
    assert client.post(f"{PAGE}77/state/", {"seen": "DRAFT", "wanted": "WORKING"}).status_code == 404


def test_reader_sees_numbers_without_fields(goods: dict[str, Variant]) -> None:
    plan = make_plan({goods["37"]: 4}, state="WORKING")

    body = client_of(ANALYST).get(f"{PAGE}{plan.pk}/?mode=planned").content.decode()

    assert ("pr-pairs" in body, "pr-input" in body, "/state/" in body) == (True, False, False)
    assert ("Change what is planned" in body, "Record what is made" in body) == (False, False)


# --- a new plan -------------------------------------------------------------------------------------------------------


def test_empty_shop_says_what_a_plan_is() -> None:
    assert "There is no plan yet." in text(client_of().get(PAGE))
    assert "Nothing was found" in text(client_of().get(f"{PAGE}new/"))


def test_page_begins_with_the_terms_of_the_last_plan(goods: dict[str, Variant]) -> None:
    first = client_of().get(f"{PAGE}new/").context["terms"].initial
    make_plan({goods["37"]: 4}, days=9, daily_capacity=33, lot_most=8)

    later = client_of().get(f"{PAGE}new/").context["terms"].initial

    names = ("days", "daily_capacity", "lot_least", "lot_most")
    assert [first[name] for name in names] == [None, None, 2, 6]
    assert [later[name] for name in names] == [9, 33, 2, 8]


def test_first_day_stands_in_its_field_in_every_language() -> None:
    with translation.override("tr"):
        body = client_of().get(f"{PAGE}new/").content.decode()

    assert f'<input type="date" name="first_day" value="{first_day()}"' in body


def test_model_of_the_address_alone_is_listed(goods: dict[str, Variant]) -> None:
    make_variant()

    rows = client_of().get(f"{PAGE}new/?product={goods['37'].product_id}&product=x").context["rows"]

    assert [(one.entry.code, ticked) for one, ticked in rows] == [("0172", True)]


def test_advice_is_shown_with_its_reasons_and_kept_as_shown(goods: dict[str, Variant]) -> None:
    client = client_of(OFFICE)

    shown = client.post(
        f"{PAGE}new/", {**TERMS, "first_day": first_day(), "entry": entry(goods["37"]), "advise": "1"}
    )
    kept = client.post(f"{PAGE}new/save/", {"advice": shown.context["signed"]})

    # 14 pairs in 28 days, shared on two sizes alike: 4.75 in 19 days, and 8 are enough: six of each, 2 stay open.
    assert [(line.share.need.shortage, line.share.given) for line in shown.context["lines"]] == [
        (8, 6),
        (8, 6),
    ]
    assert "8 lack: 6 in this plan, the most of a barcode; 2 stay open." in text(shown)
    plan = ProductionPlan.objects.get()
    assert (kept.status_code, kept["Location"]) == (302, f"{PAGE}{plan.pk}/")
    assert (plan.name, plan.days, plan.state) == ("Kasım planı", 5, "DRAFT")
    assert numbers(plan) == {variant.pk: (6, 6, 0) for variant in goods.values()}


def test_finding_keeps_the_terms_in_the_address(goods: dict[str, Variant]) -> None:
    answer = client_of().post(f"{PAGE}new/", {**TERMS, "search": "şık", "first": "CODE", "find": "1"})

    page = client_of().get(answer["Location"])

    assert (page.context["terms"].initial["daily_capacity"], page.context["found"]) == ("10", 1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"entry": ""}, "No model is chosen: tick at least one."),
        ({"lot_least": "3"}, "Lots are even: enter 2 or 4 instead of 3."),
        ({"lot_least": "8"}, "The most pairs of a barcode (6) cannot be below the least (8)."),
        ({"first_day": "2062-11-23"}, "23.11.2062 is more than a year away: enter the day the work begins."),
        ({"first_day": "morgen"}, "Write the date like 25.10.2026."),
        ({"days": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"daily_capacity": "çok"}, "Enter a whole number."),
        ({"first": "NONSENSE"}, "Select a valid choice. NONSENSE is not one of the available choices."),
    ],
)
def test_wrong_terms_are_answered_with_a_sentence(
    goods: dict[str, Variant], changes: dict[str, str], sentence: str
) -> None:
    sent = {**TERMS, "first_day": first_day(), "entry": entry(goods["37"]), "first": "CODE", **changes}

    answer = client_of().post(f"{PAGE}new/", sent)

    assert (answer.status_code, sentence in text(answer)) == (422, True)


@pytest.mark.parametrize(
    "advice",
    ["", "nonsense", signing.dumps({"terms": {}, "pairs": {"1": 900}}, salt="other")],
    # The signature tells the time, and two workers must know a test by the same name.
    ids=["none", "nonsense", "signed for something else"],
)
def test_advice_that_was_not_given_is_not_kept(advice: str) -> None:
    answer = client_of().post(f"{PAGE}new/save/", {"advice": advice})

    assert said(answer) == ["This advice is older than a day: ask for it again."]
    assert ProductionPlan.objects.count() == 0


# --- one plan ---------------------------------------------------------------------------------------------------------


def test_numbers_are_saved_and_come_back_to_their_model(goods: dict[str, Variant]) -> None:
    plan = make_plan({goods["37"]: 4})
    one, two = goods["37"].pk, goods["38"].pk
    sent = {
        "kind": "planned",
        "model": goods["37"].product_id,
        f"new_{one}": "6",
        f"was_{one}": "4",
        f"new_{two}": "2",
        f"was_{two}": "0",
    }

    answer = client_of(OFFICE).post(f"{PAGE}{plan.pk}/numbers/?mode=planned&page=1", sent)

    assert numbers(plan) == {one: (4, 6, 0), two: (0, 2, 0)}
    assert said(answer) == ["2 numbers were saved."]
    assert answer["Location"] == f"{PAGE}{plan.pk}/?page=1&mode=planned#m{goods['37'].product_id}"


def test_made_pairs_are_recorded_and_the_rest_is_coming(goods: dict[str, Variant]) -> None:
    plan = make_plan({goods["37"]: 6, goods["38"]: 4}, state="WORKING")
    one, client = goods["37"].pk, client_of(OFFICE)

    client.post(f"{PAGE}{plan.pk}/numbers/", {"kind": "made", f"new_{one}": "2", f"was_{one}": ""})
    page = client.get(f"{PAGE}{plan.pk}/")

    assert (page.context["mode"], page.context["left"], page.context["percent"]) == ("made", 8, 20)
    assert "8 pairs still to be made count as coming." in text(page)


def test_all_of_a_model_is_made_by_one_button(goods: dict[str, Variant]) -> None:
    plan = make_plan({goods["37"]: 6, goods["38"]: 4}, state="WORKING")

    answer = client_of(OFFICE).post(f"{PAGE}{plan.pk}/all-made/", {"model": goods["37"].product_id})

    assert (said(answer), {made for _s, _p, made in numbers(plan).values()}) == (
        ["2 numbers were saved."],
        {6, 4},
    )


@pytest.mark.parametrize("typed", ["-2", "zwei", "2,5", "10001", "٣"])
def test_wrong_number_is_answered_and_what_was_typed_stays(goods: dict[str, Variant], typed: str) -> None:
    plan = make_plan({goods["37"]: 4})
    one = goods["37"].pk

    answer = client_of().post(f"{PAGE}{plan.pk}/numbers/", {f"new_{one}": typed, f"was_{one}": "4"})

    assert (answer.status_code, answer.context["problem"]) == (
        422,
        f"“{typed}” is no number of pairs: enter a whole number up to 10.000.",
    )
    assert answer.context["blocks"][0].rows[0].boxes[0].value == typed
    assert numbers(plan) == {one: (4, 4, 0)}


def test_number_changed_by_somebody_else_is_shown_as_it_is_now(goods: dict[str, Variant]) -> None:
    plan = make_plan({goods["37"]: 4})
    one = goods["37"].pk

    answer = client_of().post(f"{PAGE}{plan.pk}/numbers/", {f"new_{one}": "8", f"was_{one}": "2"})

    box = answer.context["blocks"][0].rows[0].boxes[0]
    assert (answer.status_code, box.value, box.seen) == (409, "4", 4)
    assert answer.context["problem"].startswith("Somebody else changed the same numbers")


def test_plan_goes_through_its_states(goods: dict[str, Variant]) -> None:
    plan = make_plan({goods["37"]: 4})
    client = client_of(OFFICE)

    def move(seen: str, wanted: str, **more: str) -> str:
        return said(client.post(f"{PAGE}{plan.pk}/state/", {"seen": seen, "wanted": wanted, **more}))[-1]

    assert move("DRAFT", "WORKING") == "The plan is being worked on: 4 pairs count as coming."
    assert move("DRAFT", "CANCELLED").startswith("Somebody else made the plan Kasım “To be worked on”")
    assert move("WORKING", "DONE").startswith("4 pairs of Kasım are not made yet")
    assert (
        move("WORKING", "DONE", without_open="1")
        == "The plan is finished: 4 pairs were not made and no longer count as coming."
    )
    assert move("DONE", "WORKING") == "The plan is being worked on: 4 pairs count as coming."
    assert client.post(f"{PAGE}{plan.pk}/state/", {"seen": "X", "wanted": "DONE"}).status_code == 404


def test_plan_beyond_its_capacity_says_so(goods: dict[str, Variant]) -> None:
    plan = make_plan({goods["37"]: 60})

    assert "10 pairs more are planned than can be made in these days." in text(
        client_of().get(f"{PAGE}{plan.pk}/")
    )


def test_numbers_stand_on_what_is_shown_on_demand(goods: dict[str, Variant]) -> None:
    plan = make_plan({goods["37"]: 4}, first_day=timezone.localdate())
    client = client_of()

    behind = client.get(f"{PAGE}{plan.pk}/?why=1").context["blocks"][0].behind
    without = client.get(f"{PAGE}{plan.pk}/").context["blocks"][0].behind

    assert ([(one.goods.size, one.need.shortage) for one in behind], without) == ([("37", 8), ("38", 8)], ())


def test_list_narrows_to_a_state(goods: dict[str, Variant]) -> None:
    make_plan({goods["37"]: 4}, name="A")
    make_plan({goods["37"]: 4}, name="B", state="WORKING")
    client = client_of()

    lists = [
        [plan.name for plan, _percent in client.get(PAGE + query).context["rows"]]
        for query in ("", "?state=WORKING", "?state=X")
    ]

    assert lists == [["B", "A"], ["B"], ["B", "A"]]


# --- how many statements ------------------------------------------------------------------------------------------------


def statements_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as statements:
        assert client.get(address).status_code == 200
    return len(statements)


def test_statements_do_not_grow_with_the_rows(goods: dict[str, Variant]) -> None:
    plan = make_plan({goods["37"]: 4})
    client = client_of()
    addresses = (PAGE, f"{PAGE}new/", f"{PAGE}{plan.pk}/", f"{PAGE}{plan.pk}/?why=1", f"{PAGE}{plan.pk}/pdf/")
    before = [statements_of(client, address) for address in addresses]

    for number in range(MODELS_PER_PAGE + 3):
        product = make_product(f"1{number:03d}")
        pairs = {make_variant(product=product, size=size): 4 for size in ("36", "37", "38")}
        plan.lines.bulk_create([plan.lines.model(plan=plan, variant=one, planned=4) for one in pairs])
        make_plan(pairs)

    assert [statements_of(client, address) for address in addresses] == before
