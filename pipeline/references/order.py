"""Papers and the pieces that hold them: both rise together, so what breaks the order contradicts its neighbours."""

from __future__ import annotations

import re
from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.references.citations import Citation
from pipeline.references.kinds import Kind

NUMBER = re.compile(r"\d+")
PLAIN_PIECE = re.compile(r"[^/]+/(\d+)")
NEIGHBOURS_APART = 150
"""Pieces of one year and country stand closer together than this."""
LEAST_POINTS = 4
"""Fewer papers of a group show no order."""


@dataclass(frozen=True, slots=True)
class Point:
    """A paper in a piece: `key` orders papers, `piece` is the piece's number; `cited` are the places that say so."""

    group: tuple[str, ...]
    key: tuple[int, ...]
    piece: int
    cited: tuple[Citation, ...]

    def distance(self, other: Point) -> tuple[int, ...]:
        """How far apart the papers are: in files first, then in papers."""
        return tuple(abs(mine - theirs) for mine, theirs in zip(self.key, other.key, strict=True))


def point_of(citation: Citation) -> tuple[tuple[str, ...], tuple[int, ...], int] | None:
    """(group, key, piece): jackets by file and paper within a country, numbered papers by year and number."""
    piece = PLAIN_PIECE.fullmatch(citation.piece)
    numbers = [int(number) for number in NUMBER.findall(citation.reference.normalised)]
    if piece is None or len(numbers) < 2:
        return None
    series, kind = citation.piece.partition("/")[0], citation.reference.kind
    if kind == Kind.JACKET and len(numbers) == 3:
        paper, file, country = numbers
        return (series, kind, citation.reference.normalised[0], str(country)), (file, paper), int(piece[1])
    if kind in (Kind.CONCLUSIONS, Kind.PAPER):
        year_first = citation.reference.normalised.partition("(")[0].strip(" ").isalpha()
        number, year = (numbers[1], numbers[0]) if year_first else (numbers[0], numbers[1])
        code = "".join(letter for letter in citation.reference.normalised.partition("(")[0] if letter.isalpha())
        return (series, kind, code), (year, number), int(piece[1])
    return None


def points(cited: Iterable[Citation]) -> list[list[Point]]:
    """All papers by group, each paper and piece once, in their order. Jackets are also parted by year, which shows in the
    distance of their pieces."""
    places: dict[tuple[tuple[str, ...], tuple[int, ...], int], list[Citation]] = {}
    for citation in cited:
        if (point := point_of(citation)) is not None:
            places.setdefault(point, []).append(citation)
    groups: dict[tuple[str, ...], list[Point]] = {}
    for (group, key, piece), citing in sorted(places.items(), key=lambda item: item[0]):
        groups.setdefault(group, []).append(Point(group, key, piece, tuple(citing)))
    return [part for group, members in groups.items() for part in (by_year(members) if group[1] == Kind.JACKET else [members])]


def by_year(members: Sequence[Point]) -> Iterator[list[Point]]:
    """Parts of a group whose pieces stand together."""
    part: list[Point] = []
    for point in sorted(members, key=lambda point: point.piece):
        if part and point.piece - part[-1].piece > NEIGHBOURS_APART:
            yield sorted(part, key=lambda point: (point.key, point.piece))
            part = []
        part.append(point)
    yield sorted(part, key=lambda point: (point.key, point.piece))


def ranks(values: Sequence[Any]) -> NDArray[np.int64]:
    """The places of values in their order, equal ones at the same."""
    order = {value: rank for rank, value in enumerate(sorted(set(values)))}
    return np.array([order[value] for value in values], dtype=np.int64)


def out_of_order(members: Sequence[Point]) -> Iterator[tuple[Point, list[Point]]]:
    """The papers that contradict the most others of their group, each with those; taken away one by one until order is left.
    None where that takes most of them: there is no order in them."""
    keys, pieces = ranks([point.key for point in members]), ranks([point.piece for point in members])
    cited = np.array([len(point.cited) for point in members], dtype=np.int64)
    left = np.ones(len(members), dtype=np.bool_)
    for at in taken_away(keys, pieces, cited) if len(members) >= LEAST_POINTS else ():
        others = left & against(keys, pieces, at)
        yield members[at], [members[other] for other in np.flatnonzero(others).tolist()]
        left[at] = False


def taken_away(keys: NDArray[np.int64], pieces: NDArray[np.int64], cited: NDArray[np.int64]) -> list[int]:
    """The places of the papers that go, in turn: the one that contradicts most others, of such the one that is `cited` least."""
    if 2 * longest_order(pieces) < len(keys):
        return []
    left = np.ones(len(keys), dtype=np.bool_)
    counts = later_and_higher(-keys[::-1], -pieces[::-1])[::-1] + later_and_higher(keys, pieces)
    gone: list[int] = []
    while most := counts.max():
        if 2 * len(gone) >= len(keys):
            return []
        worst = np.flatnonzero(counts == most)
        at = int(worst[cited[worst] == cited[worst].min()][-1])
        gone.append(at)
        left[at] = False
        counts[left & against(keys, pieces, at)] -= 1
        counts[at] = 0
    return gone


def longest_order(pieces: NDArray[np.int64]) -> int:
    """How many papers, which come in their order, can be right together: the longest sequence of pieces that do not fall
    (Fredman, "On computing the length of longest increasing subsequences", Discrete Mathematics 11, 1975)."""
    ends: list[int] = []
    for piece in pieces.tolist():
        at = bisect_right(ends, piece)
        ends[at : at + 1] = [piece]
    return len(ends)


def later_and_higher(keys: NDArray[np.int64], pieces: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each paper, of such as come in their order, how many with an earlier key lie in a later piece."""
    before: list[int] = []
    same: list[int] = []
    found = []
    for at, piece in enumerate(pieces.tolist()):
        if at and keys[at] != keys[at - 1]:
            for other in same:
                insort(before, other)
            same = []
        found.append(len(before) - bisect_right(before, piece))
        same.append(piece)
    return np.array(found, dtype=np.int64)


def against(keys: NDArray[np.int64], pieces: NDArray[np.int64], at: int) -> NDArray[np.bool_]:
    """The papers that can't be right if this one is: the later paper is in the earlier piece."""
    return np.asarray((keys - keys[at]) * (pieces - pieces[at]) < 0)
