"""What the invented shop makes: kinds of shoes with their seasons, sizes, prices and words. Prices in lira."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from catalog.models import AgeGroup


@dataclass(frozen=True, slots=True)
class Sizes:
    """A run of sizes and how many of 1000 buyers want each."""

    first: int
    shares: tuple[int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(str(self.first + step) for step in range(len(self.shares)))


WOMEN: Final = Sizes(35, (45, 125, 225, 255, 195, 115, 40))
MEN: Final = Sizes(39, (30, 75, 145, 215, 225, 175, 95, 40))
CHILDREN: Final = Sizes(25, (55, 65, 80, 90, 100, 110, 115, 115, 105, 90, 75))
SIZES: Final = {AgeGroup.WOMEN: WOMEN, AgeGroup.MEN: MEN, AgeGroup.CHILDREN: CHILDREN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of shoe. `season` is its demand per month, January first; 1 is the yearly average."""

    name: str
    category: str
    models: int
    prices: tuple[int, int]
    dollars: tuple[int, int]
    desi: str
    commission: str
    season: tuple[float, ...]
    features: tuple[str, ...]
    age_group: AgeGroup = AgeGroup.WOMEN


_SPRING = (0.6, 0.7, 1.1, 1.4, 1.4, 1.1, 0.9, 0.9, 1.3, 1.1, 0.8, 0.7)
_SUMMER = (0.1, 0.15, 0.5, 1.2, 2.1, 2.5, 2.4, 1.7, 0.8, 0.3, 0.15, 0.15)
_WINTER = (1.9, 1.3, 0.7, 0.3, 0.12, 0.06, 0.06, 0.2, 0.9, 1.8, 2.3, 2.3)
_FEASTS = (0.7, 0.8, 1.0, 1.2, 1.3, 1.3, 1.2, 1.2, 1.0, 0.8, 0.7, 0.8)
_STEADY = (0.9, 0.8, 1.1, 1.2, 1.1, 0.9, 0.8, 1.0, 1.3, 1.2, 0.9, 0.8)
_SCHOOL = (0.8, 0.9, 1.0, 1.0, 0.9, 0.7, 0.6, 1.3, 1.9, 1.2, 0.9, 0.8)

BOOTS: Final = "Bot & Bootie"
SANDALS: Final = "Sandalet"
_HEEL = ("5 cm Topuklu", "7 cm Topuklu", "9 cm Topuklu", "Kalın Topuklu", "İnce Topuklu")
LEATHERS: Final = ("Hakiki Deri", "Süet", "Rugan", "Vegan Deri", "Nubuk", "Kroko Desenli")
_EASY = ("Günlük", "Ortopedik Tabanlı", "Yumuşak Tabanlı", "Tokalı", "Fiyonklu", "Zincir Detaylı")

KINDS: Final[tuple[Kind, ...]] = (
    Kind(
        name="Babet", category="Babet", models=14, prices=(549, 999), dollars=(7, 12), desi="1.5", commission="19",
        season=_SPRING, features=_EASY,
    ),
    Kind(
        name="Topuklu Ayakkabı", category="Topuklu Ayakkabı", models=16, prices=(799, 1499), dollars=(10, 17),
        desi="2", commission="19.5", season=_FEASTS, features=_HEEL,
    ),
    Kind(
        name="Stiletto", category="Stiletto", models=8, prices=(849, 1599), dollars=(10, 18), desi="2",
        commission="19.5", season=_FEASTS, features=("8 cm", "10 cm", "11 cm Sivri Burun", "Bilekten Bağlamalı"),
    ),
    Kind(
        name="Loafer", category="Loafer", models=12, prices=(899, 1699), dollars=(11, 18), desi="2",
        commission="20", season=_STEADY, features=("Kalın Tabanlı", "Püsküllü", "Tokalı", "Günlük"),
    ),
    Kind(
        name="Bot", category=BOOTS, models=13, prices=(1199, 2199), dollars=(14, 24), desi="3", commission="20.5",
        season=_WINTER, features=("Fermuarlı", "Bağcıklı", "İçi Termo Kürklü", "Kalın Topuklu", "Lastikli Chelsea"),
    ),
    Kind(
        name="Çizme", category="Çizme", models=7, prices=(1599, 2899), dollars=(18, 30), desi="4.5",
        commission="20.5", season=_WINTER, features=("Diz Üstü Streç", "Fermuarlı", "Kovboy", "Düz Tabanlı"),
    ),
    Kind(
        name="Sandalet", category=SANDALS, models=13, prices=(599, 1299), dollars=(7, 14), desi="1.5",
        commission="19", season=_SUMMER,
        features=("Bilekten Bağlamalı", "Hasır Tabanlı", "Dolgu Topuklu", "Çapraz Bantlı"),
    ),
    Kind(
        name="Terlik", category="Terlik", models=9, prices=(399, 799), dollars=(5, 9), desi="1.5",
        commission="18.5", season=_SUMMER, features=("Parmak Arası", "Tokalı", "Kalın Tabanlı", "Taşlı"),
    ),
    Kind(
        name="Spor Ayakkabı", category="Sneaker", models=10, prices=(899, 1699), dollars=(11, 19), desi="2.5",
        commission="21", season=_STEADY, features=("Bağcıklı", "Hafif Tabanlı", "Yüksek Tabanlı", "Yürüyüş"),
    ),
    Kind(
        name="Oxford Ayakkabı", category="Oxford Ayakkabı", models=4, prices=(949, 1599), dollars=(12, 18), desi="2",
        commission="20", season=_STEADY, features=("Bağcıklı", "Kalın Tabanlı", "Zımbalı")
    ),
    Kind(
        name="Loafer", category="Erkek Loafer", models=3, prices=(1099, 1899), dollars=(14, 21), desi="2.5",
        commission="20", season=_STEADY, features=("Günlük", "Püsküllü", "Tokalı"), age_group=AgeGroup.MEN,
    ),
    Kind(
        name="Bot", category="Erkek Bot", models=3, prices=(1399, 2399), dollars=(17, 26), desi="3.5",
        commission="20.5", season=_WINTER, features=("Bağcıklı", "Fermuarlı", "Chelsea"), age_group=AgeGroup.MEN,
    ),
    Kind(
        name="Klasik Ayakkabı", category="Erkek Klasik", models=2, prices=(1299, 2199), dollars=(16, 24), desi="2.5",
        commission="20", season=_FEASTS, features=("Bağcıklı", "Rugan"), age_group=AgeGroup.MEN,
    ),
    Kind(
        name="Spor Ayakkabı", category="Çocuk Spor", models=2, prices=(599, 999), dollars=(7, 11), desi="1.5",
        commission="18.5", season=_SCHOOL, features=("Cırtlı", "Işıklı"), age_group=AgeGroup.CHILDREN,
    ),
    Kind(
        name="Babet", category="Çocuk Babet", models=2, prices=(449, 749), dollars=(5, 9), desi="1",
        commission="18.5", season=_SPRING, features=("Fiyonklu", "Simli"), age_group=AgeGroup.CHILDREN,
    ),
    Kind(
        name="Sandalet", category="Çocuk Sandalet", models=1, prices=(449, 699), dollars=(5, 8), desi="1",
        commission="18.5", season=_SUMMER, features=("Cırtlı",), age_group=AgeGroup.CHILDREN,
    ),
    Kind(
        name="Bot", category="Çocuk Bot", models=1, prices=(799, 1199), dollars=(9, 13), desi="2",
        commission="18.5", season=_WINTER, features=("İçi Kürklü",), age_group=AgeGroup.CHILDREN,
    ),
)  # fmt: skip

EDITIONS: Final = ("Klasik", "Yeni Sezon", "Comfort", "Premium", "Lüks", "Özel Seri")
COLOURS: Final = (
    ("Siyah", 30), ("Bej", 12), ("Taba", 12), ("Beyaz", 11), ("Vizon", 8), ("Kahverengi", 8), ("Bordo", 6),
    ("Lacivert", 5), ("Pudra", 5), ("Krem", 5), ("Kırmızı", 4), ("Gümüş", 4), ("Altın", 3), ("Haki", 3), ("Gri", 3),
    ("Leopar", 2), ("Yeşil", 2), ("Lila", 1), ("Turuncu", 1), ("Açık Mavi", 1),
)  # fmt: skip
WORDS: Final = {AgeGroup.WOMEN: "Kadın", AgeGroup.MEN: "Erkek", AgeGroup.CHILDREN: "Çocuk"}
