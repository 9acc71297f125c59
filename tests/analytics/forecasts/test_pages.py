"""The pages "Tahminler": who may see and start, the list, what is said when there is nothing, progress."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone, translation
from django_q.models import OrmQ

from analytics.models import ForecastRun, ForecastTask
from gullu.models import JobRun
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from tests.analytics.forecasts.kit import yesterday
from tests.analytics.forecasts.pagekit import PAGE, a_run, client_of, forecast_shop, opened, said
from tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def codes(query: str) -> list[str]:
    return [row.code for row in opened(query).context["rows"]]


# --- rights -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "excel/", "pdf/", "progress/", "MODEL/", "MODEL/excel/", "MODEL/pdf/"])
@pytest.mark.parametrize(
    ("role", "status"), [(MANAGER, 200), (OFFICE, 200), (ANALYST, 200), (WAREHOUSE, 403)]
)
def test_pages_are_for_those_who_may_see_forecasts(path: str, role: str, status: int) -> None:
    boot, _sandal = forecast_shop()

    assert client_of(role).get(PAGE + path.replace("MODEL", str(boot.product_id))).status_code == status


@pytest.mark.parametrize(
    ("role", "status"), [(MANAGER, 302), (OFFICE, 302), (ANALYST, 403), (WAREHOUSE, 403)]
)
def test_a_run_is_started_by_those_who_may(role: str, status: int) -> None:
    client = client_of(role)

    answer = client.post(f"{PAGE}begin/")

    assert answer.status_code == status
    assert ForecastRun.objects.count() == JobRun.objects.filter(name="train_forecasts").count()
    assert ForecastRun.objects.exists() is (status == 302)
    button = "Forecast now" in client_of(role).get(PAGE).content.decode() if role != WAREHOUSE else False
    assert button is False  # nobody: it runs already, or they may not


def test_the_button_is_shown_to_those_who_may_press_it() -> None:
    forecast_shop()

    assert ["Forecast now" in client_of(role).get(PAGE).content.decode() for role in (MANAGER, ANALYST)] == [
        True,
        False,
    ]


def test_starting_needs_a_post_and_keeps_who_did_it() -> None:
    client = client_of(MANAGER)

    refused = client.get(f"{PAGE}begin/").status_code
    client.post(f"{PAGE}begin/")
    again = client.post(f"{PAGE}begin/", follow=True)

    run = ForecastRun.objects.get()
    assert (refused, run.actor == JobRun.objects.get(name="train_forecasts").actor, run.actor is None) == (
        405,
        True,
        False,
    )
    assert [row.func() for row in OrmQ.objects.all()] == ["analytics.tasks.prepare_forecasts_job"]
    assert "A forecast is being made already." in again.content.decode()


# --- the list ---------------------------------------------------------------------------------------------------------


def test_list_shows_each_model_beside_the_plain_average() -> None:
    forecast_shop()

    context = opened().context
    boot, sandal = context["rows"]

    assert (boot.code, boot.short, boot.expected, boot.q90, boot.method) == (
        "0172", 14, 28, 40, "Model and barcodes, averaged",
    )  # fmt: skip
    assert (boot.error.words, boot.error.average, boot.error.mark_words) == ("%40,0", "%50,0", "better")
    assert (boot.coverage.words, boot.coverage.mark) == ("%93,0", "BETTER")
    assert (boot.bias.words, boot.bias.average, boot.bias.mark) == ("−%5,0", "+%2,0", "WORSE")
    assert (sandal.error.words, sandal.error.mark, sandal.group, sandal.borrowed) == (
        "—",
        "",
        "Sandalet",
        True,
    )
    sums = context["sums"]
    assert (sums.models, sums.short, sums.long, sums.wape, sums.average_wape) == (2, 17.5, 35, 0.4, 0.5)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["0172", "0300"]),
        ("?sort=CODE", ["0172", "0300"]),
        ("?sort=EXPECTED", ["0172", "0300"]),
        ("?sort=ERROR", ["0172", "0300"]),
        ("?q=sandal", ["0300"]),
        ("?q=ŞIKÇA", ["0300"]),
        ("?q=GÜLLÜ 017", ["0172"]),
        ("?q=çizme", []),
    ],
)
def test_list_is_searched_and_sorted(query: str, found: list[str]) -> None:
    forecast_shop()

    assert codes(query) == found


@pytest.mark.parametrize("order", ["EXPECTED", "QUANTILE", "ERROR", "GAIN", "BIAS"])
def test_numbers_are_sorted_from_the_largest_and_what_is_unknown_stands_last(order: str) -> None:
    run = a_run()
    for code, size in (("A", 1), ("B", 3), ("C", 2)):
        scores = {"wape": size / 10, "average_wape": 0.3, "bias": -size / 10}
        said(run, make_product(code), expected=size, q90=size, **scores)
    said(run, make_product("D"), expected=0, q90=0)

    assert codes(f"?sort={order}") == ["B", "C", "A", "D"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?sort=COLOUR", "“COLOUR” is no order of the list; choose one above it."),
        (f"?q={'x' * 61}", "The search may have at most 60 letters; it was left out."),
    ],
)
def test_wrong_questions_are_answered_with_a_sentence(query: str, sentence: str) -> None:
    forecast_shop()

    answer = opened(query)

    assert (answer.context["asked"].problems, len(answer.context["rows"])) == ((sentence,), 2)


@pytest.mark.parametrize("page", ["0", "99", "x", "-1"])
def test_a_page_that_is_not_there_is_the_nearest_one(page: str) -> None:
    forecast_shop()

    assert len(opened(f"?page={page}").context["rows"]) == 2


def test_without_a_run_the_page_says_when_one_is_made() -> None:
    answer = opened()

    assert "No forecast was made yet." in answer.content.decode()
    assert client_of().get(f"{PAGE}excel/").status_code == 404


def test_a_failed_run_is_told_until_a_later_one_is_done() -> None:
    a_run()
    a_run(state="FAILED", error="Nothing was sold up to 20.11.2026: there is nothing to forecast from.")
    told = opened().content.decode()
    a_run()

    assert "was not made: Nothing was sold up to 20.11.2026" in told
    assert "was not made" not in opened().content.decode()


def test_a_run_of_some_days_ago_is_told() -> None:
    a_run(yesterday() - timedelta(days=2))

    assert "This forecast knows the sales up to" in opened().content.decode()


def test_groups_that_fell_back_are_named() -> None:
    run = a_run()
    said(run, make_product("0172"), method="FALLBACK")
    for group, error in (("model:0172", "no convergence"), ("", "broken off"), ("model:0300", "")):
        ForecastTask.objects.create(run=run, group=group, done_at=timezone.now(), error=error)

    page = opened()

    assert page.context["fallen"] == [("0172", "no convergence"), ("", "broken off")]
    assert page.context["rows"][0].method == "Average, because the study failed"
    assert "2 groups could not be studied" in page.content.decode()


# --- progress ---------------------------------------------------------------------------------------------------------


def test_progress_is_told_from_waiting_to_over() -> None:
    client = client_of()
    told = [client.get(f"{PAGE}progress/").json()]
    run = a_run(state="RUNNING")
    told.append(client.get(f"{PAGE}progress/").json())
    for number in range(3):
        ForecastTask.objects.create(run=run, group=str(number), done_at=timezone.now() if number else None)
    told.append(client.get(f"{PAGE}progress/").json())
    ForecastTask.objects.update(done_at=timezone.now())
    told.append(client.get(f"{PAGE}progress/").json())

    assert [(one["state"], one["done"], one["of"], one["words"]) for one in told] == [
        ("OVER", 0, 0, ""),
        ("RUNNING", 0, 0, "The forecast waits for a worker to read the sales."),
        ("RUNNING", 2, 3, "2 of 3 models and categories are studied."),
        ("RUNNING", 3, 3, "All models are studied; the forecast is being written."),
    ]
    body = opened().content.decode()
    assert re.search(r'<progress[^>]*max="3"\s+value="3"', body)
