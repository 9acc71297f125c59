"""getShipmentPackages and its stream (contract sections 5.1 and 5.2)."""

import base64
import json
import zlib
from collections.abc import Iterable

from .clock import DAY_MS, ISTANBUL_SHIFT_MS, SECOND_MS
from .entities import CANCELLED, STATUSES, UNSUPPLIED, Package
from .errors import order_refused
from .payloads import package_fragment
from .query import Query
from .state import State

_V2_PARAMETERS = frozenset(
    [
        "startDate",
        "endDate",
        "page",
        "size",
        "status",
        "orderNumber",
        "shipmentPackageIds",
        "orderByField",
        "orderByDirection",
        "supplierId",
    ]
)
_STREAM_PARAMETERS = frozenset(
    [
        "lastModifiedStartDate",
        "lastModifiedEndDate",
        "packageItemStatuses",
        "size",
        "nextCursor",
        "supplierId",
    ]
)
_REACH = 10_000
_STREAM_PAUSE_MS = 5 * SECOND_MS
_NO_CURSOR = ('""', "null", None)


class OrderSearch:
    """Answers as JSON text, put together from each package's kept text."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._last_stream_ms: int | None = None
        self._ended_streams = 0

    # -- v2/orders ----------------------------------------------------------------------------------

    def page(self, query: Query) -> str:
        """One page of v2/orders."""
        self._warn_unknown(query, _V2_PARAMETERS)
        with self._state.transaction() as now:
            page, size = query.page(), query.page_size(default=50, maximum=200)
            if (page + 1) * size > _REACH:
                raise order_refused("En fazla 10000 paket sorgulanabilir", key="query.reach.exceeded")
            found = self._sorted(query, self._matching(query, now))
            start = page * size
            content = ",".join(self._fragment(package) for package in found[start : start + size])
            pages = -(-len(found) // size)
            return (
                f'{{"totalElements":{len(found)},"totalPages":{pages},"page":{page},"size":{size},'
                f'"content":[{content}]}}'
            )

    def shift(self, query: Query) -> None:
        """Modify the first package of the page just read: later pages of an ascending read move up."""
        with self._state.transaction() as now:
            found = self._sorted(query, self._matching(query, now))
            start = query.page() * query.page_size(default=50, maximum=200)
            for package in found[start : start + 1]:
                package.last_modified_ms = max(now, package.last_modified_ms + 1)
                self._state.mark_package(package)

    def _matching(self, query: Query, now: int) -> list[Package]:
        ids = query.integers("shipmentPackageIds")
        if len(ids) > 50:
            raise order_refused("En fazla 50 shipmentPackageIds gönderilebilir", key="query.ids.too.many")
        start_ms, end_ms = query.window("startDate", "endDate", now=now, default_days=7)
        dated = bool(query.text("startDate") or query.text("endDate"))
        statuses = _with_unsupplied(query.choices("status", STATUSES))
        number = query.text("orderNumber")
        if number:
            # A query by number ignored the window on production (section 1.2).
            candidates = [p for p in self._visible(now) if p.order_number == number]
        elif ids and not dated and "ids_obey_window" not in self._state.config.quirks:
            candidates = self._visible(now)
        else:
            candidates = self._in_window(max(start_ms, now - 30 * DAY_MS), end_ms, now)
        wanted = set(ids)
        return [
            package
            for package in candidates
            if (not statuses or package.status in statuses) and (not wanted or package.package_id in wanted)
        ]

    def _visible(self, now: int) -> list[Package]:
        return [package for package in self._state.packages.values() if package.visible_ms <= now]

    def _in_window(self, start_ms: int, end_ms: int, now: int) -> list[Package]:
        if "v2_filters_order_date" in self._state.config.quirks:
            visible = self._visible(now)
            return [p for p in visible if start_ms <= p.order_ms + ISTANBUL_SHIFT_MS <= end_ms]
        shift = self._filter_shift()
        return self._state.packages_between(start_ms - shift, end_ms - shift)

    def _filter_shift(self) -> int:
        return ISTANBUL_SHIFT_MS if "shifted_filters" in self._state.config.quirks else 0

    def _sorted(self, query: Query, found: list[Package]) -> list[Package]:
        order = query.choice(
            "orderByField", ("PackageLastModifiedDate", "CreatedDate"), "PackageLastModifiedDate"
        )
        direction = query.choice("orderByDirection", ("ASC", "DESC"), "DESC")
        if order == "CreatedDate":
            found.sort(key=lambda p: (p.order_ms, p.package_id), reverse=direction == "DESC")
        else:
            found.sort(key=lambda p: (p.last_modified_ms, p.package_id), reverse=direction == "DESC")
        return found

    def _fragment(self, package: Package) -> str:
        kept = self._state.fragments.get(package.package_id)
        if kept is None:
            kept = package_fragment(package, self._state.config)
            self._state.fragments[package.package_id] = kept
        return kept

    # -- orders/stream ------------------------------------------------------------------------------

    def stream(self, query: Query) -> str:
        """One page of the stream: lastModifiedDate descending, no totals."""
        self._warn_unknown(query, _STREAM_PARAMETERS)
        with self._state.transaction() as now:
            self._warn_pace(now)
            size = query.page_size(default=50, maximum=200)
            start_ms, end_ms = query.window(
                "lastModifiedStartDate", "lastModifiedEndDate", now=now, default_days=14
            )
            statuses = _with_unsupplied(query.choices("packageItemStatuses", STATUSES))
            filters = zlib.crc32(query.fingerprint(without=("nextCursor",)).encode())
            position = self._position(query, filters)
            shift = self._filter_shift()
            found = self._state.packages_between(max(start_ms, now - 92 * DAY_MS) - shift, end_ms - shift)
            rest = [
                package
                for package in reversed(found)
                if (not statuses or package.status in statuses)
                and (position is None or (package.last_modified_ms, package.package_id) < position)
            ]
            return self._stream_page(rest, size=size, filters=filters)

    def _stream_page(self, rest: list[Package], *, size: int, filters: int) -> str:
        shown = rest[:size]
        has_more = len(rest) > size
        content = ",".join(self._fragment(package) for package in shown)
        if has_more:
            last = shown[-1]
            ending = f',"nextCursor":{json.dumps(_cursor(last, filters))}'
        else:
            ending = self._ending()
        return f'{{"hasMore":{json.dumps(has_more)}{ending},"size":{size},"content":[{content}]}}'

    def _ending(self) -> str:
        """At the end the cursor is empty, null or absent; all three are the same (section 5.2)."""
        varied = "varied_payloads" in self._state.config.quirks
        value = _NO_CURSOR[self._ended_streams % 3 if varied else 0]
        self._ended_streams += 1
        return "" if value is None else f',"nextCursor":{value}'

    def _position(self, query: Query, filters: int) -> tuple[int, int] | None:
        text = query.text("nextCursor")
        if not text:
            return None
        try:
            modified_ms, package_id, known_filters = json.loads(base64.urlsafe_b64decode(text.encode()))
        except (ValueError, TypeError) as error:
            raise order_refused("nextCursor geçersiz", key="stream.cursor.invalid") from error
        if known_filters != filters:
            raise order_refused("nextCursor farklı filtrelerle kullanılamaz", key="stream.filter.changed")
        return modified_ms, package_id

    def _warn_pace(self, now: int) -> None:
        if self._last_stream_ms is not None and now - self._last_stream_ms < _STREAM_PAUSE_MS:
            self._state.warnings["stream_calls_closer_than_5_seconds"] += 1
        self._last_stream_ms = now

    def _warn_unknown(self, query: Query, known: Iterable[str]) -> None:
        for name in query.names() - set(known):
            self._state.warnings[f"unknown_parameter:{name}"] += 1


def _with_unsupplied(statuses: set[str]) -> set[str]:
    """A Cancelled query also covers UnSupplied (section 5.6)."""
    return statuses | {UNSUPPLIED} if CANCELLED in statuses else statuses


def _cursor(package: Package, filters: int) -> str:
    text = json.dumps([package.last_modified_ms, package.package_id, filters])
    return base64.urlsafe_b64encode(text.encode()).decode()
