"""The words of finished documents with what is known of each: from pages of ground truth, and from what a person decided."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.confidence.words import Words
from pipeline.evaluate.labels import RIGHT, UNJUDGED, WRONG, Labels, States, folded, label
from pipeline.evaluate.placing import Finder
from pipeline.model import Source

LEAST_LIKE = 0.5
"""Share of the characters of a corrected page that must stand in a document for the page to be one of its pages."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Words of a document, the state of each (see `pipeline.evaluate.labels`), and the page that each is on, from 0."""

    name: str
    words: Words
    states: States
    pages: NDArray[np.int64]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which words something is known of."""
        return np.asarray(self.states != UNJUDGED)

    @property
    def wrong(self) -> NDArray[np.bool_]:
        return np.asarray(self.states > RIGHT)


def unjudged(words: Words) -> States:
    """The states of words of which nothing is known yet."""
    return np.full(len(words.texts), UNJUDGED, dtype=np.int8)


def page_of(text: str, words: Words) -> NDArray[np.int64]:
    """The page that each word of a clean text is on, from 0."""
    return np.searchsorted([match.start() for match in re.finditer("\f", text)], words.starts)


def decide(words: Words, states: States, start: int, end: int, *, right: bool) -> None:
    """Take in what a person said of the words of the clean text that lie in [start, end), wholly or in part."""
    first, last = np.searchsorted(words.ends, start, side="right"), np.searchsorted(words.starts, end)
    states[first:last] = RIGHT if right else WRONG


def judge_pages(source: Source, text: str, words: Words, states: States, truths: Mapping[str, str]) -> set[str]:
    """Take in truths that bear the name of the document, or of the scans of its pages; the names of those that do."""
    if source.name in truths:
        states[:] = label(text, truths[source.name], pages=True).states
        return {source.name}
    pages = page_of(text, words)
    stems = [Path(page.scan.path).stem if page.scan is not None else "" for page in source.pages]
    used = set(stems) & set(truths)
    for name in used:
        inside = np.isin(pages, [at for at, stem in enumerate(stems) if stem == name])  # both pages of an opening
        if inside.any():
            ends = words.ends[inside]
            states[inside] = label(text[int(words.starts[inside][0]) : int(ends[-1])], truths[name], pages=True).states
    return used


@dataclass(frozen=True, slots=True)
class Passage:
    """A corrected page that stands in a long document: which of its words those are, and their labels."""

    name: str
    words: slice
    labels: Labels


def passages(text: str, words: Words, truths: Iterable[tuple[str, str]]) -> Iterator[Passage]:
    """Corrected pages (name, text) of a long document, looked for in its text; those that are found."""
    plain, offsets = folded(text, pages=False)
    finder = Finder(plain)
    for name, truth in truths:
        wanted = folded(truth, pages=False)[0].strip()
        place = finder.place(wanted)
        if place.distance > LEAST_LIKE * len(wanted):
            continue
        begin, end = offsets[place.start], offsets[place.end - 1] + 1
        first, last = np.searchsorted(words.ends, begin, side="right"), np.searchsorted(words.starts, end)
        if first < last:
            passage = text[int(words.starts[first]) : int(words.ends[last - 1])]
            yield Passage(name, slice(int(first), int(last)), label(passage, truth, pages=False))


def judge_passages(text: str, words: Words, states: States, truths: Iterable[tuple[str, str]]) -> set[str]:
    """Take in corrected pages (name, text) of a long document, each looked for in its text; the names of those found."""
    used = set()
    for passage in passages(text, words, truths):
        states[passage.words] = passage.labels.states
        used.add(passage.name)
    return used
