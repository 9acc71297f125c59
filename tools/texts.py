"""Texts of the interface: what the code asks for, and what the catalogues know. Needs no gettext tools.

`python -m tools.texts` prints the texts of installed packages that nobody has in Turkish, in the form of a .po file:
put them into locale_vendor/tr/LC_MESSAGES/django.po, translate, and run `make i18n`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from django.utils.translation.template import templatize

ROOT: Final = Path(__file__).resolve().parent.parent
CATALOGUES: Final = (ROOT / "locale/tr/LC_MESSAGES", ROOT / "locale_vendor/tr/LC_MESSAGES")

# What our people can see of packages that have no (complete) Turkish. Log lines of the worker stay English.
VENDOR: Final = {
    "unfold": ("*.py", "templates/**/*.html", "templatetags/*.py", "mixins/*.py", "contrib/filters/**/*.*"),
    "django_q": ("admin.py", "models.py", "apps.py"),
    "pghistory": ("admin/**/*.*",),
}
NOT_SHOWN: Final = ("unfold_crispy",)
# Packages that ship Turkish, with the part of them that is installed.
SHIPPED: Final = (
    "django.conf",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django_q",
)

_PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_CONTEXT = {"pgettext", "pgettext_lazy"}
_CONTEXT_PLURAL = {"npgettext", "npgettext_lazy"}
_LITERAL = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_CALL = re.compile(
    rf"(?<!\w)(_|n?p?gettext)\(\s*({_LITERAL})\s*(?:,\s*({_LITERAL})\s*)?(?:,\s*({_LITERAL})\s*)?[,)]"
)


class Text(NamedTuple):
    """One entry; `context` and `plural` are empty where there is none."""

    context: str
    text: str
    plural: str = ""


class Entry(NamedTuple):
    """One entry of a catalogue with its translations (two where there is a plural)."""

    text: Text
    translations: tuple[str, ...]
    flags: frozenset[str]


# --- what the code asks for -----------------------------------------------------------------------------------


def python_texts(source: str) -> Iterator[Text]:
    """Texts marked in Python, also those inside f-strings, which xgettext passes over."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            literals = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            yield from _marked(name, [value for value in literals if isinstance(value, str)])


def template_texts(source: str) -> Iterator[Text]:
    """Texts marked in a template."""
    for match in _CALL.finditer(templatize(source)):
        literals = [ast.literal_eval(part) for part in match.groups()[1:] if part]
        yield from _marked(match[1], literals)


def _marked(name: str, literals: list[str]) -> Iterator[Text]:
    if name in _PLAIN and literals:
        yield Text("", literals[0])
    elif name in _PLURAL and len(literals) > 1:
        yield Text("", literals[0], literals[1])
    elif name in _CONTEXT and len(literals) > 1:
        yield Text(*literals[:2])
    elif name in _CONTEXT_PLURAL and len(literals) > 2:
        yield Text(*literals[:3])


def texts_in(paths: Iterator[Path]) -> dict[Text, Path]:
    """Every text of these files, with one file that has it."""
    found: dict[Text, Path] = {}
    for path in paths:
        read = {".py": python_texts, ".html": template_texts, ".txt": template_texts}.get(path.suffix)
        if read is not None:
            found.update(dict.fromkeys(read(path.read_text(encoding="utf-8")), path))
    return found


def own_files() -> Iterator[Path]:
    """The files of this project that have texts for people."""
    for folder in ("analytics", "catalog", "gullu", "integrations", "inventory", "orders"):
        yield from sorted((ROOT / folder).rglob("*.py"))
    yield from sorted((ROOT / "templates").rglob("*.html"))


def vendor_files() -> Iterator[Path]:
    """The files of installed packages whose texts our people can see."""
    for package, patterns in VENDOR.items():
        for pattern in patterns:
            paths = sorted(package_folder(package).glob(pattern))
            yield from (path for path in paths if not any(part in path.parts for part in NOT_SHOWN))


def package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise LookupError(f"{name} is not installed")
    return Path(spec.origin).parent


# --- what the catalogues know ---------------------------------------------------------------------------------


def read_po(path: Path) -> list[Entry]:
    """The entries of a .po file without its header and without what is crossed out (`#~`)."""
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    entries = [_entry(block) for block in blocks if re.search(r"^msgid ", block, re.MULTILINE)]
    return [entry for entry in entries if entry.text.text]


def _entry(block: str) -> Entry:
    parts: dict[str, str] = {}
    flags: set[str] = set()
    keyword = ""
    for line in block.splitlines():
        if line.startswith("#,"):
            flags |= {flag.strip() for flag in line[2:].split(",")}
        elif match := re.match(r'(msg[\w\[\]]+) (".*")$', line):
            keyword = match[1]
            parts[keyword] = ast.literal_eval(match[2])
        elif line.startswith('"'):
            parts[keyword] += ast.literal_eval(line)
    text = Text(parts.get("msgctxt", ""), parts["msgid"], parts.get("msgid_plural", ""))
    return Entry(
        text, tuple(value for name, value in parts.items() if name.startswith("msgstr")), frozenset(flags)
    )


def read_mo(path: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    """The compiled catalogue: (context, text) → translations, as GNU gettext lays it out."""
    data = path.read_bytes()
    order = "little" if data[:4] == b"\xde\x12\x04\x95" else "big"

    def number(at: int) -> int:
        return int.from_bytes(data[at : at + 4], order)  # type: ignore[arg-type]

    def strings(table: int, row: int) -> list[str]:
        start = number(table + 8 * row + 4)
        return data[start : start + number(table + 8 * row)].decode().split("\0")

    known = {}
    for row in range(number(8)):
        context, _, text = strings(number(12), row)[0].rpartition("\4")
        known[context, text] = tuple(strings(number(16), row))
    return known


def shipped() -> set[tuple[str, str]]:
    """What Django and django-q2 have in Turkish themselves."""
    folders = [package_folder(name) / "locale/tr/LC_MESSAGES" for name in SHIPPED]
    return {
        key for folder in folders if (folder / "django.mo").exists() for key in read_mo(folder / "django.mo")
    }


def vendor_texts() -> list[Text]:
    """Texts of installed packages that have no Turkish of their own."""
    known = shipped()
    return sorted(text for text in texts_in(vendor_files()) if (text.context, text.text) not in known)


def quoted(text: str) -> str:
    """A string as a .po file writes it: one line, or an empty one and then one for each line of the text."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    lines = [line.replace("\n", "\\n") for line in escaped.splitlines(keepends=True)]
    return "\n".join(f'"{line}"' for line in (lines if len(lines) == 1 else ["", *lines]))


def _po_block(text: Text) -> str:
    context = f"msgctxt {quoted(text.context)}\n" if text.context else ""
    python = "#, python-format\n" if "%(" in text.text else ""
    plural = (
        f'msgid_plural {quoted(text.plural)}\nmsgstr[0] ""\nmsgstr[1] ""\n' if text.plural else 'msgstr ""\n'
    )
    return f"{python}{context}msgid {quoted(text.text)}\n{plural}"


def main() -> None:
    known = {entry.text for entry in read_po(CATALOGUES[1] / "django.po")}
    sys.stdout.write("\n".join(_po_block(text) for text in vendor_texts() if text not in known))


if __name__ == "__main__":
    main()
