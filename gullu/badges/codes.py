"""What is printed on a badge, and which PINs are good enough. Knows no database."""

from __future__ import annotations

import re
import secrets
from hashlib import sha256
from typing import Final

from gullu.badges.errors import BadPin, WeakPin

# Scanners send letters by the keyboard they believe in: digits and these two letters arrive whatever it is.
_PREFIX: Final = "GK"
# 10^40 is a little more than 2^132.
_DIGITS: Final = 40
_CODE: Final = re.compile(rf"{_PREFIX}[0-9]{{{_DIGITS}}}")
SHORTEST_PIN: Final = 4
LONGEST_PIN: Final = 6
_UP: Final = "01234567890"


def new_code() -> str:
    """A code nobody can guess."""
    return f"{_PREFIX}{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"


def read_code(text: str) -> str | None:
    """The code in what a scanner sent; None when that is no badge."""
    code = "".join(text.split()).upper()
    return code if _CODE.fullmatch(code) else None


def digest_of(code: str) -> str:
    """What is kept instead of the code. A code is random and long: it needs no slow hash."""
    return sha256(code.encode()).hexdigest()


def is_pin(text: str) -> bool:
    return SHORTEST_PIN <= len(text) <= LONGEST_PIN and text.isascii() and text.isdecimal()


def check_pin(pin: str) -> None:
    """Refuse a PIN that is none (`BadPin`), or that is among the first anybody would try (`WeakPin`)."""
    if not is_pin(pin):
        raise BadPin(least=SHORTEST_PIN, most=LONGEST_PIN)
    if pin in _UP or pin in _UP[::-1] or _repeats(pin):
        raise WeakPin


def _repeats(pin: str) -> bool:
    """`0000`, `1212`, `123123`, and pairs like `1122`."""
    parts = [pin[: len(pin) // times] * times for times in range(2, len(pin) + 1) if len(pin) % times == 0]
    pairs = len(pin) % 2 == 0 and pin[::2] == pin[1::2]
    return pin in parts or pairs
