"""Outcomes that several batch services share, and the names of goods and people in their sentences."""

from __future__ import annotations

from enum import Enum

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _

from catalog.models import Variant


class BoxOutcome(Enum):
    """What became of a scanned box. Only COUNTED and COMPLETE changed anything."""

    COUNTED = "COUNTED"
    COMPLETE = "COMPLETE"  # counted, and it was the last one
    ENOUGH = "ENOUGH"  # the batch has all it needs of it
    NEIGHBOUR = "NEIGHBOUR"  # another size or colour of a model that is wanted
    STRANGER = "STRANGER"  # nothing of the model is wanted


def name_of(variant: Variant) -> str:
    """Model, colour and size: what stands large on the box."""
    return f"{variant.product.code} {variant.colour} {variant.size}"


def person_name(user: AbstractBaseUser | None) -> str:
    """Somebody's name as colleagues know it."""
    if user is None:
        return str(_("Somebody else"))
    full_name = getattr(user, "get_full_name", str)()
    return str(full_name or user.get_username())
