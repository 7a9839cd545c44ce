"""How the report says things: the templates, and figures as people read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from math import ceil, floor

from jinja2 import Environment

from pipeline.confidence.residual import rounded
from pipeline.folios import PageNames
from pipeline.ledger import Kind
from pipeline.outputs.templating import templates_of

LABELS: dict[Kind, tuple[str, str]] = {
    "quote": ("Quotation marks", "lost, doubled or misread"),
    "apostrophe": ("Apostrophes", "lost or misread"),
    "hyphen": ("Broken words", "made whole across lines and pages, or given their hyphen back"),
    "spacing": ("Spacing", "within and between words, before stops"),
    "punctuation": ("Punctuation", "misread stops and dashes"),
    "stray": ("Stray marks", "specks that were read as characters, and the blank lines they left"),
    "furniture": ("Page numbers and running heads", "moved out of the text, as catchwords are"),
    "note": ("Notes", "call-outs and notes at the foot of the page"),
    "reference": ("References", "archival and bibliographic references"),
    "name": ("Names", "of people, places and organisations"),
    "word": ("Words", "misread letters"),
    "layout": ("Layout", "page, paragraph and line breaks"),
}
UNSURE = re.compile(r"OCR unsure of (.*) \([\d.]+\)", re.DOTALL)
LONG = re.compile(r"(\S{40})\S{8,}(?=”)")
BANDS = ((0.995, "good"), (0.98, "fair"), (0.95, "doubtful"), (0.0, "poor"))
"""Least expected share of right words for each of the four words used of a page."""


@cache
def environment() -> Environment:
    """The templates; everything that goes into them is escaped."""
    made = templates_of("pipeline.outputs")
    made.filters["thousands"] = lambda number: f"{number:,.0f}"
    made.filters["percent"] = percent
    made.filters["counted"] = counted
    made.filters["about"] = about
    made.filters["plain"] = plain
    made.filters["lower_first"] = lambda text: text[:1].lower() + text[1:]
    return made


def percent(share: float) -> str:
    """A probability as people read it; certainty is never claimed."""
    return "over 99 %" if share > 0.99 else "under 1 %" if share < 0.01 else f"{share:.0%}".replace("%", " %")


def plain(reason: str) -> str:
    """Why a word is doubted, in words that a reader knows: the files have it shorter."""
    short = LONG.sub(r"\1…", reason)
    if short.startswith("held"):
        return "suggested" + short.removeprefix("held")
    said = UNSURE.fullmatch(short)
    return f"{said[1]} was hard to read" if said else short


def counted(number: float, one: str, many: str = "") -> str:
    """`1 page`, `479 pages`."""
    return f"{number:,.0f} {one if round(number) == 1 else many or one + 's'}"


def about(number: float, way: str = "near") -> str:
    """A figure to two digits, as many as an estimate is worth: to the nearest, or down or up for the bounds of an interval."""
    ways: dict[str, Callable[[float], int]] = {"near": round, "down": floor, "up": ceil}
    return f"{rounded(number, ways[way]):,}"


def band(probability: float) -> str:
    """The word for a page of which so many words (0-1) are expected to be right."""
    return next(name for least, name in BANDS if probability >= least)


def gist(pages: Iterable[int], names: PageNames) -> tuple[list[int], int]:
    """The first few of a list of pages, and how many more there are."""
    listed = list(pages)
    return (listed[:4], len(listed) - 4) if len(listed) > 4 else (listed, 0)
