"""Failures on demand: what goes wrong, where, and how often."""

import random
import threading
from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase

FAULT_KINDS = {
    "429": "Çok fazla istek",
    "500": "Sistem hatası",
    "html_502": "HTML 502",
    "html_503": "HTML 503",
    "html_504": "İşlem yapılır, HTML 504 döner",
    "timeout_before": "İşlem yapılmadan askıda kalır",
    "timeout_after": "İşlem yapılır, cevap askıda kalır",
    "drop_after": "İşlem yapılır, bağlantı kopar",
    "truncated": "İşlem yapılır, cevap yarım gelir",
    "empty_200": "İşlem yapılır, boş 200 döner",
    "shifting_pages": "Okurken sayfalar kayar",
    "wrong_credentials": "401 döner",
}
_ALIASES = {"502": "html_502", "503": "html_503", "504": "html_504"}


@dataclass(slots=True)
class Fault:
    """`times` None means until removed; `probability` is per matching request."""

    endpoint: str
    kind: str
    times: int | None = 1
    probability: float = 1.0


class Faults:
    """The faults that are switched on. Endpoint patterns are endpoint names, with * allowed."""

    def __init__(self, endpoints: Collection[str], *, random_seed: int = 1) -> None:
        self.endpoints = tuple(endpoints)
        self._active: list[Fault] = []
        self._rng = random.Random(random_seed)
        self._lock = threading.Lock()

    def add(self, *, endpoint: str, kind: str, times: int | None = 1, probability: float = 1.0) -> Fault:
        """Switch one on. Raises ValueError with a sentence for an unknown endpoint or kind."""
        kind = _ALIASES.get(kind, kind)
        if kind not in FAULT_KINDS:
            raise ValueError(f"Bilinmeyen hata türü: {kind}. Olanlar: {', '.join(FAULT_KINDS)}.")
        if not any(fnmatchcase(name, endpoint) for name in self.endpoints):
            raise ValueError(f"Bilinmeyen uç: {endpoint}. Olanlar: {', '.join(self.endpoints)}.")
        if times is not None and times < 1:
            raise ValueError("Hata sayısı en az 1 olmalı.")
        if not 0 < probability <= 1:
            raise ValueError("Olasılık 0 ile 1 arasında olmalı.")
        fault = Fault(endpoint=endpoint, kind=kind, times=times, probability=probability)
        with self._lock:
            self._active.append(fault)
        return fault

    def add_spec(self, spec: str) -> None:
        """Read `endpoint:kind:3,endpoint:kind:20%,endpoint:kind`. Raises ValueError."""
        for part in filter(None, (piece.strip() for piece in spec.split(","))):
            fields = part.split(":")
            if not 2 <= len(fields) <= 3:
                raise ValueError(
                    f"Hata tarifi anlaşılmadı: {part}. Örnek: price-and-inventory:timeout_after:1"
                )
            self._add_part(fields[0], fields[1], fields[2] if len(fields) == 3 else "1")

    def _add_part(self, endpoint: str, kind: str, amount: str) -> None:
        number = amount.removesuffix("%")
        if not number.isdecimal():
            raise ValueError(f"Hata sayısı anlaşılmadı: {amount}. Örnek: 3 ya da 20%")
        if amount.endswith("%"):
            self.add(endpoint=endpoint, kind=kind, times=None, probability=int(number) / 100)
        else:
            self.add(endpoint=endpoint, kind=kind, times=int(number))

    def take(self, endpoint: str) -> str:
        """The kind of fault that strikes this request, or an empty string; counted ones are used up."""
        with self._lock:
            for fault in self._active:
                if fnmatchcase(endpoint, fault.endpoint) and self._rng.random() < fault.probability:
                    self._use(fault)
                    return fault.kind
        return ""

    def _use(self, fault: Fault) -> None:
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times == 0:
            self._active.remove(fault)

    def active(self) -> list[Fault]:
        with self._lock:
            return list(self._active)

    def clear(self) -> None:
        with self._lock:
            self._active.clear()
