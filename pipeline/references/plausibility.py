"""Whether references can be right: against what the packs know, and against one another. Nothing is changed here.

A contradiction is named with its evidence, for a person to resolve; as often as not, the other place is the wrong one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from pipeline.language import Lexicon, Series
from pipeline.references.citations import Citation
from pipeline.references.grammar import leading_number
from pipeline.references.kinds import Kind
from pipeline.references.order import NUMBER, PLAIN_PIECE, Point, out_of_order, points
from pipeline.references.ranges import YearRange, year_ranges

LEAST_SAME = 8  # citations that make a letter the usual one of a country, or a class the usual one of a document
MOST_EVIDENCE = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reference that may be wrong. In `message`, `{0}`, `{1}` … stand for the pages of `evidence`; `told` fills them in."""

    citation: Citation
    message: str
    evidence: tuple[Citation, ...] = ()

    def told(self, page: Callable[[int], str] = "page {}".format) -> str:
        """The message with the pages as `page` names them."""
        return self.message.format(*(page(citation.page) for citation in self.evidence))


def check(cited: Sequence[Citation], lexicon: Lexicon) -> tuple[Doubt, ...]:
    """All doubts about the references of a document in its order, one at most for a place.

    Raises InvalidConfig for a pack's table of pieces that can't be read.
    """
    found: dict[tuple[int, int], Doubt] = {}
    ranges = year_ranges(lexicon.packs)
    unlikely = {citation.reference.normalised for citation in cited if not citation.reference.certain}
    grouped = points(citation for citation in cited if citation.piece not in unlikely)
    checks: Iterable[Iterator[Doubt]] = (
        unknown_numbers(cited, lexicon.series),
        lonely_classes(cited, lexicon.series),
        two_pieces(cited),
        two_files(cited),
        other_letters(cited),
        other_years(cited),
        pieces_of_other_years(cited, ranges),
        *(disorder(members) for members in grouped),
    )
    for doubts in checks:
        for doubt in doubts:
            place = (doubt.citation.page, doubt.citation.reference.start)
            found.setdefault(place, doubt)
    return tuple(found[place] for place in sorted(found))


def unknown_numbers(cited: Iterable[Citation], known: Mapping[str, Series]) -> Iterator[Doubt]:
    """Classes that a department never had, pieces that a class never had."""
    for citation in cited:
        reference = citation.reference
        if reference.kind == Kind.MARK and citation.piece and len(NUMBER.findall(reference.normalised)) == 3:
            yield Doubt(citation, f"{reference.normalised} has lost the letter of its department")
        if reference.kind != Kind.SERIES or reference.certain:
            continue
        series = known.get(reference.series)
        if series is None:
            department, _, number = reference.series.partition(" ")
            yield Doubt(citation, f"{department} has no class {number}")
        else:
            yield Doubt(citation, f"{reference.series} has pieces {spans(series)}, so not {reference.piece}")


def spans(series: Series) -> str:
    return ", ".join(f"{first}-{last}" for first, last in series.ranges)


def lonely_classes(cited: Iterable[Citation], known: Mapping[str, Series]) -> Iterator[Doubt]:
    """A class that no pack names, beside one that the document cites often and that differs by one figure or a swap."""
    by_class: dict[str, list[Citation]] = defaultdict(list)
    for citation in cited:
        if citation.reference.kind == Kind.SERIES and citation.reference.certain:
            by_class[citation.reference.series].append(citation)
    usual = [name for name, citing in by_class.items() if len(citing) >= LEAST_SAME and name in known]
    for name, citing in by_class.items():
        near = [other for other in usual if one_slip(name, other)] if name not in known else []
        for citation in citing if near and len(citing) == 1 else ():
            if known[near[0]].holds(leading_number(citation.reference.piece)):
                times = len(by_class[near[0]])
                yield Doubt(citation, f"{name} is cited only here, {near[0]} {times} times", (by_class[near[0]][0],))


def one_slip(one: str, other: str) -> bool:
    """Whether two codes of one length differ by one figure, or by two that changed places."""
    apart = [at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    if len(one) != len(other) or not all(one[at].isdigit() for at in apart):
        return False
    swapped = len(apart) == 2 and one[apart[0]] == other[apart[1]] and one[apart[1]] == other[apart[0]]
    return len(apart) == 1 or swapped


def two_pieces(cited: Iterable[Citation]) -> Iterator[Doubt]:
    """One paper said to lie in two pieces of a class, or one paper of one piece under two countries."""
    by_paper: dict[tuple[str, str], list[Citation]] = defaultdict(list)
    by_place: dict[tuple[str, str], list[Citation]] = defaultdict(list)
    for citation in cited:
        if citation.piece and citation.reference.kind in (Kind.JACKET, Kind.CONCLUSIONS, Kind.PAPER):
            name, series = citation.reference.normalised, citation.piece.partition("/")[0]
            by_paper[name if citation.reference.kind == Kind.JACKET else re.sub(r"(?<=\)).*", "", name), series].append(citation)
            if citation.reference.kind == Kind.JACKET:
                by_place[name.rpartition("/")[0], citation.piece].append(citation)
    for (name, _), citing in by_paper.items():
        for citation, others in outvoted(citing, lambda citation: citation.piece):
            if PLAIN_PIECE.fullmatch(citation.piece) and PLAIN_PIECE.fullmatch(others[0].piece):
                told = f"{name} stands with {citation.piece} here and with {others[0].piece} on {{0}}"
                yield Doubt(citation, told, tuple(others[:MOST_EVIDENCE]))
    for citing in by_place.values():
        for citation, others in outvoted(citing, lambda citation: citation.reference.normalised):
            told = f"{citation.reference.normalised} here, {others[0].reference.normalised} on {{0}}, both in {citation.piece}"
            yield Doubt(citation, told, tuple(others[:MOST_EVIDENCE]))


def two_files(cited: Iterable[Citation]) -> Iterator[Doubt]:
    """One paper of a year and country on two files: a registry numbers its papers once."""
    by_paper: dict[tuple[str, str, int], list[Citation]] = defaultdict(list)
    for citation in cited:
        if citation.reference.kind == Kind.JACKET and citation.year is not None:
            paper, *_, country = citation.reference.normalised.split("/")
            by_paper[paper, country, citation.year].append(citation)
    for (_, _, year), citing in by_paper.items():
        for citation, others in outvoted(citing, lambda citation: citation.reference.normalised):
            told = f"{citation.reference.normalised} here, {others[0].reference.normalised} on {{0}}, both dated {year}"
            yield Doubt(citation, told, tuple(others[:MOST_EVIDENCE]))


def outvoted(citing: Sequence[Citation], said: Callable[[Citation], str]) -> Iterator[tuple[Citation, list[Citation]]]:
    """Each citation that says something else than most do, with those; of equals the later one."""
    counts = Counter(said(citation) for citation in citing)
    usual = counts.most_common(1)[0][0]
    for citation in citing:
        if said(citation) != usual:
            yield citation, [other for other in citing if said(other) == usual]


def other_letters(cited: Iterable[Citation]) -> Iterator[Doubt]:
    """A jacket whose department letter is another than that of all other jackets of its country."""
    by_country: dict[str, list[Citation]] = defaultdict(list)
    for citation in cited:
        if citation.reference.kind == Kind.JACKET:
            by_country[citation.reference.normalised.rpartition("/")[2]].append(citation)
    for country, citing in by_country.items():
        for citation, others in outvoted(citing, lambda citation: citation.reference.normalised[0]):
            if len(others) >= LEAST_SAME and len(others) == len(citing) - 1:
                letter = others[0].reference.normalised[0]
                told = f"All {len(others)} other papers of country {country} have the letter {letter}, such as that on {{0}}"
                yield Doubt(citation, told, (others[0],))


def other_years(cited: Iterable[Citation]) -> Iterator[Doubt]:
    """Conclusions of another year than their date, papers of neither it nor the next or last."""
    for citation in cited:
        bracketed = re.search(r"\((\d\d)\)", citation.reference.normalised)
        if bracketed is None or citation.year is None or citation.reference.kind not in (Kind.CONCLUSIONS, Kind.PAPER):
            continue
        year = 1900 + int(bracketed[1])
        if abs(citation.year - year) > (0 if citation.reference.kind == Kind.CONCLUSIONS else 1):
            yield Doubt(citation, f"{citation.reference.normalised} is of {year}; the date before it names {citation.year}")


def pieces_of_other_years(cited: Iterable[Citation], ranges: Sequence[YearRange]) -> Iterator[Doubt]:
    """Papers in pieces that belong to other years than their date; a jacket's year may differ from the document's by one."""
    confirmed: set[tuple[str, str]] = set()
    doubts = []
    for citation in cited:
        piece, numbers = PLAIN_PIECE.fullmatch(citation.piece), NUMBER.findall(citation.reference.normalised)
        if piece is None or citation.year is None or citation.reference.kind != Kind.JACKET or len(numbers) != 3:
            continue
        country = f"{citation.reference.normalised[0]}/{numbers[2]}"
        fitting = [r for r in ranges if (r.series, r.country) == (citation.piece.partition("/")[0], country)]
        near = [r for r in fitting if abs(r.year - citation.year) <= 1]
        holding = [r for r in fitting if r.near(int(piece[1]))]
        if any(r in near for r in holding):
            confirmed.add((citation.reference.normalised, citation.piece))
        if any(r in near for r in holding) or not any(r.year == citation.year for r in near):
            continue
        own = next(r for r in near if r.year == citation.year)
        told = f"{country} of {own.year} is in {own.series}/{own.first}-{own.last}, as far as is known"
        of_year = f"; {citation.piece} is of {holding[0].year}" if holding else f", not in {citation.piece}"
        doubts.append(Doubt(citation, told + of_year))
    # An older document may lie among later papers: the same jacket with a date that fits settles it.
    yield from (doubt for doubt in doubts if (doubt.citation.reference.normalised, doubt.citation.piece) not in confirmed)


def disorder(members: Sequence[Point]) -> Iterator[Doubt]:
    """Papers whose piece does not lie between those of their neighbours."""
    for point, against in out_of_order(members):
        nearest = nsmallest(2, against, key=lambda other: (point.distance(other), other.key))
        others = " and ".join(
            f"{other.cited[0].reference.normalised} with {other.cited[0].piece} ({{{at}}})" for at, other in enumerate(nearest)
        )
        for citation in point.cited:
            told = f"{citation.reference.normalised} with {citation.piece} is out of order beside {others}"
            yield Doubt(citation, told, tuple(other.cited[0] for other in nearest))
