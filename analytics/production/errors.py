"""Why a plan cannot be changed as wanted: one sentence each, with the way out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class PlanNotFound(DomainError):
    code = "plan_not_found"
    template = _("There is no production plan %(id)s.")


class NothingToMake(DomainError):
    code = "nothing_to_make"
    template = _("Nothing of what was chosen needs to be made: choose other models, or make more days.")


class NothingPlanned(DomainError):
    code = "nothing_planned"
    template = _("No pair is planned in %(plan)s: enter pairs before it is worked on.")


class MoveRefused(DomainError):
    code = "move_refused"
    template = _("The plan %(plan)s is “%(state)s” and cannot become “%(wanted)s”.")


class PlanMoved(DomainError):
    code = "plan_moved"
    template = _(
        "Somebody else made the plan %(plan)s “%(state)s” while this page was open: look at it as it is now, and "
        "decide again."
    )


class PairsOpen(DomainError):
    code = "pairs_open"
    template = _(
        "%(pairs)s pairs of %(plan)s are not made yet: record them, or finish it without them by the tick beside the "
        "button."
    )


class PlanClosed(DomainError):
    code = "plan_closed"
    template = _("The plan %(plan)s is “%(state)s”: its numbers can no longer be changed.")


class NotWorkedOn(DomainError):
    code = "not_worked_on"
    template = _("The plan %(plan)s is “%(state)s”: pairs are recorded while it is worked on.")


class NumbersChanged(DomainError):
    code = "numbers_changed"
    template = _(
        "Somebody else changed the same numbers while this page was open (%(goods)s), so nothing was saved: the page "
        "shows them as they are now. Enter yours again where they still hold."
    )


class LessThanMade(DomainError):
    code = "less_than_made"
    template = _(
        "%(made)s pairs of %(goods)s are made already: not fewer can be planned than that (entered: %(wanted)s)."
    )


class MoreThanPlanned(DomainError):
    code = "more_than_planned"
    template = _(
        "%(wanted)s pairs of %(goods)s were entered as made, but %(planned)s are planned: plan more of them first, or "
        "correct the number."
    )


class UnknownGoods(DomainError):
    code = "unknown_goods"
    template = _("A barcode of this page does not belong to the plan’s models any more: open the plan again.")


__all__ = [
    "LessThanMade",
    "MoreThanPlanned",
    "MoveRefused",
    "NotWorkedOn",
    "NothingPlanned",
    "NothingToMake",
    "NumbersChanged",
    "PairsOpen",
    "PlanClosed",
    "PlanMoved",
    "PlanNotFound",
    "UnknownGoods",
]
