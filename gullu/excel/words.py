"""Headings of what we add to a sheet ourselves."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ROW: Final = pgettext_lazy("heading of a sheet", "row in the file")
REASON: Final = pgettext_lazy("heading of a sheet", "why not taken")
EXPLANATIONS: Final = _("explanations")
