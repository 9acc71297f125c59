"""The one root of errors a person can act on.

A `DomainError` carries a stable `code` (programs decide on it), the `data` behind the sentence
(barcode, quantity, shelf …), and a translated sentence for people. Anything else that is raised is a
bug and reaches the log with its traceback.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext


class DomainError(Exception):
    """An anticipated refusal.

    `template` is a lazy translated sentence with named ``%(x)s`` placeholders filled from `data`.
    """

    code: ClassVar[str] = "refused"
    template: ClassVar[str | Promise] = "%(detail)s"

    def __init__(self, **data: Any) -> None:
        super().__init__()
        self.data: dict[str, Any] = data

    @property
    def message(self) -> str:
        """The sentence, in the language active when it is read."""
        template = self.template
        # Modules that know no Django mark their sentences instead of wrapping them; translate those here.
        return (gettext(template) if isinstance(template, str) else str(template)) % self.data

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions cross process borders (job results); the default would lose the keyword arguments.
        return _rebuild, (type(self), self.data)


def _rebuild(cls: type[DomainError], data: dict[str, Any]) -> DomainError:
    return cls(**data)
