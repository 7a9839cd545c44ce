"""When a page is worth another look, and several readings of it made into one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np
from lxml import etree

from pipeline.language import Lexicon
from pipeline.ocr.tokens import XHTML, Line, Matrix, Token, box_title, line_elements, parsed, read_lines, tokens, word_element
from pipeline.ocr.vote import Choice, Page, Plausible, elect, places

UNSURE = 0.7
"""Confidence of Tesseract's below which a word counts as doubtful."""

WORSE, BETTER = 0.9, 1.05
"""A reading with less than this share of what the best reading has is left out of the vote; one with so much more than the
treated page's leads it."""

WORD_GAP = 3.0
"""X-heights: parts of a line lie no further apart."""

CORE = re.compile(r"^[\"'“”‘’(\[]*(.*?)[\"'“”‘’)\].,;:!?]*$", re.DOTALL)
FIGURES = re.compile(r"[\d.,:/£$%-]+")
STOPPED = re.compile(r"^[\"'“”‘’(\[]*(?:([A-Z])|([A-Za-z]+))([.,])")
"""An initial, or a word, and the stop behind it."""

HALF = re.compile(r"[^\W\d_]{2,}-")
"""A word that goes on in the next line."""

USUAL, USUAL_STOP = 4.0, 0.5
"""Zipf frequency of words that count 1, the commoner more and the rarer less, by a quarter for each tenfold; what the stop of
an abbreviation counts. Half or twice of either makes less than a hundredth of the word error rate."""


@dataclass(frozen=True, slots=True)
class Look:
    """One reading: Tesseract's hOCR, and the matrix (3 x 3) from its pixels to those of the scan."""

    hocr: bytes
    to_scan: Matrix


def plausible_in(lexicon: Lexicon | None) -> Plausible:
    """What a dictionary says of words as they stand in a text; None: of a language for which there is none."""
    seen: dict[str, float] = {}

    def judge(text: str) -> float:
        if lexicon is None:
            return 0.0
        verdict = seen.get(text)
        if verdict is None:
            verdict = seen[text] = judged(text, lexicon)
        return verdict

    return judge


def judged(text: str, lexicon: Lexicon) -> float:
    """-1 (no word) to 1 (a word; of everyday words up to 1.5); 0 for figures and for marks alone. A stop behind an initial or an
    abbreviation speaks for it, a comma against it."""
    if lexicon.others or text[0] in "«„":  # other languages' quotation marks; in English text they are specks
        text = text.strip("«»„")
    found = CORE.match(text)
    core = found[1] if found else text
    if not core or FIGURES.fullmatch(core):
        return 0.0
    if not any(letter.isalpha() for letter in core):
        return -1.0
    stop = STOPPED.match(text)
    usual = 0.0
    if stop is not None and (stop[1] or f"{stop[2]}." in lexicon.abbreviations):
        usual = USUAL_STOP if stop[3] == "." else -USUAL_STOP
    if lexicon.knows(core) or core in {"a", "A", "I", "O"}:
        return 1.0 + (min(lexicon.commonness(core), 6.0) - USUAL) / 4.0 + usual
    if core.endswith("s") and lexicon.knows(core[:-1]):
        return 0.5  # a plural that no list has
    if not lexicon.complete:
        return 0.0  # it may be a word of a language that there is no list of
    return (-0.5 if len(core) == 1 or HALF.fullmatch(core) else -1.0) + usual


def doubt(hocr: bytes, plausible: Plausible) -> float:
    """Share of a page's words (0-1) that Tesseract is not sure of or that are no words; 1 for a page without any."""
    words = [word for line in read_lines(parsed(hocr), np.eye(3)) for word in line]
    doubtful = sum(word.confidence < UNSURE or plausible(word.text) < 0 for word in words)
    return doubtful / len(words) if words else 1.0


def worth(lines: Sequence[Line], plausible: Plausible) -> float:
    """How much a reading has: letters of its words, weighed by their confidence, less those that stand in no words."""
    words = [word for line in lines for word in line]
    return sum(len(w.text) * (w.confidence if plausible(w.text) >= 0 else w.confidence - 1) for w in words)


def merged(looks: Sequence[Look], plausible: Plausible) -> tuple[bytes, Matrix, int]:
    """One hOCR of several looks, the matrix from its pixels to the scan's, and how many looks took part.

    The first look leads, unless another has clearly more; looks that have clearly less are left out, so that a bad reading
    cannot outvote a good one.
    """
    roots = [parsed(look.hocr) for look in looks]
    values = [worth(read_lines(root, np.eye(3)), plausible) for root in roots]
    best = max(values)
    lead = 0 if best <= max(BETTER * values[0], values[0]) else values.index(best)
    order = [lead, *(k for k in range(len(looks)) if k != lead and values[k] >= WORSE * best)]
    if len(order) == 1:
        return looks[lead].hocr, looks[lead].to_scan, 1
    from_scan = np.linalg.inv(looks[lead].to_scan)
    others = [read_lines(roots[k], from_scan @ looks[k].to_scan) for k in order[1:]]
    vote(roots[lead], others, plausible)
    hocr = etree.tostring(roots[lead].getroottree(), xml_declaration=True, encoding="UTF-8")
    return hocr, looks[lead].to_scan, len(order)


def vote(root: etree._Element, others: Sequence[Sequence[Line]], plausible: Plausible) -> None:
    """Change the words of the hOCR that leads to those that win; lines that only others have are put where they lie."""
    elements = [(element, line) for element in line_elements(root) if (line := tokens(element, np.eye(3)))]
    if not elements:
        return
    heights = [word.box[3] - word.box[1] for _, line in elements for word in line]
    x_height = 0.7 * median(heights)
    elements = made_whole(elements, others, x_height)
    page = Page([line for _, line in elements], x_height)
    found = [page.placed(lines) for lines in others]
    for number, (element, line) in enumerate(elements):
        readings = [line, *(placed[number] for placed, _ in found)]
        rewrite(element, [elect(place, plausible) for place in places(readings)])
    strays = [(run, reader) for reader, (_, runs) in enumerate(found) for run in runs]
    for run in lines_of_others(strays, plausible):
        insert(elements, run, x_height)


def made_whole(
    elements: list[tuple[etree._Element, Line]], others: Sequence[Sequence[Line]], x_height: float
) -> list[tuple[etree._Element, Line]]:
    """The lines that lead, those put together that another reading has as one, side by side with hardly a gap."""
    page = Page([line for _, line in elements], x_height)
    follows: dict[int, int] = {}
    for line in (line for lines in others for line in lines):
        numbers = [number for word in line if (number := page.line_at(word)) is not None]
        for left, right in pairwise(numbers):
            gap = page.edges[right][0] - page.edges[left][1]
            if page.edges[left][0] >= page.edges[right][0]:  # else two tiny marks could each follow the other, and both be lost
                continue
            level = page.common(left, page.lines[right][0]) > 0.5
            if level and -x_height < gap < WORD_GAP * x_height and right not in follows.values():
                follows.setdefault(left, right)
    whole: list[tuple[etree._Element, Line]] = []
    for number, (element, line) in enumerate(elements):
        if number in follows.values():
            continue
        words, last = list(line), number
        while last in follows:
            last = follows[last]
            words += elements[last][1]
            if (parent := elements[last][0].getparent()) is not None:
                parent.remove(elements[last][0])
        element.set("title", box_title(words))
        whole.append((element, words))
    return whole


def rewrite(line: etree._Element, choices: Sequence[Choice]) -> None:
    """Put the chosen words into a line of the hOCR, each with what else was read in its place."""
    for child in list(line):
        line.remove(child)
    for choice in choices:
        for token, others in zip(choice.words, choice.others_by_word, strict=True):
            line.append(word_element(token, choice.confidence, others))


def lines_of_others(strays: Sequence[tuple[Line, int]], plausible: Plausible) -> list[Line]:
    """Lines that the leading reading lacks: those that two others have, or that one is sure of, in the best form of each."""
    groups: list[list[tuple[Line, int]]] = []
    for run, reader in strays:
        home = next((group for group in groups if on_one_place(group[0][0], run)), None)
        if home is None:
            groups.append([(run, reader)])
        else:
            home.append((run, reader))
    chosen: list[Line] = []
    for group in groups:
        run = max((run for run, _ in group), key=lambda run: worth([run], plausible))
        letters = sum(len(word.text) for word in run)
        sure = sum(len(word.text) * word.confidence for word in run) / letters
        known = sum(len(word.text) * plausible(word.text) for word in run) / letters
        twice = len({reader for _, reader in group}) > 1
        if (twice and sure > 0.5 and known > 0) or (sure > 0.75 and known > 0.3 and letters > 6):
            chosen.append(run)
    return chosen


def on_one_place(one: Line, other: Line) -> bool:
    """Whether two runs of words cover the same place on the page."""
    (left, top, right, bottom), (left2, top2, right2, bottom2) = edges(one), edges(other)
    common = min(bottom, bottom2) - max(top, top2)
    return min(right, right2) > max(left, left2) and common > 0.4 * min(bottom - top, bottom2 - top2)


def edges(line: Line) -> tuple[float, float, float, float]:
    lefts, tops, rights, bottoms = zip(*(word.box for word in line), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def insert(elements: list[tuple[etree._Element, Line]], run: Line, x_height: float) -> None:
    """Put a line into the hOCR beside the line nearest to it, in a paragraph of its own where it lies apart."""
    element = etree.Element(f"{{{XHTML}}}span", {"class": "ocr_line", "title": box_title(run)})
    for token in run:
        element.append(word_element(token, token.confidence, ()))
    middle = height_of(run)
    place, (near, line) = min(enumerate(elements), key=lambda item: abs(height_of(item[1][1]) - middle))
    below = height_of(line) < middle
    anchor, new = near, element
    if abs(height_of(line) - middle) > 4 * x_height and (parent := near.getparent()) is not None:
        new = etree.Element(f"{{{XHTML}}}p", {"class": "ocr_par", "title": box_title(run)})
        new.append(element)
        anchor = parent
    anchor.addnext(new) if below else anchor.addprevious(new)
    elements.insert(place + below, (element, run))


def height_of(line: Sequence[Token]) -> float:
    """Where the middle of a line lies on the page, downwards."""
    return sum(word.middle[1] for word in line) / len(line)
