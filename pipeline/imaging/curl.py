"""Lines of text that bend or run together, as on a page that curls or was photographed at an angle: measured, and made level."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.measure import Gray, Measures

Floats = NDArray[np.float64]

NEARER, FARTHER = (2.0, 5.0), (6.0, 12.0)
"""X-heights between two letters of a line: a first look at its slope, and a surer one."""

ON_LINE = 0.45
"""X-heights; the feet of two letters of a line differ by less, once its slope is known."""

FEWEST_PAIRS = 300
"""Fewer pairs of letters than this say nothing about how lines bend."""

MOST_PAIRS = 2000
"""Of more pairs some are taken: these tell as well."""

STRAIGHT = 0.075
"""X-heights; where letters stand closer than this to straight and parallel lines nothing bends."""

BENT = 0.3
"""X-heights; lines that leave a straight and parallel course by less are read well."""

CLEARER = 0.65
"""How much closer letters stand to bent lines than to straight ones, at most, where lines do bend; on level pages it is 0.8."""

SHARE = (0.5, 0.25)
"""Shares of a page's width and of its height that its text must cover."""

TERMS = 7

GRID = (49, 65)
"""Rows and columns at which the course of lines is worked out; between them it is straight."""


@dataclass(frozen=True)
class Slopes:
    """How lines run: their slope (rows down per column to the right) as a polynomial of the place. `weights`: of the terms;
    `left`, `right`, `top`, `bottom`: the text, in pixels of the reduced copy; beyond it slopes stay as they are at its edge."""

    weights: Floats
    left: float
    right: float
    top: float
    bottom: float

    def at(self, across: Floats, down: Floats) -> Floats:
        """The slope at some places."""
        return terms(self, across, down) @ self.weights


def terms(text: Slopes, across: Floats, down: Floats) -> Floats:
    """The terms of the polynomial: the third degree across, as a spine bends a page; the first down, as lines run together."""
    x = ((2 * across - text.left - text.right) / max(1.0, text.right - text.left)).clip(-1, 1)
    y = ((2 * down - text.top - text.bottom) / max(1.0, text.bottom - text.top)).clip(-1, 1)
    one = np.ones_like(x)  # as many as TERMS
    return np.stack([one, x, x**2, x**3, y, x * y, x**2 * y], axis=-1)


def feet(page: Measures) -> Floats:
    """The middle and the foot (x, y) of each letter without ascender, on the reduced copy, from left to right."""
    size = page.x_height * page.scale
    boxes = page.boxes[(np.abs(page.boxes[:, 3] - size) <= max(1.5, 0.2 * size)) & (page.boxes[:, 2] < 2.5 * size)]
    places = np.stack([boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1] + boxes[:, 3]], axis=1).astype(np.float64)
    return places[np.argsort(places[:, 0])]


def pairs(places: Floats, size: float, apart: tuple[float, float]) -> Floats:
    """Letters that may stand on one line, as rows: the middle between them (x, y), columns from one to the other, rows down."""
    first, last = (np.searchsorted(places[:, 0], places[:, 0] + reach * size) for reach in apart)
    counts = last - first
    one = np.repeat(np.arange(len(places)), counts)
    other = np.arange(len(one)) - np.repeat(counts.cumsum() - counts, counts) + np.repeat(first, counts)
    level = np.flatnonzero(np.abs(places[other, 1] - places[one, 1]) < 0.2 * (places[other, 0] - places[one, 0]))
    level = level[:: max(1, len(level) // MOST_PAIRS)]
    one, other = one[level], other[level]
    return np.hstack([(places[one] + places[other]) / 2, places[other] - places[one]])


def fitted(text: Slopes, found: Floats, size: float, number: int) -> tuple[Slopes, float]:
    """The slopes that suit pairs of letters best, of those near to what is known, and how far, in pixels, feet are off their
    lines then. `number`: how many of the terms are to be found; the others are none."""
    basis = terms(text, found[:, 0], found[:, 1])[:, :number]
    weights = text.weights[:number].copy()
    window = ON_LINE * size
    for _ in range(4):
        off = found[:, 3] - found[:, 2] * (basis @ weights)
        near = np.abs(off) < window
        known = basis[near] * found[near, 2, None]
        weights = np.linalg.solve(known.T @ known + 1e-6 * np.eye(number), known.T @ found[near, 3])
        window = max(0.5 * window, 0.25 * size)
    off = np.abs(found[:, 3] - found[:, 2] * (basis @ weights))
    return replace(text, weights=np.pad(weights, (0, TERMS - number))), float(off[off < ON_LINE * size].mean())


@dataclass(frozen=True)
class Lines:
    """Letters of the same lines, as `pairs` has them, near to each other and farther apart; their slope where all lines are
    straight and parallel; and how far feet are off such lines, in pixels."""

    near: Floats
    far: Floats
    straight: Slopes
    off: float


def straight_lines(page: Measures) -> Lines | None:
    """The lines of a page taken to be straight and parallel; None where there are too few letters, or on too small a part of
    it."""
    places, size = feet(page), page.x_height * page.scale
    near, far = (pairs(places, size, apart) for apart in (NEARER, FARTHER))
    if min(len(near), len(far)) < FEWEST_PAIRS:
        return None
    (left, right), (top, bottom) = (np.percentile(places[:, k], [1, 99]) for k in (0, 1))
    height, width = page.small.shape
    if right - left < SHARE[0] * width or bottom - top < SHARE[1] * height:
        return None
    flat = Slopes(np.zeros(TERMS), float(left), float(right), float(top), float(bottom))
    return Lines(near, far, *fitted(fitted(flat, near, size, 1)[0], far, size, 1))


def unevenness(page: Measures) -> float | None:
    """How far the letters of a page are off straight and parallel lines, in x-heights; None where they do not tell."""
    lines = straight_lines(page)
    return None if lines is None else lines.off / (page.x_height * page.scale)


def bent_lines(page: Measures) -> Slopes | None:
    """How the lines of a page run where they plainly bend or run together; None for any other page."""
    lines, size = straight_lines(page), page.x_height * page.scale
    if lines is None or lines.off < STRAIGHT * size:
        return None
    bent, closer = fitted(fitted(lines.straight, lines.near, size, TERMS)[0], lines.far, size, TERMS)
    return None if closer > CLEARER * lines.off or deviation(bent) < BENT * size else bent


def deviation(bent: Slopes) -> float:
    """How far, in pixels, lines leave the straight course that is nearest to all of them."""
    across = np.linspace(bent.left, bent.right, GRID[1])
    slopes = bent.at(*np.meshgrid(across, np.linspace(bent.top, bent.bottom, 7)))
    drops = (slopes - slopes.mean()).cumsum(axis=1) * (across[1] - across[0])
    return float(np.abs(drops - drops.mean(axis=1, keepdims=True)).max())


@dataclass(frozen=True)
class Bend:
    """Where the pixels of a page with level lines came from: the same column, and a row (`rows`, GRID, in pixels) that is known
    at columns and rows evenly spread over the level page of `width` and `height` pixels."""

    rows: Floats
    width: int
    height: int

    def row_at(self, x: float, y: float) -> float:
        """The row of the bent page at which a point of the level page lies."""
        steps = np.array(self.rows.shape) - 1
        down, across = (np.array([y / max(1, self.height - 1), x / max(1, self.width - 1)]) * steps).clip(0, steps - 1e-9)
        i, j, up, left = int(down), int(across), 1 - down % 1, 1 - across % 1
        upper, lower = (left * row[j] + (1 - left) * row[j + 1] for row in (self.rows[i], self.rows[i + 1]))
        return float(up * upper + (1 - up) * lower)

    def box(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        """The upright box on the bent page around one on the level page."""
        across = (left, (left + right) / 2, right)
        return left, min(self.row_at(x, top) for x in across), right, max(self.row_at(x, bottom) for x in across)

    def scaled(self, factor: float) -> Bend:
        """The same for both pages made `factor` times as large."""
        size = round(self.width * factor), round(self.height * factor)
        return Bend((self.rows + 0.5) * factor - 0.5, *size)


def course(bent: Slopes, page: Measures, shape: tuple[int, ...]) -> Bend:
    """Where each line of a level page runs on the bent one, followed from the middle of the text to both sides. `shape`: height
    and width of the bent page in pixels."""
    height, width = page.small.shape
    across = np.linspace(0, width - 1, GRID[1])
    step, middle = across[1] - across[0], int(np.argmin(np.abs(across - (bent.left + bent.right) / 2)))
    reach = 0.2 * height
    start = np.linspace(-reach, height + reach, 4 * GRID[0])
    rows = np.empty((len(start), GRID[1]))
    rows[:, middle] = start
    for way, places in ((1, range(middle + 1, GRID[1])), (-1, range(middle - 1, -1, -1))):
        for place in places:
            last = rows[:, place - way]
            half = last + way * step / 2 * bent.at(np.full(len(start), across[place - way]), last)
            rows[:, place] = last + way * step * bent.at(np.full(len(start), across[place] - way * step / 2), half)
    away = rows - start[:, None]
    low, high = float(away.min(initial=0.0)), float(away.max(initial=0.0))
    level = np.linspace(-min(high, reach), height - 1 + min(-low, reach), GRID[0])  # nothing is cut off above or below
    found = np.stack([np.interp(level, start, column) for column in rows.T], axis=1)
    tall = round((level[-1] - level[0] + 1) / page.scale)
    return Bend((found + 0.5) / page.scale - 0.5, shape[1], tall)


def levelled_lines(gray: Gray, bend: Bend) -> Gray:
    """A page (white paper) with its lines made level."""
    places = np.linspace(0, bend.width - 1, bend.rows.shape[1])
    across = np.arange(bend.width, dtype=np.float64)
    wide = np.stack([np.interp(across, places, row) for row in bend.rows])
    down = np.linspace(0, bend.rows.shape[0] - 1, bend.height)
    above = np.minimum(down.astype(np.int64), bend.rows.shape[0] - 2)
    part = (down - above)[:, None]
    rows = (wide[above] * (1 - part) + wide[above + 1] * part).astype(np.float32)
    columns = np.broadcast_to(across.astype(np.float32), rows.shape)
    return np.asarray(cv2.remap(gray, np.ascontiguousarray(columns), rows, cv2.INTER_CUBIC, borderValue=(255,)), np.uint8)
