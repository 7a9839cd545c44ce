"""What a page turned out to be, in words for its record: resolution, columns, where its text stands, ink and paper."""

from __future__ import annotations

import numpy as np

from pipeline.imaging.measure import Measures
from pipeline.imaging.openings import empty_strips

DPI_PER_X_HEIGHT = 12.5
"""Letters of 24 pixels' x-height, as in most print and typescript, are those of a scan at 300 dpi."""

GUTTER, COLUMN = 1.5, 12.0
"""X-heights: the empty strip between two columns, and a column itself, are at least so wide."""

FEWEST = 40
"""Letters that a column holds at least."""


def described(page: Measures) -> str:
    """A treated page in one line."""
    if page.x_height <= 0:
        return "too few letters to tell anything of the page"
    number, (wide, high) = columns(page), text_area(page)
    resolution = (
        f"letters of {page.x_height:.0f} pixels, as of a scan at about {round(page.x_height * DPI_PER_X_HEIGHT, -1):.0f} dpi"
    )
    layout = f"{number} columns" if number > 1 else "one column"
    return (
        f"{resolution}; {layout}, over {wide:.0%} of the width and {high:.0%} of the height; ink {page.contrast / 255:.0%} dark"
    )


def columns(page: Measures) -> int:
    """How many columns stand side by side on a level page from its first to its last line; a heading across hides them."""
    size = page.x_height * page.scale
    middles = page.boxes[:, 0] + page.boxes[:, 2] / 2
    if len(middles) < 2 * FEWEST:
        return 1
    begin, end = (float(edge) for edge in np.percentile(middles, [1, 99]))
    strips = [(left, right) for left, right in empty_strips(page, GUTTER * size) if left > begin and right < end]
    number, start = 1, begin
    for left, right in strips:
        before = np.count_nonzero((middles >= start) & (middles < left))
        after = np.count_nonzero(middles > right)
        if left - start >= COLUMN * size and end - right >= COLUMN * size and min(before, after) >= FEWEST:
            number, start = number + 1, right
    return number


def text_area(page: Measures) -> tuple[float, float]:
    """Shares of the width and of the height of a page that its text covers, but for the outermost hundredth of the letters."""
    if not len(page.boxes):
        return 0.0, 0.0
    height, width = page.small.shape
    middles = page.boxes[:, :2] + page.boxes[:, 2:] / 2
    spans = np.ptp(np.percentile(middles, [1, 99], axis=0), axis=0)
    return float(spans[0]) / width, float(spans[1]) / height
