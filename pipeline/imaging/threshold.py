"""Black or white, place by place, for pages with letters too faint for one threshold."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.marks import components
from pipeline.imaging.measure import Gray, Measures
from pipeline.imaging.tones import is_bilevel

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
    values = gray.astype(np.float32)
    mean, deviation = window(values, reach)
    return np.where(values > mean * (1 + k * (deviation / 128 - 1)), np.uint8(255), np.uint8(0))


def wolf(gray: Gray, x_height: float, k: float = 0.6) -> Gray:
    """The page, smoothed by a twelfth of the x-height, in black (0) and white (255), with a threshold that goes by the strongest
    contrast on the page, and so finds pale ink too.

    C. Wolf, J.-M. Jolion and F. Chassaing, Text localization, enhancement and binarization in multimedia documents, ICPR 2002.
    """
    values = cv2.GaussianBlur(gray, (0, 0), max(0.5, x_height / 12)).astype(np.float32)
    mean, deviation = window(values, round(2 * x_height))
    threshold = mean - k * (1 - deviation / max(1.0, float(deviation.max()))) * (mean - values.min())
    return np.where(values > threshold, np.uint8(255), np.uint8(0))


def window(values: NDArray[np.float32], reach: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and standard deviation of the square of 2 x `reach` + 1 pixels around each pixel."""
    side = (2 * reach + 1, 2 * reach + 1)
    mean = cv2.boxFilter(values, cv2.CV_32F, side)
    square = cv2.sqrBoxFilter(values, cv2.CV_32F, side)
    return np.asarray(mean, np.float32), np.sqrt(np.maximum(square - mean * mean, 0)).astype(np.float32)
