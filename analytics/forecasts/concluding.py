"""The end of a run: methods are chosen over all studies together, and what they say is written, once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from analytics.caching import bump
from analytics.enums import DataKind
from analytics.forecasting.choosing import Study, choose
from analytics.forecasting.forecast import BacktestScore, BarcodeForecast, conclude, plain_study
from analytics.forecasting.methods import HORIZONS, Method
from analytics.forecasting.models import ModelTotal, model_totals
from analytics.forecasts.keeping import prune_forecasts
from analytics.forecasts.packing import unpack_given, unpack_study
from analytics.forecasts.preparing import group_label
from analytics.forecasts.runs import end_run, lock_running
from analytics.forecasts.words import FALLBACK
from analytics.models import ForecastRun, ForecastTask, ModelForecast, VariantForecast
from catalog.models import Variant
from gullu.jobs import reason_of
from gullu.locks import advisory_lock

logger = logging.getLogger(__name__)

LOCK: Final = "analytics.forecasts.conclude"
ROWS_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    """All rows of a run, not yet written."""

    models: list[ModelForecast]
    variants: list[VariantForecast]
    fell_back: int


def conclude_if_ready(run_id: int) -> bool:
    """Conclude the run if every task is done. Returns whether this call did it.

    Whoever stores the last study comes here and finds nothing left; two who come at once meet at a lock, and the row
    of the run decides. One that dies in here leaves everything as it was: the next look at the run concludes it.
    """
    if not _ready(run_id):
        return False
    with advisory_lock(LOCK) as lock:
        return lock.acquired and _ready(run_id) and _conclude(run_id)


def _ready(run_id: int) -> bool:
    tasks = ForecastTask.objects.filter(run=run_id, run__state=ForecastRun.State.RUNNING)
    return tasks.exists() and not tasks.filter(done_at__isnull=True).exists()


def _conclude(run_id: int) -> bool:
    try:
        said = _say(run_id)
    except Exception as error:
        logger.exception("the forecast run %s could not be concluded", run_id)
        fail_run(run_id, reason_of(error))
        raise
    if not _write(run_id, said):
        return False
    prune_forecasts()
    return True


@transaction.atomic
def fail_run(run_id: int, reason: str) -> None:
    """End the run without a forecast; the one before it goes on counting."""
    if run := lock_running(run_id):
        end_run(run, state=ForecastRun.State.FAILED, error=reason)


@transaction.atomic
def _write(run_id: int, said: _Said) -> bool:
    run = lock_running(run_id)
    if run is None:
        return False
    ModelForecast.objects.bulk_create(said.models, batch_size=ROWS_AT_ONCE)
    VariantForecast.objects.bulk_create(said.variants, batch_size=ROWS_AT_ONCE)
    end_run(
        run,
        state=ForecastRun.State.DONE,
        fell_back=said.fell_back,
        forecast_models=len(said.models) // len(HORIZONS),
        forecast_barcodes=len(said.variants) // len(HORIZONS),
    )
    bump(DataKind.FORECAST)
    return True


def _say(run_id: int) -> _Said:
    rows = list(ForecastTask.objects.filter(run=run_id).order_by("pk"))
    studies = [_study(row) for row in rows]
    methods = choose(studies)
    models = _models_of(studies)
    totals = model_totals(studies, methods, {variant: str(product) for variant, product in models.items()})
    plain = frozenset(one.barcodes for one, row in zip(studies, rows, strict=True) if row.result is None)
    fallen = {variant for barcodes in plain for variant in barcodes}
    by_horizon = {horizon: conclude(studies, horizon=horizon, methods=methods) for horizon in HORIZONS}
    variants = [
        _of_variant(run_id, one, fallen=one.barcode in fallen)
        for found in by_horizon.values()
        for one in found
        if one.barcode in models
    ]
    return _Said(_of_models(run_id, totals, by_horizon, models, fallen), variants, len(plain))


def _study(row: ForecastTask) -> Study:
    """What was studied, or the plain average where every try broke."""
    if row.result is not None:
        return unpack_study(bytes(row.result))
    return plain_study(unpack_given(bytes(row.given or b"")).task)


def _models_of(studies: Sequence[Study]) -> dict[str, int]:
    """Model of each variant that still exists."""
    variants = [int(variant) for one in studies for variant in one.barcodes]
    rows = Variant.objects.filter(pk__in=variants).values_list("pk", "product_id")
    return {str(variant): product for variant, product in rows}


def _of_models(
    run_id: int,
    totals: Sequence[ModelTotal],
    by_horizon: Mapping[int, Sequence[BarcodeForecast]],
    models: Mapping[str, int],
    fallen: set[str],
) -> list[ModelForecast]:
    """A model's scores are those of its group, as with each of its barcodes."""
    found = []
    for place, (horizon, barcodes) in enumerate(by_horizon.items()):
        one_of = {models[one.barcode]: one for one in barcodes if one.barcode in models}
        for total in totals:
            one = one_of[int(total.model)]
            row = ModelForecast(
                run_id=run_id,
                product_id=int(total.model),
                horizon=horizon,
                group=group_label(one.group),
                method=_method(total.method, fallen=one.barcode in fallen),
                expected=total.expected[place],
                q90=total.q90[place],
                path=total.path[:horizon].tolist(),
                band=total.band[:horizon].tolist(),
            )
            found.append(_with_scores(row, one.backtest, one.moving_average))
    return found


def _with_scores(
    row: ModelForecast, backtest: BacktestScore | None, average: BacktestScore | None
) -> ModelForecast:
    if backtest:
        row.wape, row.bias, row.coverage = backtest.wape, backtest.bias, backtest.coverage
        row.units = backtest.units
    if average:
        row.average_wape, row.average_bias = average.wape, average.bias
        row.average_coverage = average.coverage
    return row


def _of_variant(run_id: int, one: BarcodeForecast, *, fallen: bool) -> VariantForecast:
    return VariantForecast(
        run_id=run_id,
        variant_id=int(one.barcode),
        horizon=one.horizon,
        method=_method(one.method, fallen=fallen),
        group=group_label(one.group),
        expected=one.expected,
        q90=one.q90,
        dispersion=one.dispersion,
    )


def _method(method: Method, *, fallen: bool) -> str:
    return FALLBACK if fallen else method.value
