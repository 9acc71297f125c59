"""The pages of insights: who may open and ask, what stands there with and without a key, and that text stays text."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ
from openpyxl import load_workbook

from analytics.insights.answer_text import blocks
from analytics.insights.tables import in_words
from analytics.models import Insight, InsightCall, InsightRound
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from tests.analytics.insights.stub import Stub
from tests.factories import make_superuser, make_user

pytestmark = pytest.mark.django_db

PAGE = "/analytics/insights/"
RESULT = {
    "period": {"first_day": "2026-10-01", "last_day": "2026-10-31", "days": 31},
    "by": "MODEL",
    "total": {"pairs": 1234, "amount_try": 5000.5, "return_rate_percent": 12.5, "average_order_try": None},
    "compared_with": {
        "period": {"first_day": "2026-09-01", "last_day": "2026-09-30", "days": 30},
        "total": {"pairs": 1000, "return_rate_percent": 13},
        "change": {"pairs_percent": 23.4, "return_rate_points": -0.5},
    },
    "rows": [{"label": "BOT-72 <b>Bot</b>", "model": "BOT-72", "pairs": 7, "amount_try": 3500}],
    "rows_left_out": 3,
}


def client_of(role: str | None = None) -> Client:
    client = Client()
    client.force_login(make_user(role) if role else make_superuser())
    client.cookies["django_language"] = "en"
    return client


def text_of(client: Client, address: str = PAGE) -> str:
    reply = client.get(address, headers={"accept-language": "en"})
    assert reply.status_code == 200
    return reply.content.decode()


def made(**fields: Any) -> Insight:
    values = {
        "kind": "QUESTION",
        "state": "DONE",
        "question": "Ne sattık?",
        "asked_at": timezone.now(),
        **fields,
    }
    return Insight.objects.create(**values)


def answered(**fields: Any) -> Insight:
    """An answer with one query, a number without proof, and a citation of nothing."""
    answer = (
        "Ekimde **1.234 çift** satıldı [1], <script>alert(1)</script> kâr 99 ₺ [7].\n\n- İlk\n- İkinci [1]"
    )
    at = answer.index("99")
    insight = made(
        answer=answer,
        unproved=[[at, at + 2]],
        model="stub-1",
        tokens_in=3000,
        tokens_out=150,
        cost=Decimal("0.0045"),
        answered_at=timezone.now(),
        **fields,
    )
    InsightCall.objects.create(
        insight=insight,
        number=1,
        name="sales",
        result=RESULT,
        address="/analytics/sales/?a=1&b=2",
        compared_address="/x/",
    )
    return insight


@pytest.mark.parametrize(
    ("role", "opens", "asks"),
    [(MANAGER, 200, 302), (ANALYST, 200, 302), (OFFICE, 403, 403), (WAREHOUSE, 403, 403)],
)
def test_who_may_read_and_ask(stub: Stub, role: str, opens: int, asks: int) -> None:
    client, insight = client_of(role), answered()

    pages = [PAGE, *(f"{PAGE}{insight.pk}/{rest}" for rest in ("", "progress/", "excel/", "pdf/"))]

    assert [client.get(page).status_code for page in pages] == [opens] * 5
    assert client.post(PAGE, {"question": "Nasılız?"}).status_code == asks
    assert OrmQ.objects.count() == (asks == 302)


def test_who_may_only_read_cannot_ask(stub: Stub) -> None:
    from django.contrib.auth.models import Permission

    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_insight", "view_money"]))
    client = Client()
    client.force_login(user)

    page = client.get(PAGE)

    assert (page.status_code, "in-ask" in page.content.decode()) == (200, False)
    assert client.post(PAGE, {"question": "Nasılız?"}).status_code == 403


def test_who_may_not_see_amounts_cannot_read() -> None:
    from django.contrib.auth.models import Permission

    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_insight"))
    client = Client()
    client.force_login(user)

    assert client.get(PAGE).status_code == 403


def test_nobody_is_sent_to_sign_in() -> None:
    assert Client().get(PAGE).status_code == 302


def test_page_without_a_key_says_what_is_missing() -> None:
    text = text_of(client_of())

    assert "OPENAI_API_KEY, OPENAI_MODEL, OPENAI_PRICE_IN, OPENAI_PRICE_OUT" in text
    assert "disabled" in text


def test_asking_without_a_key_is_one_sentence() -> None:
    reply = client_of().post(PAGE, {"question": "Nasılız?"})

    assert (reply.status_code, Insight.objects.count()) == (422, 0)
    assert reply.context["problem"] == (
        "Written insights are not set up: OPENAI_API_KEY, OPENAI_MODEL, OPENAI_PRICE_IN, OPENAI_PRICE_OUT must be set."
    )
    assert "Nasılız?" in reply.content.decode()


def test_question_leads_to_its_waiting_page(stub: Stub) -> None:
    client = client_of()

    reply = client.post(PAGE, {"question": "Nasılız?"}, follow=True)

    insight = Insight.objects.get()
    assert reply.redirect_chain == [(f"{PAGE}{insight.pk}/", 302)]
    assert f'data-progress="{PAGE}{insight.pk}/progress/"' in reply.content.decode()
    assert client.get(f"{PAGE}{insight.pk}/progress/").json() == {
        "state": "WAITING",
        "done": 0,
        "of": 8,
        "words": "Waits for the worker.",
    }


def test_progress_tells_queries_and_the_end(stub: Stub) -> None:
    client = client_of()
    insight = made(state="RUNNING", started_at=timezone.now())
    for number in (1, 2):
        InsightRound.objects.create(insight=insight, number=number, started_at=timezone.now(), reserved=0)
        InsightCall.objects.create(insight=insight, number=number, name="sales")

    found = client.get(f"{PAGE}{insight.pk}/progress/").json()

    assert found == {
        "state": "RUNNING",
        "done": 2,
        "of": 8,
        "words": "Being answered: 2 queries of figures so far.",
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "RUNNING", "started_at": timezone.now() - timedelta(minutes=11)},
        {"state": "WAITING", "asked_at": timezone.now() - timedelta(hours=25)},
    ],
)
def test_insight_of_a_killed_worker_does_not_wait_for_ever(fields: dict[str, Any]) -> None:
    client, insight = client_of(), made(**fields)

    found = client.get(f"{PAGE}{insight.pk}/progress/").json()

    assert (found["state"], found["words"]) == (
        "FAILED",
        "The worker was stopped before the answer was there. Ask again.",
    )
    assert found["words"] in text_of(client, f"{PAGE}{insight.pk}/")
    assert "in-FAILED" in text_of(client)


def test_answer_stands_with_its_figures_marks_and_costs() -> None:
    insight = answered()

    text = text_of(client_of(), f"{PAGE}{insight.pk}/")

    assert "<strong>1.234 çift</strong> satıldı" in text
    assert '<a class="in-cite" href="#in-figures-1">[1]</a>' in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert(1)" not in text
    assert '<mark class="in-doubt" title="This number stands in none of the figures">99<' in text
    assert '<mark class="in-doubt" title="There are no such figures">[7]</mark>' in text
    assert "1 number of this answer stands in none of the figures" in text
    assert 'href="/analytics/sales/?a=1&amp;b=2"' in text
    for words in (
        "01.10.2026 – 31.10.2026",
        "5.000,50 ₺",
        "%12,5",
        "BOT-72 &lt;b&gt;Bot&lt;/b&gt;",
        "0,004500 $",
        "-0,5",
    ):
        assert words in text


def test_columns_stand_in_their_own_order_whatever_the_database_keeps() -> None:
    from analytics.insights.tables import Fact, table_of

    answered()

    table = table_of(InsightCall.objects.get())

    assert [name for name, _number in table.columns] == ["Group", "Pairs", "Amount"]
    assert table.facts == (
        Fact("Pairs", "1.234", "1.000", "+%23,4"),
        Fact("Amount", "5.000,50 ₺"),
        Fact("Average per order", "—"),
        Fact("Return rate", "%12,5", "%13,0", "-0,5 points"),
        Fact("Rows left out", "3"),
    )


def test_answer_is_kept_as_a_workbook_and_printed() -> None:
    client, insight = client_of(), answered()

    book = load_workbook(BytesIO(client.get(f"{PAGE}{insight.pk}/excel/").content))
    paper = client.get(f"{PAGE}{insight.pk}/pdf/").content

    cells = [
        cell
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    ]
    assert {"Ne sattık?", "BOT-72 <b>Bot</b>", 7, 3500, "1.234"} <= set(cells)
    assert paper.startswith(b"%PDF")


def test_answer_that_is_handed_on_names_its_numbers_without_proof() -> None:
    from analytics.insights.report import answer_report

    insight = answered()

    assert answer_report(insight, []).lines == [
        "Ne sattık?",
        "This number of the answer stands in none of the figures, do not rely on it: 99",
        "Ekimde 1.234 çift satıldı [1], <script>alert(1)</script> kâr 99 ₺ [7].",
        "- İlk",
        "- İkinci [1]",
    ]
    insight.unproved = []
    assert answer_report(insight, []).lines[1].startswith("Ekimde 1.234 çift")


def test_unknown_insight_is_not_found() -> None:
    client = client_of()

    assert [client.get(f"{PAGE}9999/{rest}").status_code for rest in ("", "progress/")] == [404, 404]


def test_start_shows_the_last_summary_the_budget_and_earlier_questions(stub: Stub) -> None:
    user = make_user(MANAGER, first_name="Hülya", last_name="Demir")
    summary = answered(kind="WEEKLY", week="2026-11-16")
    made(question="Hangi modeller zarar etti?", asked_by=user, state="FAILED", error="x")
    InsightRound.objects.create(
        insight=summary, number=1, started_at=timezone.now(), reserved=2, cost=Decimal("1.25")
    )

    text = text_of(client_of())

    assert f'href="{PAGE}{summary.pk}/#in-figures-1"' in text
    assert "1,2500 $ of 5,00 $ are used (%25), 3,7500 $ are left." in text
    assert 'value="25"' in text
    assert ("Hangi modeller zarar etti?" in text, "Hülya Demir" in text) == (True, True)


def test_example_fills_the_box() -> None:
    assert ">Ne sattık?</textarea>" in text_of(client_of(), f"{PAGE}?question=Ne+satt%C4%B1k%3F")


@pytest.mark.parametrize("page", ["x", "-1", "99999"])
def test_any_page_number_is_taken(page: str) -> None:
    assert client_of().get(PAGE, {"page": page}).status_code == 200


def test_statements_do_not_grow_with_the_rows(stub: Stub) -> None:
    client, insight = client_of(), answered()
    first = {address: _statements(client, address) for address in (PAGE, f"{PAGE}{insight.pk}/")}
    for number in range(2, 30):
        answered(kind="WEEKLY", asked_by=make_user())
        InsightCall.objects.create(insight=insight, number=number, name="profit", result=RESULT)

    assert {address: _statements(client, address) for address in first} == first
    assert max(first.values()) <= 20


def _statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


# --- the text ---------------------------------------------------------------------------------------------------------


def test_answer_becomes_paragraphs_and_lists() -> None:
    text = "Giriş\nsatırı.\n\nİkinci.\n# Başlık\n- bir\n- iki\n1. üç\n2) dört"

    found = [
        (one.kind, ["".join(piece.text for piece in line) for line in one.lines])
        for one in blocks(text, doubts=(), known=())
    ]

    assert found == [
        ("P", ["Giriş", "satırı."]),
        ("P", ["İkinci."]),
        ("H", ["Başlık"]),
        ("UL", ["bir", "iki"]),
        ("OL", ["üç", "dört"]),
    ]


def test_marks_of_doubt_stand_where_the_number_is() -> None:
    text = "Önce 12.\n- **Sonra 345 ₺** [1, 2]"
    doubts = [[text.index("12"), text.index("12") + 2], [text.index("345"), text.index("345") + 3]]

    pieces = [piece for one in blocks(text, doubts=doubts, known=[1]) for line in one.lines for piece in line]

    assert [piece.text for piece in pieces if piece.doubt] == ["12", "345"]
    assert [piece.text for piece in pieces if piece.strong] == ["Sonra ", "345", " ₺"]
    assert [piece.cites for piece in pieces if piece.cites] == [((1, True), (2, False))]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("amount_try", 1234.5, "1.234,50 ₺"),
        ("share_percent", -8.25, "-%8,3"),
        ("pairs", 1234, "1.234"),
        ("cover_days", 12.44, "12,4"),
        ("profit_try", None, "—"),
        ("label", "a", "a"),
        (
            "sizes",
            [{"size": "37", "pairs": 3, "share_percent": 75}, {"size": "38", "pairs": 1}],
            "37: 3 (%75,0), 38: 1",
        ),
        ("kinds", ["DEAD", "LOWER_PRICE"], "Dead stock, Lower the price"),
    ],
)
def test_values_are_written_as_pages_write_them(name: str, value: Any, words: str) -> None:
    assert in_words(name, value) == words
