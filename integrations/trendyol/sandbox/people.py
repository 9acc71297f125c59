"""Invented customers. No name, street or number below belongs to anybody."""

import random
from dataclasses import dataclass

from .entities import Json

_FIRST_NAMES = [
    "Şükran",
    "Çiğdem",
    "İpek",
    "Ayşegül",
    "Gülşah",
    "Nilüfer",
    "Özge",
    "Ülkü",
    "Hümeyra",
    "Züleyha",
    "Işıl",
    "Yağmur",
    "Ömer",
    "Çağrı",
    "Doğukan",
    "Şevval",
    "Tuğçe",
    "Fadıl",
    "Sümbül",
    "Döndü",
]
_LAST_NAMES = [
    "Örnekoğlu",
    "Denemez",
    "Kurgusoy",
    "Hayalgil",
    "Uydurmacı",
    "Temsilci",
    "Sanalkan",
    "Masalcı",
    "Düşselgil",
    "Gerçekdışı",
    "Soyutkaya",
    "Çizgiroman",
    "Şakacıoğlu",
    "İmgesel",
    "Öyküsever",
    "Günlükçü",
]


@dataclass(frozen=True, slots=True)
class _City:
    name: str
    code: int
    district: str
    district_id: int
    neighborhood: str
    neighborhood_id: int


_CITIES = (
    _City("İstanbul", 34, "Kadıköy", 51, "Hayal Mahallesi", 21111),
    _City("İstanbul", 34, "Şişli", 57, "Kurgu Mahallesi", 21112),
    _City("Ankara", 6, "Çankaya", 201, "Düş Mahallesi", 31001),
    _City("İzmir", 35, "Karşıyaka", 351, "Masal Mahallesi", 35001),
    _City("Iğdır", 76, "Tuzluca", 761, "Öykü Mahallesi", 76001),
    _City("Şanlıurfa", 63, "Haliliye", 631, "İmge Mahallesi", 63001),
    _City("Muğla", 48, "Ortaca", 481, "Işık Mahallesi", 48001),
    _City("Çorum", 19, "Sungurlu", 191, "Gül Mahallesi", 19001),
)
PAYMENT_METHODS = (
    "Kredi Kartı",
    "Kredi Kartı",
    "Banka Kartı",
    "Alışveriş Kredisi",
    "Cüzdan - Trendpay",
    "Şimdi Al Sonra Öde - Trendpay",
)


def invent_customer(*, customer_id: int, rng: random.Random, commercial: bool) -> Json:
    """A made-up customer with an address that does not exist."""
    city = rng.choice(_CITIES)
    number = customer_id % 100_000
    return {
        "customer_id": customer_id,
        "first_name": rng.choice(_FIRST_NAMES),
        "last_name": rng.choice(_LAST_NAMES),
        "email": f"pf+ornek{number:05d}@trendyolmail.example",
        "identity_number": "11111111111",
        "address": f"Olmayan Sokak No: {rng.randint(1, 99)} Daire: {rng.randint(1, 20)}",
        "city": city.name,
        "city_code": city.code,
        "district": city.district,
        "district_id": city.district_id,
        "neighborhood": city.neighborhood,
        "neighborhood_id": city.neighborhood_id,
        "postal_code": f"{city.code:02d}000",
        "phone": None,
        "company": "Kurgu Deneme Ltd. Şti." if commercial else "",
        "tax_number": "1111111111" if commercial else "",
        "tax_office": "Hayal Vergi Dairesi" if commercial else "",
    }


CUSTOMER_FIELDS = frozenset(invent_customer(customer_id=1, rng=random.Random(1), commercial=False))
