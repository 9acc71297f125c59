"""The catalogues: complete, compiled, with the words of the shop; and pages on which no English is left."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from gullu.jobs import record_run
from gullu.models import JobRun
from gullu.roles import MANAGER
from inventory.enums import CountState, GoodsInMode, MovementKind, PushItemState, StockState
from inventory.errors import UnknownShelf
from inventory.models import StockPushBatch, StockPushLog
from inventory.scan.home import PAGES
from orders.enums import OrderState, ParkReason, ParkState
from tests.factories import PASSWORD, make_order, make_shelf, make_user, make_variant, stock
from tools.texts import CATALOGUES, Text, own_files, read_mo, read_po, shipped, texts_in, vendor_texts

PLACEHOLDER = re.compile(r"%\(\w+\)[-.\d]*[a-z]|%%|%[sd]|\{\w*\}")
NAMES = [folder.parts[-3] for folder in CATALOGUES]


@pytest.fixture(params=CATALOGUES, ids=NAMES)
def catalogue(request: pytest.FixtureRequest) -> Path:
    return request.param


# --- the files ------------------------------------------------------------------------------------------------


def test_every_entry_is_translated_and_none_is_fuzzy(catalogue: Path) -> None:
    entries = read_po(catalogue / "django.po")

    assert len(entries) > 50
    assert [entry.text.text for entry in entries if not all(entry.translations)] == []
    assert [entry.text.text for entry in entries if "fuzzy" in entry.flags] == []
    assert [entry.text for entry in entries if entry.text.plural and len(entry.translations) != 2] == []


def test_the_compiled_catalogue_says_what_the_source_says(catalogue: Path) -> None:
    source = {
        (entry.text.context, entry.text.text): entry.translations
        for entry in read_po(catalogue / "django.po")
    }
    compiled = {key: value for key, value in read_mo(catalogue / "django.mo").items() if key != ("", "")}

    assert compiled == source


def test_translations_have_the_placeholders_of_their_text(catalogue: Path) -> None:
    wrong = [
        (entry.text.text, translated)
        for entry in read_po(catalogue / "django.po")
        for translated in entry.translations
        if set(PLACEHOLDER.findall(translated))
        != set(PLACEHOLDER.findall(entry.text.plural or entry.text.text))
    ]

    assert wrong == []


def test_no_translation_begins_with_a_small_dotted_i(catalogue: Path) -> None:
    """Django writes the first letter of labels large, and its large i has no dot: "Iade"."""
    wrong = [
        translated
        for entry in read_po(catalogue / "django.po")
        for translated in entry.translations
        if translated.startswith("i")
    ]

    assert wrong == []


def test_every_text_of_the_code_is_in_the_catalogue() -> None:
    """Also finds what xgettext passes over: texts marked inside f-strings."""
    known = {entry.text[:2] for entry in read_po(CATALOGUES[0] / "django.po")}

    missing = [
        (text.text, path.name) for text, path in texts_in(own_files()).items() if text[:2] not in known
    ]

    assert missing == []


def test_every_visible_text_of_installed_packages_is_turkish() -> None:
    known = {entry.text[:2] for folder in CATALOGUES for entry in read_po(folder / "django.po")}

    assert [text for text in vendor_texts() if text[:2] not in known] == []
    assert ("", "Save") in shipped()


def test_texts_are_found_in_code_and_templates(tmp_path: Path) -> None:
    code, template = tmp_path / "code.py", tmp_path / "page.html"
    code.write_text("a = f\"{_('Inside')}\"\nb = pgettext('there', 'Near')\nc = ngettext('one', 'many', 2)\n")
    template.write_text(
        "{% load i18n %}{% translate 'Plain' %}{% translate 'Open' context 'shelf' %}"
        "{% blocktranslate trimmed count n=n %}\n {{ n }} row\n{% plural %}\n {{ n }} rows\n{% endblocktranslate %}"
    )

    assert set(texts_in(iter([code, template]))) == {
        Text("", "Inside"),
        Text("there", "Near"),
        Text("", "one", "many"),
        Text("", "Plain"),
        Text("shelf", "Open"),
        Text("", "%(n)s row", "%(n)s rows"),
    }


# --- the words ------------------------------------------------------------------------------------------------


@pytest.fixture
def turkish() -> Any:
    with translation.override("tr"):
        yield


def labels(choices: Any) -> list[str]:
    return [str(label) for label in choices.labels]


def test_states_are_called_as_in_the_shop(turkish: None) -> None:
    assert labels(OrderState) == ["Yeni", "Hazırlanan", "Kargoda", "Teslim edilen", "İptal", "Dönen"]
    assert labels(ParkState) == ["Kontrol ediliyor", "Üretiliyor", "Hazır"]
    assert labels(ParkReason) == [
        "Stokta yok / rafta yok",
        "Ürün sorunu (atölyeye gönderildi)",
        "Sistem hatası",
        "Diğer",
    ]
    assert labels(GoodsInMode) == ["Yeni Ekle", "Raftaki Yenile"]
    assert labels(StockState) == ["Rezerv", "Raftan alındı", "Serbest bırakıldı", "Bu sistemden önce"]
    assert str(MovementKind.RECEIVE.label) == "Mal kabul"
    assert str(CountState.COUNTED.label) == "Onay bekliyor"
    assert str(PushItemState.FAILED.label) == "Reddedildi"


def test_menu_and_buttons_have_the_words_of_the_shop(turkish: None) -> None:
    words = {
        "Read orders now": "Siparişleri Güncelle",
        "Send stock now": "Stokları Gönder",
        "Central stock": "Merkezi stok",
        "Movements": "Hareketler",
        "Parked": "Arşiv",
        "Late": "Geciken",
        "Urgent": "Acil",
        "Cannot be supplied": "Tedarik edilemedi",
        "Picking list": "Raf Toplama Listesi",
        "Prepare orders": "Sipariş Hazırla",
        "Fast lane": "Hızlı Hazırla",
        "Collect many": "Toplu toplama",
        "Look up": "Barkod sorgula",
        "Book the stock": "Stokları İşle",
        "Confirm the packing": "Paketlemeyi Onayla",
    }

    assert {text: translation.gettext(text) for text in words} == words


def test_a_refusal_names_the_value_and_the_way_out(turkish: None) -> None:
    assert str(UnknownShelf(shelf="A-09-09")) == (
        "Raf A-09-09 bulunamadı: rafın üzerindeki etiketi okutun ya da önce rafı oluşturun."
    )


def test_words_have_one_form_behind_a_number(turkish: None) -> None:
    assert [translation.ngettext("%(count)s pair", "%(count)s pairs", n) % {"count": n} for n in (1, 3)] == [
        "1 çift",
        "3 çift",
    ]


# --- the pages ------------------------------------------------------------------------------------------------

# Words of the interface that are no Turkish words, and no word of data or of names that are the same in Turkish.
ENGLISH = """
add all and apply available barcode barcodes cancel cancelled central change changed choose close colour count
counts customer date delete delivered details edit error failed filters found from go home late lines list
log logout more movement movements name new next no none number of on open order orders page parked
password permission permissions person picked picture previous price print quantity queue reason reserved
result results return returned role roles run running save search select sent shelf shelves shipped show size
sort started state status stock success sync the time title to total type unknown urgent user username value
variant view welcome with yes your
"""
TELLTALE = set(ENGLISH.split())
UNSEEN = {"script", "style", "template", "svg"}
SAID = ("title", "placeholder", "aria-label", "alt")


class Visible(HTMLParser):
    """The texts a person sees or hears: between tags, and in the attributes browsers show. Icons' names are not."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.texts += [values[name] for name in SAID if values.get(name)]
        if tag == "input" and values.get("type") in {"submit", "button"}:
            self.texts.append(values.get("value", ""))
        if tag not in {"input", "img", "br", "hr", "meta", "link", "path", "rect", "line"}:
            icon = "material-symbols-outlined" in values.get("class", "")
            self._open.append((tag, icon or tag in UNSEEN))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(unseen for _tag, unseen in self._open):
            self.texts.append(data.strip())


def visible(html: str) -> list[str]:
    page = Visible()
    page.feed(html)
    return page.texts


def english_in(html: str) -> list[str]:
    return [
        text
        for text in visible(html)
        if TELLTALE & {word.lower() for word in re.findall(r"(?<![\w.@/])[A-Za-z]+(?![\w.@/])", text)}
    ]


def test_the_search_for_english_finds_it() -> None:
    html = '<p>Merhaba</p><a title="Close">x</a><span class="material-symbols-outlined">close</span><b>Save it</b>'

    assert english_in(html) == ["Close", "Save it"]


@pytest.fixture
def manager(db: None, client: Client) -> Client:
    client.force_login(make_user(MANAGER, username="yonetici", first_name="Güllü", last_name="Örnek"))
    return client


@pytest.fixture
def addresses(db: None) -> dict[str, str]:
    """The main pages, each with something on it."""
    variant = make_variant(colour="Siyah", size="37")
    stock(variant, make_shelf("A-01-01"), 5)
    order = make_order([(variant, 1)])
    make_order([(variant, 1)], parked=True)
    make_order([(variant, 1)], status=OrderState.SHIPPED, stock_state=StockState.RESERVED)
    with record_run("sync_orders", trigger=JobRun.Trigger.SCHEDULE):
        pass
    push = StockPushLog.objects.create(push_time=timezone.now(), success=True, total_items=1)
    StockPushBatch.objects.create(push=push, body_hash="0" * 64, computed_at=timezone.now())
    lists = [
        "catalog_product",
        "catalog_variant",
        "django_q_failure",
        "django_q_ormq",
        "django_q_schedule",
        "django_q_success",
        "gullu_jobrun",
        "gullu_user",
        "integrations_listing",
        "integrations_outboxmessage",
        "integrations_syncproblem",
        "inventory_centralstock",
        "inventory_rafurun",
        "inventory_shelf",
        "inventory_stockmovement",
        "inventory_stockpushitem",
        "inventory_stockpushlog",
        "orders_order",
        "orders_ordercancelled",
        "orders_ordercreated",
        "orders_orderdelivered",
        "orders_orderpicking",
        "orders_orderreturned",
        "orders_ordershipped",
        "orders_putback",
        "orders_returnunit",
    ]
    return {
        "home": reverse("admin:index"),
        "order": reverse("admin:orders_order_change", args=[order.pk]),
        "variant": reverse("admin:catalog_variant_change", args=[variant.pk]),
        "push": reverse("admin:inventory_stockpushlog_change", args=[push.pk]),
        "password": reverse("account_change_password"),
        **{name: reverse(f"admin:{name}_changelist") for name in lists},
    }


def test_pages_of_the_back_office_have_no_english(manager: Client, addresses: dict[str, str]) -> None:
    pages = {name: manager.get(address) for name, address in addresses.items()}

    assert {name: page.status_code for name, page in pages.items() if page.status_code != 200} == {}
    found = {name: english_in(page.content.decode()) for name, page in pages.items()}
    assert {name: texts for name, texts in found.items() if texts} == {}
    assert "Stokları Gönder" in visible(pages["home"].content.decode())


def test_pages_of_the_warehouse_have_no_english(manager: Client, addresses: dict[str, str]) -> None:
    pages = {page.page: manager.get(reverse(f"scan:{page.page}")) for page in PAGES}
    pages["home"] = manager.get(reverse("scan:home"))

    found = {name: english_in(page.content.decode()) for name, page in pages.items()}
    assert {name: texts for name, texts in found.items() if texts} == {}
    assert "Hızlı Hazırla" in visible(pages["home"].content.decode())


def test_the_sign_in_page_has_no_english(db: None, client: Client) -> None:
    make_user(MANAGER, username="yonetici")
    address = reverse("account_login")

    empty = client.get(address).content.decode()
    refused = client.post(address, {"login": "yonetici", "password": f"not-{PASSWORD}"}).content.decode()

    assert english_in(empty) == []
    assert english_in(refused) == []
    assert "Kullanıcı adı veya parola doğru değil; büyük ve küçük harfler ayırt edilir." in refused
