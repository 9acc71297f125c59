"""The button "History" of a record's page: the history the database keeps, not only what these pages did."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from gullu.audit.books import book_of
from gullu.audit.pages import history_of
from gullu.roles import VIEW_HISTORY


class ShowsHistory:
    """For admins. Who may not see the history of everything is shown what the administration noted itself."""

    # What the administration brings.
    model: Any
    opts: Any
    get_object: Any
    has_view_or_change_permission: Any
    _get_obj_does_not_exist_redirect: Any

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        book = book_of(self.model)
        if book is None or not request.user.has_perm(VIEW_HISTORY):
            noted: HttpResponse = super().history_view(request, object_id, extra_context)  # type: ignore[misc]
            return noted
        record = self.get_object(request, unquote(object_id))
        if record is None:
            missing: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            return missing
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        return history_of(request, book=book, record=record)
