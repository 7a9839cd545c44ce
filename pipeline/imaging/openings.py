"""Two-page openings: where one scan shows two pages of a book or a file, each is cut out and read for itself."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.geometry import Matrix
from pipeline.imaging.marks import components
from pipeline.imaging.measure import Gray, Measures
from pipeline.imaging.tones import dark_parts
from pipeline.model import Treatment

WIDER = 1.05
"""An opening is at least so much wider than high."""

FEWEST_LETTERS = 60
"""A page with fewer letters than this needs no cut: it does not mingle with the other."""


@dataclass(frozen=True)
class Leaf:
    """One page of a scan: its image (uint8, height x width), the matrix from its pixels to the scan's, which side it was on, and
    what was done to the scan before it was cut."""

    image: Gray
    to_scan: Matrix
    side: str
    treatments: tuple[Treatment, ...] = ()


@dataclass(frozen=True)
class Gutter:
    """The empty strip between two pages, in pixels of the reduced copy: its sides, and where to cut."""

    left: float
    right: float
    cut: float


def is_wide(gray: Gray) -> bool:
    """Whether a scan has the shape of an opening."""
    return bool(gray.shape[1] > WIDER * gray.shape[0])


def find_gutter(page: Measures) -> Gutter | None:
    """The gutter of an upright and level opening; None where the evidence for one is not plain.

    It is a strip about the middle that no line crosses, as wide as margins are; with letters enough on both sides at the same
    heights; with no second strip like it, as tables have; and with the shade of a fold, or else as wide as two margins (twelve
    x-heights, or nine and nearly the outer margins together) between lines of a page's length.
    """
    size = page.x_height * page.scale
    width = page.even.shape[1]
    if size <= 0 or not is_wide(page.even):
        return None
    strips = empty_strips(page, 3 * size)
    middle = [s for s in strips if s[1] > 0.38 * width and s[0] < 0.62 * width and s[1] - s[0] >= 3.5 * size]
    if len(middle) != 1:
        return None
    left, right = middle[0]
    begin, end = (float(edge) for edge in np.percentile(page.boxes[:, 0] + page.boxes[:, 2] / 2, [1, 99]))
    others = [s for s in strips if s != middle[0] and s[0] > begin and s[1] < end]
    if any(other[1] - other[0] > 0.6 * (right - left) for other in others) or not balanced(page, left, right):
        return None
    if crossed(page, left, right):
        return None
    fold = darkest_column(page, left, right)
    wide = right - left >= min(12 * size, max(9 * size, 0.7 * (begin + width - end)))
    if fold is None and not (wide and min(left - begin, end - right) >= 35 * size):
        return None
    return Gutter(left, right, (left + right) / 2 if fold is None else fold)


def empty_strips(page: Measures, least: float) -> list[tuple[float, float]]:
    """Columns that hold (nearly) no letters, as runs (begin, end) at least so wide; outer margins are among them."""
    width = page.even.shape[1]
    change = np.zeros(width + 1, np.int64)
    np.add.at(change, page.boxes[:, 0], 1)
    np.add.at(change, np.minimum(page.boxes[:, 0] + page.boxes[:, 2], width), -1)
    empty = np.cumsum(change[:-1]) <= max(1, page.letters // 1000)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], empty, [False]]).astype(np.int8)))
    return [(float(a), float(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= least]


def balanced(page: Measures, left: float, right: float) -> bool:
    """Whether both sides of a strip hold a page's letters, mostly at the same heights, each side no narrower than a column."""
    centres = page.boxes[:, 0] + page.boxes[:, 2] / 2
    sides = [page.boxes[centres < left], page.boxes[centres > right]]
    if min(len(side) for side in sides) < FEWEST_LETTERS:
        return False
    tops, feet = ([float(np.percentile(side[:, 1], share)) for side in sides] for share in (2, 98))
    spans = [float(np.ptp(np.percentile(side[:, 0], [2, 98]))) for side in sides]
    shared = min(feet) - max(tops)
    return shared > 0.4 * min(feet[0] - tops[0], feet[1] - tops[1]) and min(spans) > 0.15 * page.even.shape[1]


def crossed(page: Measures, left: float, right: float) -> bool:
    """Whether something reaches over a strip, or far into it from one side: a rule of a table, a picture."""
    dark = dark_parts(page.even)
    filled = (dark[:, int(left) : int(right)] > 0).mean(axis=1) > 0.8
    if 0 < filled.mean() < 0.3:  # a shade that is as broad as the strip fills all rows
        return True
    stats = components(dark).stats
    start, end = stats[1:, cv2.CC_STAT_LEFT], stats[1:, cv2.CC_STAT_LEFT] + stats[1:, cv2.CC_STAT_WIDTH]
    into = np.minimum(end, right) - np.maximum(start, left)
    long = (end - start > right - left) & (end - start > 8 * page.x_height * page.scale)
    return bool((long & (into > 0.2 * (right - left)) & (stats[1:, cv2.CC_STAT_HEIGHT] < 0.5 * len(dark))).any())


def darkest_column(page: Measures, left: float, right: float) -> float | None:
    """Where in a strip the shade of a fold, or the line between two sheets, runs from top to foot; None where there is none."""
    tones = np.median(page.small[:, int(left) : int(right)], axis=0).astype(np.float64)
    darkest = int(np.argmin(tones))
    edge: NDArray[np.float64] = np.sort(tones)[-max(1, len(tones) // 4) :]
    return left + darkest + 0.5 if tones[darkest] < 0.93 * float(np.median(edge)) else None


def cut_apart(gray: Gray, to_scan: Matrix, column: int, treatments: tuple[Treatment, ...]) -> tuple[Leaf, Leaf]:
    """The two pages on both sides of a column of an upright opening; `to_scan` leads from its pixels to the scan's."""
    shift = np.array([[1, 0, column], [0, 1, 0], [0, 0, 1]], np.float64)
    first = Leaf(np.ascontiguousarray(gray[:, :column]), to_scan, "left", treatments)
    return first, Leaf(np.ascontiguousarray(gray[:, column:]), to_scan @ shift, "right", treatments)
