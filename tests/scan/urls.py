"""The frame of the scan pages with two pages that exist in tests only: the frame is proven without the real ones."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from gullu.urls import urlpatterns as real_urlpatterns
from inventory.enums import ScanOutcome
from inventory.models import ScanLog
from inventory.scan.home import PAGES
from inventory.scan.kernel import Answer
from inventory.scan.pages import ScanPage
from inventory.scan.urls_shell import urlpatterns as shell_urlpatterns

OUTCOMES = {outcome.value: outcome for outcome in ScanOutcome}


def strict_policy(get_response: Any) -> Any:
    """Middleware: the policy under which the frame must work, with nothing inline and nothing evaluated."""
    policy = "default-src 'self'; img-src 'self' data: blob:; frame-src 'self' blob:; object-src 'none'; base-uri 'none'"

    def run(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = policy
        return response

    return run


class TryPage(ScanPage):
    """Answers what the scan asks for ("WRONG …"), or OK; lists what it has booked."""

    page = "try"
    template = "scan_try/try"
    permission_required = "inventory.view_shelf"
    actions = frozenset({"park", "report"})

    def scan(self, text: str) -> Answer:
        first = text.partition(" ")[0]
        return Answer(outcome=OUTCOMES.get(first, ScanOutcome.OK), message=f"Okundu: {text}")

    def do_park(self) -> Answer:
        return Answer(outcome=ScanOutcome.DONE, message=f"Arşiv: {self.request.POST.get('text')}")

    def do_report(self) -> Answer:
        fields = self.request.POST
        return Answer(
            outcome=ScanOutcome.OK, message=f"Bildirildi: {fields.get('reason')} × {fields.get('quantity')}"
        )

    def context(self) -> dict[str, Any]:
        rows = ScanLog.objects.filter(page=self.page).order_by("pk")
        return {"rows": rows, "asked": self.request.GET.get("asked", "")}


class OtherPage(TryPage):
    page = "other"


def label(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("etiket", content_type="text/plain")


scan_urlpatterns = [
    *shell_urlpatterns,
    path("try/", TryPage.as_view(), name="try"),
    path("other/", OtherPage.as_view(), name="other"),
    path("label/", label, name="label"),
    # The addresses the start page knows.
    *(path(f"at/{page.page}/", OtherPage.as_view(), name=page.page) for page in PAGES),
]

urlpatterns = [
    path("scan/", include((scan_urlpatterns, "scan"))),
    *[entry for entry in real_urlpatterns if "scan/" not in str(entry.pattern)],  # type: ignore[attr-defined]
]
