"""Page numbers that a reading dropped or garbled, read by themselves: first as they come, then as nothing but digits."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from lxml import etree

from pipeline.imaging.lone_lines import LoneLine
from pipeline.ocr.regions import CLASSES
from pipeline.ocr.second_look import insert
from pipeline.ocr.tokens import Line, Token, line_elements, parsed, tokens

ReadLine = Callable[[np.ndarray[tuple[int, int], np.dtype[np.uint8]], str], str]
"""Reads the image of one line; only the given characters, unless there are none."""

SURE, AGREED = 0.85, 0.9
"""Confidence from which what stands there is left alone; and that of a number which was read twice."""

NUMBER = re.compile(r"\d{1,4}")
BRACKETED = re.compile(r"([(\[{]) ?\d{1,4} ?([)\]}])")
"""A number in brackets; round ones are often read as braces."""


def with_page_numbers(hocr: bytes, lines: list[LoneLine], x_height: float, read: ReadLine) -> tuple[bytes, list[str]]:
    """The hOCR with the page numbers among some lone lines put in place of what it has there; and those numbers.

    A number counts when the line gives the same digits in both readings.
    """
    if not lines:
        return hocr, []
    root = parsed(hocr)
    elements = [(element, line) for element in line_elements(root) if (line := tokens(element, np.eye(3)))]
    found: list[str] = []
    for lone in lines:
        covered = [(element, word) for element, line in elements for word in line if within(word, lone)]
        if covered and min(word.confidence for _, word in covered) >= SURE:
            continue
        if not elements or (number := number_in(lone, read)) is None:
            continue
        before, figures, after = number
        for element, word in covered:
            element.remove(word.element)
        elements = [(element, line) for element, line in ((e, tokens(e, np.eye(3))) for e, _ in elements) if line]
        words = number_words(lone, f"{before}{figures}{after}")
        insert(elements, words, x_height)
        element = next(element for element, line in elements if line is words)
        element.set("class", CLASSES["page-number"])
        element.set("title", f"{element.get('title')}; x_region page-number")
        found.append(figures)
    if not found:
        return hocr, []
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8"), found


def number_in(lone: LoneLine, read: ReadLine) -> tuple[str, str, str] | None:
    """The page number that a lone line is, with the dashes or brackets around it; or None."""
    for image in lone.images:
        text = read(image, "")
        freely = NUMBER.findall(text)
        before, after = around(text, lone)
        if len(freely) != 1 or (freely == ["1"] and not before):  # any upright stroke is read as 1
            continue
        if NUMBER.findall(read(image, "0123456789-")) == freely:
            return before, freely[0], after
    return None


def around(text: str, lone: LoneLine) -> tuple[str, str]:
    """What stands before and after the number of a lone line that reads `text`, with the spaces there are."""
    space = " " if lone.spaced else ""
    if lone.dashed:
        return f"-{space}", f"{space}-"
    if found := BRACKETED.fullmatch(text.strip()):
        marks = "[]" if found.groups() == ("[", "]") else "()"
        return f"{marks[0]}{space}", f"{space}{marks[1]}"
    return "", ""


def within(word: Token, lone: LoneLine) -> bool:
    """Whether the middle of a word lies on a lone line."""
    across, down = word.middle
    left, top, right, bottom = lone.box
    return left <= across <= right and top <= down <= bottom


def number_words(lone: LoneLine, number: str) -> Line:
    """The words of a page number, with what is around it, sharing the place of the line."""
    left, top, right, bottom = lone.box
    texts = number.split()
    step = (right - left) / len(texts)
    blank = etree.Element("span")
    edges = [left + k * step for k in range(len(texts) + 1)]
    boxes = [(start, float(top), end, float(bottom)) for start, end in pairwise(edges)]
    return [Token(text, AGREED, box, blank) for text, box in zip(texts, boxes, strict=True)]
