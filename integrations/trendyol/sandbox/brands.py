"""The brands (contract section 8.1): about 1,200 invented ones, more than one page of them."""

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import Any

from .categories import stable_number

_FIRST_ID = 1_700_001
_OTHER_BRANDS = 2_000_001
_OWN = ("Yolcubulut", "YOLCUBULUT LUXE", "Örnek Ayakkabı", "Güllü Shoes", "GÜLLÜ SHOES")
# Names that a search in the wrong case, or with the wrong i, must not find.
_ALIKE = ("Işıldağ", "işıldağ", "IŞILDAĞ", "İnceiz", "Inceiz", "inceiz", "ÇİĞDÜŞ", "Çiğdüş")
_FIRSTS = (
    *("Bulut", "Çiğ", "Gök", "Işıl", "İnce", "Kır", "Öz", "Şen", "Ülkü", "Yağız"),
    *("Dağ", "Çay", "Gün", "Su", "Taş", "Nar", "Kum", "Ay", "Tuz", "Ağaç"),
)
_SECONDS = ("adım", "iz", "taban", "bağcık", "topuk", "yürü", "köprü", "çimen", "düş", "ışık")
_LINES = ("", " Ayakkabı", " Kids", " Çanta", " Home", " LUXE")


@dataclass(frozen=True, slots=True)
class Brand:
    brand_id: int
    name: str

    def payload(self) -> dict[str, Any]:
        return {"id": self.brand_id, "name": self.name, "luxe": self.name.endswith("LUXE")}


@cache
def _static() -> dict[str, int]:
    invented = (first + second + line for first, second, line in product(_FIRSTS, _SECONDS, _LINES))
    names = dict.fromkeys((*_OWN, *_ALIKE, *invented))
    return {name: number for number, name in enumerate(names, start=_FIRST_ID)}


def is_static(name: str) -> bool:
    """Whether the brand is there without anybody having brought it."""
    return name in _static()


def brand_id(name: str) -> int:
    """The id of a brand; of one that a seed or the seller brought, a stable id in a range of its own."""
    return _static().get(name) or _OTHER_BRANDS + stable_number(name, 1_000_000)


@cache
def _static_brands() -> tuple[Brand, ...]:
    return tuple(Brand(number, name) for name, number in _static().items())


def all_brands(extra: tuple[str, ...]) -> list[Brand]:
    """Every brand in the order of the ids, with the `extra` ones."""
    return [*_static_brands(), *sorted((Brand(brand_id(x), x) for x in extra), key=lambda x: x.brand_id)]


@lru_cache(maxsize=8)
def brand_names(extra: tuple[str, ...]) -> dict[int, str]:
    """Id -> name."""
    return {brand.brand_id: brand.name for brand in all_brands(extra)}
