"""The words of tei.xml: what was changed beside what was read, what was only suggested, what is in doubt.

Standard: TEI P5, chapter 3.5 (simple editorial changes) and 22 (certainty).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from pipeline.ledger import Edit, Replace
from pipeline.outputs.printed import PrintedWord
from pipeline.outputs.suggested import Suggestions
from pipeline.outputs.tei_header import RESPONSIBLE
from pipeline.outputs.xml import attributes, escaped
from pipeline.result import Result

DOUBTFUL = 0.5
"""A word that is less probably right than this is marked as unclear even where nothing else was suggested for it."""


class Words:
    """Words of one result as TEI."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.text = result.source.text
        self.suggestions = Suggestions(result)

    @cached_property
    def replaced(self) -> list[tuple[int, int, Edit]]:
        """(source start, end, edit) of every replacement that was made, in order."""
        found = [(c.start, c.end, e) for e in self.result.ledger.applied for c in e.changes if isinstance(c, Replace)]
        return sorted(found, key=lambda row: row[0])

    @cached_property
    def ends(self) -> list[int]:
        return [end for _, end, _ in self.replaced]

    def runs(self, words: Sequence[PrintedWord]) -> Iterator[list[PrintedWord]]:
        """Words that are marked together: those whose space an edit made, or would take away; one that a line's end breaks is
        alone."""
        run: list[PrintedWord] = []
        for word in words:
            if run and not self.together(run[-1], word):
                yield run
                run = []
            run.append(word)
        if run:
            yield run

    def together(self, one: PrintedWord, other: PrintedWord) -> bool:
        if len(one.parts) > 1 or len(other.parts) > 1 or one.parts[0].row != other.parts[0].row:
            return False
        end, start = one.parts[0].high, other.parts[0].low
        return start == end or (end < start <= end + 2 and self.suggestions.over(end, start))

    def marked(self, text: str, low: int, high: int, start: int) -> str:
        """`text`, which begins at `start` of the clean text and is made of source[low:high], with all that is known of it."""
        read, unclear = self.text[low:high].replace("\n", " "), self.is_unclear(low, high)
        if read != text:
            edits = self.edits(low, high)
            sure = min((edit.probability for edit in edits), default=None)
            kinds = "-".join(sorted({edit.kind for edit in edits}))
            given = attributes(resp=f"#{RESPONSIBLE}", cert=shown(sure), type=kinds)
            corr = f"<unclear{attributes(reason='illegible')}>{escaped(text)}</unclear>" if unclear else escaped(text)
            return f"<choice><sic>{escaped(read)}</sic><corr{given}>{corr}</corr></choice>"
        others = self.suggestions.readings(low, high)
        right = self.probability(start, len(text))
        given = attributes(cert=shown(right), resp=f"#{RESPONSIBLE}")
        here = f"<unclear{attributes(reason='illegible') if unclear else given}>{escaped(text)}</unclear>"
        if others:
            there = "".join(
                f"<unclear{attributes(cert=shown(edit.probability), resp=f'#{RESPONSIBLE}')}>{escaped(other)}</unclear>"
                for other, edit in others
            )
            return f"<choice>{here}{there}</choice>"
        return here if unclear or (right is not None and right < DOUBTFUL) else escaped(text)

    @cached_property
    def unclear(self) -> list[tuple[int, int]]:
        """Places of the source of which a person said that they cannot be told, in order."""
        return sorted((one.start, one.end) for one in self.result.decided if one.choice == "unclear")

    def is_unclear(self, low: int, high: int) -> bool:
        """Whether a person said so of something in source[low:high)."""
        at = bisect_left(self.unclear, (high, 0))
        return any(low < end for _, end in self.unclear[max(0, at - 8) : at])

    def edits(self, low: int, high: int) -> list[Edit]:
        """The edits that replaced something in source[low:high]."""
        at, found = bisect_left(self.ends, low + 1), []
        while at < len(self.replaced) and self.replaced[at][0] < high:
            found.append(self.replaced[at][2])
            at += 1
        return found

    def probability(self, start: int, length: int) -> float | None:
        """The probability that all of the clean text's [start, start + length) is right; None where it was not judged."""
        wrong = self.result.confidence.words.between(start, start + length)
        return float(np.prod(1 - wrong)) if len(wrong) else None


def shown(probability: float | None) -> str:
    return "" if probability is None else f"{probability:.3f}"
