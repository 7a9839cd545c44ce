"""Archival references found in a text, checked against the series and forms of the packs, repaired only into valid ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.language import Lexicon
from pipeline.references.compiled import Grammar, grammar_of
from pipeline.references.forms import Form
from pipeline.references.kinds import Kind
from pipeline.references.mending import mend_code, mend_numbers, respace
from pipeline.references.patterns import MORE_PIECES


@dataclass(frozen=True)
class Reference:
    """A reference in a text.

    `start` and `end` are offsets of `raw`; `normalised` is the form for an index, without stops and blanks of house
    style; `repaired` is `raw` with the few changes that make it valid, in the author's own style; `certain` says that
    class and piece fit what the packs know; what is not certain is never changed.
    """

    start: int
    end: int
    raw: str
    kind: Kind
    normalised: str
    repaired: str
    series: str
    piece: str
    certain: bool


@dataclass(frozen=True)
class Reading:
    """What one match means: its repaired text, its index form, its series and piece, and whether all was checked."""

    repaired: str
    normalised: str
    series: str = ""
    piece: str = ""
    certain: bool = True


# Kinds whose blanks are never the author's whim; C.P. 74(30) and C.P.74 (30) stand side by side in many a thesis.
RESPACED = frozenset({Kind.SERIES, Kind.JACKET, Kind.CONCLUSIONS})


def find_references(text: str, lexicon: Lexicon, style: Mapping[str, int] | None = None) -> Iterator[Reference]:
    """Every reference of a text in order, not overlapping; an elliptical list gives one for each of its papers.

    None runs on over a blank line or a page's end. `style` (from `scan.document_style`) decides blanks that are only doubtful.
    Raises InvalidConfig for a form of a pack that can't be read.
    """
    for reference in unstyled(text, lexicon):
        yield styled(reference, style) if style else reference


def unstyled(text: str, lexicon: Lexicon) -> Iterator[Reference]:
    """The same, with doubtful blanks as they are."""
    grammar = grammar_of(lexicon)
    for match in grammar.finder.finditer(text):
        form = grammar.forms.get(match.lastgroup or "")
        if form is None:
            found = list(read_series(match, grammar))
            yield from found
            form = None if found else grammar.other_form(match.group())  # T1249/7 is a film where T is no series
        if form is None:
            continue
        if form.kind == Kind.JACKET:
            yield from read_jackets(match, form)
        elif (read := form.read(match.group())) is not None:
            repaired, normalised, series = read
            piece = normalised.removeprefix(series).strip(" ,/")
            reading = Reading(repaired, normalised, series.strip(" ,/"), piece, form.kind != Kind.MARK)
            yield finish(match.start(), match.group(), Kind(form.kind), reading)


def repair(raw: str, lexicon: Lexicon, style: Mapping[str, int] | None = None) -> str | None:
    """`raw` as it should stand, itself where nothing is wrong; None where it is not wholly references."""
    found = list(find_references(raw, lexicon, style))
    if not found or found[0].start != 0 or found[-1].end != len(raw):
        return None
    parts, at = [], 0
    for reference in found:
        between = raw[at : reference.start]
        if between.strip(" ,\n\r\t") not in ("", "and"):
            return None
        parts += [between, reference.repaired]
        at = reference.end
    return "".join(parts)


def styled(reference: Reference, style: Mapping[str, int]) -> Reference:
    """A reference with the blanks of the document's style, where they are doubtful."""
    if not reference.certain or reference.kind not in RESPACED:
        return reference
    repaired = respace(reference.repaired, style)
    return reference if repaired == reference.repaired else replace(reference, repaired=repaired)


def finish(start: int, raw: str, kind: Kind, reading: Reading) -> Reference:
    """A reading as a reference; changes are kept only where the reading is certain."""
    repaired = reading.repaired if reading.certain else raw
    normalised, series, piece = reading.normalised, reading.series, reading.piece
    return Reference(start, start + len(raw), raw, kind, normalised, repaired, series, piece, reading.certain)


def read_series(match: re.Match[str], grammar: Grammar) -> Iterator[Reference]:
    """A class with its piece, and the further pieces of an elliptical list behind it."""
    reading = read_class(match.group(), grammar)
    if reading is None:
        return
    yield finish(match.start(), match.group(), Kind.SERIES, reading)
    at, known = match.end(), grammar.series.get(reading.series)
    while known is not None and reading.piece and (more := MORE_PIECES.match(match.string, at)):
        if not known.holds(leading_number(more["more"])):
            return
        normalised = f"{reading.series}/{more['more']}"
        yield Reference(
            *more.span("more"), more["more"], Kind.SERIES, normalised, more["more"], reading.series, more["more"], certain=True
        )
        at = more.end()


def read_class(raw: str, grammar: Grammar) -> Reading | None:
    """FO 371/12579 and its like. Without a piece it must be a class that a pack names.

    A class that the department never had, and a piece that the class never had, are found but not certain.
    """
    parts = grammar.series_reader.fullmatch(raw)
    if parts is None:
        return None
    known, gap = grammar.series, parts[2]
    code, rest = mend_code(parts[1]), mend_numbers(parts[3])
    letters = re.sub(r"[^A-Z\d]", "", code.upper())
    right = grammar.misread.get(letters) if letters not in known else None
    if right is not None:
        code, letters = code.upper().replace(letters, right), right
    department, numbers = known.get(letters), re.sub(r"\s", "", rest)
    first, _, piece = numbers.partition("/")
    if department is None or not first.isdigit():
        return None
    series, holds = known.get(f"{letters} {first}"), department.holds(int(first))
    if (series is None and (not piece or right)) or (len(letters) == 1 and not (series and piece)):
        return None  # T 1 is no reference, nor is any T 9/9; HO 144 is one
    certain = holds and (series is None or not piece or series.holds(leading_number(piece)))
    if parts[1].endswith(" .") and not code.endswith(".") and not gap:
        gap = " "  # CAB .2/5
    return Reading(code + gap + rest, f"{letters} {numbers}", f"{letters} {first}", piece, certain)


def leading_number(piece: str) -> int:
    """The piece number before any suffix or part: 90 of `90B`, 15 of `15/3`."""
    digits = re.match(r"\d+", piece)
    return int(digits.group()) if digits else 0


def read_jackets(match: re.Match[str], form: Form) -> Iterator[Reference]:
    """The papers of a list such as N1908, N2129, N2161/209/38: file and country of the last hold for all."""
    text = match.group()
    papers = list(form.paper.finditer(text))
    read = form.read(text[papers[-1].start() :])
    if read is None:
        return
    last_repaired, last, series = read
    file_and_country = last.partition("/")[2]
    for paper in papers[:-1]:
        repaired = mend_numbers(paper.group())
        normalised = "".join(repaired.split()) + "/" + file_and_country
        reading = Reading(repaired, normalised, normalised[:1], file_and_country)
        yield finish(match.start() + paper.start(), paper.group(), Kind.JACKET, reading)
    reading = Reading(last_repaired, last, series, file_and_country)
    yield finish(match.start() + papers[-1].start(), text[papers[-1].start() :], Kind.JACKET, reading)
