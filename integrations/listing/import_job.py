"""An import that takes longer than a page may: asked for here, done by the worker, watched on its `JobRun`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final
from uuid import uuid4

from django.db import transaction

from gullu.jobs import enqueue, record_run
from gullu.models import JobRun, User
from integrations.listing.importing import Imported, import_listings

RUN_NAME: Final = "import_listings"
TASK: Final = "integrations.listing.import_job.import_listings_job"
# More barcodes than this are left to the worker; so many take about a second.
MOST_AT_ONCE: Final = 200
REASONS_KEPT: Final = 100


def ask_import(*, channel: str, barcodes: Collection[str], user: User) -> str:
    """Queue an import of these barcodes; returns its id."""
    import_id = uuid4().hex
    with transaction.atomic():
        enqueue(
            TASK,
            channel=channel,
            barcodes=sorted(barcodes),
            import_id=import_id,
            trigger=JobRun.Trigger.STAFF.value,
            actor_id=user.pk,
        )
    return import_id


def import_listings_job(
    *,
    channel: str,
    barcodes: list[str],
    import_id: str,
    trigger: str = JobRun.Trigger.STAFF,
    actor_id: int | None = None,
    **_: Any,
) -> dict[str, Any]:
    """Take these barcodes in. The run carries how far it is and, at the end, why some were not. Returns the counts."""
    actor = None if actor_id is None else User.objects.filter(pk=actor_id).first()
    with record_run(RUN_NAME, trigger=trigger, actor=actor) as run:
        run.counts = {"import": import_id, "of": len(barcodes), "done": 0}
        run.show()
        done = import_listings(
            channel=channel,
            barcodes=barcodes,
            user=actor,
            progress=lambda _step, done, _total: run.progress(done=done),
        )
        run.counts |= {"done": len(barcodes), **counts_of(done)}
    return done.as_dict()


def counts_of(done: Imported) -> dict[str, Any]:
    """What a run keeps of an import."""
    reasons = [[row.barcode, row.message] for row in done.refused[:REASONS_KEPT]]
    return {**done.as_dict(), "reasons": reasons}


def import_run(*, import_id: str, user: User) -> JobRun | None:
    """The newest run of this person's import; None while it waits for the worker. One statement."""
    runs = JobRun.objects.filter(name=RUN_NAME, actor=user, counts__import=import_id)
    return runs.order_by("-started_at", "-pk").first()
