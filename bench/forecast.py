"""`python -m bench forecast FOLDER`: forecasts of 14 and 28 days beside the moving average, on CSVs of daily sales.

Each CSV has the columns date, sku, group and qty; days without a row are zero. From origins 28 days apart only what
was known then is used, the choice of the method included; articles first sold less than 28 days before an origin are
left out. WAPE, bias and pinball loss are parts of the units sold in totals per article, coverage is the part of those
totals within their 90 % quantile (wanted: 0.90). At the end: CPU seconds per fit, the optimiser's process included.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from analytics.forecasting import groups, sparse
from analytics.forecasting.arrays import FloatArray
from analytics.forecasting.choosing import KNOWN_DAYS, STEP_DAYS, Study, choose
from analytics.forecasting.forecast import conclude, study, tasks_of
from analytics.forecasting.methods import HORIZONS, LONGEST, Memory, Method
from analytics.forecasting.quantiles import LEVEL
from analytics.forecasting.series import SalesMatrix, sales_matrix
from analytics.forecasting.shares import split

# The first origin: a month to be known in, and one to learn from.
FIRST_ORIGIN_DAYS: Final = 2 * KNOWN_DAYS
TIMED_GROUPS: Final = 8
CHOSEN: Final = "chosen"
SHARED: Final = (Method.PROPHET, Method.PROPHET_ETS, Method.COMBINED)


@dataclass(slots=True)
class Score:
    """Sums over articles and origins."""

    wrong: float = 0.0
    over: float = 0.0
    pinball: float = 0.0
    within: int = 0
    totals: int = 0
    sold: float = 0.0

    def add(self, *, expected: FloatArray, q90: FloatArray, actual: FloatArray) -> None:
        short = actual - q90
        self.wrong += float(np.abs(expected - actual).sum())
        self.over += float((expected - actual).sum())
        self.pinball += float(np.maximum(LEVEL * short, (LEVEL - 1) * short).sum())
        self.within += int((short <= 0).sum())
        self.totals += actual.size
        self.sold += float(actual.sum())


@dataclass(slots=True)
class Scores:
    """By name of the method and horizon; how often which method was chosen."""

    rows: dict[tuple[str, int], Score] = field(default_factory=dict)
    choices: dict[str, int] = field(default_factory=dict)

    def of(self, name: str, horizon: int) -> Score:
        return self.rows.setdefault((name, horizon), Score())


def main(*arguments: str) -> None:
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("Name one folder with CSVs of daily sales: python -m bench forecast FOLDER", file=sys.stderr)
        return
    for path in sorted(Path(arguments[0]).glob("*.csv")):
        _measure(path)


def _measure(path: Path) -> None:
    table = pd.read_csv(path, dtype={"sku": str, "group": str}).rename(
        columns={"sku": "barcode", "qty": "quantity"}
    )
    history = sales_matrix(table)
    group_of = dict(zip(table["barcode"], table["group"], strict=True))
    scores = Scores()
    memory: Memory = {}
    started = _cpu_seconds()
    origins = sorted(range(history.days - LONGEST, FIRST_ORIGIN_DAYS - 1, -STEP_DAYS))
    for origin in origins:
        _score_origin(history, group_of, origin=origin, scores=scores, memory=memory)
    print(
        f"{path.stem}: {len(history.barcodes)} articles, {len(set(group_of.values()))} groups, {len(origins)} origins"
    )
    _print_scores(scores)
    print(f"  chosen: {', '.join(f'{name} {count}' for name, count in sorted(scores.choices.items()))}")
    print(f"  {_cpu_seconds() - started:.0f} CPU seconds in all")
    _print_times(history, group_of)


def _score_origin(
    history: SalesMatrix, group_of: dict[str, str], *, origin: int, scores: Scores, memory: Memory
) -> None:
    known = history.known_on(origin)
    scored = np.asarray(known.quantities[: origin - KNOWN_DAYS + 1].any(axis=0), dtype=np.bool_)
    sold = {h: history.quantities[origin : origin + h].sum(axis=0)[scored] for h in HORIZONS}
    seen = known.of([column for column in range(len(known.barcodes)) if known.quantities[:, column].any()])
    studies = [study(task, memory=memory) for task in tasks_of(seen, group_of)]
    barcodes = [barcode for barcode, is_scored in zip(known.barcodes, scored, strict=True) if is_scored]
    for name, methods in _candidates(studies).items():
        for horizon in HORIZONS:
            rows = {row.barcode: row for row in conclude(studies, horizon=horizon, methods=methods)}
            scores.of(name, horizon).add(
                expected=np.array([rows[barcode].expected for barcode in barcodes]),
                q90=np.array([rows[barcode].q90 for barcode in barcodes]),
                actual=sold[horizon],
            )
    for method in choose(studies):
        scores.choices[method] = scores.choices.get(method, 0) + 1


def _candidates(studies: Sequence[Study]) -> dict[str, list[Method]]:
    """The same method for all groups, one after the other, and the choice. What has no group keeps to SPARSE."""
    found = {str(Method.MOVING_AVERAGE): [Method.MOVING_AVERAGE for _ in studies]}
    for method in SHARED:
        found[method] = [method if method in one.paths else Method.SPARSE for one in studies]
    return found | {CHOSEN: choose(studies)}


def _print_scores(scores: Scores) -> None:
    for horizon in sorted(HORIZONS, reverse=True):
        print(f"  {horizon} days          WAPE  to average    bias  pinball  coverage")
        base = scores.of(Method.MOVING_AVERAGE, horizon)
        for name, row in ((name, row) for (name, days), row in scores.rows.items() if days == horizon):
            print(
                f"  {name:<15} {row.wrong / row.sold:>6.3f}  {row.wrong / base.wrong - 1:>+10.1%}"
                f"  {row.over / row.sold:>+6.3f}  {row.pinball / row.sold:>7.3f}  {row.within / row.totals:>8.3f}"
            )


def _print_times(history: SalesMatrix, group_of: dict[str, str]) -> None:
    """CPU seconds of one fit on the full length of the largest groups, after a first one that loads libraries."""
    tasks = [task for task in tasks_of(history, group_of) if task.group]
    largest = sorted(tasks, key=lambda task: -task.history.quantities.sum())[:TIMED_GROUPS]
    fits: dict[str, tuple[Callable[[SalesMatrix], object], int]] = {
        "Prophet, one fit": (_by_prophet, 2),
        "AutoETS": (lambda part: groups.auto_ets(split(part).demand, days=LONGEST), 1),
        "IMAPA, a group": (lambda part: sparse.imapa(part, days=LONGEST), 1),
    }
    for name, (fit, number) in fits.items():
        fit(largest[0].history)
        started = _cpu_seconds()
        for task in largest:
            fit(task.history)
        print(f"  {name:<17} {(_cpu_seconds() - started) / len(largest) / number:.3f} CPU seconds")


def _by_prophet(part: SalesMatrix) -> FloatArray:
    return groups.prophet(split(part).demand, first_date=part.first_date, days=LONGEST)


def _cpu_seconds() -> float:
    """Of this process and of those it started: the optimiser is one of those."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
