"""What the crawler sees on a page: where it leads, what can be sent from it, and what must not be on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

MARK: Final = "q7zmark"
# An element of this name exists only if somebody's text was taken for HTML.
ELEMENT: Final = "x-q7zmark"
_ADDRESSES: Final = frozenset({"href", "src", "action", "formaction"})
_VOID: Final = frozenset({"hidden", "submit", "image", "button", "reset"})


@dataclass(frozen=True, slots=True)
class Field:
    """`kind` is the type of the input; `choices` are the values a person could choose."""

    name: str
    kind: str = "text"
    value: str = ""
    choices: tuple[str, ...] = ()


@dataclass(slots=True)
class Form:
    """`steps` are the buttons (name and value) by which it can be sent."""

    method: str
    action: str
    fields: list[Field] = field(default_factory=list)
    steps: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """Links, forms and findings of one page. A scan page's buttons are forms, as its script sends them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.findings: list[str] = []
        self.scan_url: str | None = None
        self.scans: list[Form] = []
        self._open: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._select: tuple[str, list[str], list[str], Form | None] | None = None
        self._area: tuple[str, list[str], Form | None] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._judge(tag, values)
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        elif tag == "main" and values.get("data-page"):
            self.scan_url = values.get("data-url")
            self.scans.append(Form("post", self.scan_url or "", []))
        elif tag == "form":
            self._begin(values)
        elif tag in {"input", "button", "textarea", "select"}:
            self._field(tag, values)
        elif tag == "option" and self._select is not None:
            self._select[1].append(values.get("value", ""))
            if "selected" in values:
                self._select[2].append(values.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open:
            self._open.pop()
        elif tag == "select" and self._select is not None:
            name, choices, chosen, form = self._select
            value = (chosen or choices or [""])[0]
            self._add(form, Field(name, "select", value, tuple(choices)))
            self._select = None
        elif tag == "textarea" and self._area is not None:
            name, text, form = self._area
            self._add(form, Field(name, "textarea", "".join(text).strip()))
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1].append(data)

    def _begin(self, values: dict[str, str]) -> None:
        form = Form(values.get("method", "get").lower(), values.get("action", ""))
        if values.get("data-action"):
            form = Form("post", "", [Field("action", "hidden", values["data-action"])])
            self.scans.append(form)
        elif form.method in {"get", "post"}:
            self.forms.append(form)
        self._open.append(form)
        if values.get("id"):
            self._by_id[values["id"]] = form

    def _field(self, tag: str, values: dict[str, str]) -> None:
        form = self._by_id.get(values.get("form", "")) or (self._open[-1] if self._open else None)
        name, kind = values.get("name", ""), values.get("type", tag).lower()
        if tag == "button" and values.get("data-action") and "data-action" in values:
            sent = {
                key[11:].replace("-", "_"): text for key, text in values.items() if key[:11] == "data-field-"
            }
            fields = [Field(key, "hidden", text) for key, text in sent.items()]
            self.scans.append(Form("post", "", [Field("action", "hidden", values["data-action"]), *fields]))
        elif not name:
            return
        elif tag == "select":
            self._select = (name, [], [], form)
        elif tag == "textarea":
            self._area = (name, [], form)
        elif kind in {"submit", "image"} or (tag == "button" and kind == "button" and "type" not in values):
            if form is not None:
                form.steps.append((name, values.get("value", "")))
        elif kind in {"checkbox", "radio"}:
            chosen = values.get("value", "on")
            self._add(form, Field(name, kind, chosen if "checked" in values else "", (chosen,)))
        elif tag == "input":
            self._add(form, Field(name, kind, values.get("value", "")))

    @staticmethod
    def _add(form: Form | None, item: Field) -> None:
        if form is not None:
            form.fields.append(item)

    def _judge(self, tag: str, values: dict[str, str]) -> None:
        if tag == ELEMENT:
            self.findings.append("text became an element")
        if tag == "script" and not values.get("src") and values.get("type") != "application/json":
            self.findings.append("inline script")
        if tag == "style":
            self.findings.append("style element")
        for name, text in values.items():
            if name == "style":
                self.findings.append(f"style attribute of {tag}")
            if name.startswith("on"):
                self.findings.append(f"event handler {name} of {tag}")
            if name in _ADDRESSES and text.strip().lower().startswith(("javascript:", "data:text")):
                self.findings.append(f"{name} of {tag} is a script")
            if MARK in text and name.startswith(("x-", "@", ":", "hx-on", "hx-vals")):
                self.findings.append(f"text stands in {name} of {tag}, which the skin evaluates")
