"""Short lines that stand alone at the head or foot of a page, as page numbers do: Tesseract often drops or garbles them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.marks import components
from pipeline.imaging.measure import Gray

HEAD, FOOT = 0.2, 0.85
"""Shares of the height of a page above and below which such a line is looked for."""

WIDEST, TALLEST, LOWEST = 9.0, 2.6, 0.8
"""X-heights: a line is at most so wide and high, and at least so high."""

MOST_MARKS = 8
APART = 8.0
"""X-heights to the left and right of it that are empty."""

FLAT, SHORT, LONG = 0.55, 0.35, 1.5
"""X-heights: a dash is no higher than the first and no shorter than the second; and so many times as wide as it is high."""

WIDE_GAP = 0.4
"""X-heights between a dash and what it stands beside from which there is a space."""


@dataclass(frozen=True)
class LoneLine:
    """A short line: `box` (left, top, right, bottom) in pixels of the page; the dashes before and after it, with the space that
    parts them (`- `, ` -`), empty where there are none; and the `image` of what they enclose, with a white margin."""

    box: tuple[int, int, int, int]
    image: Gray
    before: str
    after: str


def lone_lines(page: Gray, x_height: float) -> Iterator[LoneLine]:
    """The short lines at the head and foot of a treated page (uint8, height x width, white paper); `x_height` in pixels."""
    height = page.shape[0]
    for top, bottom in ((0, round(HEAD * height)), (round(FOOT * height), height)):
        strip = page[top:bottom]
        if x_height < 6 or strip.shape[0] < 3 * x_height:
            continue
        for marks, (left, high, right, low) in lone_groups(strip, x_height):
            margin = round(1.5 * x_height)
            before, after = dashes(marks, x_height)
            first, above, last, below = around(marks[1:-1]) if before else (left, high, right, low)
            cut = np.pad(strip[above:below, first:last], margin, constant_values=255)
            yield LoneLine((left, top + high, right, top + low), cut, before, after)


def lone_groups(strip: Gray, x_height: float) -> Iterator[tuple[NDArray[np.int32], tuple[int, int, int, int]]]:
    """Groups of few marks with nothing to their left and right: the boxes of the marks (left, top, width, height), and theirs."""
    _, dark = cv2.threshold(strip, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    stats = components(dark.astype(np.uint8, copy=False)).stats
    width, height, area = (stats[:, k] for k in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    large = (area > 0.05 * x_height**2) | ((width >= SHORT * x_height) & (width >= LONG * height))
    chosen = large & (height < TALLEST * x_height) & (width < 3 * x_height) & (width >= 0.15 * x_height)
    chosen[0] = False
    marks = stats[chosen, :4]
    mask = np.zeros_like(strip)
    for left, top, across, down in marks:
        mask[top : top + down, left : left + across] = 255
    reach = np.ones((max(1, round(0.9 * x_height)), max(1, round(2 * x_height))), np.uint8)
    groups = components(cv2.dilate(mask, reach).astype(np.uint8, copy=False))
    home = groups.labels[marks[:, 1] + marks[:, 3] // 2, marks[:, 0] + marks[:, 2] // 2]
    boxes = [around(marks[home == number]) for number in range(1, groups.number)]
    for number, box in enumerate(boxes, 1):
        mine = marks[home == number]
        left, top, right, bottom = box
        fits = right - left <= WIDEST * x_height and LOWEST * x_height <= bottom - top <= TALLEST * x_height
        if fits and len(mine) <= MOST_MARKS and not any(other != box and beside(box, other, x_height) for other in boxes):
            yield mine[np.argsort(mine[:, 0])], box


def around(marks: NDArray[np.int32]) -> tuple[int, int, int, int]:
    """The rectangle around some marks; empty for none."""
    if not len(marks):
        return 0, 0, 0, 0
    left, top = marks[:, :2].min(axis=0)
    right, bottom = (marks[:, :2] + marks[:, 2:]).max(axis=0)
    return int(left), int(top), int(right), int(bottom)


def beside(box: tuple[int, int, int, int], other: tuple[int, int, int, int], x_height: float) -> bool:
    """Whether another group stands on the same line near by."""
    common = min(box[3], other[3]) - max(box[1], other[1])
    return common > 0.3 * (box[3] - box[1]) and max(other[0] - box[2], box[0] - other[2]) < APART * x_height


def dashes(marks: NDArray[np.int32], x_height: float) -> tuple[str, str]:
    """The dashes at both ends of a group, sorted from left to right; none where there is one at one end only."""
    if len(marks) < 3 or not all(is_dash(mark, x_height) for mark in (marks[0], marks[-1])) or is_dash(marks[1], x_height):
        return "", ""
    wide = min(marks[1][0] - marks[0][0] - marks[0][2], marks[-1][0] - marks[-2][0] - marks[-2][2]) > WIDE_GAP * x_height
    return ("- ", " -") if wide else ("-", "-")


def is_dash(mark: NDArray[np.int32], x_height: float) -> bool:
    return bool(SHORT * x_height <= mark[2] and mark[3] <= FLAT * x_height and mark[2] >= LONG * mark[3])
