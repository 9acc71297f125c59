"""Product pictures for everybody: customers see them in the shop window, and Trendyol fetches them from here."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import etag, require_safe

# The content of a name never changes, so nobody need ever ask twice.
_FOREVER = "public, max-age=31536000, immutable"


def _tag(_request: HttpRequest, name: str) -> str:
    return f'"{name.rpartition("/")[2]}"'


@require_safe
@etag(_tag)
def picture_file(_request: HttpRequest, name: str) -> FileResponse:
    """A file of the folder of products. The address itself allows no other name: see `catalog.urls`.

    Pictures of returns and papers of orders lie in other folders of the same storage and are private.
    """
    try:
        file = default_storage.open(name)
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        file,
        content_type="image/jpeg",
        headers={
            "Cache-Control": _FOREVER,
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
