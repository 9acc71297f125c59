"""`manage.py import_commissions`."""

from __future__ import annotations

import json
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gullu.models import JobRun
from tests.analytics.commissionkit import DAY, TARIFF, all_rates, now_charged, read, states, workbook

pytestmark = pytest.mark.django_db

ORDER = "10452345678"
GOOD = (ORDER, 19, 100, 5, "25.10.2026")
WRONG = ("10452345679", "x", 2, 3, None)


@pytest.fixture
def file(tmp_path: Path) -> Any:
    """Writes rows into a workbook; returns its path."""

    def write(*rows: Any, **options: Any) -> str:
        path = tmp_path / "hesap.xlsx"
        path.write_bytes(workbook(*rows, **options).getvalue())
        return str(path)

    return write


def run(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("import_commissions", *arguments, "--json", stdout=out)
    figures: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return figures


def refused(*arguments: str) -> tuple[str, dict[str, Any]]:
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("import_commissions", *arguments, "--json", stdout=out)
    lines = out.getvalue().splitlines()
    return str(caught.value), json.loads(lines[-1]) if lines else {}


def test_file_is_written_and_safe_to_repeat(file: Any) -> None:
    path = file(GOOD)

    first, second = run(path), run(path)

    assert (first["outcome"], first["new"], second["outcome"], second["same"]) == (
        "APPLIED",
        1,
        "UNCHANGED",
        1,
    )
    assert list(now_charged()) == [ORDER]
    assert set(JobRun.objects.values_list("name", "trigger", "state")) == {
        ("read_commissions", "COMMAND", "DONE")
    }


def test_dry_run_writes_nothing(file: Any) -> None:
    figures = run(file(GOOD, WRONG), "--dry-run")

    assert (figures["outcome"], figures["new"], figures["wrong"]) == ("DRY_RUN", 1, 1)
    assert (now_charged(), states()) == ({}, ["DROPPED"])


def test_dry_run_leaves_a_file_waiting_that_waited_before(file: Any) -> None:
    path = file(GOOD)
    waiting = read(BytesIO(Path(path).read_bytes()))

    figures = run(path, "--dry-run", "--valid-from", f"{DAY:%d.%m.%Y}")

    assert (figures["outcome"], figures["import_id"], states()) == ("DRY_RUN", waiting.import_id, ["PREVIEW"])


def test_wrong_rows_stop_the_file_with_exit_1_and_are_named(file: Any) -> None:
    sentence, figures = refused(file(GOOD, WRONG))

    assert figures["outcome"] == "ROWS_WRONG"
    assert [(one["row"], one["name"], one["code"]) for one in figures["errors"]] == [
        (3, "10452345679", "not_an_amount")
    ]
    assert "--valid-rows-only" in sentence
    assert now_charged() == {}


def test_valid_rows_are_written_when_asked_for(file: Any) -> None:
    figures = run(file(GOOD, WRONG), "--valid-rows-only")

    assert (figures["outcome"], list(now_charged())) == ("APPLIED", [ORDER])


def test_wrong_rows_alone_are_no_success(file: Any) -> None:
    _sentence, figures = refused(file(WRONG), "--valid-rows-only")

    assert figures["outcome"] == "ROWS_WRONG"


def test_tariff_is_valid_from_the_day_named(file: Any) -> None:
    run(file(("868", "0+", 19), headings=TARIFF), "--valid-from", "05.11.2026")

    assert [(rate[2], f"{rate[3]:%d.%m.%Y}") for rate in all_rates()] == [("19.00", "05.11.2026")]


def test_file_that_is_no_table_is_one_sentence(file: Any, tmp_path: Path) -> None:
    path = tmp_path / "hesap.pdf"
    path.write_bytes(b"%PDF-1.7")

    sentence, figures = refused(str(path))

    assert (figures["outcome"], figures["code"], figures["error"]) == ("FAILED", "not_a_table", sentence)


def test_missing_file_and_wrong_day_are_one_sentence(file: Any, tmp_path: Path) -> None:
    missing, _figures = refused(str(tmp_path / "yok.xlsx"))
    day, _figures = refused(file(GOOD), "--valid-from", "32.13.2026")

    assert "yok.xlsx" in missing
    assert day.startswith("--valid-from 32.13.2026: ")
    assert states() == []


def test_words_for_people(file: Any, capsys: pytest.CaptureFixture[str]) -> None:
    out = StringIO()

    call_command("import_commissions", file(GOOD, WRONG), "--valid-rows-only", stdout=out)

    assert "1" in out.getvalue()
    assert "“x”" in capsys.readouterr().err
