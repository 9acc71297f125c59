"""Tasks and studies as bytes: arrays and text, nothing that could run when it is read (no pickles)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import numpy as np

from analytics.forecasting.choosing import Study, Trial
from analytics.forecasting.forecast import Task
from analytics.forecasting.holidays import Campaign
from analytics.forecasting.methods import Method
from analytics.forecasting.series import SalesMatrix


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """All a worker needs for one task."""

    task: Task
    campaigns: tuple[Campaign, ...]


def pack_given(task: Task, campaigns: Sequence[Campaign]) -> bytes:
    history = task.history
    head = {
        "group": task.group,
        "first_date": history.first_date.isoformat(),
        "barcodes": history.barcodes,
        "asked": task.asked,
        "campaigns": [(one.name, one.first_date.isoformat(), one.last_date.isoformat()) for one in campaigns],
    }
    return _packed(head, {"quantities": history.quantities, "in_stock": history.in_stock})


def unpack_given(content: bytes) -> Given:
    head, arrays = _unpacked(content)
    history = SalesMatrix(
        date.fromisoformat(head["first_date"]),
        tuple(head["barcodes"]),
        arrays["quantities"],
        arrays["in_stock"],
    )
    campaigns = tuple(
        Campaign(name, date.fromisoformat(first), date.fromisoformat(last))
        for name, first, last in head["campaigns"]
    )
    return Given(Task(head["group"], history, tuple(head["asked"])), campaigns)


def pack_study(study: Study) -> bytes:
    head = {
        "group": study.group,
        "last_date": study.last_date.isoformat(),
        "barcodes": study.barcodes,
        "methods": [method.value for method in study.paths],
        "trials": len(study.trials),
    }
    arrays: dict[str, Any] = {f"path {method.value}": path for method, path in study.paths.items()}
    for number, trial in enumerate(study.trials):
        arrays |= {f"{number} {method.value}": expected for method, expected in trial.expected.items()}
        arrays |= {f"{number} actual": trial.actual, f"{number} scored": trial.scored}
    return _packed(head, arrays)


def unpack_study(content: bytes) -> Study:
    head, arrays = _unpacked(content)
    methods = [Method(name) for name in head["methods"]]
    trials = tuple(
        Trial(
            expected={method: arrays[f"{number} {method.value}"] for method in methods},
            actual=arrays[f"{number} actual"],
            scored=arrays[f"{number} scored"],
        )
        for number in range(head["trials"])
    )
    return Study(
        group=head["group"],
        barcodes=tuple(head["barcodes"]),
        last_date=date.fromisoformat(head["last_date"]),
        paths={method: arrays[f"path {method.value}"] for method in methods},
        trials=trials,
    )


def _packed(head: Mapping[str, Any], arrays: Mapping[str, Any]) -> bytes:
    file = BytesIO()
    np.savez_compressed(file, head=np.array(json.dumps(head)), **arrays)
    return file.getvalue()


def _unpacked(content: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    with np.load(BytesIO(content), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return json.loads(str(arrays.pop("head"))), arrays
