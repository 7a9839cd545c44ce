"""Where a decision belongs: a stretch of a source with what finds it again."""

from __future__ import annotations

from bisect import bisect_right

from pipeline.decisions.model import Anchor
from pipeline.decisions.placing import source_hash
from pipeline.model import Box, Page, Source

CONTEXT = 24
"""Characters of the source kept on both sides."""


class Anchors:
    """Makes the anchors of one source."""

    def __init__(self, source: Source) -> None:
        self.source, self.hashed = source, source_hash(source.text)
        self.starts = [page.start for page in source.pages]

    def at(self, start: int, end: int) -> Anchor:
        """The anchor of source[start:end)."""
        text, page = self.source.text, self.page(start)
        around = (text[start:end], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT])
        if page is None:
            return Anchor(self.hashed, start, end, *around, 1)
        digest = page.scan.digest if page.scan is not None else ""
        return Anchor(self.hashed, start, end, *around, page.number, digest, box_of(page, start, end))

    def page(self, offset: int) -> Page | None:
        at = bisect_right(self.starts, offset) - 1
        return self.source.pages[max(0, at)] if self.source.pages else None


def box_of(page: Page, start: int, end: int) -> Box | None:
    """The box around the words of a page that source[start:end) touches; None where none has a place."""
    whole: Box | None = None
    for line in page.lines:
        if line.start < end and start < line.end:
            for word in line.words:
                if word.box is not None and word.start < end and start < word.end:
                    whole = word.box if whole is None else whole.union(word.box)
    return whole
