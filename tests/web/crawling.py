"""A person who opens every page they can reach, sends every form on it with hostile values, and notes what is wrong."""

from __future__ import annotations

import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, ResolverMatch, resolve

from gullu.models import User
from tests.web import hostile
from tests.web.reading import Form, Page
from tests.web.sheets import reader_of, words_of

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Who signs out sees nothing more; the way out has tests of its own.
LEFT_ALONE: Final = frozenset({"admin:logout", "admin_logout", "account_logout", "badge:switch"})
MOST_HISTORIES: Final = 3


@dataclass(slots=True)
class Notes:
    """What was done, by name of the view, and what was wrong."""

    pages: dict[str, str] = field(default_factory=dict)
    forms: dict[tuple[str, ...], tuple[str, Form]] = field(default_factory=dict)
    submissions: int = 0
    opened: set[str] = field(default_factory=set)
    kinds: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    seen: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    sheets: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


class Crawler:
    """One person at one browser; `forbidden` texts must be on no page of theirs, `secrets` on nobody's."""

    def __init__(
        self,
        user: User | None,
        *,
        secrets: Iterable[str] = (),
        forbidden: Iterable[str] = (),
        sought: Iterable[str] = (),
    ) -> None:
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        if user is not None:
            self.client.force_login(user)
        self.user = user
        self.name = ", ".join(group.name for group in user.groups.all()) if user else "nobody"
        self.forbidden = (*hostile.MARKS_OF_EVALUATION, *secrets, *forbidden)
        self.sought = tuple(sought)
        self.notes = Notes()
        self._shapes: Counter[str] = Counter()
        self._seen: set[tuple[str, ...]] = set()

    def homes(self, addresses: Iterable[str]) -> list[str]:
        """Open these, and say where they lead."""
        return [link for address in addresses for link in self._step(address)]

    def crawl(self, links: Iterable[str]) -> None:
        """Open everything that can be reached from here, one page for each view and set of parameters."""
        waiting = list(links)
        while waiting:
            waiting += self._step(waiting.pop(0))

    def forms(self) -> list[Form]:
        """What was found to send."""
        return [form for _address, form in self.notes.forms.values()]

    def _step(self, address: str) -> list[str]:
        shape = self._shape(address)
        return [] if shape is None else self._open(address, shape)

    def _shape(self, address: str) -> ResolverMatch | None:
        parts = urlsplit(address)
        try:
            match = resolve(parts.path)
        except Resolver404:
            self.notes.wrong.append(f"{address}: a link that leads nowhere")
            return None
        names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
        key = (match.view_name or parts.path, *names)
        if match.view_name in LEFT_ALONE or key in self._seen or self._shapes[key[0]] >= _most(key[0]):
            return None
        if key[0].endswith("_history"):
            self._shapes["histories"] += 1
            if self._shapes["histories"] > MOST_HISTORIES:
                return None
        self._seen.add(key)
        self._shapes[key[0]] += 1
        return match

    def _open(self, address: str, match: ResolverMatch) -> list[str]:
        response, page = self.get(address)
        name = match.view_name or address
        if response.status_code in {301, 302}:
            return [self._inside(urljoin(address, response["Location"]))]
        if response.status_code != 200:
            return []
        self.notes.pages.setdefault(name, address)
        if page is None:
            return []
        for form in page.forms:
            self._note(name, address, form)
        for form in page.scans:
            self._note(name, page.scan_url or address, _as_scan(form))
        links = (urljoin(address, link) for link in page.links)
        return [self._inside(link) for link in links if link.startswith(("http://testserver", "/"))]

    @staticmethod
    def _inside(link: str) -> str:
        parts = urlsplit(link)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def _note(self, name: str, address: str, form: Form) -> None:
        form.action = self._inside(urljoin(address, form.action)) if form.action else address
        fixed = tuple(f"{item.name}={item.value}" for item in form.fields if item.name == "action")
        try:
            target = resolve(urlsplit(form.action).path).view_name
        except Resolver404:
            self.notes.wrong.append(f"{address}: a form that leads nowhere, {form.action}")
            return
        if target not in LEFT_ALONE:
            key = (target, form.method, *fixed)
            known = self.notes.forms.get(key)
            # Lists have many small forms of their filters; the one with most fields stands for them.
            if known is None or len(known[1].fields) < len(form.fields):
                self.notes.forms[key] = (address, form)

    # --- requests ---------------------------------------------------------------------------------------------

    def get(self, address: str) -> tuple[Any, Page | None]:
        """The answer, looked at, and what is on it if it is a page."""
        return self._looked_at(address, "opened", lambda: self.client.get(address, HTTP_ACCEPT="text/html"))

    def submit(self, form: Form, sent: dict[str, Any], kind: str) -> None:
        """Send a form, look at the answer and at the page it leads to, and take back what it changed."""
        self.notes.submissions += 1
        self.notes.kinds[kind] += 1
        with taken_back(self.client):
            ask = self.client.get if form.method == "get" else self._post
            response, _page = self._looked_at(
                form.action, f"sent {kind} {_brief(sent)}", lambda: ask(form.action, sent)
            )
            if response.status_code in {301, 302}:
                self._follow(form, response["Location"], kind)
        self.notes.statuses[response.status_code] += 1

    def _post(self, address: str, sent: dict[str, Any]) -> Any:
        token = self.client.cookies.get("csrftoken")
        given = {**sent, "csrfmiddlewaretoken": token.value} if token else sent
        return self.client.post(address, given)

    def _follow(self, form: Form, location: str, kind: str) -> None:
        target = urljoin(form.action, location)
        if urlsplit(target).netloc not in {"", "testserver"}:
            self.notes.wrong.append(f"{form.action}: {kind} leads to {target}")
        elif len(target) < 4_000:
            self._looked_at(target, f"came to after {kind}", lambda: self.client.get(target))

    def _looked_at(self, address: str, what: str, ask: Callable[[], Any]) -> tuple[Any, Page | None]:
        point = transaction.savepoint()
        with failures() as failed:
            response = ask()
        page = None
        if response.status_code >= 500:
            # A statement the database refused would spoil every page after this one.
            transaction.savepoint_rollback(point)
            found = [f"status {response.status_code}", *failed]
        elif _is_html(response):
            text = response.content.decode()
            page = Page(text)
            found = [*page.findings, *self._findings(response, text)]
            if response.status_code == 200:
                self.notes.opened.add(resolve(urlsplit(address).path).view_name)
            self._look_for(text, address, what)
        else:
            found = self._in_file(response, address, what)
        # Without the signal at the end of a request, which would close the connection with our transaction.
        for close in response._resource_closers:
            close()
        self.notes.wrong += [f"{self.name} {what} {address[:200]}: {finding}" for finding in found]
        return response, page

    def _look_for(self, text: str, address: str, what: str) -> None:
        view = resolve(urlsplit(address).path).view_name
        for word in self.sought:
            if word in text:
                self.notes.seen[word].add(f"{what.split(maxsplit=1)[0]} {view}")

    def _in_file(self, response: Any, address: str, what: str) -> list[str]:
        """What is wrong with a table, JSON or text."""
        content = b"".join(response) if response.streaming else response.content
        text = words_of(response, content)
        found = [f"{mark!r} in the file" for mark in self.forbidden if mark in text]
        self._look_for(text, address, what)
        if (read := reader_of(response)) is not None:
            self.notes.sheets.add(resolve(urlsplit(address).path).view_name)
            found += read(content)
        return found

    def _findings(self, response: Any, text: str) -> Iterator[str]:
        yield from (f"{mark!r} on the page" for mark in self.forbidden if mark in text)
        yield from (
            f"{name} is missing" for name, value in HEADERS.items() if response.headers.get(name) != value
        )
        policy = response.headers.get("Content-Security-Policy", "")
        if "default-src 'none'" not in policy or "unsafe-inline" in policy:
            yield f"policy {policy!r}"
        if self.user and "no-store" not in response.headers.get("Cache-Control", ""):
            yield "may be kept in caches"


def _most(name: str) -> int:
    """Sets of parameters with which one view is opened. The filters of a list are sent as the forms they are."""
    return 1 if name.endswith("_changelist") else 2


def _is_html(response: Any) -> bool:
    return bool(response.headers.get("Content-Type", "").startswith("text/html"))


def _brief(sent: dict[str, Any]) -> str:
    return str({name: str(value)[:40] for name, value in sent.items()})[:600]


def _as_scan(form: Form) -> Form:
    from tests.web.reading import Field

    extra = [
        Field("key", "hidden", "crawler-00000001"),
        Field("scanned_at", "hidden", "2026-01-02T10:00:00Z"),
    ]
    names = {item.name for item in form.fields}
    form.fields += extra if "text" in names else [*extra, Field("text")]
    return form


@contextmanager
def taken_back(client: Client) -> Iterator[None]:
    """What happens inside leaves no trace: neither rows nor cookies."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
        client.cookies.clear()
        for name, value in cookies.items():
            client.cookies[name] = value


@contextmanager
def failures() -> Iterator[list[str]]:
    """The ends of the tracebacks of errors that happen inside."""
    found: list[str] = []

    def note(**_kwargs: Any) -> None:
        found.append("".join(traceback.format_exc().splitlines(keepends=True)[-14:]))

    got_request_exception.connect(note)
    try:
        yield found
    finally:
        got_request_exception.disconnect(note)
