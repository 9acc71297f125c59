"""Templates that draw nothing: who may open a page is settled before it is drawn, and drawing costs most of the time."""

from __future__ import annotations

from typing import Any

from django.template.backends.base import BaseEngine


class BlankTemplate:
    def render(self, context: Any = None, request: Any = None) -> str:
        return ""


class BlankTemplates(BaseEngine):
    app_dirname = "templates"

    def __init__(self, params: dict[str, Any]) -> None:
        params = {**params}
        params.pop("OPTIONS", None)
        super().__init__(params)

    def from_string(self, template_code: str) -> BlankTemplate:
        return BlankTemplate()

    def get_template(self, template_name: str) -> BlankTemplate:
        return BlankTemplate()


TEMPLATES = [{"BACKEND": "tests.rights.blank.BlankTemplates", "DIRS": [], "APP_DIRS": False, "OPTIONS": {}}]
