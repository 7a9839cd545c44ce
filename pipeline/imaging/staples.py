"""Staples, and what rust they left: short dark bars that stand alone at the edge of a page."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.blemishes import Mask, ellipse
from pipeline.imaging.measure import Measures

THICK, LONG = (0.2, 1.2), (2.0, 12.0)
"""X-heights: the sides of a bar, least and most."""

SLENDER, FILLED = 3.0, 0.7
"""A bar is so many times as long as thick, and fills so much of the rectangle around it."""

MARGIN = 0.13
"""Share of the width or height of a page from its edge within which staples are."""

ALONE = 1.5
"""X-heights about a bar in which no letter stands."""

ASLANT = 8.0
"""Degrees from level; a bar that is more level may be a dash or ruled."""


def staples(page: Measures) -> tuple[Mask, int]:
    """Where staples lie, on the reduced copy (0 or 255), and how many."""
    size = page.x_height * page.scale
    found = np.zeros_like(page.small)
    marks = page.very_dark_marks
    lefts, tops, widths, heights, areas = marks.stats.T
    longest = np.maximum(widths, heights)
    rows, columns = page.small.shape
    across, down = (lefts + widths / 2) / columns, (tops + heights / 2) / rows
    chosen = (longest >= 0.7 * LONG[0] * size) & (longest <= LONG[1] * size) & (areas >= THICK[0] * LONG[0] * size**2)
    chosen &= np.minimum(np.minimum(across, 1 - across), np.minimum(down, 1 - down)) < MARGIN
    chosen[0] = False
    count = 0
    for number in np.flatnonzero(chosen):
        window = np.s_[tops[number] : tops[number] + heights[number], lefts[number] : lefts[number] + widths[number]]
        bar = (marks.labels[window] == number).astype(np.uint8)
        if is_bar(bar, size) and not letters_near(page, marks.stats[number], size):
            found[window] |= bar * np.uint8(255)
            count += 1
    return (np.asarray(cv2.dilate(found, ellipse(size)), np.uint8) if count else found), count


def is_bar(mark: NDArray[np.uint8], size: float) -> bool:
    """Whether a mark (1; others 0) is straight, slender and not level. `size`: the x-height in its pixels."""
    points = cv2.findNonZero(mark)
    (_, sides, degrees) = cv2.minAreaRect(points)
    thick, long = min(sides) + 1, max(sides) + 1
    tilt = degrees if sides[0] >= sides[1] else degrees - 90
    if abs((tilt + 90) % 180 - 90) < ASLANT:
        return False
    fits = THICK[0] * size <= thick <= THICK[1] * size and LONG[0] * size <= long <= LONG[1] * size
    return fits and long >= SLENDER * thick and len(points) >= FILLED * thick * long


def letters_near(page: Measures, stats: NDArray[np.int32], size: float) -> bool:
    """Whether a letter other than a mark itself stands close to the rectangle around it."""
    left, top, width, height = (int(side) for side in stats[:4])
    reach = round(ALONE * size)
    boxes = page.boxes
    overlap = (boxes[:, 0] < left + width + reach) & (boxes[:, 0] + boxes[:, 2] > left - reach)
    overlap &= (boxes[:, 1] < top + height + reach) & (boxes[:, 1] + boxes[:, 3] > top - reach)
    within = (boxes[:, 0] >= left - 2) & (boxes[:, 0] + boxes[:, 2] <= left + width + 2)
    within &= (boxes[:, 1] >= top - 2) & (boxes[:, 1] + boxes[:, 3] <= top + height + 2)
    return bool((overlap & ~within).any())
