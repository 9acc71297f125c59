"""Where a person stands on the returns page, kept as the reference of the scan that led there.

`parcel:<code>` a parcel; `unit:<id>:<code>` a unit of it; `stray:<code>` an article that does not belong into it;
`item` an article that several parcels expect. What was scanned is on the scan itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from catalog.models import Variant
from inventory.enums import ScanOutcome
from inventory.models import ScanLog
from inventory.scan.kernel import Answer
from inventory.scan.words import describe
from orders.models import ReturnUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A parcel in hand (`code`) and the unit of it that was scanned (`unit_id`), or an article.

    `stray`: `variant` (or the unknown code `text`) does not belong into the parcel. `item`: several parcels expect it.
    """

    code: str = ""
    unit_id: int | None = None
    stray: bool = False
    item: bool = False
    variant: Variant | None = None
    text: str = ""

    @property
    def reference(self) -> str:
        if self.unit_id is not None:
            return f"unit:{self.unit_id}:{self.code}"
        if self.item:
            return "item"
        return f"stray:{self.code}" if self.stray else f"parcel:{self.code}"

    def holding(self, unit_id: int) -> Place:
        """The same parcel with this unit in hand."""
        return Place(code=self.code, unit_id=unit_id)

    def parcel(self) -> Place:
        return Place(code=self.code)

    def with_stray(self) -> Place:
        return replace(self, unit_id=None, stray=True)


def place_of(steps: Sequence[ScanLog]) -> Place:
    """The place the newest step leads to."""
    if not steps:
        return Place()
    step = steps[-1]
    kind, _colon, rest = step.reference.partition(":")
    if kind == "unit":
        unit_id, _colon, code = rest.partition(":")
        return Place(code=code, unit_id=int(unit_id))
    if kind == "parcel":
        return Place(code=rest)
    known = Variant.objects.select_related("product").filter(pk__in=[step.variant_id or 0])
    variant = known.first()
    return Place(code=rest, stray=kind == "stray", item=kind == "item", variant=variant, text=step.text)


def said(
    message: str, *, place: Place, unit: ReturnUnit | None = None, variant: Variant | None = None
) -> Answer:
    """A good answer that leads to a place."""
    variant_id = unit.variant_id if unit else variant.pk if variant else None
    return Answer(outcome=ScanOutcome.OK, message=message, variant_id=variant_id, reference=place.reference)


def chosen_text(unit: ReturnUnit) -> str:
    """What to do with a unit that was just scanned."""
    name = describe(unit.variant) if unit.variant else unit.barcode
    if unit.disposition:
        return _("%(what)s is settled already (%(where)s).") % {
            "what": name,
            "where": unit.get_disposition_display(),
        }
    if unit.condition:
        return _("%(what)s was inspected: %(condition)s. Tap again to correct it, or scan its shelf.") % {
            "what": name,
            "condition": unit.get_condition_display(),
        }
    return _("%(what)s: how does it look?") % {"what": name}
