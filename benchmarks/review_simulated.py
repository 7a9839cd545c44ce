"""A reviewer who always decides rightly, simulated at the desk: how many lines and items until most wrong words are put right.

In a series every line is looked at, in a task of a line that line. What is wrong at a place that is asked about is put right, and
in a line that is read for itself all that is wrong in it; when all doubts are decided, lines are read whole by what is expected
in them. The perfect order reads the lines with most wrong words first; the plain list asks place by place, the doubtful first,
and goes on line by line in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Bars, Measure
from pipeline.batch.calibrating import judged
from pipeline.decisions.store import NAME, Store
from pipeline.evaluate.labels import WRONG
from pipeline.evaluate.pages import read_truth
from pipeline.evaluate.repairs import corrected_pages
from pipeline.review.deciding import Decide, decide
from pipeline.review.looking import look
from pipeline.review.queueing import Filter, next_task
from pipeline.run import lexicon_of

SHARE = 0.8
"""Of the wrong words that are to be put right."""
STEPS = (0.2, 0.4, 0.6, 0.8)
"""Shares of them at which the lines that were read are printed, beside those of the perfect order."""


class Silent:
    """Is told how a run goes on, and says nothing."""

    def begin(self, total: int, what: str) -> None: ...
    def advance(self, name: str) -> None: ...
    def finished(self, outcome: object) -> None: ...
    def end(self) -> None: ...


@dataclass
class Text:
    """A document whose wrong words are known: for each of its judged lines (numbers in the tables), places of the wrong words in
    the line's text."""

    wrong: dict[int, list[tuple[int, int]]]

    @property
    def count(self) -> int:
        return sum(len(places) for places in self.wrong.values())


def known(store: Store, folder: Path, truth: Path) -> Text:
    """What is wrong in a finished document, by its truth; only lines of judged pages are in it."""
    passages = any(truth.glob("p*.tsv"))
    truths: Mapping[str, str] = (
        {page.stem: page.read_text(encoding="utf-8-sig") for page in corrected_pages(truth)} if passages else read_truth(truth)
    )
    told, _ = judged(folder, dict(truths), lexicon_of, passages=passages)
    states: NDArray[np.int64] = np.asarray(told.states)
    rows = store.connection.execute("SELECT number, page, line, text FROM lines ORDER BY number").fetchall()
    found: dict[int, list[tuple[int, int]]] = {}
    at = 0
    for row in rows:
        shift = 0
        for token in row["text"].split():
            assert told.words.texts[at] == token
            first = row["text"].index(token, shift)
            shift = first + len(token)
            if states[at] == WRONG:
                found.setdefault(row["number"], []).append((first, shift))
            elif states[at] >= 0:
                found.setdefault(row["number"], [])
            at += 1
    return Text(found)


@dataclass(frozen=True)
class Course:
    """What a review came to: lines that were read, and items that were decided, until SHARE was put right; None if never.
    `curve`: (lines read, wrong words put right), item by item."""

    lines: int | None
    items: int | None
    reached: float
    curve: tuple[tuple[int, int], ...] = ()

    def lines_for(self, count: float) -> int | None:
        """The lines that were read until `count` wrong words were put right."""
        return next((lines for lines, mended in self.curve if mended >= count), None)


def review(store: Store, text: Text) -> Course:
    """Decide task after task rightly."""
    left = {line: set(places) for line, places in text.wrong.items()}
    goal, mended, lines, items = SHARE * text.count, 0, 0, 0
    curve: list[tuple[int, int]] = []
    while (task := next_task(store, Filter(), "simulated")) is not None:
        rows = store.connection.execute(
            "SELECT number, line, first, last, options FROM doubts WHERE task = ? AND state = 0", (task.number,)
        ).fetchall()
        judged_rows = [row for row in rows if row["line"] in left]
        wrong = [row for row in judged_rows if meets(left[row["line"]], row["first"], row["last"])]
        others = [row["number"] for row in rows if row not in wrong]
        if judged_rows:
            items += 1
            lines += len({row["line"] for row in judged_rows})
        for row in wrong:
            gone = {place for place in left[row["line"]] if place[0] < row["last"] and row["first"] < place[1]}
            left[row["line"]] -= gone
            mended += len(gone)
        if task.kind == "line" and judged_rows:
            mended += len(left[judged_rows[0]["line"]])
            left[judged_rows[0]["line"]] = set()
        if wrong:
            decide(
                store,
                "simulated",
                Decide("write", tuple(row["number"] for row in wrong if single(store, row["number"])), text="x"),
            )
            rest = tuple(row["number"] for row in wrong if not single(store, row["number"]))
            if rest:
                decide(store, "simulated", Decide("accept", rest))
        if others:
            decide(store, "simulated", Decide("right", tuple(others)))
        curve.append((lines, mended))
        if mended >= goal:
            return Course(lines, items, mended / text.count, tuple(curve))
    for _, places in by_risk(store, left):
        items, lines, mended = items + 1, lines + 1, mended + len(places)
        curve.append((lines, mended))
        if mended >= goal:
            return Course(lines, items, mended / text.count, tuple(curve))
    return Course(None, None, mended / max(1, text.count), tuple(curve))


def by_risk(store: Store, left: Mapping[int, set[tuple[int, int]]]) -> Iterator[tuple[int, set[tuple[int, int]]]]:
    """Lines without doubts, read whole when all doubts are decided: those with most expected errors first."""
    query = "SELECT number FROM lines WHERE NOT EXISTS (SELECT 1 FROM doubts WHERE line = lines.number) ORDER BY risk DESC"
    for (number,) in store.connection.execute(query).fetchall():
        if number in left:
            yield number, left[number]


def meets(places: set[tuple[int, int]], first: int, last: int) -> bool:
    return any(start < last and first < end for start, end in places)


def single(store: Store, number: int) -> bool:
    row = store.connection.execute("SELECT json_array_length(places) FROM doubts WHERE number = ?", (number,)).fetchone()
    return bool(row[0] == 1)


def perfect_lines(text: Text, share: float = SHARE) -> int:
    """Lines that the perfect order reads until a share of the wrong words are put right."""
    counts = sorted((len(places) for places in text.wrong.values()), reverse=True)
    return int(np.searchsorted(np.cumsum(counts), share * text.count)) + 1


def plain_items(store: Store, text: Text, share: float) -> int:
    """Places that the plain list asks about until a share of the wrong words are put right, or all it has."""
    mended, items, left = 0, 0, {line: set(places) for line, places in text.wrong.items()}
    for row in store.connection.execute("SELECT line, first, last FROM doubts ORDER BY prior DESC").fetchall():
        if row["line"] not in left:
            continue
        items += 1
        gone = {place for place in left[row["line"]] if place[0] < row["last"] and row["first"] < place[1]}
        left[row["line"]] -= gone
        mended += len(gone)
        if mended >= share * text.count:
            return items
    for _, places in by_risk(store, left):
        items, mended = items + 1, mended + len(places)
        if mended >= share * text.count:
            break
    return items


def measure_review(folder: Path, truth: Path, name: str, bars: Bars) -> Iterator[Measure]:
    """A finished document that has a truth: its review against the perfect order, and against the plain list."""
    for old in folder.parent.glob(f"{NAME}*"):
        old.unlink()
    store = Store(folder.parent / NAME)
    look(store, folder.parent, [folder], 1, Silent())
    text = known(store, folder, truth)
    perfect, plain = perfect_lines(text), plain_items(store, text, SHARE)
    course = review(store, text)
    reached = f"{course.reached:.0%} of {text.count} wrong words put right"
    print(f"review of {name}: {reached}; lines {course.lines}, perfect {perfect}; items {course.items}, plain list {plain}")
    curve = (f"{share:.0%} {course.lines_for(share * text.count)} ({perfect_lines(text, share)})" for share in STEPS)
    print(f"    lines read, and those of the perfect order, until so many were put right: {', '.join(curve)}")
    yield Measure(f"desk, {name}: lines against the perfect order", (course.lines or 10**6) / perfect, bars["lines"])
    yield Measure(f"desk, {name}: items against the plain list", (course.items or 10**6) / plain, bars["items"])
