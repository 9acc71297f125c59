"""What delivering one kind of message consists of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Final

from django.utils.translation import gettext as _

from gullu.errors import DomainError
from integrations.models import OutboxMessage
from integrations.outbox import Delivery, Verdict
from integrations.trendyol.client import TrendyolClient
from integrations.trendyol.errors import RateLimited, Rejected, TrendyolError

SOON: Final = timedelta(seconds=15)

Answer = dict[str, Any]


class NotSendable(DomainError):
    """What was to be sent is not complete here. `template` is the sentence; the message is parked with it."""

    code = "message_not_sendable"


class Handler:
    """One kind of message. Expected failures are verdicts or a TrendyolError; nothing here opens a transaction."""

    looks_first: ClassVar[bool] = False
    """Look before the first attempt too: for what must be compared with how it was before."""
    learns: ClassVar[bool] = False
    """Look again after a success: it changes what we know."""
    refusals: ClassVar[tuple[type[TrendyolError], ...]] = (Rejected,)
    """Errors that concern this message alone."""
    trouble: ClassVar[Verdict] = Verdict.STOP
    """What any other error means: STOP everything, or PAUSE this kind."""

    def send(self, client: TrendyolClient, message: OutboxMessage) -> Delivery:
        """Say it. Raises TrendyolError, NotSendable."""
        raise NotImplementedError

    def look(self, client: TrendyolClient, message: OutboxMessage) -> None:
        """Read what the message is about, and store it here. Raises TrendyolError."""

    def judge(self, message: OutboxMessage) -> Delivery | None:
        """Whether it is done already, or cannot be any more, by what is stored here; None: still to be said."""
        raise NotImplementedError

    def refused(self, client: TrendyolClient, message: OutboxMessage, refusal: TrendyolError) -> Delivery:
        """A refusal may mean "already so": look, and decide on what is there now."""
        self.look(client, message)
        return self.judge(message) or Delivery(Verdict.REFUSED, str(refusal))

    def learnt(self, message: OutboxMessage) -> Answer:
        """Do here what follows from the reading after a success; returns what to keep beside the message."""
        return {}

    def settled(self, message: OutboxMessage, delivery: Delivery) -> None:
        """Do here what follows from a final verdict. Must be safe to repeat."""

    def troubled(self, error: DomainError) -> Delivery:
        """The verdict for an error that is no refusal."""
        if isinstance(error, RateLimited) and error.status is None:
            # Our own limiter: nothing has been sent.
            wait = timedelta(seconds=error.retry_after or 0.0)
            return Delivery(self.trouble, str(error), wait=wait, sent=False)
        return Delivery(self.trouble, str(error))


def note(message: OutboxMessage, **found: Any) -> None:
    """Keep something beside the message at once, before anything is sent."""
    message.answer = {**message.answer, **found}
    message.save(update_fields=["answer"])


def already_so() -> Delivery:
    return Delivery(Verdict.DELIVERED, _("Trendyol already had it."))
