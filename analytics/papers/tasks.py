"""What the worker runs for papers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from analytics.papers.options import PaperOptions
from analytics.papers.services import make_paper
from gullu.models import JobRun, User


def make_paper_job(
    *,
    paper: str,
    options: dict[str, Any],
    keys: list[list[Any]],
    trigger: str = JobRun.Trigger.STAFF,
    actor_id: int | None = None,
    **_: Any,
) -> dict[str, int]:
    """Make one paper; `keys` are pairs of a model's id and a colour. Returns the counts."""
    made = make_paper(
        paper=paper,
        options=PaperOptions.from_dict(options),
        keys=[(int(product), str(colour)) for product, colour in keys],
        trigger=trigger,
        actor=None if actor_id is None else User.objects.filter(pk=actor_id).first(),
    )
    return asdict(made)
