"""Several readings of one page put beside each other, and a vote on each word.

J. G. Fiscus, A post-processing system to yield reduced word error rates: recognizer output voting error reduction (ROVER),
ASRU 1997. Lines are found by their place on the page, words within a line by aligning its letters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from pipeline.ocr.tokens import Line, Token

VOICE, KNOWN, NOTHING = 0.3, 0.5, 0.6
"""What a reading counts besides its confidence; what a known word counts, for each reading; the confidence of reading nothing.
The word error rate over 35 pages hardly depends on them: by a twentieth from half to twice each."""

LEAST_OVERLAP = 0.35
"""Share of the height of the lower of two words that must be common for them to be on one line."""

Plausible = Callable[[str], float]
"""How likely a string is to be a word of the language: below 0 none, above 0 one (to 2, the commonest), 0 where nothing can be
said."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen at one place: the words, the confidence of the vote (0-1) and what others read there."""

    words: Line
    confidence: float
    others: tuple[str, ...] = ()

    @property
    def others_by_word(self) -> list[list[str]]:
        """What others read in place of each word: of several words only where the others have as many."""
        found: list[list[str]] = [[] for _ in self.words]
        for other in self.others:
            parts = other.split() if len(self.words) > 1 else [other] if other else []
            for part, word, forms in zip(parts, self.words, found, strict=False) if len(parts) == len(self.words) else ():
                if part != word.text and part not in forms:
                    forms.append(part)
        return found


def elect(readings: Sequence[Line], plausible: Plausible) -> Choice:
    """Vote on what the readings have at one place (an empty line: nothing). Of equals the first wins."""
    if len({text_of(words) for words in readings}) == 1:
        sure = sum(sureness(words) for words in readings) / len(readings)
        return Choice(readings[0], sure)
    scores: dict[str, float] = {}
    firsts: dict[str, Line] = {}
    for words in readings:
        text = text_of(words)
        firsts.setdefault(text, words)
        scores[text] = scores.get(text, 0.0) + VOICE + sureness(words)
    for text, words in firsts.items():
        if words:
            scores[text] += KNOWN * len(readings) * sum(plausible(word.text) for word in words) / len(words)
    best = max(scores, key=lambda text: round(scores[text], 6))
    backing = sum(sureness(words) for words in readings if text_of(words) == best)
    return Choice(firsts[best], backing / len(readings), tuple(text for text in scores if text != best))


def text_of(words: Line) -> str:
    return " ".join(word.text for word in words)


def sureness(words: Line) -> float:
    """Mean confidence of some words; that of nothing is fixed."""
    return sum(word.confidence for word in words) / len(words) if words else NOTHING


def places(lines: Sequence[Line]) -> Iterator[tuple[Line, ...]]:
    """One line as several readings have it, cut where all that have it agree on a space. The first reading leads."""
    lead = text_of(lines[0])
    spaces = {at for at, letter in enumerate(lead) if letter == " "}
    maps = [common_spaces(lead, text_of(line)) if line else None for line in lines[1:]]
    cuts = sorted(spaces.intersection(*(found for found in maps if found is not None)))
    columns = [cut_at(lines[0], cuts)]
    for line, found in zip(lines[1:], maps, strict=True):
        columns.append(cut_at(line, [found[at] for at in cuts]) if found is not None else [[] for _ in range(len(cuts) + 1)])
    yield from zip(*columns, strict=True)


def common_spaces(lead: str, other: str) -> dict[int, int]:
    """The spaces of `lead` that have their like in `other` when both are aligned."""
    found: dict[int, int] = {}
    for block in Levenshtein.opcodes(lead, other):
        if block.tag == "equal":
            shift = block.dest_start - block.src_start
            found |= {at: at + shift for at in range(block.src_start, block.src_end) if lead[at] == " "}
    return found


def cut_at(line: Line, cuts: Sequence[int]) -> list[Line]:
    """A line parted at some of its spaces, given as places in its text."""
    edges, parts, at = set(cuts), [], 0
    current: Line = []
    for word in line:
        current.append(word)
        at += len(word.text)
        if at in edges:
            parts.append(current)
            current = []
        at += 1
    return [*parts, current]


class Page:
    """The lines of the reading that leads, by place. `x_height`: pixels."""

    def __init__(self, lines: Sequence[Line], x_height: float) -> None:
        self.x_height = x_height
        self.lines = lines
        self.edges = [(min(w.box[0] for w in line), max(w.box[2] for w in line)) for line in lines]
        self.spans = [(min(w.box[1] for w in line), max(w.box[3] for w in line)) for line in lines]

    def line_at(self, word: Token, least: float = LEAST_OVERLAP) -> int | None:
        """The line on which a word lies, or None."""
        left, top, right, bottom = word.box
        best, best_share, reach = None, least, 2 * self.x_height
        for number, ((first, last), (high, low)) in enumerate(zip(self.edges, self.spans, strict=True)):
            if right < first - reach or left > last + reach or bottom < high or top > low:
                continue
            if (share := self.common(number, word)) > best_share:
                best, best_share = number, share
        return best

    def common(self, number: int, word: Token) -> float:
        """The share of height that a word has in common with the nearest word of a line; below 0 where they lie apart."""
        across = word.middle[0]
        near = min(self.lines[number], key=lambda other: abs(other.middle[0] - across)).box
        height = max(1.0, min(word.box[3] - word.box[1], near[3] - near[1]))
        return (min(word.box[3], near[3]) - max(word.box[1], near[1])) / height

    def placed(self, others: Sequence[Line]) -> tuple[list[Line], list[Line]]:
        """For each line, the words of another reading that lie on it; and runs of words that lie on none."""
        found: list[Line] = [[] for _ in self.lines]
        strays: list[Line] = []
        for line in others:
            numbers = [self.line_at(word) for word in line]
            numbers = self.with_neighbours(line, self.on_main_line(line, numbers))
            if run := [word for word, number in zip(line, numbers, strict=True) if number is None]:
                strays.append(run)
            for word, number in zip(line, numbers, strict=True):
                if number is not None:
                    found[number].append(word)
        for words in found:
            words.sort(key=lambda word: word.box[0])
        return found, strays

    def on_main_line(self, line: Line, numbers: list[int | None]) -> list[int | None]:
        """Words that seem to lie on the line above or below that of most of their own line go with the others."""
        main = Counter(number for number in numbers if number is not None).most_common(1)
        if not main:
            return numbers
        home = main[0][0]
        left, right = self.edges[home]
        settled = list(numbers)
        for at, (word, number) in enumerate(zip(line, numbers, strict=True)):
            stacked = number is not None and self.edges[number][0] < right and left < self.edges[number][1]
            if stacked and self.common(home, word) > 0.1:
                settled[at] = home
        return settled

    def with_neighbours(self, line: Line, numbers: list[int | None]) -> list[int | None]:
        """Words that lie on no line, as a comma or a dash may, go with the word beside them."""
        settled = list(numbers)
        for (at, here), (after, there) in pairwise(enumerate(numbers)):
            if here is None and there is not None and self.common(there, line[at]) > -0.5:
                settled[at] = there
            if there is None and here is not None and self.common(here, line[after]) > -0.5:
                settled[after] = here
        return settled
