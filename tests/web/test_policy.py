"""Each class of answers has its policy and its headers, and what the skin would do against it is kept out."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import unfold
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from unfold.settings import get_config
from unfold.utils import convert_color

from gullu.roles import MANAGER, WAREHOUSE
from gullu.web.policy import PolicyMiddleware
from tests.factories import PASSWORD, make_user
from tests.web.crawling import HEADERS

SKIN = Path(unfold.__file__).parent / "templates"


def directives(response: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.django_db
def test_pages_of_ours_evaluate_nothing_and_the_frame_only_what_the_skin_needs() -> None:
    client = Client()
    client.force_login(make_user(WAREHOUSE))

    scan, frame, lost = (client.get(path) for path in ("/scan/", reverse("labels:home"), "/no-such-page/"))

    papers = client.get("/admin/jsi18n/")
    assert [page.headers.get("Content-Security-Policy-Report-Only") for page in (scan, papers)] == [
        None,
        None,
    ]
    assert [directives(page)["script-src"] for page in (scan, frame, lost)] == [
        "'self'",
        "'self' 'unsafe-eval'",
        "'self'",
    ]
    assert directives(scan) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data: blob: https:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "frame-src": "blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }


@pytest.mark.django_db
def test_headers_close_what_a_page_does_not_need() -> None:
    client = Client()
    client.force_login(make_user(MANAGER))

    scan, home = client.get("/scan/"), client.get("/admin/")

    assert [{name: page.headers[name] for name in HEADERS} for page in (scan, home)] == [HEADERS, HEADERS]
    assert [("camera=(self)" in page.headers["Permissions-Policy"]) for page in (scan, home)] == [True, False]
    assert "publickey-credentials-get=(self), camera=(), " in home.headers["Permissions-Policy"]
    assert ["no-store" in page.headers["Cache-Control"] for page in (scan, home)] == [True, True]


@pytest.mark.parametrize(
    ("kind", "policy"),
    [
        ("image/jpeg", {"default-src": "'none'", "frame-ancestors": "'none'", "sandbox": ""}),
        ("text/plain; charset=utf-8", {"default-src": "'none'", "frame-ancestors": "'none'", "sandbox": ""}),
        (
            "application/pdf",
            {
                "default-src": "'none'",
                "style-src": "'unsafe-inline'",
                "object-src": "'self'",
                "frame-ancestors": "'none'",
            },
        ),
    ],
)
def test_files_run_nothing(rf: RequestFactory, kind: str, policy: dict[str, str]) -> None:
    middleware = PolicyMiddleware(lambda _request: HttpResponse(b"", content_type=kind))

    assert directives(middleware(rf.get("/"))) == policy


def test_policy_of_a_view_stays(rf: RequestFactory) -> None:
    given = {"Content-Security-Policy": "sandbox", "Cache-Control": "public"}
    middleware = PolicyMiddleware(lambda _request: HttpResponse(b"", headers=given))

    response = middleware(rf.get("/"))

    assert {name: response.headers[name] for name in given} == given


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_to_no_other_site(target: str) -> None:
    user = make_user(WAREHOUSE)
    client = Client()

    words = {"username": user.username, "login": user.username, "password": PASSWORD, "next": target}
    response = client.post(f"{reverse(django_settings.LOGIN_URL)}?next={target}", words)

    assert (response.status_code, "evil" in response["Location"], response["Location"][:1]) == (
        302,
        False,
        "/",
    )


@pytest.mark.django_db
def test_unknown_host_and_forged_scheme_are_not_believed() -> None:
    client = Client()

    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/", headers={"x-forwarded-host": "evil.example"}).headers["Location"][:1] == "/"
    assert client.get("/", headers={"x-forwarded-proto": "https"}).wsgi_request.is_secure() is False


@pytest.mark.django_db
def test_nul_in_an_address_or_a_form_is_refused_with_a_sentence() -> None:
    client = Client()
    client.force_login(make_user(MANAGER))

    answers = [
        client.get("/admin/orders/order/?q=a%00b"),
        client.get("/product_grid/%00/"),
        client.post("/scan/lookup/", {"key": "00000001", "text": "a\x00b"}),
    ]

    assert [answer.status_code for answer in answers] == [400, 404, 400]
    assert "400.html" in [part.name for part in answers[0].templates]


def test_cookies_are_out_of_reach_of_scripts() -> None:
    assert (django_settings.SESSION_COOKIE_HTTPONLY, django_settings.CSRF_COOKIE_HTTPONLY) == (True, True)
    assert (django_settings.SESSION_COOKIE_SAMESITE, django_settings.CSRF_COOKIE_SAMESITE) == ("Lax", "Lax")


# --- the skin, and plotly.js --------------------------------------------------------------------------------------


def test_colours_of_the_skin_are_in_a_file_as_they_are_configured() -> None:
    config = get_config("UNFOLD")
    wanted = [f"--border-radius: {config['BORDER_RADIUS']};"]
    wanted += [
        f"--color-{name}-{weight}: {convert_color(colour)};"
        for name, weights in config["COLORS"].items()
        for weight, colour in weights.items()
    ]

    written = Path(str(finders.find("css/frame.css"))).read_text(encoding="utf-8")

    assert [line.strip() for line in written.splitlines() if line.strip().startswith("--")] == wanted


def test_template_of_the_skin_that_we_copied_is_still_the_same() -> None:
    """When this fails: make `templates/admin/actions.html` from the new one, without a style as text."""
    digest = sha256((SKIN / "admin" / "actions.html").read_bytes()).hexdigest()

    assert digest == "b5332aace8e6919204a65b842e626bd8b1d5f8ed855dc290ab114b08526c5f15"


def test_plotly_still_looks_for_the_elements_that_stop_its_styles() -> None:
    program = Path(str(finders.find("plotly/plotly.min.js"))).read_text(encoding="utf-8")
    ours = (django_settings.BASE_DIR / "templates" / "components" / "plotly.html").read_text(encoding="utf-8")

    assert ['"plotly.js-style-"+' in program, '"global"' in program, ".no-inline-styles" in program] == [
        True
    ] * 3
    assert 'id="plotly.js-style-global"' in ours
    assert "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53" in program
    assert "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53" in ours


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["abc", "99", "-1"])
def test_page_of_the_palette_that_does_not_exist_is_not_there(page: str) -> None:
    client = Client()
    client.force_login(make_user(MANAGER))

    assert client.get(reverse("admin:search"), {"s": "sipariş", "page": page}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("variant", ["no number", "9" * 60, "-1"])
def test_choice_nobody_could_make_is_answered_with_the_form(variant: str) -> None:
    client = Client()
    client.force_login(make_user(MANAGER))

    page = client.post(reverse("admin:catalog_barcodealias_add"), {"code": "ESKI-2", "variant": variant})

    assert (page.status_code, list(page.context["adminform"].form.errors)) == (200, ["variant"])
