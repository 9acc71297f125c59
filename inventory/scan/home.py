"""The start page of the warehouse, and what makes the scan pages an app: manifest, service worker, offline page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views import View
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET

from inventory.models import CountTask
from inventory.scan.shell import FALLBACK_READER, MODULES

APP_NAME: Final = "Güllü Depo"
_COLOUR: Final = "#1d2433"
ICON_SIZES: Final = (192, 512)
_SHELL_FILES: Final = (
    "scan/scan.css",
    "scan/scan.js",
    *(f"scan/{name}.js" for name in MODULES),
    "scan/icons.svg",
    *(f"scan/icons/icon-{size}.png" for size in ICON_SIZES),
)


def _orders_to_prepare() -> int:
    # By name: orders is the layer above and may not be imported here.
    return int(apps.get_model("orders", "Order").objects.to_prepare().count())


def _pairs_for_shelves() -> int:
    return int(import_string("orders.shelf_tasks.count_waiting")())


def _returns_to_inspect() -> int:
    return int(import_string("orders.return_selectors.count_waiting")("inspect"))


def _count_tasks_open() -> int:
    return CountTask.objects.filter(done_at=None).count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the warehouse: its URL name, who may use it and, where it has one, its pile of work."""

    page: str
    label: Promise
    permission: str
    waiting: Callable[[], int] | None = None
    alarm: bool = False


PAGES: Final = (
    Page(
        page="prepare", label=_("Prepare orders"), permission="gullu.pick_orders", waiting=_orders_to_prepare
    ),
    Page(page="fast", label=_("Fast lane"), permission="gullu.pick_orders"),
    Page(page="batches", label=_("Collect many"), permission="gullu.pick_orders"),
    Page(page="goods-in", label=pgettext_lazy("page", "Goods in"), permission="gullu.receive_goods"),
    Page(page="move", label=_("Put away, move"), permission="gullu.move_goods"),
    Page(page="move-shelf", label=_("Move a whole shelf"), permission="gullu.move_goods"),
    Page(
        page="returns",
        label=_("Inspect returns"),
        permission="gullu.inspect_returns",
        waiting=_returns_to_inspect,
    ),
    Page(
        page="put-backs",
        label=_("Put-backs and returns"),
        permission="gullu.put_back",
        waiting=_pairs_for_shelves,
    ),
    Page(
        page="counts",
        label=_("Counts"),
        permission="gullu.count_goods",
        waiting=_count_tasks_open,
        alarm=True,
    ),
    Page(page="lookup", label=_("Look up"), permission="gullu.look_up"),
    Page(page="shelves", label=_("Shelves"), permission="gullu.keep_shelves"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    page: str
    label: Promise
    url: str
    count: int
    alarm: bool


def tiles_for(user: Any) -> list[Tile]:
    """The buttons a person may use; one query per pile of work, none for the others."""
    return [_tile(page, url) for page, url in _reachable(PAGES) if user.has_perm(page.permission)]


def _reachable(pages: Iterable[Page]) -> Iterable[tuple[Page, str]]:
    for page in pages:
        try:
            yield page, reverse(f"scan:{page.page}")
        except NoReverseMatch:  # not mounted here, as in tests of the shell alone
            continue


def _tile(page: Page, url: str) -> Tile:
    count = page.waiting() if page.waiting else 0
    return Tile(page=page.page, label=page.label, url=url, count=count, alarm=page.alarm)


class HomeView(LoginRequiredMixin, View):
    """Big buttons to the pages a person may use, with what waits there."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {"page": "home", "tiles": tiles_for(request.user)}
        return render(request, "scan/home.html", context)


@login_not_required
@never_cache
@require_GET
def who(request: HttpRequest) -> JsonResponse:
    """Whom the server takes this device for, and a fresh token: asked before scans are sent again.

    401 when nobody is signed in. Never a redirect, which a script could not tell from a hotspot's page.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"user": None}, status=401)
    return JsonResponse({"user": request.user.pk, "csrf": get_token(request)})


@login_not_required
@require_GET
@cache_control(max_age=3600)
def manifest(_request: HttpRequest) -> JsonResponse:
    """What a phone needs to install the pages as an app."""
    icons = [
        {
            "src": static(f"scan/icons/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in ICON_SIZES
        for purpose in ("any", "maskable")
    ]
    values = {
        "name": APP_NAME,
        "short_name": APP_NAME,
        "lang": "tr",
        "dir": "ltr",
        "id": reverse("scan:home"),
        "start_url": reverse("scan:home"),
        "scope": reverse("scan:home"),
        "display": "standalone",
        "background_color": "#eef1f5",
        "theme_color": _COLOUR,
        "icons": icons,
    }
    return JsonResponse(
        values, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )


@login_not_required
@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """The frame without a person and without data, kept on the device for the time without a connection."""
    return render(request, "scan/offline.html", {"page": "offline", "nobody": True})


@login_not_required
@never_cache
@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker with the addresses of this release. A new release is a new version, which drops the old files."""
    files = [static(name) for name in _SHELL_FILES]
    context = {
        "version": _version(request, files),
        "files": files,
        "offline": reverse("scan:offline"),
        "scope": reverse("scan:home"),
        # Plain names (while developing) must not be taken from a cache.
        "hashed": not static("scan/scan.js").endswith("/scan.js"),
        "reader": static(FALLBACK_READER),
    }
    source = render_to_string("scan/sw.js", {"settings_json": json.dumps(context)})
    return HttpResponse(source, content_type="text/javascript; charset=utf-8")


def _version(request: HttpRequest, files: list[str]) -> str:
    page = offline(request).content
    return hashlib.sha256("\n".join(files).encode() + page).hexdigest()[:16]
