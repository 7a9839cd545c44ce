"""The tones of a page: its paper, made evenly white, and what is dark on it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]

REDUCED_PIXELS = 1_300_000
"""Size of the copy on which a page is measured; letters of a whole page stay well above ten pixels at that."""

WHITE = 247
"""Paper lighter than this counts as white."""


def is_bilevel(gray: Gray) -> bool:
    """Whether a page has (nearly) no greys: scanned at one bit, or binarised before it came here. Judged on a sample of rows."""
    sample = gray[:: max(1, gray.shape[0] // 400)]
    return float(np.mean((sample > 8) & (sample < 247))) < 0.002


def is_blank(gray: Gray) -> bool:
    """Whether a page is one tone all over, give or take the noise of a scanner, or too small to hold a letter."""
    if min(gray.shape) < 8:
        return True
    few = 0.0001 * gray.size
    for rows in (gray[:: max(1, gray.shape[0] // 256)], gray):  # some rows mostly show that there is ink
        counts = cv2.calcHist([rows], [0], None, [256], [0, 256]).ravel().cumsum()
        low, high = np.searchsorted(counts, [few, rows.size - few])
        if high - low >= 24:
            return False
    return True


def reduced(gray: Gray) -> tuple[Gray, float]:
    """A copy of at most REDUCED_PIXELS, by area averaging, and its scale (reduced pixels per pixel)."""
    scale = min(1.0, (REDUCED_PIXELS / gray.size) ** 0.5)
    if scale > 0.85:
        return gray, 1.0
    size = (max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale)))
    return cv2.resize(gray, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False), scale


def background(gray: Gray, reach: int, above: int = 254) -> Gray:
    """The paper without its ink: the lightest tone within `reach` pixels, smoothed. Same shape as `gray`.

    Grey-scale closing and a median, a usual estimate for division (Gonzalez and Woods, Digital Image Processing, 9.6).
    It is found on a copy where `reach` is about six pixels: paper changes slowly. Where all of it is lighter than `above`, it
    is taken for white.
    """
    shrink = max(1, reach // 6)
    size = (max(1, gray.shape[1] // shrink), max(1, gray.shape[0] // shrink))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    width = 2 * max(1, round(reach / shrink)) + 1
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((width, width), np.uint8), borderType=cv2.BORDER_REPLICATE)
    if closed.min() > above:
        return np.full_like(gray, 255)
    smooth = cv2.medianBlur(closed, width)
    return cv2.resize(smooth, (gray.shape[1], gray.shape[0]), interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)


def is_white(gray: Gray, reach: int) -> bool:
    """Whether the paper of a page is white nearly everywhere."""
    return float(np.percentile(background(gray, reach, WHITE), 2)) > WHITE


def levelled(gray: Gray, reach: int) -> Gray:
    """The page divided by its background, so that paper is white (255) everywhere. `reach`: pixels, more than a letter's
    stroke."""
    paper = np.maximum(background(gray, reach), 1)
    return cv2.divide(gray, paper, scale=255.0).astype(np.uint8, copy=False)


def evened(small: Gray) -> Gray:
    """A reduced copy with white paper."""
    return small if is_bilevel(small) else levelled(small, max(12, min(small.shape) // 40))


def dark_parts(even: Gray) -> NDArray[np.uint8]:
    """Where a page with white paper is dark (0 or 255): N. Otsu, A threshold selection method, IEEE SMC 9, 1979."""
    _, dark = cv2.threshold(even, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    return dark.astype(np.uint8, copy=False)


def sharpened(gray: Gray, sigma: float, amount: float = 1.5) -> Gray:
    """Edges made clearer: `amount` times what a Gaussian blur of `sigma` pixels would take away is added."""
    blurred = cv2.GaussianBlur(gray, (0, 0), sigma)
    return cv2.addWeighted(gray, 1 + amount, blurred, -amount, 0).astype(np.uint8, copy=False)
