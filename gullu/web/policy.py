"""Which answer has which content security policy, and the other headers that close what a page does not need.

Three classes of answers, from the strictest:

- files (pictures, workbooks, papers): nothing may run in them at all;
- pages: scripts and styles from our own files only, nothing inline, nothing evaluated;
- pages inside the frame of the back office: as pages, and `'unsafe-eval'`, because the skin's Alpine turns the
  attributes of its own templates into functions. Inline scripts and styles stay forbidden there, too.
"""

from __future__ import annotations

from typing import Any, Final

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# Pictures of products lie where the marketplace or the person who wrote their address put them.
PAGE: Final[dict[str, Any]] = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:", "blob:", "https:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "manifest-src": [SELF],
    "worker-src": [SELF],
    # The scan pages print a paper from a copy of it in memory.
    "frame-src": ["blob:"],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
FRAME: Final[dict[str, Any]] = {"script-src": [SELF, UNSAFE_EVAL]}
FILE: Final[dict[str, Any]] = {"default-src": [NONE], "frame-ancestors": [NONE], "sandbox": [""]}
# Browsers show a paper with a viewer of their own, which a sandbox would stop and which styles itself.
PAPER: Final[dict[str, Any]] = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "object-src": [SELF],
    "frame-ancestors": [NONE],
}

_PAGES: Final = ("text/html", "text/javascript", "application/javascript", "application/manifest+json")
_PAPERS: Final = ("application/pdf",)
_CLOSED: Final = (
    "accelerometer",
    "browsing-topics",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
_PASSKEYS: Final = ("publickey-credentials-create", "publickey-credentials-get")
# Barcodes are read with the camera on these pages alone.
CAMERA_PATHS: Final = ("/scan/",)
PRIVATE: Final = "private, no-store"


def in_the_frame(request: HttpRequest) -> dict[str, Any]:
    """Called by the skin for each page it draws (`UNFOLD["GLOBAL_CALLBACK"]`): notes which policy the page needs.

    The colours, which the skin would write into a style element, are in `static/css/frame.css`.
    """
    vars(request)["in_the_frame"] = True
    return {"colors": None}


def permissions_policy(path: str) -> str:
    """What the browser may offer to a page: passkeys everywhere, the camera where barcodes are read, no more."""
    camera = "(self)" if path.startswith(CAMERA_PATHS) else "()"
    allowed = [*(f"{name}=(self)" for name in _PASSKEYS), f"camera={camera}"]
    return ", ".join([*allowed, *(f"{name}=()" for name in _CLOSED)])


class PolicyMiddleware(CSPMiddleware):
    """Gives each answer the policy of its class, unless its view has given it a stricter one."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if report_only:  # nothing is only reported: there is nobody to report to
            return parts
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind in _PAPERS:
            parts.config = PAPER
        elif kind and kind not in _PAGES:
            parts.config = FILE
        elif getattr(request, "in_the_frame", False):
            parts.replace = {**FRAME, **(parts.replace or {})}
        return parts

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        answer: HttpResponseBase = super().process_response(request, response)
        answer.headers.setdefault("Permissions-Policy", permissions_policy(request.path))
        answer.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if _is_somebodys(request):
            # Names of customers stay out of caches, also out of the one behind the back button.
            answer.headers.setdefault("Cache-Control", PRIVATE)
        return answer


def _is_somebodys(request: HttpRequest) -> bool:
    """Whether the answer was made for a person: the session was read."""
    session = getattr(request, "session", None)
    return session is not None and session.accessed
