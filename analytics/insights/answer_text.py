"""An answer as paragraphs and lists of plain pieces, which the template escapes.

Nothing in it becomes a link but the number of a result, `[1]`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_HEADING: Final = re.compile(r"\s*#{1,6}\s+")
_BULLET: Final = re.compile(r"\s*[-*•–]\s+")
_NUMBERED: Final = re.compile(r"\s*\d{1,2}[.)]\s+")
_MARK: Final = re.compile(r"\*\*|\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some letters. `doubt`: a number without proof. `cites`: numbers of results, each with whether there is one."""

    text: str
    strong: bool = False
    doubt: bool = False
    cites: tuple[tuple[int, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or the entries of a list. `kind`: P, UL, OL or H."""

    kind: str
    lines: tuple[tuple[Piece, ...], ...]


def blocks(answer: str, *, doubts: Collection[Sequence[int]], known: Collection[int]) -> list[Block]:
    """The answer put together. `doubts`: `[start, end]` of numbers without proof; `known`: numbers of results."""
    found: list[Block] = []
    gap = True
    for start, line in _lines(answer):
        if not line.strip():
            gap = True
            continue
        kind, cut = _kind(line)
        pieces = tuple(_pieces(line[cut:], start + cut, doubts, known))
        if found and found[-1].kind == kind and (kind in {"UL", "OL"} or not gap):
            found[-1] = Block(kind, (*found[-1].lines, pieces))
        else:
            found.append(Block(kind, (pieces,)))
        gap = False
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def _kind(line: str) -> tuple[str, int]:
    for kind, pattern in (("H", _HEADING), ("UL", _BULLET), ("OL", _NUMBERED)):
        found = pattern.match(line)
        if found:
            return kind, found.end()
    return "P", 0


def _pieces(
    line: str, start: int, doubts: Collection[Sequence[int]], known: Collection[int]
) -> Iterator[Piece]:
    strong = False
    done = 0
    for mark in _MARK.finditer(line):
        yield from _plain(line[done : mark.start()], start + done, doubts, strong=strong)
        done = mark.end()
        if mark[1] is None:
            strong = not strong
            continue
        numbers = [int(part) for part in re.split(r"\D+", mark[1])]
        yield Piece(mark[0], cites=tuple((number, number in known) for number in numbers))
    yield from _plain(line[done:], start + done, doubts, strong=strong)


def _plain(text: str, start: int, doubts: Collection[Sequence[int]], *, strong: bool) -> Iterator[Piece]:
    done = 0
    for first, last in sorted((first - start, last - start) for first, last in doubts):
        if first < done or last > len(text):
            continue
        if first > done:
            yield Piece(text[done:first], strong=strong)
        yield Piece(text[first:last], strong=strong, doubt=True)
        done = last
    if done < len(text):
        yield Piece(text[done:], strong=strong)


__all__ = ["Block", "Piece", "blocks"]
