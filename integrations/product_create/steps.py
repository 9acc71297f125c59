"""The steps of the guided page, in the order they are walked."""

from __future__ import annotations

from enum import Enum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Step(Enum):
    """A step; the members stand in the order they are walked."""

    MODEL = "MODEL"
    VARIANTS = "VARIANTS"
    PICTURES = "PICTURES"
    LISTING = "LISTING"
    PRICES = "PRICES"
    REVIEW = "REVIEW"

    @property
    def slug(self) -> str:
        """How addresses name it."""
        return self.value.lower()

    @property
    def title(self) -> Promise:
        return TITLES[self]

    @property
    def following(self) -> Step | None:
        """The next step; None behind the last one."""
        steps = list(Step)
        place = steps.index(self) + 1
        return steps[place] if place < len(steps) else None


TITLES: Final[dict[Step, Promise]] = {
    Step.MODEL: pgettext_lazy("step", "Model"),
    Step.VARIANTS: _("Colours and sizes"),
    Step.PICTURES: pgettext_lazy("step", "Pictures"),
    Step.LISTING: _("Category and attributes"),
    Step.PRICES: _("Prices and desi"),
    Step.REVIEW: _("Check and send"),
}


class StepState(Enum):
    """How far a step is."""

    DONE = "DONE"
    MISSING = "MISSING"
    NOT_YET = "NOT_YET"


STATE_WORDS: Final[dict[StepState, Promise]] = {
    StepState.DONE: pgettext_lazy("step", "Done"),
    StepState.MISSING: pgettext_lazy("step", "Something is missing"),
    StepState.NOT_YET: pgettext_lazy("step", "Not yet"),
}

__all__ = ["STATE_WORDS", "TITLES", "Step", "StepState"]
