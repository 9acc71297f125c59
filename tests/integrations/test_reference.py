"""Categories, brands, attributes and values: read over real HTTP from the sandbox."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gullu.locks import advisory_lock
from gullu.models import JobRun
from gullu.text import fold
from integrations import tasks
from integrations.listing import reference
from integrations.listing.choices import search_categories
from integrations.listing.reference import (
    BeingRead,
    NothingTold,
    Outcome,
    TakesNoProducts,
    UnknownCategory,
    learn_brand,
    read_category,
    refresh_brands,
    refresh_categories,
    refresh_due,
    spellings,
)
from integrations.models import MarketAttribute, MarketBrand, MarketCategory, MarketValue, SyncProblem
from integrations.trendyol.errors import SchemaChanged, TrendyolError
from integrations.trendyol.sandbox import Sandbox
from integrations.trendyol.sandbox import lookups as sandbox_lookups
from integrations.trendyol.sandbox.attributes import adult_sizes
from integrations.trendyol.sandbox.brands import Brand
from integrations.trendyol.sandbox.categories import by_id
from tests.integrations.referencekit import TRENDYOL, category, names, read, sizes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("client")]


def asked(sandbox: Sandbox, endpoint: str) -> int:
    return sum(request.endpoint == endpoint for request in sandbox.requests)


def age(rows: Any, field: str) -> None:
    """Make what is stored older than a week."""
    rows.update(**{field: timezone.now() - timedelta(days=8)})


# --- categories ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quirks", [set(), {"bare_category_tree"}])
def test_the_whole_tree_is_stored_with_its_paths(sandbox: Sandbox, quirks: set[str]) -> None:
    sandbox.config.quirks |= quirks

    result = refresh_categories(channel=TRENDYOL)

    assert (result.rows, result.new, result.gone) == (len(by_id()), len(by_id()), 0)
    rows = MarketCategory.objects.values_list("remote_id", "parent_remote_id", "name", "leaf")
    assert set(rows) == {
        (node.category_id, node.parent_id, node.name, node.leaf) for node in by_id().values()
    }
    assert category().path == "Ayakkabı › Günlük Ayakkabı › Casual Ayakkabı"
    run = JobRun.objects.get()
    assert (run.name, run.state, run.counts) == ("refresh_categories", "DONE", result.as_dict())


def test_reading_the_tree_again_adds_nothing_and_costs_the_same() -> None:
    refresh_categories(channel=TRENDYOL)
    before = set(MarketCategory.objects.values_list("pk", "remote_id"))
    with CaptureQueriesContext(connection) as second:
        result = refresh_categories(channel=TRENDYOL)
    with CaptureQueriesContext(connection) as third:
        refresh_categories(channel=TRENDYOL)

    assert (result.rows, result.new, result.gone) == (len(by_id()), 0, 0)
    assert set(MarketCategory.objects.values_list("pk", "remote_id")) == before
    assert len(second) == len(third) <= 12


def test_a_category_that_is_gone_is_no_longer_offered_and_comes_back() -> None:
    refresh_categories(channel=TRENDYOL)
    MarketCategory.objects.create(
        remote_id=99, name="Takunya", path="Ayakkabı › Takunya", leaf=True, read_at=timezone.now()
    )
    MarketCategory.objects.filter(remote_id=430).update(offered=False, name="Sandal")

    result = refresh_categories(channel=TRENDYOL)

    assert (result.new, result.gone) == (0, 1)
    assert list(MarketCategory.objects.filter(offered=False).values_list("remote_id", flat=True)) == [99]
    assert MarketCategory.objects.get(remote_id=430).name == "Sandalet"
    assert search_categories(TRENDYOL, "takunya") == []


@pytest.mark.parametrize("fault", ["500", "truncated"])
def test_a_tree_that_cannot_be_read_changes_nothing(sandbox: Sandbox, fault: str) -> None:
    refresh_categories(channel=TRENDYOL)
    before = set(MarketCategory.objects.values_list("pk", "offered", "read_at"))
    sandbox.faults.add(endpoint="product-categories", kind=fault, times=None)

    with pytest.raises(TrendyolError):
        refresh_categories(channel=TRENDYOL)

    assert set(MarketCategory.objects.values_list("pk", "offered", "read_at")) == before
    assert JobRun.objects.filter(state=JobRun.State.FAILED).count() == 1


def test_an_empty_tree_takes_nothing_away(monkeypatch: pytest.MonkeyPatch) -> None:
    refresh_categories(channel=TRENDYOL)
    monkeypatch.setattr(sandbox_lookups, "ROOTS", ())

    with pytest.raises(SchemaChanged):
        refresh_categories(channel=TRENDYOL)

    assert MarketCategory.objects.filter(offered=True).count() == len(by_id())


# --- brands -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first_page", [0, 1])
@pytest.mark.parametrize("brands", [5, 1000, 2000, 4500])
def test_every_brand_is_read_wherever_counting_starts(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, first_page: int, brands: int
) -> None:
    there = [Brand(number, f"Marka {number}") for number in range(1, brands + 1)]
    monkeypatch.setattr(sandbox_lookups, "all_brands", lambda extra: there)
    if first_page == 1:
        sandbox.config.quirks.add("brands_from_one")

    result = refresh_brands(channel=TRENDYOL)

    assert (result.rows, result.new) == (brands, brands)
    assert MarketBrand.objects.count() == brands


def test_pages_shorter_than_asked_for_are_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_lookups, "_LEAST_BRANDS", 500)
    monkeypatch.setattr("integrations.trendyol.sandbox.query.Query.page_size", lambda *_a, **_k: 500)

    assert refresh_brands(channel=TRENDYOL).rows == 1211


def test_reading_brands_again_renames_and_adds_only_what_is_new(sandbox: Sandbox) -> None:
    steps: list[tuple[int, int | None]] = []
    refresh_brands(channel=TRENDYOL, progress=lambda _what, done, total: steps.append((done, total)))
    before = set(MarketBrand.objects.values_list("pk", "name"))
    MarketBrand.objects.filter(name="Yolcubulut").update(name="Eski ad")
    MarketBrand.objects.filter(name="Çiğdüş").delete()
    with CaptureQueriesContext(connection) as queries:
        result = refresh_brands(channel=TRENDYOL)

    assert steps == [(1000, None), (1211, 1211)]
    assert (result.rows, result.new) == (1211, 1)
    assert {name for _pk, name in before} == set(MarketBrand.objects.values_list("name", flat=True))
    assert len(queries) <= 14


def test_a_page_of_brands_that_fails_changes_nothing(sandbox: Sandbox) -> None:
    def break_second_page(_what: str, _done: int, _total: int | None) -> None:
        sandbox.faults.add(endpoint="brands", kind="500", times=None)

    with pytest.raises(TrendyolError):
        refresh_brands(channel=TRENDYOL, progress=break_second_page)

    assert MarketBrand.objects.count() == 0
    assert asked(sandbox, "brands") > 1


def test_no_brands_at_all_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_lookups, "all_brands", lambda extra: [])

    with pytest.raises(NothingTold):
        refresh_brands(channel=TRENDYOL)


def test_a_brand_that_cannot_be_read_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_lookups, "all_brands", lambda extra: [Brand(1, "Bulut"), Brand(2, " ")])

    assert refresh_brands(channel=TRENDYOL).rows == 1
    assert SyncProblem.objects.get().reference == "brand 2"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Işıldağ", ["Işıldağ", "IŞILDAĞ"]),
        ("ışıldağ", ["Işıldağ", "IŞILDAĞ"]),
        ("inceiz", ["İnceiz", "Inceiz", "inceiz"]),
        ("  çiğdüş ", ["ÇİĞDÜŞ", "Çiğdüş"]),
        ("güllü   shoes", ["Güllü Shoes", "GÜLLÜ SHOES"]),
        ("olmayan", []),
        ("  ", []),
    ],
)
def test_a_brand_is_learnt_in_whatever_case_it_was_typed(typed: str, found: list[str]) -> None:
    learnt = names(learn_brand(channel=TRENDYOL, name=typed))

    # Trendyol names longer ones too; they come after.
    assert [name for name in learnt if fold(name) == fold(typed)] == learnt[: len(found)] == found
    assert sorted(MarketBrand.objects.values_list("name", flat=True)) == sorted(learnt)


def test_a_brand_is_written_in_each_way_only_once() -> None:
    assert spellings("ışıldağ ev") == ["ışıldağ ev", "IŞILDAĞ EV", "Işıldağ Ev"]
    assert spellings("fila") == ["fila", "FİLA", "Fila", "FILA"]
    assert spellings(" ") == []


def test_a_learnt_brand_is_no_complete_reading(sandbox: Sandbox) -> None:
    learn_brand(channel=TRENDYOL, name="Yolcubulut")

    assert set(refresh_due(channel=TRENDYOL)) == {"refresh_categories", "refresh_brands"}


# --- attributes and values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("quirks", [set(), {"attribute_value_names"}])
def test_all_values_are_read_beyond_the_first_page(sandbox: Sandbox, quirks: set[str]) -> None:
    sandbox.config.quirks |= quirks

    found = read()

    stored = sizes(found).values.values_list("remote_id", "name")
    assert len(adult_sizes()) > 1000 > sandbox.config.attribute_values_size
    assert set(stored) == set(adult_sizes())
    assert [row.name for row in found.attributes.order_by("position")] == [
        *("Renk", "Web Color", "Beden", "Yaş Grubu", "Cinsiyet", "Materyal", "Menşei"),
        "İthalatçı/Yetkili Temsilci Adı",
    ]
    assert (sizes(found).varianter, sizes(found).slicer, sizes(found).required) == (True, False, True)


def test_what_was_read_within_a_week_is_not_read_again(sandbox: Sandbox) -> None:
    found = read()
    requests = len(sandbox.requests)

    read_category(category_id=found.pk)
    assert len(sandbox.requests) == requests
    age(MarketCategory.objects.filter(pk=found.pk), "attributes_read_at")
    again = read_category(category_id=found.pk)

    assert asked(sandbox, "category-attributes") == 2
    assert again.attributes_read_at is not None
    assert timezone.now() - again.attributes_read_at < timedelta(minutes=5)


def test_reading_again_keeps_rows_and_writes_only_what_changed() -> None:
    found = read()
    before = set(MarketValue.objects.values_list("pk", "remote_id", "name"))
    with CaptureQueriesContext(connection) as unchanged:
        read_category(category_id=found.pk, force=True)
    assert set(MarketValue.objects.values_list("pk", "remote_id", "name")) == before
    inserts = [
        query
        for query in unchanged
        if "integrations_marketvalue" in query["sql"] and "INSERT" in query["sql"]
    ]
    assert inserts == []

    renamed, gone = sizes(found).values.filter(name__in=["37", "38"]).order_by("name")
    MarketValue.objects.filter(pk=renamed.pk).update(name="otuz yedi")
    gone.delete()
    MarketValue.objects.create(attribute=sizes(found), remote_id=1, name="Kalktı")
    MarketAttribute.objects.create(
        category=found,
        remote_id=2,
        name="Kalktı",
        position=99,
        required=True,
        allow_custom=False,
        varianter=False,
        slicer=False,
        multiple=False,
    )
    with CaptureQueriesContext(connection) as queries:
        read_category(category_id=found.pk, force=True)

    after = set(MarketValue.objects.values_list("remote_id", "name"))
    assert after == {(remote_id, name) for _pk, remote_id, name in before}
    assert MarketAttribute.objects.filter(remote_id=2).count() == 0
    assert len(queries) <= 16


def test_a_page_of_values_that_fails_changes_nothing(sandbox: Sandbox) -> None:
    found = read()
    MarketValue.objects.create(attribute=sizes(found), remote_id=1, name="Yalnız burada")
    before = set(MarketValue.objects.values_list("pk", "name"))
    sandbox.faults.add(endpoint="attribute-values", kind="500", times=None)

    with pytest.raises(TrendyolError):
        read_category(category_id=found.pk, force=True)

    assert set(MarketValue.objects.values_list("pk", "name")) == before
    assert category().attributes_read_at == found.attributes_read_at


def test_values_that_end_too_early_are_no_complete_list(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sandbox_lookups.Lookups.values

    def clipped(*given: Any) -> Any:
        page = whole(*given)
        return {**page, "content": page["content"] if page["page"] == 0 else []}

    monkeypatch.setattr(sandbox_lookups.Lookups, "values", clipped)

    with pytest.raises(SchemaChanged):
        read()

    assert MarketAttribute.objects.count() == 0


def test_what_takes_no_products_has_no_attributes_to_read(sandbox: Sandbox) -> None:
    with pytest.raises(TakesNoProducts):
        read(410)
    with pytest.raises(UnknownCategory):
        read_category(category_id=0)

    assert asked(sandbox, "category-attributes") == 0


# --- two at once, and when --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refresh", "name"), [(refresh_categories, "refresh_categories"), (refresh_brands, "refresh_brands")]
)
def test_two_readings_do_not_run_at_once(sandbox: Sandbox, refresh: Callable[..., Any], name: str) -> None:
    with advisory_lock(f"listing.{name}.{TRENDYOL}"):
        result = refresh(channel=TRENDYOL)

    assert (result.outcome, result.rows, JobRun.objects.count()) == (Outcome.ALREADY_RUNNING, 0, 0)
    assert sandbox.requests == []


def test_who_waits_too_long_for_another_reading_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found = category()
    monkeypatch.setattr(reference, "WAIT_SECONDS", 0)

    with advisory_lock(f"listing.read_category.{found.pk}"), pytest.raises(BeingRead):
        read_category(category_id=found.pk)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_choose_one_category_read_it_once(sandbox: Sandbox) -> None:
    found = category()
    together = threading.Barrier(2)
    read_at: list[Any] = []

    def choose() -> None:
        together.wait(10)
        read_at.append(read_category(category_id=found.pk).attributes_read_at)
        connection.close()

    people = [threading.Thread(target=choose) for _number in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join(30)

    assert (len(read_at), len(set(read_at))) == (2, 1)
    assert asked(sandbox, "category-attributes") == 1


def test_the_job_reads_at_once_and_then_once_a_week(sandbox: Sandbox, settings: Any) -> None:
    settings.TRENDYOL = {**settings.TRENDYOL, "SELLER_ID": "1", "API_KEY": "k", "API_SECRET": "s"}

    first = tasks.refresh_reference_job()
    assert (first["refresh_categories"]["new"], first["refresh_brands"]["new"]) == (len(by_id()), 1211)
    assert tasks.refresh_reference_job() == {}
    assert set(tasks.refresh_reference_job(trigger=JobRun.Trigger.STAFF)) == set(first)

    age(JobRun.objects.filter(name="refresh_brands"), "started_at")
    assert set(tasks.refresh_reference_job()) == {"refresh_brands"}


def test_a_reading_that_failed_is_due_again(sandbox: Sandbox) -> None:
    sandbox.faults.add(endpoint="brands", kind="500", times=3)  # as often as one reading tries
    with pytest.raises(TrendyolError):
        refresh_due(channel=TRENDYOL)

    assert set(refresh_due(channel=TRENDYOL)) == {"refresh_brands"}


def test_the_job_does_nothing_without_an_account(sandbox: Sandbox, settings: Any) -> None:
    settings.TRENDYOL = {**settings.TRENDYOL, "SELLER_ID": "", "API_KEY": "", "API_SECRET": ""}

    assert tasks.refresh_reference_job() == tasks.NOT_SET_UP
    assert sandbox.requests == []
