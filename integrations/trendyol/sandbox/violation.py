"""One thing that is wrong with a product item."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """`field` is the contract's name, `code` what is wrong with it, `message` the Turkish failure reason."""

    field: str
    code: str
    message: str
