"""The daily summary by mail: what is late or urgent, what waits for a person, and what went wrong.

It names orders by their number and goods by their barcode; it holds nothing about customers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gullu.env_mail import is_address
from gullu.errors import DomainError
from gullu.jobs import record_run
from gullu.models import JobRun, User
from integrations.models import OutboxMessage
from inventory.selectors import availability
from orders.admin.columns import duration_words, time_left
from orders.models import Order, ReturnUnit
from orders.querysets import OrderQuerySet
from orders.reminders import parked_orders

# More lines than this per section are not read in a mail; the rest is counted.
MOST_LINES: Final = 15
NAME: Final = "send_digest"


class NoRecipients(DomainError):
    """Data: none."""

    code = "digest_no_recipients"
    template = gettext_lazy(
        "Nobody would get the daily summary: write DIGEST_RECIPIENTS into .env, or name somebody with --to."
    )


class NoAddress(DomainError):
    """Data: address."""

    code = "digest_no_address"
    template = gettext_lazy("“%(address)s” is no e-mail address: write one like ofis@ornek.com.")


class DigestNotSent(DomainError):
    """Data: reason."""

    code = "digest_not_sent"
    template = gettext_lazy("The daily summary could not be sent: %(reason)s. Check EMAIL_URL in .env.")


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of thing to do: `count` of them, the first `lines` in words; `link` is the path of the page."""

    name: str
    title: str
    count: int
    lines: tuple[str, ...]
    link: str

    @property
    def more(self) -> int:
        return self.count - len(self.lines)


@dataclass(frozen=True, slots=True)
class Digest:
    """The summary of one moment: only sections with something in them."""

    made_at: datetime
    sections: tuple[Section, ...]

    @property
    def calm(self) -> bool:
        """Whether there is nothing to tell."""
        return not self.sections


@dataclass(frozen=True, slots=True)
class DigestSent:
    """To how many people it went, and how many things each section told."""

    recipients: int
    counts: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        return {"outcome": "DONE", "recipients": self.recipients, **self.counts}


def send_digest(
    *, to: Sequence[str] = (), trigger: str = JobRun.Trigger.INTERNAL, actor: User | None = None
) -> DigestSent:
    """Mail the summary to `to`, else to DIGEST_RECIPIENTS, in Turkish; one mail, recipients hidden from each other.

    Raises `NoRecipients`, `NoAddress`, `DigestNotSent`; the failure is kept on the run's row.
    """
    with record_run(NAME, trigger=trigger, actor=actor) as run:
        recipients = _recipients(to)
        with translation.override(settings.LANGUAGE_CODE):
            digest = make_digest(now=timezone.now())
            _mail(digest, recipients)
        sent = DigestSent(len(recipients), {section.name: section.count for section in digest.sections})
        run.counts = sent.as_dict()
        return sent


def _recipients(to: Sequence[str]) -> list[str]:
    recipients = list(to or settings.DIGEST_RECIPIENTS)
    if not recipients:
        raise NoRecipients
    for address in recipients:
        if not is_address(address):
            raise NoAddress(address=address)
    return recipients


def _mail(digest: Digest, recipients: list[str]) -> None:
    context = {"digest": digest, "base": settings.PUBLIC_BASE_URL or ""}
    message = EmailMultiAlternatives(
        subject=_subject(digest), body=render_to_string("mail/digest.txt", context), bcc=recipients
    )
    message.attach_alternative(render_to_string("mail/digest.html", context), "text/html")
    try:
        message.send()
    except OSError as error:  # smtplib's errors, a refused connection, a time-out
        raise DigestNotSent(reason=f"{type(error).__name__}: {error}"[:300]) from error


def _subject(digest: Digest) -> str:
    day = f"{timezone.localtime(digest.made_at):%d.%m.%Y}"
    if digest.calm:
        return _("Güllü %(day)s: all is well") % {"day": day}
    total = sum(section.count for section in digest.sections)
    words = ngettext("Güllü %(day)s: %(count)s thing to do", "Güllü %(day)s: %(count)s things to do", total)
    return words % {"day": day, "count": total}


# --- what it says -----------------------------------------------------------------------------------------------


def make_digest(*, now: datetime) -> Digest:
    """Everything worth telling at this moment, in a constant number of statements."""
    sections = (make(now) for make in _SECTIONS)
    return Digest(now, tuple(section for section in sections if section.count))


def _orders(name: str, title: str, orders: OrderQuerySet, now: datetime) -> Section:
    rows = orders.most_urgent_first().only(
        "order_number", "ship_by_at", "status", "payment_pending", "parked"
    )
    lines = [
        ", ".join(
            part
            for part in (row.order_number, time_left(row, now), _("Parked") if row.parked else "")
            if part
        )
        for row in rows[:MOST_LINES]
    ]
    link = reverse("admin:orders_order_changelist") + f"?attention={name}"
    return Section(name, title, orders.count(), tuple(lines), link)


def _late(now: datetime) -> Section:
    return _orders("late", _("Late orders"), Order.objects.late(now), now)


def _urgent(now: datetime) -> Section:
    return _orders("urgent", _("Urgent orders (two hours or less)"), Order.objects.urgent(now), now)


def _missed(now: datetime) -> Section:
    return _orders("missed", _("Left without being picked here"), Order.objects.missed_picks(), now)


def _parked(now: datetime) -> Section:
    rows = [row for row in parked_orders(now=now) if row.due]
    lines = [
        _("%(order)s, %(reason)s, %(state)s, waits for %(time)s")
        % {
            "order": row.order.order_number,
            "reason": row.order.get_park_reason_display(),
            "state": row.order.get_park_state_display(),
            "time": duration_words(row.waiting),
        }
        for row in rows[:MOST_LINES]
    ]
    link = reverse("admin:orders_order_parked")
    return Section("parked", _("Parked orders nobody has looked at lately"), len(rows), tuple(lines), link)


def _returns(now: datetime) -> Section:
    units = ReturnUnit.objects.filter(status=ReturnUnit.Status.WAITING, decision="")
    rows = units.order_by("act_by_at", "pk").only("order_number", "barcode", "act_by_at")[:MOST_LINES]
    lines = [f"{unit.order_number}, {unit.barcode}, {_decide_by(unit, now)}" for unit in rows]
    link = reverse("admin:orders_returnunit_changelist") + "?waiting=decide"
    return Section("returns", _("Returns that wait for a decision"), units.count(), tuple(lines), link)


def _decide_by(unit: ReturnUnit, now: datetime) -> str:
    if unit.act_by_at is None:
        return _("no date known")
    if unit.act_by_at < now:
        return _("the time to decide is over")
    return _("%(time)s left") % {"time": duration_words(unit.act_by_at - now)}


def _messages(_now: datetime) -> Section:
    parked = OutboxMessage.objects.filter(state=OutboxMessage.State.PARKED)
    rows = parked.select_related("order").only("kind", "claim_id", "order__order_number").order_by("pk")
    lines = [
        f"{row.get_kind_display()}, {row.order.order_number if row.order else row.claim_id}"
        for row in rows[:MOST_LINES]
    ]
    link = reverse("admin:integrations_outboxmessage_changelist") + "?state__exact=PARKED"
    return Section("messages", _("Messages the marketplace refused"), parked.count(), tuple(lines), link)


def _oversold(_now: datetime) -> Section:
    rows = sorted(
        (row for row in availability() if row.oversold), key=lambda row: (-row.oversold, row.barcode)
    )
    lines = [
        _("%(barcode)s: %(reserved)s promised, %(there)s here")
        % {"barcode": row.barcode, "reserved": row.reserved, "there": row.on_hand}
        for row in rows[:MOST_LINES]
    ]
    link = reverse("admin:inventory_centralstock_changelist") + "?available=oversold"
    return Section("oversold", _("Promised to customers, but not here"), len(rows), tuple(lines), link)


_SECTIONS: Final[tuple[Callable[[datetime], Section], ...]] = (
    _late,
    _urgent,
    _returns,
    _parked,
    _missed,
    _messages,
    _oversold,
)
