"""Reading query strings as strictly as the contract allows."""

from collections.abc import Collection, Mapping
from urllib.parse import parse_qs

from .clock import DAY_MS
from .errors import Refusal, order_refused, product_refused

_FIRST_MS = 1_000_000_000_000  # September 2001: anything smaller was sent in seconds
_LAST_MS = 9_999_999_999_999


class Query:
    """One request's parameters. Every refusal is a 400 in the family of the service asked."""

    def __init__(self, text: str, *, product_family: bool = False) -> None:
        self._values = parse_qs(text, keep_blank_values=True)
        self._product_family = product_family

    def refuse(self, message: str, *, key: str) -> Refusal:
        return product_refused(message, key=key) if self._product_family else order_refused(message, key=key)

    def names(self) -> set[str]:
        return set(self._values)

    def text(self, name: str) -> str:
        """The value, or an empty string."""
        return self._values.get(name, [""])[-1].strip()

    def integer(self, name: str, default: int) -> int:
        value = self.text(name)
        if not value:
            return default
        if not value.lstrip("-").isdecimal():
            raise self.refuse(f"{name} sayı olmalıdır", key=f"query.{name}.invalid")
        return int(value)

    def texts(self, name: str) -> list[str]:
        """A list, written with commas or by repeating the parameter."""
        parts = [part.strip() for value in self._values.get(name, []) for part in value.split(",")]
        return [part for part in parts if part]

    def integers(self, name: str) -> list[int]:
        values = self.texts(name)
        if not all(value.isdecimal() for value in values):
            raise self.refuse(f"{name} sayı olmalıdır", key=f"query.{name}.invalid")
        return [int(value) for value in values]

    def choice(self, name: str, allowed: Collection[str], default: str) -> str:
        value = self.text(name) or default
        if value not in allowed:
            raise self.refuse(f"{name} geçersiz: {value}", key=f"query.{name}.invalid")
        return value

    def choices(self, name: str, allowed: Collection[str]) -> set[str]:
        values = set(self.texts(name))
        if not values <= set(allowed):
            raise self.refuse(f"{name} geçersiz: {', '.join(sorted(values))}", key=f"query.{name}.invalid")
        return values

    def page_size(self, *, default: int, maximum: int) -> int:
        size = self.integer("size", default)
        if not 1 <= size <= maximum:
            raise self.refuse(f"size 1 ile {maximum} arasında olmalıdır", key="query.size.invalid")
        return size

    def page(self) -> int:
        page = self.integer("page", 0)
        if page < 0:
            raise self.refuse("page 0 ya da daha büyük olmalıdır", key="query.page.invalid")
        return page

    def moment(self, name: str) -> int | None:
        """Epoch milliseconds of 13 digits, or None when not given."""
        value = self.text(name)
        if not value:
            return None
        if not value.isdecimal() or not _FIRST_MS <= int(value) <= _LAST_MS:
            raise self.refuse(f"{name} milisaniye olarak zaman damgası olmalıdır", key="query.date.invalid")
        return int(value)

    def window(
        self, start: str, end: str, *, now: int, default_days: int, most_days: int = 14
    ) -> tuple[int, int]:
        """The window asked for, filled up where a side is missing. Refuses a wide or reversed one."""
        start_ms, end_ms = self.moment(start), self.moment(end)
        if end_ms is None:
            # An open end reaches beyond now: the server's clock may be ahead of the caller's.
            end_ms = now + DAY_MS // 8 if start_ms is None else max(now, start_ms)
        if start_ms is None:
            start_ms = end_ms - default_days * DAY_MS
        if end_ms < start_ms:
            raise self.refuse(f"{end}, {start} değerinden küçük olamaz", key="query.window.reversed")
        if end_ms - start_ms > most_days * DAY_MS:
            raise self.refuse(
                f"{start} ile {end} arasındaki fark iki haftadan fazla olamaz", key="query.window.too.wide"
            )
        return start_ms, end_ms

    def fingerprint(self, *, without: Collection[str]) -> str:
        """The filters in a comparable form."""
        kept: Mapping[str, list[str]] = {k: v for k, v in self._values.items() if k not in without}
        return repr(sorted(kept.items()))
