"""The category tree (contract section 8.2). Names of leaves are unique; only leaves take products."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

_OTHER_CATEGORIES = 9_000_001
# (id, name, children). The ids of the shoe data that is known are kept.
_TREE: tuple[tuple[Any, ...], ...] = (
    (
        403,
        "Ayakkabı",
        (
            (
                410,
                "Günlük Ayakkabı",
                (
                    (411, "Casual Ayakkabı"),
                    (412, "Loafer Ayakkabı"),
                    (413, "Loafer"),
                    (414, "Babet"),
                    (415, "Oxford Ayakkabı"),
                    (416, "Erkek Loafer"),
                    (417, "Espadril"),
                    (418, "Makosen"),
                ),
            ),
            (
                404,
                "Topuklu & Abiye",
                (
                    (405, "Topuklu Ayakkabı"),
                    (406, "Stiletto"),
                    (407, "Dolgu Topuklu Ayakkabı"),
                    (408, "Abiye Ayakkabı"),
                ),
            ),
            (
                420,
                "Bot & Bootie",
                ((421, "Bot"), (422, "Bootie"), (423, "Çizme"), (424, "Erkek Bot"), (425, "Kar Botu")),
            ),
            (430, "Sandalet"),
            (440, "Terlik & Panduf", ((441, "Terlik"), (442, "Ev Terliği"), (443, "Panduf"))),
            (
                450,
                "Spor Ayakkabı",
                ((451, "Sneaker"), (452, "Koşu Ayakkabısı"), (453, "Yürüyüş Ayakkabısı")),
            ),
            (460, "Klasik Ayakkabı", ((461, "Erkek Klasik"),)),
            (
                470,
                "Çocuk Ayakkabı",
                ((471, "Çocuk Spor"), (472, "Çocuk Babet"), (473, "Çocuk Sandalet"), (474, "Çocuk Bot")),
            ),
            (480, "Ayakkabı Bakım", ((481, "Tabanlık"), (482, "Ayakkabı Bağcığı"), (483, "Ayakkabı Boyası"))),
        ),
    ),
    (
        522,
        "Giyim",
        (
            (523, "Üst Giyim", ((524, "Tişört"), (525, "Gömlek"), (526, "Kazak"))),
            (530, "Alt Giyim", ((531, "Etek"), (532, "Şort"))),
            (540, "İç Giyim", ((541, "Çorap"), (542, "Patik"))),
        ),
    ),
    (610, "Aksesuar", ((611, "Çanta", ((612, "Omuz Çantası"), (613, "Sırt Çantası"))), (620, "Kemer"))),
)


@dataclass(frozen=True, slots=True)
class Category:
    """One node of the tree; a leaf has no children."""

    category_id: int
    name: str
    parent_id: int | None
    children: tuple["Category", ...]

    @property
    def leaf(self) -> bool:
        return not self.children

    def walk(self) -> Iterator["Category"]:
        """This node and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def payload(self) -> dict[str, Any]:
        return {
            "id": self.category_id,
            "name": self.name,
            "parentId": self.parent_id,
            "subCategories": [child.payload() for child in self.children],
        }


def _node(entry: tuple[Any, ...], parent_id: int | None) -> Category:
    children = entry[2] if len(entry) > 2 else ()
    return Category(
        category_id=entry[0],
        name=entry[1],
        parent_id=parent_id,
        children=tuple(_node(child, entry[0]) for child in children),
    )


ROOTS = tuple(_node(entry, None) for entry in _TREE)


@cache
def by_id() -> dict[int, Category]:
    return {node.category_id: node for root in ROOTS for node in root.walk()}


@cache
def _leaf_ids() -> dict[str, int]:
    return {node.name: node.category_id for node in by_id().values() if node.leaf}


def category_id(name: str) -> int:
    """The id of a leaf. A name outside the tree, which a seed may bring, has a stable id outside it too."""
    return _leaf_ids().get(name) or _OTHER_CATEGORIES + stable_number(name, 100_000)


def stable_number(text: str, limit: int) -> int:
    """The same number below `limit` for the same text, in every run."""
    return int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:8], 16) % limit
