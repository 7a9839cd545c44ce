"""Lines ruled under words, across forms and down margins: found where they are long and thin, taken out where they touch
letters."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.marks import components

Mask = NDArray[np.uint8]

WIDE = 6.0
"""X-heights; a page without any mark wider than this has no ruled lines that matter."""

LONG, THIN = 4.0, 0.3
"""X-heights: a line is at least so long without a break, and mostly no thicker."""

NEAR = 0.7
"""X-heights: a line under (or over) letters is no further from them."""

BESIDE_TEXT = 0.3
"""Share of a line's length along which letters stand near; a line with fewer parts columns, or notes from the text, and stays."""

STRUCK = 25.0
"""X-heights; a shorter line that runs through the middle of letters strikes them out."""


def long_thin(dark: Mask, x_height: float) -> Mask:
    """The pixels of level lines among what is dark (0 or 255): long runs along rows that are mostly thin. `x_height` in pixels.

    Slopes of a degree or two, and worn edges, are bridged by a pixel up and down. Openings with long flat elements: R. Gonzalez
    and R. Woods, Digital Image Processing, 9.6.
    """
    length, thick = max(12, round(LONG * x_height)), max(3, round(THIN * x_height))
    taller = cv2.dilate(dark, np.ones((3, 1), np.uint8))
    opened = cv2.bitwise_and(cv2.morphologyEx(taller, cv2.MORPH_OPEN, np.ones((1, length), np.uint8)), dark)
    if not opened.any():
        return np.zeros_like(dark)
    fat = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((thick + 1, 1), np.uint8))
    marks = components(np.asarray(cv2.dilate(opened, np.ones((3, 3), np.uint8)), np.uint8))
    inside = marks.labels[opened > 0]
    all_of, fat_of = (np.bincount(inside, chosen, marks.number) for chosen in (None, fat[opened > 0] > 0))
    chosen = (fat_of < 0.5 * all_of) & (marks.stats[:, cv2.CC_STAT_WIDTH] >= length)
    chosen[0] = False
    return np.asarray(cv2.bitwise_and(marks.selected(chosen), opened), np.uint8)


def crossed(dark: Mask, lines: Mask, reach: int) -> Mask:
    """The pixels of lines at which letters cross them: with ink that is no line's within `reach` rows above and below."""
    rest = cv2.subtract(dark, lines)
    element = np.ones((reach + 1, 3), np.uint8)
    above, below = (cv2.dilate(rest, element, anchor=(1, edge)) for edge in (reach, 0))
    return np.asarray(cv2.bitwise_and(lines, cv2.bitwise_and(above, below)), np.uint8)


def without_lines(dark: Mask, x_height: float) -> tuple[Mask, Mask]:
    """What is dark without its lines, letters that they cross whole; and where lines are."""
    lines = long_thin(dark, x_height)
    if not lines.any():
        return dark, lines
    gone = cv2.subtract(lines, crossed(dark, lines, max(2, round(THIN * x_height))))
    return np.asarray(cv2.subtract(dark, gone), np.uint8), lines


def beside_letters(dark: Mask, lines: Mask, x_height: float) -> tuple[Mask, int, int]:
    """Of some lines those that stand close to letters and do not strike them out; how many these are, and how many others."""
    marks = components(np.asarray(cv2.dilate(lines, np.ones((3, round(x_height) | 1), np.uint8)), np.uint8))
    rest = cv2.subtract(dark, lines)
    reach = max(2, round(NEAR * x_height))
    element = np.ones((reach + 1, 1), np.uint8)
    above, below = (cv2.dilate(rest, element, anchor=(0, edge)) > 0 for edge in (reach, 0))
    found = marks.labels[lines > 0]
    above, below = above[lines > 0], below[lines > 0]
    size = np.maximum(np.bincount(found, minlength=marks.number), 1)
    near, through = (np.bincount(found, which, marks.number) / size for which in (above | below, above & below))
    struck = (through > 0.3) & (marks.stats[:, cv2.CC_STAT_WIDTH] < STRUCK * x_height)
    chosen = (near >= BESIDE_TEXT) & ~struck
    chosen[0] = False
    count = int(chosen.sum())
    return np.asarray(cv2.bitwise_and(marks.selected(chosen), lines), np.uint8), count, marks.number - 1 - count


def taken_out(gray: NDArray[np.uint8], near: Mask, ink: int, x_height: float) -> tuple[NDArray[np.uint8], Mask]:
    """A page with white paper without its lines that touch letters; and where it was changed (0 or 255). `near`: where these
    lines are, on a reduced copy; `ink`: the lightest tone of ink, 0-255."""
    image, touched = gray.copy(), np.zeros_like(gray)
    for rows in strips(near, gray.shape[0], 3 * x_height):
        dark = np.asarray(cv2.threshold(gray[rows], ink, 255, cv2.THRESH_BINARY_INV)[1], np.uint8)
        lines, _, _ = beside_letters(dark, long_thin(dark, x_height), x_height)
        gone = cv2.subtract(lines, crossed(dark, lines, max(2, round(THIN * x_height))))
        letters = cv2.dilate(cv2.subtract(dark, gone), np.ones((3, 3), np.uint8))
        rim = max(1, round(x_height / 12))
        soft = cv2.dilate(gone, np.ones((2 * rim + 1, 3), np.uint8))
        touched[rows] = cv2.bitwise_or(gone, cv2.subtract(soft, letters))
        image[rows] = cv2.bitwise_or(image[rows], touched[rows])
    return image, touched


def strips(near: Mask, height: int, margin: float) -> list[slice]:
    """The rows of a page of some height (pixels) that hold anything of a reduced copy, with a margin above and below."""
    zoom = height / near.shape[0]
    rows = np.flatnonzero(near.any(axis=1)) * zoom
    groups = np.split(rows, np.flatnonzero(np.diff(rows) > 2 * margin) + 1) if len(rows) else []
    return [slice(max(0, int(group[0] - margin)), int(group[-1] + zoom + margin) + 1) for group in groups]
