"""Which mark opens, which closes, which is an apostrophe: all marks of a text decoded together.

A hidden Markov model over the marks in reading order. The state is what is open (nothing, a single quotation, a double one, one
inside the other: at most two deep). Each mark offers labels with costs (negative natural logarithms: what the OCR makes of a
mark);
opening and closing move the state; a quotation that is never closed, or closed without having been opened, costs. The forward-
backward algorithm (Rabiner, "A tutorial on hidden Markov models", Proc. IEEE 77, 1989) gives each label's probability given all
other marks, so that `fBolshevik*` is seen as one quotation rather than as two oddities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from math import exp, inf, log

UNOPENED, UNCLOSED, CARRIED, FORGOTTEN = 3.2, 3.0, 3.6, 5.0
"""Costs: a close without its open; a quotation open at the paragraph's end and dropped, or carried on; one dropped at a new
open."""


class Label(IntEnum):
    """What a mark is."""

    ITSELF = 0
    OPEN_SINGLE = 1
    CLOSE_SINGLE = 2
    OPEN_DOUBLE = 3
    CLOSE_DOUBLE = 4
    APOSTROPHE = 5
    NOISE = 6


class State(IntEnum):
    """What is open: nothing, single, double, double in single, single in double."""

    NOTHING = 0
    SINGLE = 1
    DOUBLE = 2
    DOUBLE_IN_SINGLE = 3
    SINGLE_IN_DOUBLE = 4


N, S, D, SD, DS = State
STEPS: Mapping[Label, Mapping[State, tuple[State, float]]] = {
    Label.OPEN_SINGLE: {N: (S, 0), D: (DS, 0.3), S: (S, FORGOTTEN), SD: (S, 8), DS: (DS, FORGOTTEN)},
    Label.CLOSE_SINGLE: {S: (N, 0), DS: (D, 0), N: (N, UNOPENED), D: (D, UNOPENED + 1), SD: (N, FORGOTTEN)},
    Label.OPEN_DOUBLE: {N: (D, 0), S: (SD, 0.3), D: (D, FORGOTTEN), SD: (SD, FORGOTTEN), DS: (D, 8)},
    Label.CLOSE_DOUBLE: {D: (N, 0), SD: (S, 0), N: (N, UNOPENED), S: (S, UNOPENED + 1), DS: (N, FORGOTTEN)},
}
PARAGRAPH: Mapping[State, Sequence[tuple[State, float]]] = {
    N: ((N, 0.0),),
    S: ((N, UNCLOSED), (S, CARRIED)),
    D: ((N, UNCLOSED), (D, CARRIED)),
    SD: ((N, UNCLOSED * 2), (S, CARRIED + UNCLOSED)),
    DS: ((N, UNCLOSED * 2), (D, CARRIED + UNCLOSED)),
}
CARRY_PER_WORD = 0.012
"""Cost of every word that stands inside a quotation: long ones are rarer than short ones."""


Move = tuple[State, State, Label | None, float]
"""(from, to, label, cost) of something that can happen at a mark."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A candidate at draft[start:end], and everything that can happen at it."""

    start: int
    end: int
    moves: Sequence[Move]


PARAGRAPH_END: Sequence[Move] = [(state, to, None, cost) for state, ways in PARAGRAPH.items() for to, cost in ways]


def moves(costs: Mapping[Label, float], words: int = 0, worn: float = 0.0) -> list[Move]:
    """Everything that can happen at a mark, by its labels' costs and the words since the last mark.

    `worn` (natural log units) is how much cheaper a close without its open is, where the OCR loses many marks.
    """
    found: list[Move] = []
    for label, cost in costs.items():
        steps = STEPS.get(label)
        for state in State:
            to, extra = steps[state] if steps else (state, 0.0)
            if extra >= UNOPENED and label in (Label.CLOSE_SINGLE, Label.CLOSE_DOUBLE):
                extra -= worn
            carried = CARRY_PER_WORD * words if state is not N else 0.0
            found.append((state, to, label, cost + extra + carried))
    return found


def add(first: float, second: float) -> float:
    """log(exp(first) + exp(second))."""
    if first < second:
        first, second = second, first
    return first if second == -inf else first + log(1 + exp(second - first))


def decode(marks: Sequence[Mark]) -> list[dict[Label, float]]:
    """Probability of each label of each mark (an empty table for paragraph ends)."""
    ways = [mark.moves for mark in marks]
    forward = [[-inf] * len(State) for _ in range(len(marks) + 1)]
    forward[0][N] = 0.0
    for at, options in enumerate(ways):
        row, following = forward[at], forward[at + 1]
        for state, to, _, cost in options:
            if (here := row[state]) > -inf:
                there = following[to]
                following[to] = add(there, here - cost) if there > -inf else here - cost
    backward = [[-inf] * len(State) for _ in range(len(marks) + 1)]
    backward[-1] = [0.0, *[-UNCLOSED] * (len(State) - 1)]
    for at in range(len(marks) - 1, -1, -1):
        row, following = backward[at], backward[at + 1]
        for state, to, _, cost in ways[at]:
            if (there := following[to]) > -inf:
                here = row[state]
                row[state] = add(here, there - cost) if here > -inf else there - cost
    return [table(options, forward[at], backward[at + 1]) for at, options in enumerate(ways)]


def table(options: Sequence[Move], before: Sequence[float], after: Sequence[float]) -> dict[Label, float]:
    """Label probabilities at one mark from the forward and backward sums around it."""
    sums: dict[Label, float] = {}
    for state, to, label, cost in options:
        if label is not None and before[state] > -inf and after[to] > -inf:
            value = before[state] + after[to] - cost
            sums[label] = add(sums[label], value) if label in sums else value
    total = -inf
    for value in sums.values():
        total = add(total, value)
    return {label: exp(value - total) for label, value in sums.items()}
