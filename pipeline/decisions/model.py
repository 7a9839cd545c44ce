"""Decisions: what a person said about a stretch of the text, so that it can be carried out, undone, and found again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from pipeline.ledger import Edit
from pipeline.model import Box

Choice = Literal["accept", "keep", "write", "right", "unclear"]
"""`accept`: this repair is right, make it or leave it made; `keep`: what was read is right; `write`: the reader typed what
should stand; `right`: what stands is right; `unclear`: it cannot be told without the paper."""
CHOICES: tuple[Choice, ...] = get_args(Choice)


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a decision belongs: source[start:end), which reads `before`, between `left` and `right`, on a page (its place in the
    scan order, from 1).

    `source` (hash) tells the text in which these offsets count; `scan` (digest, '' without an image) and `box` (pixels of that
    scan) find the place again when the page was read anew.
    """

    source: str
    start: int
    end: int
    before: str
    left: str
    right: str
    page: int
    scan: str = ""
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. Of all edits that touch its `places` ([start, end) of the source), exactly `edits` are to be applied: none
    where what was read stands; an `unclear` one changes nothing. `after` is how the place then reads, for people.

    `id` is unique over all projects; the decisions of one `step` are undone together. `reader`: who; `made`: when (UTC,
    ISO 8601).
    `conjecture`: it was made without seeing an image of the page.
    """

    id: str
    step: str
    document: str
    choice: Choice
    anchor: Anchor
    after: str
    places: tuple[tuple[int, int], ...]
    edits: tuple[Edit, ...] = ()
    rule: str = ""
    reader: str = ""
    made: str = ""
    conjecture: bool = False
