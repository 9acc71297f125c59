"""What somebody could send instead of what a field asks for: one text per kind of attack."""

from __future__ import annotations

from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.web.reading import ELEMENT, MARK, Field, Form

TEXTS: Final[dict[str, str]] = {
    "html": f"=1+1\"'><{ELEMENT} onclick=alert(1)></{ELEMENT}><script>{MARK}()</script>",
    "sql": f"{MARK}' OR 1=1); DROP TABLE orders_order; --",
    "template": MARK + "{{ 7|add:42 }}{% debug %}${7*7}{{7*7}}",
    "script address": f"javascript:{MARK}()",
    "expression": f"'+{MARK}()+'",
    "formula": f"=cmd|' /C calc'!A0 {MARK}",
    "path": "../../../../etc/passwd",
    "nul": "a\x00b",
    "huge": "ş" * 100_000,
    "empty": "",
    "structure": '[{"a": null}]',
    "negative": "-1",
    "nan": "NaN",
    "infinite": "1e999",
    "overlong": "9" * 60,
    "digits of other scripts": "١٢٣٤",
    "turkish": f"İıŞşĞğ 👟🇹🇷 {MARK}",
    "right to left": "\u202eabc\u0661\u200f\ufeff",
    "date": "31.02.0000",
    "spaces": " \t\r\n\u00a0",
}
MARKS_OF_EVALUATION: Final = (f"{MARK}49", "root:x:0:0")
FILES: Final[tuple[tuple[str, bytes, str], ...]] = (
    (f"<{ELEMENT}>.xlsx", b"PK\x03\x04 not a workbook", "application/vnd.ms-excel"),
    ("../../../etc/passwd.csv", b"=cmd|'/C calc'!A0;\xff\xfe\x00;'; DROP TABLE x\n", "text/csv"),
    ("a.jpg", b"<script>alert(1)</script>", "image/jpeg"),
    ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
    ("a.pdf", b"", "application/pdf"),
)
_TYPED: Final = frozenset(
    {"text", "textarea", "search", "number", "email", "url", "date", "tel", "password", "time"}
)
_KEPT: Final = frozenset({"csrfmiddlewaretoken"})
_BUTTONS: Final = frozenset({"submit", "button", "reset", "image"})


def attack(form: Form, item: Field, text: str, number: int) -> Any:
    """The hostile value for a field; files get a file. Servers take no address longer than some thousand letters."""
    if form.method == "get":
        return text[:2_000]
    if item.kind == "file":
        name, content, kind = FILES[number % len(FILES)]
        return SimpleUploadedFile(name, content, kind)
    return text


def honest(form: Form) -> dict[str, Any]:
    """What the form would send untouched, with the first choice where one must be chosen."""
    sent: dict[str, Any] = {}
    for item in form.fields:
        if item.kind in _BUTTONS or item.kind == "file":
            continue
        if item.kind in {"checkbox", "radio"}:
            if item.value or item.name == "_selected_action":
                sent.setdefault(item.name, []).append(item.choices[0])
        elif item.kind == "select":
            sent[item.name] = item.value or next((choice for choice in item.choices if choice), "")
        else:
            sent[item.name] = item.value
    return sent


def at_once(form: Form, number: int) -> dict[str, Any]:
    """Every field a person could fill in has the same hostile value; what is hidden stays right."""
    text = list(TEXTS.values())[number % len(TEXTS)]
    sent = honest(form)
    for item in form.fields:
        if item.kind in _TYPED or item.kind == "file":
            sent[item.name] = attack(form, item, text, number)
    return sent


def in_turns(form: Form, number: int) -> dict[str, Any]:
    """Every second field is hostile, each in another way, also those nobody can type into; the others are right."""
    texts = list(TEXTS.values())
    sent = honest(form)
    names = dict.fromkeys(
        item.name for item in form.fields if item.name not in _KEPT and item.kind not in _BUTTONS
    )
    by_name = {item.name: item for item in reversed(form.fields)}
    for place, name in enumerate(names):
        if place % 2 == number % 2:
            sent[name] = attack(form, by_name[name], texts[(number + place) % len(texts)], number + place)
    return sent


def is_filled_in(form: Form) -> bool:
    """Whether there is anything in it but its token and its buttons."""
    return any(item.name not in _KEPT and item.kind not in _BUTTONS for item in form.fields)
