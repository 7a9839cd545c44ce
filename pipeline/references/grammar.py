"""Archival references found in a text, checked against the series of the packs, and repaired only into valid ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipeline.language import Lexicon, Series
from pipeline.references.mending import count_shapes, mend_code, mend_numbers, mend_roman, respace
from pipeline.references.patterns import MISREAD_CODES, compile_grammar


class Kind(StrEnum):
    """What a reference refers to."""

    SERIES = "series"  # FO 371/12579, CAB 23/90B, NC 18/1/532
    JACKET = "jacket"  # N6029/1316/55
    FILE = "file"  # F12930/1, before its T 160/446
    PAPER = "paper"  # C.P. 181(25), E.C.(31)3
    NUMBERED = "numbered"  # C.O.S. 161, C.I.D. Paper 829-B
    CONCLUSIONS = "conclusions"  # 27(27)3
    HANSARD = "hansard"  # H.C. Deb. Vol 238, Col 939
    COMMAND = "command"  # Cmd. 2895
    PRINTED = "printed"  # D.B.F.P. IA/IV, F.R.U.S. 1934, Vol III
    INDIA = "india"  # L/P&J/6/1978, R/12/1/89, Mss Eur C152/17
    MANUSCRIPT = "manuscript"  # Add. 51083
    MICROFILM = "microfilm"  # 6698/H106612-18
    MARK = "mark"  # C152/17, F118/107: a shelfmark or file that only its context explains
    DECIMAL = "decimal"  # 861.00/11285


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


FIRST_YEAR, LAST_YEAR = 16, 45  # of Cabinet conclusions and papers, numbered with two digits of the year
# Kinds whose blanks are never the author's whim; C.P. 74(30) and C.P.74 (30) stand side by side in many a thesis.
RESPACED = frozenset({Kind.SERIES, Kind.JACKET, Kind.CONCLUSIONS})
BRITISH_SERIES = frozenset({"I", "IA", "II", "III"})  # of the Documents on British Foreign Policy


def find_references(text: str, lexicon: Lexicon, style: Mapping[str, int] | None = None) -> Iterator[Reference]:
    """Every reference of a text in order, not overlapping; an elliptical list gives one for each of its papers.

    `style` (from `document_style`) decides blanks that are only doubtful.
    """
    for match in grammar_of(lexicon).finditer(text):
        if match.lastgroup == Kind.JACKET:
            yield from read_jackets(match, style or {})
            continue
        reading = read(match, lexicon)
        if reading is not None:
            yield finish(match.start(), match.group(), Kind(match.lastgroup or ""), reading, style or {})


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


def document_style(text: str, lexicon: Lexicon) -> dict[str, int]:
    """How the author spaces references: counts of their shapes (`N#/#/#`, `FO #/#`), for the functions above."""
    return count_shapes(reference.repaired for reference in find_references(text, lexicon))


def grammar_of(lexicon: Lexicon) -> re.Pattern[str]:
    """The expression for the series of this lexicon's packs; compiled once for each set of series."""
    departments = frozenset(code for code in lexicon.series if " " not in code)
    treasury = frozenset(int(code[2:]) for code in lexicon.series if code.startswith("T ") and code[2:].isdigit())
    return compile_grammar(departments, treasury)


def finish(start: int, raw: str, kind: Kind, reading: Reading, style: Mapping[str, int]) -> Reference:
    """A reading as a reference; changes are kept only where the reading is certain."""
    repaired = reading.repaired if reading.certain else raw
    if reading.certain and kind in RESPACED:
        repaired = respace(repaired, style)
    normalised, series, piece = reading.normalised, reading.series, reading.piece
    return Reference(start, start + len(raw), raw, kind, normalised, repaired, series, piece, reading.certain)


def read(match: re.Match[str], lexicon: Lexicon) -> Reading | None:
    """What a match means; None where it is no reference after all."""
    kind, raw = match.lastgroup or "", match.group()
    if kind == Kind.SERIES:
        return read_series(match, lexicon.series)
    if kind in (Kind.PAPER, Kind.NUMBERED, Kind.HANSARD, Kind.COMMAND):
        return read_coded(match, kind)
    if kind == Kind.PRINTED:
        return read_printed(match)
    mended = mend_numbers(raw)
    if kind == Kind.CONCLUSIONS and not plausible_year(mended):
        return None
    if kind == Kind.MARK:
        return Reading(raw, raw.replace(" ", ""), certain=False)
    return Reading(mended, re.sub(r"\s", "", mended) if kind != Kind.MANUSCRIPT else " ".join(mended.split()))


def read_series(match: re.Match[str], known: Mapping[str, Series]) -> Reading | None:
    """FO 371/12579 and its like: the class must have existed; without a piece it must be a series that a pack names."""
    code, rest = mend_code(match["series_code"]), mend_numbers(match["series_rest"])
    letters = re.sub(r"[^A-Z\d]", "", code.upper())
    right = MISREAD_CODES.get(letters) if letters not in known else None
    if right is not None:
        code, letters = code.upper().replace(letters, right), right
    department, numbers = known.get(letters), re.sub(r"\s", "", rest)
    first, _, piece = numbers.partition("/")
    if department is None or not first.isdigit() or not department.holds(int(first)):
        return None
    series = known.get(f"{letters} {first}")
    if (series is None and (not piece or right)) or (len(letters) == 1 and not (series and piece)):
        return None  # T 1 is no reference, nor is any T 9/9; HO 144 is one
    certain = series is None or not piece or series.holds(leading_number(piece))
    gap = match.group()[len(match["series_code"]) : match.start("series_rest") - match.start()]
    if match["series_code"].endswith(" .") and not code.endswith(".") and not gap:
        gap = " "  # CAB .2/5
    return Reading(code + gap + rest, f"{letters} {numbers}", f"{letters} {first}", piece, certain)


def leading_number(piece: str) -> int:
    """The piece number before any suffix or part: 90 of `90B`, 15 of `15/3`."""
    digits = re.match(r"\d+", piece)
    return int(digits.group()) if digits else 0


def read_coded(match: re.Match[str], kind: str) -> Reading | None:
    """References that begin with letters: papers of the Cabinet, debates, command papers."""
    raw, code, rest = match.group(), match[f"{kind}_code"], match[f"{kind}_rest"]
    if kind == Kind.PAPER and not plausible_year(mend_numbers(rest)):
        return None
    gap = raw[len(code) : match.start(f"{kind}_rest") - match.start()]
    mended_code = code if kind == Kind.COMMAND else mend_code(code)
    if kind in (Kind.COMMAND, Kind.HANSARD):
        gap = gap.replace(" .", ".")
    mended = mend_numbers(rest)
    letters = re.sub(r"[^A-Za-z]", "", mended_code)
    compact = re.sub(r"\s", "", mended) if kind != Kind.HANSARD else " ".join(mended.split())
    return Reading(mended_code + gap + mended, f"{letters} {compact}", letters, compact)


def read_printed(match: re.Match[str]) -> Reading | None:
    """D.B.F.P. II/VII, D.V.P. Vol X: the Roman numerals must be ones once their blanks are gone."""
    raw, code, rest = match.group(), match["printed_code"], match["printed_rest"]
    gap = raw[len(code) : match.start("printed_rest") - match.start()]
    mended_code = mend_code(code)
    letters = re.sub(r"[^A-Z]", "", mended_code.upper())
    if match["printed_series"] is None:
        head, numeral = re.match(r"(.*?[Vv]ol[ ]?\.?\s+)(.*)", rest, re.S).groups()  # type: ignore[union-attr]
        roman = mend_roman(numeral)
        mended = None if roman is None else head + roman
    else:
        roman = mend_roman(match["printed_volume"])
        mended = mend_british(match["printed_series"], roman)
    if mended is None:
        return None
    return Reading(mended_code + gap + mended, f"{letters} {' '.join(mended.split())}", letters, roman or "")


def mend_british(series: str, volume: str | None) -> str | None:
    """`I I` and `VII` as `II/VII`; None for a series that was never printed."""
    joined = mend_roman(series)
    return f"{joined}/{volume}" if volume and joined in BRITISH_SERIES else None


def plausible_year(mended: str) -> bool:
    """Whether the two digits in brackets are a year of numbered Cabinet papers."""
    year = re.search(r"\((\d\d)\)", mended)
    return year is not None and FIRST_YEAR <= int(year[1]) <= LAST_YEAR


JACKET_PAPER = re.compile(r"(?P<letter>[A-Z])(?P<gap>[ ]?)(?P<number>[\dOoIl]{1,6})(?P<rest>[ ]?/\s*[\dOoIl]+[ ]?/\s*[\dOoIl]+)?")


def read_jackets(match: re.Match[str], style: Mapping[str, int]) -> Iterator[Reference]:
    """The papers of a list such as N1908, N2129, N2161/209/38: file and country of the last hold for all."""
    papers = list(JACKET_PAPER.finditer(match.group()))
    shared = re.sub(r"\s", "", mend_numbers(papers[-1]["rest"] or ""))
    file_and_country = shared.lstrip("/")
    for paper in papers:
        number = mend_numbers(paper["number"])
        mended = paper["letter"] + paper["gap"] + mend_numbers(paper["number"] + (paper["rest"] or ""))
        reading = Reading(mended, f"{paper['letter']}{number}{shared}", paper["letter"], file_and_country)
        yield finish(match.start() + paper.start(), paper.group(), Kind.JACKET, reading, style)
