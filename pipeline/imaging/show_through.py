"""Writing on the back of a leaf that shows through: paler than the writing on the front, and softer, since paper lies between."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.geometry import gaps
from pipeline.imaging.marks import components
from pipeline.imaging.measure import Gray, Measures, letter_like

MIRRORED = 4
"""Beside the quarter turns 0 to 3: a way to read a passage, from behind."""

FEWEST = 40
"""Fewer pale marks than this, or than a fortieth of the letters, are stains, not a page behind the page."""

PALE, SOFT = 0.62, 0.8
"""How dark, and how steep at its edges for its darkness, a mark from behind is at most against the letters in front."""


def tone_behind(page: Measures) -> int:
    """How dark (0-255, white paper being 0) writing that shows through is; 0 where there is none.

    A pale ribbon, pencil or a worn letter is paler than other writing too, but as sharp.
    """
    dark = cv2.bitwise_not(page.even)
    ink = float(np.median(deepest(page.labels.ravel()[page.points], dark.ravel()[page.points], page.letters + 1)[1:]))
    size = page.x_height * page.scale
    smooth = cv2.GaussianBlur(dark, (0, 0), max(0.5, size / 15))
    levels, least = np.arange(256), max(18.0, 0.1 * ink)
    counts = cv2.calcHist([smooth], [0], None, [256], [0, 256]).ravel()
    if counts[(levels > least) & (levels < 0.45 * ink)].sum() < 0.1 * counts[levels > least].sum():
        return 0
    found = components(cv2.threshold(smooth, least, 255, cv2.THRESH_BINARY)[1].astype(np.uint8, copy=False))
    letters = letter_like(found.stats, size)
    points = np.flatnonzero(found.labels > 0)
    owners = found.labels.ravel()[points]
    tones = deepest(owners, dark.ravel()[points], found.number)
    pale = letters & (tones < PALE * ink)
    front = letters & ~pale
    if np.count_nonzero(pale) < max(FEWEST, page.letters / 40) or not front.any():
        return 0
    slopes = np.hypot(*(cv2.Sobel(page.even, cv2.CV_32F, 1 - k, k, scale=1 / 8).ravel()[points] for k in (0, 1)))
    steep = deepest(owners, slopes, found.number) / np.maximum(tones, 1)
    if np.median(steep[pale]) > SOFT * np.median(steep[front]):
        return 0
    if not in_words(found.stats[pale, :4].astype(np.float32), size):
        return 0
    return int(min(float(np.percentile(tones[pale], 90)), ink / 2))


def in_words(boxes: NDArray[np.float32], size: float) -> bool:
    """Whether marks stand side by side as letters of words do; folds and the grain of paper do not. `size`: the x-height."""
    some = boxes[:: max(1, len(boxes) // 400)]
    across, down = gaps(some, boxes, 0), gaps(some, boxes, 1)
    apart = across + down > 0
    beside = (apart & (down == 0) & (across < 0.8 * size)).any(axis=1).mean()
    above = (apart & (across == 0) & (down < 0.8 * size)).any(axis=1).mean()
    return bool(beside > 0.6 and beside > 2 * above)


def deepest(owners: NDArray[np.int32], values: NDArray[np.generic], number: int) -> NDArray[np.float32]:
    """The greatest of the values at some pixels within each of `number` marks, of which `owners` tells each pixel's; 0 for those
    without pixels."""
    found = np.zeros(number, np.float32)
    np.maximum.at(found, owners, values.astype(np.float32))
    return found


def only_behind(gray: Gray, tone: int, x_height: float) -> Gray:
    """Of a page, what is at most a little darker than `tone`, made about as dark as writing is."""
    rim = max(3, round(x_height / 5)) | 1
    front = cv2.dilate((gray < 245 - 1.15 * tone).astype(np.uint8), np.ones((rim, rim), np.uint8))
    pale = np.where(front > 0, np.uint8(255), gray)
    return cv2.bitwise_not(cv2.convertScaleAbs(cv2.bitwise_not(pale), alpha=200 / tone)).astype(np.uint8, copy=False)


def lifted(gray: Gray, tone: int) -> Gray:
    """The page with everything up to `tone` (darkness, 0-255) made white, and darker tones spread over the range again."""
    darkness = np.arange(255, -1, -1, dtype=np.float64)
    table = 255 - ((darkness - tone) * 255 / (255 - tone)).clip(0, 255)
    return cv2.LUT(gray, table.round().astype(np.uint8)).astype(np.uint8, copy=False)
