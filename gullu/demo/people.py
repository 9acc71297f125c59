"""Invented customers and where they live. Names and streets are put together by chance and belong to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gullu.demo.chance import dice


def _words(text: str) -> list[str]:
    return text.split()


_WOMEN: Final = _words(
    "Ayşe Fatma Zeynep Elif Emine Hatice Merve Büşra Esra Kübra Şeyma Özlem Derya Sevgi Gül Gülşen Nurcan "
    "Songül Sibel Pınar Çiğdem Şule Tuğba Yasemin Hülya Nilüfer İrem İlayda Ebru Seda Ceren Ezgi Melike "
    "Rabia Havva Şükran Dilek Filiz Gamze Hande Işıl Leyla Meltem Neslihan Oya Ülkü Zehra Aslı Bahar "
    "Canan"
)
_MEN: Final = _words(
    "Mehmet Mustafa Ahmet Ali Hüseyin Hasan İbrahim Ömer Yusuf Emre Burak Oğuz Çağlar Şahin Uğur İsmail"
)
_LAST: Final = _words(
    "Akdeniz Aksoylu Altıngöz Ayçiçek Bahçıvan Bakırcıoğlu Beyazgül Boztepe Çalışır Çamlıbel Çınardağ "
    "Dağdeviren Demirbilek Denizaltı Dikmeoğlu Ekinciler Erdemli Esenyel Gökdere Gülpınar Gümüşsoy "
    "Güneşli Ilgazlı Irmaklı İncedere İpekyolu Kahvecioğlu Kalaycıgil Karaağaç Kayabaşı Keskinel Kışlalı "
    "Kozanlı Kuşçuoğlu Mavişehir Narlıdere Ocaklı Öncülgil Özgümüş Pamukova Sarıçiçek Selvili Sütçüoğlu "
    "Şenyuva Tarlabaşı Taşköprü Toprakkale Tuzcugil Uğurböceği Ulupınar Ünlüdağ Yağmurdere Yeşilırmak "
    "Yıldızeli Zeytinli"
)
# City, its number, its weight, its districts.
_CITIES: Final = (
    (
        "İstanbul",
        34,
        290,
        "Kadıköy Üsküdar Şişli Bağcılar Esenyurt Pendik Küçükçekmece Ümraniye Beylikdüzü Fatih",
    ),
    ("Ankara", 6, 95, "Çankaya Keçiören Yenimahalle Mamak Etimesgut Gölbaşı"),
    ("İzmir", 35, 80, "Karşıyaka Bornova Buca Konak Çiğli Ödemiş"),
    ("Bursa", 16, 45, "Nilüfer Osmangazi Yıldırım İnegöl"),
    ("Antalya", 7, 42, "Muratpaşa Kepez Konyaaltı Alanya"),
    ("Adana", 1, 28, "Seyhan Çukurova Yüreğir"),
    ("Konya", 42, 28, "Selçuklu Meram Karatay"),
    ("Gaziantep", 27, 26, "Şahinbey Şehitkamil"),
    ("Kocaeli", 41, 26, "İzmit Gebze Darıca"),
    ("Mersin", 33, 25, "Yenişehir Mezitli Tarsus"),
    ("Şanlıurfa", 63, 18, "Haliliye Eyyübiye Siverek"),
    ("Diyarbakır", 21, 18, "Kayapınar Bağlar"),
    ("Kayseri", 38, 18, "Melikgazi Kocasinan"),
    ("Hatay", 31, 17, "Antakya İskenderun"),
    ("Samsun", 55, 16, "Atakum İlkadım"),
    ("Manisa", 45, 16, "Yunusemre Akhisar"),
    ("Balıkesir", 10, 15, "Karesi Edremit Bandırma"),
    ("Tekirdağ", 59, 15, "Çorlu Süleymanpaşa"),
    ("Denizli", 20, 14, "Pamukkale Merkezefendi"),
    ("Sakarya", 54, 14, "Adapazarı Serdivan"),
    ("Muğla", 48, 14, "Bodrum Fethiye Menteşe"),
    ("Aydın", 9, 13, "Efeler Kuşadası"),
    ("Eskişehir", 26, 13, "Odunpazarı Tepebaşı"),
    ("Trabzon", 61, 10, "Ortahisar Akçaabat"),
    ("Malatya", 44, 9, "Battalgazi Yeşilyurt"),
    ("Erzurum", 25, 8, "Yakutiye Palandöken"),
    ("Van", 65, 8, "İpekyolu Edremit"),
    ("Ordu", 52, 8, "Altınordu Ünye"),
    ("Çanakkale", 17, 7, "Merkez Biga"),
    ("Isparta", 32, 6, "Merkez Eğirdir"),
    ("Çorum", 19, 6, "Merkez Sungurlu"),
    ("Iğdır", 76, 3, "Merkez Tuzluca"),
    ("Kırşehir", 40, 3, "Merkez Kaman"),
    ("Ağrı", 4, 3, "Merkez Doğubayazıt"),
)
_PLACES: Final = tuple((city, code, tuple(districts.split())) for city, code, _, districts in _CITIES)
_WEIGHTS: Final = tuple(weight for _, _, weight, _ in _CITIES)
_QUARTERS: Final = _words(
    "Bahçelievler Cumhuriyet Fevziçakmak Gültepe Hürriyet İnönü Kültür Yeşiltepe Çamlık Şirinevler"
)
_STREETS: Final = _words(
    "Papatya Menekşe Lale Karanfil Ihlamur Çınar Defne Sümbül Nergis Şebboy Akasya Manolya"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCustomer:
    """A customer with one delivery address."""

    customer_id: int
    first_name: str
    last_name: str
    city: str
    city_code: int
    district: str
    neighborhood: str
    street: str

    @property
    def address(self) -> dict[str, str]:
        """As the order mapping stores it."""
        return {
            "name": f"{self.first_name} {self.last_name}",
            "address1": self.street,
            "neighborhood": self.neighborhood,
            "district": self.district,
            "city": self.city,
            "full_address": f"{self.neighborhood} {self.street} {self.district}/{self.city}",
        }


class Customers:
    """Gives out customers: most are new, some come again."""

    def __init__(self, *, seed: int, first_id: int = 880_000_001) -> None:
        self._rng = dice(seed, "people")
        self._known: list[DemoCustomer] = []
        self._next_id = first_id

    def next(self) -> DemoCustomer:
        """One in six orders comes from somebody who bought before."""
        if self._known and self._rng.random() < 0.16:
            return self._rng.choice(self._known)
        customer = self._invent()
        self._known.append(customer)
        return customer

    def _invent(self) -> DemoCustomer:
        rng = self._rng
        city, code, districts = rng.choices(_PLACES, _WEIGHTS)[0]
        self._next_id += rng.randint(1, 40)
        return DemoCustomer(
            customer_id=self._next_id,
            first_name=rng.choice(_WOMEN if rng.random() < 0.88 else _MEN),
            last_name=rng.choice(_LAST),
            city=city,
            city_code=code,
            district=rng.choice(districts),
            neighborhood=f"{rng.choice(_QUARTERS)} Mahallesi",
            street=f"{rng.choice(_STREETS)} Sokak No: {rng.randint(1, 120)} Daire: {rng.randint(1, 24)}",
        )
