"""What a page looks like in figures: the height of its letters, and where they are. All of it on a reduced copy, to be quick."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.marks import Marks, components
from pipeline.imaging.ruled_lines import WIDE, without_lines
from pipeline.imaging.tones import dark_parts, evened, reduced, sharpened

Gray = NDArray[np.uint8]

TOUCHING = 0.86
"""Width of most marks, as a multiple of their height, from which letters may touch: in Latin script most are narrower."""

NO_GRAIN = 0.85
"""Share of letters and words among all marks of a page that was sharpened; where paper's grain comes out others are many."""

MIN_LETTERS = 20
"""Fewer letter-like marks than this say nothing reliable about the height of letters or the direction of lines."""


@dataclass(frozen=True)
class Measures:
    """The letters of a page.

    `x_height`: pixels of the measured image, 0.0 where there are too few letters to tell. `letters`: how many letter-like marks.
    `scale`: reduced pixels per pixel. `small`: the reduced copy; `even`: the same with white paper. On it are: `boxes`, N x 4
    (left, top, width, height) of the letters; `areas`, their ink in pixels (N); `labels`, the number of the letter at each
    pixel, 1 to N, or 0. `lines`: where there are ruled lines (0 or 255), whose ink is not that
    of letters; None where there are none.
    """

    x_height: float
    letters: int
    scale: float
    small: Gray
    even: Gray
    boxes: NDArray[np.int32]
    areas: NDArray[np.int32]
    labels: NDArray[np.int32]
    lines: NDArray[np.uint8] | None = None

    @property
    def ink(self) -> float:
        """Area of the letters' ink in pixels of the measured image."""
        return float(self.areas.sum()) / self.scale**2

    def ink_outside(self, areas: NDArray[np.uint8]) -> float:
        """The same but for some areas of the reduced copy (not 0)."""
        return float(np.count_nonzero((self.labels > 0) & (areas == 0))) / self.scale**2

    @cached_property
    def paper(self) -> int:
        """The tone of most of the light half of the page, 0-255."""
        threshold, _ = cv2.threshold(self.small, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        counts = cv2.calcHist([self.small], [0], None, [256], [0, 256]).ravel()
        counts[: int(threshold) + 1] = 0
        return int(np.searchsorted(counts.cumsum(), counts.sum() / 2)) if counts.any() else 255

    @cached_property
    def contrast(self) -> float:
        """How much darker than the paper most ink is, in greys of 255, where the paper is made evenly white."""
        some, ink = self.even[::3, ::3], self.labels[::3, ::3] > 0  # a ninth tells as well
        return max(0.0, float(np.median(some) - np.median(some[ink]))) if ink.any() else 0.0

    @cached_property
    def grain(self) -> float:
        """By how much the darker part of the paper (a sixth) away from letters is darker than most of it; greys as for
        `contrast`."""
        width = round(1.2 * self.x_height * self.scale) | 1
        away = cv2.dilate((self.labels > 0).astype(np.uint8), np.ones((width, width), np.uint8)) == 0
        counts = cv2.calcHist([self.even], [0], away.astype(np.uint8), [256], [0, 256]).ravel().cumsum()
        middle, darker = np.searchsorted(counts, [counts[-1] / 2, counts[-1] * 0.16])
        return float(middle - darker)

    @cached_property
    def very_dark(self) -> Gray:
        """What is much darker than the paper, 0 or 255, on the reduced copy."""
        lightest = np.ceil(min(self.paper * 0.6, 140)) - 1
        return cv2.threshold(self.small, lightest, 255, cv2.THRESH_BINARY_INV)[1].astype(np.uint8, copy=False)

    @cached_property
    def very_dark_marks(self) -> Marks:
        return components(self.very_dark)

    @cached_property
    def points(self) -> NDArray[np.int64]:
        """Where the ink pixels of the letters are: places on the reduced copy, counted row by row."""
        return np.flatnonzero(self.labels > 0)

    def spots(self, touched: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Where on the reduced copy the pixels lie that are not 0 in an image of the measured one's size, with all about them."""
        rows, columns = np.divmod(np.flatnonzero(touched > 0), touched.shape[1])
        height, width = self.small.shape
        found = np.zeros((height, width), np.uint8)
        down, across = ((places * self.scale).astype(np.int64) for places in (rows, columns))
        found[down.clip(0, height - 1), across.clip(0, width - 1)] = 1
        return np.asarray(cv2.dilate(found, np.ones((3, 3), np.uint8)) > 0)


def measure(gray: Gray) -> Measures:
    """Find the letters of a page: marks of the most frequent height and their neighbours in size."""
    small, scale = reduced(gray)
    even = evened(small)
    marks = components(dark_parts(even))
    x_height = frequent_height(marks.stats[1:])
    some, width = widths(marks.stats)
    if width > TOUCHING:  # in a blurred page what was measured may be parts of words
        apart = components(dark_parts(sharpened(even, max(1.0, 0.1 * x_height), 5.0)))
        found = widths(apart.stats)[0]
        if found > 1.2 * some and found > NO_GRAIN * apart.number:
            marks = apart
            x_height = frequent_height(marks.stats[1:])
    marks, lines = apart_from_lines(marks, x_height)
    stats = marks.stats
    chosen = letter_like(stats, x_height)
    numbers = np.zeros(len(stats), np.int32)
    numbers[chosen] = np.arange(1, int(chosen.sum()) + 1)
    boxes, areas = stats[chosen, :4].astype(np.int32), stats[chosen, cv2.CC_STAT_AREA].astype(np.int32)
    return Measures(x_height / scale, int(chosen.sum()), scale, small, even, boxes, areas, np.take(numbers, marks.labels), lines)


def apart_from_lines(marks: Marks, x_height: float) -> tuple[Marks, NDArray[np.uint8] | None]:
    """The marks without lines that are ruled among them, which join letters to one mark; and where these lines are, if any."""
    wide = marks.stats[marks.stats[:, cv2.CC_STAT_WIDTH] > WIDE * x_height]
    if x_height <= 0 or not len(wide):
        return marks, None
    rows = slice(int(wide[:, 1].min()), int((wide[:, 1] + wide[:, 3]).max()))
    part, found = without_lines(np.where(marks.labels[rows] > 0, np.uint8(255), np.uint8(0)), x_height)
    if not found.any():
        return marks, None
    rest, lines = np.where(marks.labels > 0, np.uint8(255), np.uint8(0)), np.zeros(marks.labels.shape, np.uint8)
    rest[rows], lines[rows] = part, found
    return components(rest), lines


def widths(stats: NDArray[np.int32]) -> tuple[int, float]:
    """How many marks could be letters or words, and how wide they mostly are, as a multiple of their height."""
    height, width = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_WIDTH]
    some = (height >= 6) & (height <= 150) & (width <= 12 * height)
    count = int(np.count_nonzero(some))
    return count, float(np.median(width[some] / height[some])) if count >= MIN_LETTERS else 0.0


def frequent_height(stats: NDArray[np.int32]) -> float:
    """The most frequent height of marks that could be letters: in Latin script that is the x-height. 0.0 where there are few.

    `stats`: rows as connectedComponentsWithStats gives them, without the background.
    """
    height, width, area = (stats[:, k] for k in (cv2.CC_STAT_HEIGHT, cv2.CC_STAT_WIDTH, cv2.CC_STAT_AREA))
    possible = (height >= 6) & (height <= 150) & (width <= 4 * height) & (width * 5 >= height) & (area * 8 >= width * height)
    heights = height[possible]
    if len(heights) < MIN_LETTERS:
        return 0.0
    # weighed by size: a noisy scan has more specks than letters
    counts = np.bincount(heights, weights=heights, minlength=160)
    # large letters vary by more pixels than small ones, so the window grows with the height
    smooth = np.array([counts[max(0, h - spread(h)) : h + spread(h) + 1].sum() for h in range(len(counts))])
    best = int(np.argmax(smooth))
    # the peak may be that of capitals and ascenders, which are about one and a half x-heights tall
    low, high = round(best * 0.6), round(best * 0.8)
    shorter = low + int(np.argmax(smooth[low : high + 1]))
    if smooth[shorter] > 0.5 * smooth[best]:
        best = shorter
    near = heights[np.abs(heights - best) <= spread(best)]
    return float(near.mean())


def spread(height: int) -> int:
    """By how many pixels letters of one kind differ in height."""
    return max(1, height // 12)


def letter_like(stats: NDArray[np.int32], x_height: float) -> NDArray[np.bool_]:
    """Which marks are of the size of letters, touching letters or words; label 0, the background, is not."""
    if x_height <= 0:
        return np.zeros(len(stats), np.bool_)
    height, width, area = (stats[:, k] for k in (cv2.CC_STAT_HEIGHT, cv2.CC_STAT_WIDTH, cv2.CC_STAT_AREA))
    chosen = (height >= 0.5 * x_height) & (height <= 2.6 * x_height) & (width <= 12 * x_height) & (width >= 0.15 * x_height)
    chosen &= area >= 0.1 * width * height
    chosen[0] = False
    return np.asarray(chosen, np.bool_)
