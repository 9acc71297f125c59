"""The audit of packages finds what it is there for, whether or not the service can be asked."""

from __future__ import annotations

from tools.audit import differences, pins, weaknesses


def test_only_exact_pins_are_taken() -> None:
    lines = [
        "Django==5.2.19   # the framework",
        "psycopg[binary,pool]==3.3.9",
        "colorama==0.4.6; sys_platform == 'win32'",
    ]

    wanted, somewhere, loose = pins([*lines, "-r requirements.txt", "", "requests>=2", "pip"])

    assert wanted == {"django": "5.2.19", "psycopg": "3.3.9", "colorama": "0.4.6"}
    assert somewhere == {"colorama"}
    assert loose == ["requests>=2: not pinned with ==", "pip: not pinned with =="]


def test_what_is_installed_is_compared_with_what_is_written_down() -> None:
    wanted, here = {"a": "1", "b": "2", "c": "3"}, {"b": "2.1", "d": "4"}

    found = differences(wanted, {"c"}, here, exact=True)

    assert found == [
        "a==1: not installed",
        "b: 2 written down, 2.1 installed",
        "d==4: installed, and in no file",
    ]
    assert differences({"b": "2.1"}, set(), here, exact=False) == []


def test_known_weakness_is_named_with_its_package() -> None:
    answers = [{}, {"vulns": [{"id": "GHSA-1", "modified": "2026"}, {"id": "PYSEC-2"}]}]

    assert weaknesses({"a": "1", "b": "2"}, answers) == ["b==2: GHSA-1", "b==2: PYSEC-2"]
