"""Ink without text: where a page has marks like letters that no word which was read covers, line by line and block by block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.marks import components

Place = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels, right and bottom exclusive."""

GRID = 8.0
"""X-height in cells of the grid on which letters and words are compared."""

WORD_GAP, LINE_GAP = 3.4, 1.6
"""X-heights: what lies no further apart, across and down, belongs to one block."""

SLACK = 0.4
"""X-heights by which a word covers more than its box."""

FEWEST = 4
"""Marks of a line."""

LOWEST, HIGHEST, WIDEST, SPARSEST = 0.7, 2.2, 3.0, 3.0
"""X-heights: of most marks of a line the least and the greatest height and the width, and its width for each mark."""

MOST = 0.6
"""Share of the marks of a line that must be as letters are."""


@dataclass(frozen=True)
class InkBlock:
    """Letters without text that lie together: the place of all, and those of the lines that they seem to form."""

    box: Place
    lines: tuple[Place, ...]


def uncovered(letters: NDArray[np.int32], words: NDArray[np.float64], x_height: float) -> list[InkBlock]:
    """The blocks of letter-like marks (N x 4: left, top, width, height) that lie in none of some words (M x 4: left, top, right,
    bottom), from the top down. All in pixels, `x_height` too; marks that form no line are left out."""
    if x_height <= 0 or not len(letters):
        return []
    scale = GRID / x_height
    size = (np.array([letters[:, 1] + letters[:, 3], letters[:, 0] + letters[:, 2]]).max(axis=1) * scale).astype(int) + 2
    free = letters[~is_covered(letters, words, scale, size)]
    if len(free) < FEWEST:
        return []
    home = groups(free, scale, size, round(WORD_GAP * GRID), round(LINE_GAP * GRID))
    found = []
    for number in np.unique(home):
        marks = free[home == number]
        if len(marks) >= FEWEST and (lines := tuple(lines_among(marks, x_height))):
            found.append(InkBlock(around(marks), lines))
    return sorted(found, key=lambda block: (block.box[1], block.box[0]))


def is_covered(letters: NDArray[np.int32], words: NDArray[np.float64], scale: float, size: NDArray[np.int_]) -> NDArray[np.bool_]:
    """Which letters have their middle in a word or hardly outside."""
    grid = np.zeros(size, np.uint8)
    slack = SLACK * GRID
    for left, top, right, bottom in words * scale:
        grid[max(0, int(top - slack)) : max(0, int(bottom + slack)), max(0, int(left - slack)) : max(0, int(right + slack))] = 1
    across, down = (letters[:, 0] + letters[:, 2] / 2) * scale, (letters[:, 1] + letters[:, 3] / 2) * scale
    return np.asarray(grid[down.astype(int), across.astype(int)] > 0)


def groups(marks: NDArray[np.int32], scale: float, size: NDArray[np.int_], across: int, down: int) -> NDArray[np.int32]:
    """For each mark the number of the group that it is in: marks no further apart than so many cells of the grid are together."""
    grid = np.zeros(size, np.uint8)
    cells = (marks * scale).astype(int)
    for left, top, width, height in cells:
        grid[top : top + height + 1, left : left + width + 1] = 255
    joined = components(cv2.dilate(grid, np.ones((max(1, down), max(1, across)), np.uint8)).astype(np.uint8, copy=False))
    return np.asarray(joined.labels[cells[:, 1] + cells[:, 3] // 2, cells[:, 0] + cells[:, 2] // 2], np.int32)


def lines_among(marks: NDArray[np.int32], x_height: float) -> Iterator[Place]:
    """The places of the lines that some marks form: rows of marks that mostly look like letters and stand close."""
    for row in rows_of(marks, x_height):
        width, height = row[:, 2], row[:, 3]
        like = (height >= LOWEST * x_height) & (height <= HIGHEST * x_height) & (width <= WIDEST * x_height)
        left, _, right, _ = place = around(row)
        if np.count_nonzero(like) >= max(FEWEST, MOST * len(row)) and right - left <= SPARSEST * x_height * len(row):
            yield place


def rows_of(marks: NDArray[np.int32], x_height: float) -> Iterator[NDArray[np.int32]]:
    """The marks row by row: a row ends where the next foot of a letter stands clearly lower."""
    feet = marks[:, 1] + marks[:, 3]
    order = np.argsort(feet, kind="stable")
    cuts = np.flatnonzero(np.diff(feet[order]) > 0.5 * x_height) + 1
    yield from (marks[part] for part in np.split(order, cuts))


def around(marks: NDArray[np.int32]) -> Place:
    """The rectangle around some marks."""
    left, top = marks[:, :2].min(axis=0)
    right, bottom = (marks[:, :2] + marks[:, 2:]).max(axis=0)
    return int(left), int(top), int(right), int(bottom)
