"""Every change made by a page names its person, the request, the address and the device."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from pghistory.middleware import HistoryMiddleware

from gullu import origin
from gullu.audit.work import described


class WorkMiddleware(HistoryMiddleware):
    """pghistory's own, with all that is known of where the request comes from. Costs no statement."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        where = origin.current()
        person = getattr(getattr(request, "user", None), "pk", None)
        return {"user": person, **(described(where) if where else {})}
