"""Serves plotly.js from the `plotly` package as a static file of ours: no CDN, and always the pinned version."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

FILE: Final = "plotly.min.js"
PREFIX: Final = "plotly"


def _folder() -> Path:
    # Found without importing it: the package takes half a second to load.
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("plotly")
    return Path(spec.origin).parent / "package_data"


class PlotlyFinder(BaseFinder):
    """Finds `plotly/plotly.min.js` and nothing else of the package."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=_folder())
        self.storage.prefix = PREFIX  # type: ignore[attr-defined]  # read by collectstatic

    def check(self, **_kwargs: Any) -> list[Any]:
        """Nothing can be configured wrongly."""
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:
        """The file, or an empty list."""
        if Path(path).as_posix() != f"{PREFIX}/{FILE}":
            return []
        found = self.storage.path(FILE)
        return [found] if find_all else found

    def list(self, _ignore_patterns: Iterable[str] | None) -> Any:
        """What collectstatic copies."""
        return [(FILE, self.storage)]
