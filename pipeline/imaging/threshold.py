"""Black or white, place by place, for pages with letters too faint for one threshold."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.imaging.marks import components
from pipeline.imaging.measure import Gray, Measures, is_bilevel

MORE_LETTERS = 0.5
"""Faint letters for each clear one from which a page is made black and white; with fewer, greys were read better."""


def faint_letters(page: Measures) -> int:
    """How many marks of the size of letters stand out from their surroundings, but are lighter than one threshold for the
    page."""
    size = page.x_height * page.scale
    if size < 5 or is_bilevel(page.small):
        return 0
    width = round(3 * size) | 1
    local = cv2.adaptiveThreshold(page.small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, width, 14)
    threshold, _ = cv2.threshold(page.small, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    marks = components(np.asarray(local, np.uint8))
    stats = marks.stats
    height, across, area = (stats[:, k] for k in (cv2.CC_STAT_HEIGHT, cv2.CC_STAT_WIDTH, cv2.CC_STAT_AREA))
    like = (height >= 0.8 * size) & (height <= 1.9 * size) & (across >= 0.3 * size) & (across <= 4 * size)
    like &= (area >= 0.15 * across * height) & (area <= 0.7 * across * height)
    like[0] = False
    dark = np.bincount(marks.labels[page.small < threshold], minlength=len(stats))
    return int(np.count_nonzero(like & (dark < 0.3 * area)))


def sauvola(gray: Gray, reach: int, k: float = 0.05) -> Gray:
    """The page in black (0) and white (255). `reach`: half the side of the window, in pixels.

    J. Sauvola and M. Pietikäinen, Adaptive document image binarization, Pattern Recognition 33, 2000; with a smaller `k`
    than theirs, since it is used for letters that hardly differ from the paper.
    """
    side = (2 * reach + 1, 2 * reach + 1)
    values = gray.astype(np.float32)
    mean = cv2.boxFilter(values, cv2.CV_32F, side)
    square = cv2.sqrBoxFilter(values, cv2.CV_32F, side)
    deviation = np.sqrt(np.maximum(square - mean * mean, 0))
    return np.where(values > mean * (1 + k * (deviation / 128 - 1)), np.uint8(255), np.uint8(0))
