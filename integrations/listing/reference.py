"""Reading what a marketplace lets us choose from: its category tree, its brands, the attributes of a category.

Everything is read first and stored afterwards, so a reading that breaks off changes nothing. None of these services
may be called inside a transaction: they speak over the network.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, Final, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gullu.errors import DomainError
from gullu.jobs import Run, record_run
from gullu.locks import advisory_lock
from gullu.models import JobRun
from gullu.text import fold, tr_lower, tr_upper
from integrations.listing.marketplace import BrandRow, CategoryRow, marketplace
from integrations.listing.storing import ReadAttribute, store_attributes, store_brands, store_categories
from integrations.models import MarketBrand, MarketCategory
from integrations.progress import Progress, silent

FRESH_FOR: Final = timedelta(days=7)
"""The tree is to be read once a week (contract section 8.2)."""
WAIT_SECONDS: Final = 20
CATEGORIES: Final = "refresh_categories"
BRANDS: Final = "refresh_brands"

R = TypeVar("R", BrandRow, CategoryRow)


class UnknownCategory(DomainError):
    """Data: category_id."""

    code = "unknown_market_category"
    template = gettext_lazy("There is no category %(category_id)s here: choose one from the list.")


class TakesNoProducts(DomainError):
    """Data: category."""

    code = "category_takes_no_products"
    template = gettext_lazy(
        "The category “%(category)s” takes no products itself: choose one of the categories below it."
    )


class BeingRead(DomainError):
    """Data: category."""

    code = "category_being_read"
    template = gettext_lazy(
        "The attributes of “%(category)s” are being read at this moment: try again in a few seconds."
    )


class NothingTold(DomainError):
    """Data: what."""

    code = "marketplace_told_nothing"
    template = gettext_lazy(
        "The marketplace named no %(what)s at all, so the stored ones were kept: try again later."
    )


class Outcome(Enum):
    DONE = "DONE"
    ALREADY_RUNNING = "ALREADY_RUNNING"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceResult:
    """`rows` the marketplace named, `new` here, `gone`: offered before, not named any more."""

    channel: str
    outcome: Outcome = Outcome.DONE
    rows: int = 0
    new: int = 0
    gone: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome.value,
            "channel": self.channel,
            "rows": self.rows,
            "new": self.new,
            "gone": self.gone,
        }


# --- whole lists ------------------------------------------------------------------------------------------------


def refresh_categories(
    *, channel: str, trigger: str = JobRun.Trigger.INTERNAL, actor: Any = None, progress: Progress = silent
) -> ReferenceResult:
    """Read the whole tree; what it no longer has stays here, but is not offered.

    Raises NothingTold, and what the marketplace raises.
    """
    with _alone(CATEGORIES, channel=channel, trigger=trigger, actor=actor) as run:
        if run is None:
            return ReferenceResult(channel=channel, outcome=Outcome.ALREADY_RUNNING)
        known = MarketCategory.objects.filter(channel=channel)
        before = known.count()
        rows = _once(marketplace(channel).read_categories(), _("categories"), progress)
        gone = store_categories(channel=channel, rows=rows)
        result = ReferenceResult(channel=channel, rows=len(rows), new=known.count() - before, gone=gone)
        run.counts = result.as_dict()
        return result


def refresh_brands(
    *, channel: str, trigger: str = JobRun.Trigger.INTERNAL, actor: Any = None, progress: Progress = silent
) -> ReferenceResult:
    """Read every brand. None is removed: nothing in their pages says that all of them were told.

    Raises NothingTold, and what the marketplace raises.
    """
    with _alone(BRANDS, channel=channel, trigger=trigger, actor=actor) as run:
        if run is None:
            return ReferenceResult(channel=channel, outcome=Outcome.ALREADY_RUNNING)
        known = MarketBrand.objects.filter(channel=channel)
        before = known.count()
        rows = _once(marketplace(channel).read_brands(), _("brands"), progress)
        store_brands(channel=channel, rows=rows)
        result = ReferenceResult(channel=channel, rows=len(rows), new=known.count() - before)
        run.counts = result.as_dict()
        return result


def refresh_due(
    *, channel: str, force: bool = False, trigger: str = JobRun.Trigger.INTERNAL, actor: Any = None
) -> dict[str, Any]:
    """Read those of categories and brands that were not read completely for a week; all with `force`.

    Returns the result of each list that was read. A list that failed is due at the next call again.
    """
    done: dict[str, Any] = {}
    for name, refresh in ((CATEGORIES, refresh_categories), (BRANDS, refresh_brands)):
        if force or not _read_lately(name, channel=channel):
            done[name] = refresh(channel=channel, trigger=trigger, actor=actor).as_dict()
    return done


def _read_lately(name: str, *, channel: str) -> bool:
    done = JobRun.objects.filter(name=name, state=JobRun.State.DONE, counts__channel=channel)
    return done.filter(started_at__gt=timezone.now() - FRESH_FOR).exists()


@contextmanager
def _alone(name: str, *, channel: str, trigger: str, actor: Any) -> Iterator[Run | None]:
    """A recorded run, or None when another one is at it."""
    with advisory_lock(f"listing.{name}.{channel}") as lock:
        if not lock.acquired:
            yield None
            return
        with record_run(name, trigger=trigger, actor=actor) as run:
            yield run


def _once(rows: Iterable[R], what: str, progress: Progress) -> list[R]:
    """Every row of a list that has any, each number once."""
    found: dict[int, R] = {}
    for row in rows:
        found.setdefault(row.remote_id, row)
        if len(found) % 1000 == 0:
            progress(what, len(found), None)
    if not found:
        raise NothingTold(what=what)
    progress(what, len(found), len(found))
    return list(found.values())


# --- one category, one brand --------------------------------------------------------------------------------------


def read_category(*, category_id: int, force: bool = False) -> MarketCategory:
    """Read the attributes of a category (its pk here) and all their values, unless that was done within a week.

    Raises UnknownCategory, TakesNoProducts, BeingRead, and what the marketplace raises.
    """
    category = MarketCategory.objects.filter(pk=category_id).first()
    if category is None:
        raise UnknownCategory(category_id=category_id)
    if not category.leaf:
        raise TakesNoProducts(category=category.path)
    if not force and _is_fresh(category):
        return category
    with advisory_lock(f"listing.read_category.{category_id}", wait_seconds=WAIT_SECONDS) as lock:
        if not lock.acquired:
            raise BeingRead(category=category.path)
        category.refresh_from_db()
        if force or not _is_fresh(category):
            store_attributes(category=category, attributes=_read_attributes(category))
    return category


def _is_fresh(category: MarketCategory) -> bool:
    read_at = category.attributes_read_at
    return read_at is not None and timezone.now() - read_at < FRESH_FOR


def _read_attributes(category: MarketCategory) -> list[ReadAttribute]:
    shop = marketplace(category.channel)
    rows = {row.remote_id: row for row in shop.read_attributes(category.remote_id)}
    return [
        ReadAttribute(row, tuple(shop.read_values(category.remote_id, number)))
        for number, row in rows.items()
    ]


def learn_brand(*, channel: str, name: str) -> list[MarketBrand]:
    """Ask for brands by name and store them: as typed, in capitals, capitalised, in small letters (contract trap 31).

    Returns what was found, the very name first. Raises what the marketplace raises.
    """
    shop = marketplace(channel)
    rows = {row.remote_id: row for spelling in spellings(name) for row in shop.find_brands(spelling)}
    store_brands(channel=channel, rows=list(rows.values()))
    return _by_likeness(MarketBrand.objects.filter(channel=channel, remote_id__in=rows), name)


def spellings(name: str) -> list[str]:
    """How a brand may be written there, most likely first; nothing for an empty name.

    Capitals in two ways: `fila` may be `FİLA` or, as a foreign name, `FILA`.
    """
    typed = " ".join(name.split())
    title = " ".join(tr_upper(word[:1]) + tr_lower(word[1:]) for word in typed.split())
    found = (typed, tr_upper(typed), title, typed.upper(), typed.title(), tr_lower(typed))
    return [spelling for spelling in dict.fromkeys(found) if spelling]


def _by_likeness(brands: Iterable[MarketBrand], name: str) -> list[MarketBrand]:
    wanted = fold(name)
    return sorted(brands, key=lambda brand: (brand.search_key != wanted, brand.search_key, brand.remote_id))


__all__ = [
    "BeingRead",
    "NothingTold",
    "Outcome",
    "ReferenceResult",
    "TakesNoProducts",
    "UnknownCategory",
    "learn_brand",
    "read_category",
    "refresh_brands",
    "refresh_categories",
    "refresh_due",
    "spellings",
]
