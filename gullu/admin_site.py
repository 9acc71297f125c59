"""The site of the back office: the skin's, with our menu, and without work no page shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from unfold.sites import UnfoldAdminSite

from gullu.menu import menu_for


class Site(UnfoldAdminSite):
    """Named in `gullu.admin_config`; `django.contrib.admin.site` is an instance of it."""

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Put together when it is looked at: every page is handed the list, and few show it."""
        gather = super().get_app_list
        return SimpleLazyObject(lambda: gather(request, app_label))

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        return menu_for(request)
