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
"""X-heights between what stands at an end and the rest from which there is a space."""

ALIKE = 1.7
"""Most times that one of two dashes is as wide as the other."""


@dataclass(frozen=True)
class LoneLine:
    """A short line: `box` (left, top, right, bottom) in pixels of the page; the image of it, with a white margin and without
    the dashes at both its ends, if there are any (`dashed`), and with them where one could not be cut off clearly; `spaced`: a
    space parts what stands at its ends from the rest."""

    box: tuple[int, int, int, int]
    images: tuple[Gray, ...]
    dashed: bool
    spaced: bool


def lone_lines(page: Gray, x_height: float) -> Iterator[LoneLine]:
    """The short lines at the head and foot of a treated page (uint8, height x width, white paper); `x_height` in pixels."""
    height = page.shape[0]
    for top, bottom in ((0, round(HEAD * height)), (round(FOOT * height), height)):
        strip = page[top:bottom]
        if x_height < 6 or strip.shape[0] < 3 * x_height:
            continue
        for dark, (left, high, right, low) in lone_groups(strip, x_height):
            ends = ends_of(dark, x_height)
            whole, margin = strip[high:low, left:right], round(1.5 * x_height)
            cuts = [whole[:, ends.left : whole.shape[1] - ends.right], *([whole] if ends.touching else ())]
            images = tuple(np.pad(cut, margin, constant_values=255) for cut in cuts)
            yield LoneLine((left, top + high, right, top + low), images, ends.left > 0, ends.wide)


def lone_groups(strip: Gray, x_height: float) -> Iterator[tuple[NDArray[np.uint8], tuple[int, int, int, int]]]:
    """Groups of few marks with nothing to their left and right: their pixels (0 where there is paper), and their boxes."""
    dark = cv2.threshold(strip, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1].astype(np.uint8, copy=False)
    stats = components(dark).stats
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
        left, top, right, bottom = box
        fits = right - left <= WIDEST * x_height and LOWEST * x_height <= bottom - top <= TALLEST * x_height
        few = np.count_nonzero(home == number) <= MOST_MARKS
        if fits and few and not any(other != box and beside(box, other, x_height) for other in boxes):
            yield dark[top:bottom, left:right] & mask[top:bottom, left:right], box


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


@dataclass(frozen=True)
class Ends:
    """The ends of a group: the widths of the dashes there, in pixels, 0 where there is no pair of them; whether one of them
    touches the rest; and whether what stands at the ends, dashes or not, has a space between it and the rest."""

    left: int
    right: int
    touching: bool
    wide: bool


def ends_of(dark: NDArray[np.uint8], x_height: float) -> Ends:
    """The ends of a group (0 where there is paper). One of two dashes may touch what it stands beside, as on worn typewriters."""
    inked = np.asarray((dark > 0).any(axis=0), np.bool_)
    (first, apart), (last, apart_too) = (end_run(inked[::way]) for way in (1, -1))
    wide = min(apart, apart_too) > WIDE_GAP * x_height
    (left, level), (right, level_too) = (dash_width(dark[:, ::way], x_height) for way in (1, -1))
    touching = (left < first) + (right < last)
    pair = left and right and touching < 2 and max(left, right) <= ALIKE * min(left, right)
    if not pair or left + right >= dark.shape[1] or abs(level - level_too) > SHORT * x_height:
        return Ends(0, 0, False, wide)
    return Ends(left, right, touching > 0, wide)


def end_run(inked: NDArray[np.bool_]) -> tuple[int, int]:
    """How many columns with ink there are until the first without, and how many are without then; (all, 0) if there are none."""
    width = run_of(inked)
    rest = inked[width:]
    return width, int(np.argmax(rest)) if rest.any() else 0


def run_of(chosen: NDArray[np.bool_]) -> int:
    """How many of the first are chosen, until one is not."""
    return len(chosen) if chosen.all() else int(np.argmin(chosen))


def dash_width(dark: NDArray[np.uint8], x_height: float) -> tuple[int, float]:
    """The width of the dash that a group begins with, 0 for none, and the height of its middle, from the top."""
    height = dark.shape[0]
    rows = np.arange(height)[:, None]
    ink = dark > 0
    top, bottom = np.where(ink, rows, height).min(axis=0), np.where(ink, rows + 1, 0).max(axis=0)
    flat = (bottom > top) & (bottom - top <= FLAT * x_height)
    width = run_of(flat)
    if not width:
        return 0, 0.0
    high, low = int(top[:width].min()), int(bottom[:width].max())
    level = (high + low) / 2
    long = width >= SHORT * x_height and width >= LONG * (low - high) and low - high <= FLAT * x_height
    return (width, level) if long and 0.25 * height <= level <= 0.8 * height else (0, level)
