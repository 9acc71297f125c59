"""One page of raw packages: validate each by itself, store the good ones, keep the bad ones visible."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError

from integrations import problems
from integrations.models import SyncProblem
from integrations.problems import Problem
from integrations.trendyol.client import RawRecord, canonical_json
from integrations.trendyol.mapping import storable, to_incoming
from integrations.trendyol.schemas import BadRecord, PackagePayload, validate_each
from orders.incoming import Applied, IncomingPackage, Notice
from orders.services import apply_packages

logger = logging.getLogger(__name__)

# What a value that slipped through validation can raise while it is stored. Anything else is no bad payload.
_UNSTORABLE = (DataError, IntegrityError, ValueError, ArithmeticError)
# Links lead to pages that show name and address; the code hands the parcel over.
_PERSONAL = ("customerFirstName", "customerLastName", "customerEmail", "customerId", "shipmentAddress",
             "invoiceAddress", "identityNumber", "taxNumber", "invoiceLink", "cargoTrackingLink",
             "sellerOtpCode")  # fmt: skip


@dataclass(frozen=True, slots=True)
class StoredPage:
    """Counts of one page; `newest` is the last modification seen on it."""

    packages: int
    created: int
    updated: int
    unchanged: int
    problems: int
    newest: datetime | None


def store_page(content: Sequence[RawRecord], *, live_since: datetime) -> StoredPage:
    """Store a page; a package that cannot be taken costs one SyncProblem, not the page."""
    good, bad = validate_each(PackagePayload, content)
    raw_of = {(raw.get("shipmentPackageId"), raw.get("lastModifiedDate")): raw for raw in content}
    found = [_bad_payload(record) for record in bad]
    packages: list[IncomingPackage] = []
    for package in good:
        raw = raw_of.get(
            (package.shipment_package_id, package.last_modified_date_ms), package.model_dump(by_alias=True)
        )
        packages.append(to_incoming(raw, package))
    applied, refused = _apply(packages, live_since=live_since)
    found += refused
    found += [_from_notice(notice) for notice in applied.notices]
    problems.report(found)
    refused_now = {problem.reference for problem in refused}
    stored = {f"package {package.package_id}" for package in packages} - refused_now
    problems.resolve(SyncProblem.Kind.BAD_PAYLOAD, stored)
    known = {f"package {package.package_id}" for package in packages if package.state is not None}
    problems.resolve(SyncProblem.Kind.UNKNOWN_STATUS, known & stored)
    return StoredPage(
        packages=len(content),
        created=applied.created,
        updated=applied.updated,
        unchanged=applied.unchanged,
        problems=len(found),
        newest=max((package.modified_at for package in packages), default=None),
    )


def _apply(packages: list[IncomingPackage], *, live_since: datetime) -> tuple[Applied, list[Problem]]:
    try:
        return apply_packages(packages, live_since=live_since), []
    except _UNSTORABLE:
        logger.warning(
            "a page of %s packages could not be stored at once; storing them one by one", len(packages)
        )
    done: list[Applied] = []
    refused: list[Problem] = []
    for package in packages:
        try:
            done.append(apply_packages([package], live_since=live_since))
        except _UNSTORABLE as error:
            logger.exception("package %s cannot be stored", package.package_id)
            refused.append(_unstorable(package, error))
    return _sum(done), refused


def _sum(parts: list[Applied]) -> Applied:
    return Applied(
        created=sum(part.created for part in parts),
        updated=sum(part.updated for part in parts),
        unchanged=sum(part.unchanged for part in parts),
        notices=tuple(notice for part in parts for notice in part.notices),
    )


def _bad_payload(record: BadRecord) -> Problem:
    package_id = record.raw.get("shipmentPackageId") if isinstance(record.raw, dict) else None
    fingerprint = hashlib.sha256(canonical_json(storable(record.raw)).encode()).hexdigest()[:16]
    reference = f"package {package_id}" if package_id else f"message {fingerprint}"
    return Problem(
        SyncProblem.Kind.BAD_PAYLOAD,
        reference,
        f"The message of {reference} could not be read: {record.reason}",
        {"message": without_personal_data(record.raw)},
    )


def _unstorable(package: IncomingPackage, error: Exception) -> Problem:
    reference = f"package {package.package_id}"
    return Problem(
        SyncProblem.Kind.BAD_PAYLOAD,
        reference,
        f"Order {package.order_number} could not be stored: {type(error).__name__}",
        {"message": without_personal_data(package.payload)},
    )


def without_personal_data(raw: Any) -> Any:
    """A raw package as it may be shown and kept: without who it is for. None for anything but an object."""
    kept = storable(raw)
    return (
        {key: value for key, value in kept.items() if key not in _PERSONAL}
        if isinstance(kept, dict)
        else None
    )


def _from_notice(notice: Notice) -> Problem:
    return Problem(notice.kind, notice.reference, notice.message, notice.data)
