"""A page for reading: its lines, each word with its place on the scan and what is known of it, and what was taken out of it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from pipeline.decisions.applying import RULE
from pipeline.decisions.model import Decision
from pipeline.draft import DraftLine
from pipeline.layout import find_notes
from pipeline.ledger import Edit, Ledger, Move, Replace
from pipeline.model import Box
from pipeline.model import Line as ReadLine
from pipeline.review.desk import odds
from pipeline.review.standing import Standing

TOKEN = re.compile(r"\S+")
STRENGTHS = (0.15, 0.5)
"""Probabilities of being wrong from which a word is underlined more strongly."""
PARTS = {
    "heading": "Heading",
    "header": "Head of the page",
    "footer": "Foot of the page",
    "page-number": "Page number",
    "footnote": "Note",
    "margin": "In the margin",
    "stamp": "Stamp",
    "scrawl": "Hand or scratch",
    "caption": "Caption",
    "note": "Notes",
}
"""What parts of a page are called on screen."""
TAKEN = {"page-number": "Page number", "running-head": "Running head", "catchword": "Catchword"}


@dataclass(frozen=True, slots=True)
class Doubt:
    """An open doubt at source[start:end): how likely it is wrong (0-1), its class, why, and the task that asks about it."""

    start: int
    end: int
    chance: float
    of: str
    reason: str
    task: int


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text as it stands, [start, end) there. `number`: on its page, from 1; `boxes`: where it was read; `strength`:
    0 (nothing is doubted) to 3; `of`: classes of what is doubted or was changed; `said`: what a reader is told."""

    text: str
    start: int
    end: int
    number: int
    boxes: tuple[Box, ...] = ()
    strength: int = 0
    task: int = 0
    of: tuple[str, ...] = ()
    machine: bool = False
    reader: bool = False
    typed: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line: [start, end) of the text, its words with the blanks before each, the part of the page it belongs to, the number of
    its note (0: none), and whether that part begins with it. `row`: its number in the tables, 0 for none; `top`: of its first
    box, -1 where it is not known."""

    start: int
    end: int
    words: tuple[tuple[str, Word], ...]
    part: str = ""
    note: int = 0
    begins: bool = False
    row: int = 0
    top: int = -1


@dataclass(frozen=True, slots=True)
class Taken:
    """Something that was taken out of the text: from source offset `start` on, what it is, why it was taken out, and where it
    is on the scan."""

    start: int
    what: str
    text: str
    reason: str
    number: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page for reading; `digest` tells its text from how it reads at another time."""

    lines: tuple[Line, ...]
    taken: tuple[Taken, ...]
    digest: str

    @property
    def placed(self) -> Iterator[tuple[int, Box]]:
        """The places of all words and of what was taken out, with their numbers."""
        for line in self.lines:
            yield from ((word.number, box) for _, word in line.words for box in word.boxes)
        yield from ((one.number, box) for one in self.taken for box in one.boxes)


def leaf(stands: Standing, page: int, doubts: Sequence[Doubt], rows: Sequence[tuple[int, int, int]] = ()) -> Leaf:
    """The page (from 1) of a document as it stands; `rows`: (number, start, end in the source) of its lines in the tables. Raises
    IndexError where there is none."""
    lines = stands.draft.pages[page - 1]
    maker = Maker(stands, page, doubts)
    notes = {at: note.number for note in find_notes(lines) for at in range(note.first, note.last)}
    made: list[Line] = []
    before = ""
    for at, line in enumerate(lines):
        number = notes.get(at, 0)
        part = "note" if at in notes else line.region
        begins = bool(part) and part != before
        before = part if line.text.strip() else before
        words = tuple(maker.words(line))
        tops = [box.top for _, word in words for box in word.boxes[:1]]
        made.append(Line(line.start, line.end, words, part, number, begins, maker.row(line, rows), min(tops, default=-1)))
    return Leaf(tuple(made), tuple(maker.taken()), digest_of(lines))


def digest_of(lines: Sequence[DraftLine]) -> str:
    """What tells the text of a page from how it reads at another time; its offsets count."""
    total = blake2b(str(lines[0].start).encode(), digest_size=8)
    total.update("\n".join(line.text for line in lines).encode("utf-8", "surrogatepass"))
    return total.hexdigest()


@dataclass(eq=False)
class Maker:
    """Makes the words of one page."""

    stands: Standing
    page: int
    doubts: Sequence[Doubt]
    count: int = 0
    spots: list[tuple[int, int, Box]] = field(init=False)
    writing: dict[int, Edit] = field(init=False)
    moves: list[tuple[Edit, Move]] = field(init=False)
    decisions: list[Decision] = field(init=False)

    def __post_init__(self) -> None:
        pages, draft = self.stands.source.pages, self.stands.draft
        fitting = len(pages) == len(draft.pages)
        self.spots = sorted(spots_of(pages[self.page - 1].lines)) if fitting else []
        near = [edit for edit in self.stands.ledger.applied if abs(edit.page - self.page) <= 1]
        self.writing = {c.start: edit for edit in near for c in edit.changes if isinstance(c, Replace)}
        self.moves = [(edit, c) for edit in near for c in edit.changes if isinstance(c, Move) and c.behind is not None]
        self.decisions = [one for one in self.stands.decisions if abs(one.anchor.page - self.page) <= 1]

    def words(self, line: DraftLine) -> Iterator[tuple[str, Word]]:
        """The words of a line, each with the blanks before it."""
        at = 0
        for match in TOKEN.finditer(line.text):
            self.count += 1
            word = Word(match.group(), line.start + match.start(), line.start + match.end(), self.count)
            yield line.text[at : match.start()], self.known(word)
            at = match.end()

    def known(self, word: Word) -> Word:
        """The word with what is known of it."""
        pieces = list(self.stands.draft.pieces(word.start, word.end))
        spans = [(piece[2], piece[3]) for piece in pieces]
        edits = [self.writing[piece[2]] for piece in pieces if not piece[4] and piece[2] in self.writing]
        edits += [edit for edit, move in self.moves if meets((move.start, move.end), spans)]
        doubts = [doubt for doubt in self.doubts if meets((doubt.start, doubt.end), spans)]
        ruled = [one for one in self.decisions if one.choice != "unclear" and any(meets(place, spans) for place in one.places)]
        worst = max(doubts, key=lambda doubt: doubt.chance, default=None)
        return replace(
            word,
            boxes=tuple(dict.fromkeys(box for start, end, box in self.near(spans) if meets((start, end), spans))),
            strength=1 + sum(worst.chance >= bar for bar in STRENGTHS) if worst else 0,
            task=worst.task if worst else 0,
            of=tuple(dict.fromkeys([*(doubt.of for doubt in doubts), *(edit.kind for edit in edits)])),
            machine=any(edit.rule != RULE for edit in edits),
            reader=bool(ruled),
            typed=any(edit.rule == RULE for edit in edits),
            said=" ".join([*said(worst, ruled), *dict.fromkeys(told(edit) for edit in edits)]),
        )

    def row(self, line: DraftLine, rows: Sequence[tuple[int, int, int]]) -> int:
        """The number in the tables of a line."""
        if not (bare := line.text.strip()):
            return 0
        place = self.stands.draft.origin(line.start + line.text.index(bare[0]))
        return next((number for number, start, end in rows if start < place[1] and place[0] < end), 0)

    def near(self, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int, Box]]:
        """The places on the page that may meet some spans of the source."""
        low, high = min(span[0] for span in spans), max(span[1] for span in spans)
        first = bisect_left(self.spots, low, key=lambda spot: spot[1])
        return self.spots[first : bisect_left(self.spots, high, key=lambda spot: spot[0])]

    def taken(self) -> Iterator[Taken]:
        """What was taken out of this page's text."""
        source = self.stands.source.text
        for edit, move in self.stands.ledger.moved_out():
            if edit.page == self.page and (text := source[move.start : move.end].strip()):
                self.count += 1
                spans = [(move.start, move.end)]
                boxes = tuple(dict.fromkeys(spot[2] for spot in self.near(spans) if meets(spot[:2], spans)))
                what = TAKEN.get(edit.rule, "Stray mark" if edit.kind == "stray" else "Taken out")
                yield Taken(move.start, what, text, edit.reason, self.count, boxes)


def spots_of(lines: Sequence[ReadLine]) -> Iterator[tuple[int, int, Box]]:
    """(start, end, place) of the words of lines as they were read; of a whole line where its words have no places."""
    for line in lines:
        placed = [(word.start, word.end, word.box) for word in line.words if word.box is not None]
        yield from placed or ([(line.start, line.end, line.box)] if line.box is not None else [])


def meets(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    """Whether a span shares a character with one of others."""
    return any(span[0] < end and start < span[1] for start, end in others)


def said(worst: Doubt | None, ruled: Sequence[Decision]) -> list[str]:
    """What is doubted and who decided, for people."""
    doubted = [f"Wrong as it stands: {odds(worst.chance)}."] if worst else []
    return [*doubted, f"Decided by {ruled[-1].reader or 'a reader'}."] if ruled else doubted


def told(edit: Edit) -> str:
    """What an edit did, for people."""
    return f"Was read “{edit.before.strip()}”. {edit.reason}" if edit.before.strip() else edit.reason


def changed_pages(ledger: Ledger, of: str) -> set[int]:
    """The pages that the machine changed, by a class of edits or ('') any."""
    return {edit.page for edit in ledger.applied if edit.rule != RULE and of in ("", edit.kind)}
