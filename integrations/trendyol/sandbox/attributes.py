"""The attributes of each leaf category and their values (contract section 8.3). Ids differ between categories."""

from dataclasses import dataclass
from functools import cache

from .categories import by_id

_CHILDREN = frozenset({471, 472, 473, 474})
_HEELS = frozenset({405, 406, 407, 408})
_BOOTS = frozenset({421, 422, 423, 424, 425})
_CARE = frozenset({481, 482, 483})
_PLAIN = frozenset({411})
Values = tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """One attribute of a category. Without values it is free text."""

    attribute_id: int
    name: str
    values: Values = ()
    required: bool = False
    allow_custom: bool = False
    varianter: bool = False
    slicer: bool = False
    multiple: bool = False

    def value_texts(self) -> dict[int, str]:
        return dict(self.values)

    def value_id(self, text: str) -> int | None:
        """The value of exactly that text, or None."""
        return next((number for number, value in self.values if value == text), None)


def _numbered(first_id: int, *texts: str) -> Values:
    return tuple(enumerate(texts, start=first_id))


_AGES = _numbered(2879, "Yetişkin", "Genç", "Çocuk", "Bebek")
_GENDERS = _numbered(2873, "Erkek", "Kadın / Kız", "Unisex")
_MATERIALS = _numbered(601, "Deri", "Suni Deri", "Süet", "Tekstil", "Rugan", "Nubuk", "Keten", "Kauçuk")
_ORIGINS = _numbered(10_617_300, "TR", "CN", "VN", "IT", "ES", "PT", "BD", "IN")
_HEEL_HEIGHTS = _numbered(
    5101, "Kısa Topuklu (1-4 cm)", "Orta Topuklu (5-9 cm)", "Yüksek Topuklu (10 cm ve üzeri)"
)
_HEEL_KINDS = _numbered(5201, "İnce Topuk", "Kalın Topuk", "Dolgu Topuk", "Blok Topuk", "Kedi Topuk")
_FASTENINGS = _numbered(5301, "Bağcıklı", "Fermuarlı", "Cırtlı", "Tokalı", "Bağcıksız")
_PLACES = _numbered(5401, "Günlük", "Ofis", "Davet", "Plaj", "Ev")
_COLLECTIONS = _numbered(5501, "İlkbahar/Yaz", "Sonbahar/Kış", "Tüm Sezonlar")
_WEB_COLOURS = _numbered(
    686_230,
    *("Siyah", "Beyaz", "Kırmızı", "Lacivert", "Mavi", "Yeşil", "Sarı", "Turuncu", "Pembe", "Mor", "Gri"),
    *("Kahverengi", "Bej", "Ekru", "Haki", "Bordo", "Altın", "Gümüş", "Metalik", "Çok Renkli"),
)


@cache
def adult_sizes() -> Values:
    """Trendyol's one list of sizes for everything: the shoe sizes come after the first thousand."""
    others = [
        *("XXS", "XS", "S", "M", "L", "XL", "XXL", "3XL", "4XL", "5XL", "6XL", "Standart"),
        *(f"{size}-{size + 1}" for size in range(16, 50)),
        *(f"{size}/{size + 1}" for size in range(16, 50)),
        *(f"W{waist} L{length}" for waist in range(24, 45) for length in range(28, 37, 2)),
        *(f"{chest}{cup}" for chest in range(65, 115, 5) for cup in "ABCDEFGH"),
        *(f"{width}x{length}" for width in range(50, 310, 10) for length in range(80, 410, 10)),
    ]
    return (*_numbered(2001, *others), *sorted(_shoe_sizes()))


def _shoe_sizes() -> Values:
    whole = [
        *((4198 + size - 16, str(size)) for size in range(16, 35)),
        *((4284 + size - 35, str(size)) for size in range(35, 46)),
        *((4296 + size - 46, str(size)) for size in range(46, 51)),
    ]
    halves = [f"{size},5" for size in range(16, 50) if size != 42]
    return (*whole, (4295, "42,5"), *_numbered(4301, *halves))


@cache
def _child_sizes() -> Values:
    return tuple((number, text) for number, text in sorted(_shoe_sizes()) if _size_of(text) < 41)


def _size_of(text: str) -> float:
    return float(text.replace(",", "."))


@cache
def attributes_of(category_id: int) -> tuple[AttributeRule, ...]:
    """The attributes of a leaf, in the order they are told; nothing for other categories."""
    category = by_id().get(category_id)
    if category is None or not category.leaf:
        return ()
    return _attributes(category_id)


def _attributes(category_id: int) -> tuple[AttributeRule, ...]:
    colour = AttributeRule(47, "Renk", required=True, allow_custom=True, slicer=True)
    web_id = 295 if category_id in _BOOTS else 348
    web_colour = AttributeRule(web_id, "Web Color", _WEB_COLOURS, required=True)
    material = AttributeRule(14, "Materyal", _MATERIALS, multiple=True)
    origin = AttributeRule(1192, "Menşei", _ORIGINS, required=True)
    importer = AttributeRule(1216, "İthalatçı/Yetkili Temsilci Adı", allow_custom=True)
    if category_id in _CARE:
        return (colour, web_colour, material, origin, importer)
    sizes = _child_sizes() if category_id in _CHILDREN else adult_sizes()
    return (
        colour,
        web_colour,
        AttributeRule(293, "Beden", sizes, required=True, varianter=True),
        AttributeRule(294, "Yaş Grubu", _AGES, required=True),
        AttributeRule(296, "Cinsiyet", _GENDERS, required=True),
        material,
        origin,
        importer,
        *_particular(category_id),
    )


def _particular(category_id: int) -> tuple[AttributeRule, ...]:
    """What only some shoes are asked for."""
    if category_id in _PLAIN:
        return ()
    heels = category_id in _HEELS
    return (
        AttributeRule(228, "Topuk Boyu", _HEEL_HEIGHTS, required=heels),
        AttributeRule(229, "Topuk Tipi", _HEEL_KINDS, required=heels),
        AttributeRule(343, "Bağlama Şekli", _FASTENINGS, required=category_id in _BOOTS),
        AttributeRule(346, "Ortam", _PLACES, multiple=True),
        AttributeRule(1180, "Koleksiyon", _COLLECTIONS, allow_custom=True),
    )


def attribute_of(category_id: int, attribute_id: int) -> AttributeRule | None:
    return next((rule for rule in attributes_of(category_id) if rule.attribute_id == attribute_id), None)


def size_id(text: str) -> int | None:
    """The Beden value of a shoe size."""
    return _sizes_by_text().get(text)


@cache
def _sizes_by_text() -> dict[str, int]:
    return {text: number for number, text in adult_sizes()}
