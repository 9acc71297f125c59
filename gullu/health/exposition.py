"""All figures for Prometheus, in its text format."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Final

from django.conf import settings
from django.db import Error, connection, transaction
from django.utils.module_loading import import_string
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gullu.health.counting import counted
from gullu.health.definition import Collect

logger = logging.getLogger(__name__)

# Prometheus gives up after ten seconds: better some figures than none.
STATEMENT_MILLISECONDS: Final = 3000


def exposition() -> bytes:
    """What was counted, then what stands in the tables: `settings.METRICS`, each in a constant number of statements."""
    registry = CollectorRegistry()
    registry.register(_Tables())
    return generate_latest(counted()) + generate_latest(registry)


class _Tables(Collector):
    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily(
            "gullu_collector_up", "1 where these figures could be read.", labels=["collector"]
        )
        for path in settings.METRICS:
            try:
                found = _read(path)
            except Error:
                logger.warning("the figures of %s could not be read", path, exc_info=True)
                found = []
                up.add_metric([path], 0)
            else:
                up.add_metric([path], 1)
            yield from found
        yield up


def _read(path: str) -> list[Metric]:
    collect: Collect = import_string(path)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(STATEMENT_MILLISECONDS)])
        return list(collect())


def gauge(name: str, words: str, value: float | None) -> list[Metric]:
    """One figure without labels; none where it is not known."""
    if value is None:
        return []
    return [GaugeMetricFamily(name, words, value=value)]


def gauges(name: str, words: str, label: str, values: Iterable[tuple[str, float]]) -> Metric:
    """One figure for each value of a label."""
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in values:
        family.add_metric([key], value)
    return family
