"""What lies on a page but was never written: dark edges of the scanner bed, punch holes, specks."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.marks import Marks, components, count_marks
from pipeline.imaging.measure import Gray, Measures

Mask = NDArray[np.uint8]

TILE = 24
"""Pixels; the side of the places in which noise is looked for."""

NOISY = 0.005
"""Share of impulses in a page's emptiest places from which it is noisy; clean scans have a hundredth of it."""


def ellipse(size: float) -> Mask:
    """A round structuring element about `size` pixels across, at least three."""
    width = max(3, round(size)) | 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)), np.uint8)


def solid(dark: Mask, x_height: float) -> Mask:
    """Of dark areas, what is thicker than any stroke of writing (1.2 x-heights), 0 or 255. `x_height` in pixels of `dark`."""
    inset, width = round(2 * x_height), max(3, round(1.2 * x_height))
    framed = cv2.copyMakeBorder(dark, inset, inset, inset, inset, borderType=cv2.BORDER_REPLICATE)
    opened = cv2.morphologyEx(framed, cv2.MORPH_OPEN, np.ones((width, width), np.uint8))
    return np.asarray(opened[inset : inset + dark.shape[0], inset : inset + dark.shape[1]], np.uint8)


def edge_areas(dark: Mask) -> Mask:
    """Of the solid dark areas, those that reach the edge of the scan, give or take a light seam of the scanner's; 0 or 255."""
    seam = 1 + min(dark.shape) // 150
    marks = components(dark)
    labels = marks.labels
    strips = (labels[:seam], labels[-seam:], labels[:, :seam], labels[:, -seam:])
    rim = np.concatenate([strip.ravel() for strip in strips])
    chosen = np.zeros(marks.number, np.bool_)
    chosen[rim] = True
    chosen[0] = False
    return marks.selected(chosen)


def sharp_edged(areas: Mask, page: Measures) -> Mask:
    """Of dark areas on the reduced copy, those that end as abruptly as a sheet does on the bed of a scanner; a shadow on the
    paper, with writing in it perhaps, fades. 0 or 255."""
    marks = components(areas)
    reach = 3 + round(0.5 * page.x_height * page.scale)
    chosen = np.zeros(marks.number, np.bool_)
    for number, (left, top, width, height, _) in enumerate(marks.stats[1:], 1):
        rows = slice(max(0, top - 2 * reach), top + height + 2 * reach)
        columns = slice(max(0, left - 2 * reach), left + width + 2 * reach)
        area, tones = (marks.labels[rows, columns] == number).astype(np.uint8), page.small[rows, columns]
        inside = area - cv2.erode(area, ellipse(reach), borderValue=(1,))
        outside = cv2.dilate(area, ellipse(2 * reach)) - cv2.dilate(area, ellipse(reach))
        jump = float(np.median(tones[outside > 0]) - np.median(tones[inside > 0])) if outside.any() and inside.any() else 255.0
        chosen[number] = jump > 0.35 * page.paper
    return marks.selected(chosen)


def round_marks(marks: Marks, smallest: float, largest: float, margin: float) -> Mask:
    """Of some marks, the round filled ones of `smallest` to `largest` pixels across with their middle within `margin` (0-1, share
    of the page's width or height) of an edge; 0 or 255."""
    width, height, area = (marks.stats[:, k] for k in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    chosen = (np.minimum(width, height) >= smallest) & (np.maximum(width, height) <= largest)
    chosen &= np.abs(width - height) <= 0.25 * np.maximum(width, height)
    fill = area / (np.pi / 4 * np.maximum(1, width * height))
    chosen &= (fill > 0.88) & (fill < 1.12)
    rows, columns = marks.labels.shape
    across, down = marks.centres[:, 0] / columns, marks.centres[:, 1] / rows
    chosen &= np.minimum(np.minimum(across, 1 - across), np.minimum(down, 1 - down)) < margin
    chosen[0] = False
    return marks.selected(chosen)


def paint(gray: Gray, areas: Mask, tone: int) -> Gray:
    """The page with `areas` (of any size, 0 or 255) in one tone, 0-255."""
    full = cv2.resize(areas, (gray.shape[1], gray.shape[0]), interpolation=cv2.INTER_NEAREST)
    result = gray.copy()
    result[full > 0] = tone
    return result


def dark_edges(page: Measures) -> tuple[Mask, Mask, float]:
    """Where dark edges lie (on the reduced copy, 0 or 255): with their soft rim, and without; and their share of the page,
    0-1."""
    size = page.x_height * page.scale
    thick = solid(page.very_dark, size)
    found = sharp_edged(edge_areas(thick), page) if thick.any() else thick
    share = float(np.mean(found > 0))
    if not share:
        return found, found, share
    return cv2.dilate(found, ellipse(0.8 * size)).astype(np.uint8, copy=False), found, share


def punch_holes(page: Measures) -> tuple[Mask, int]:
    """Where punch holes lie, dark or light, on the reduced copy, and how many. Holes are 1.3 to 6 x-heights across."""
    size = page.x_height * page.scale
    holes = round_marks(page.very_dark_marks, 1.3 * size, 6 * size, 0.15)
    paper = page.paper
    if paper < 243:
        light = np.where(page.small > paper + 0.6 * (255 - paper), np.uint8(255), np.uint8(0))
        light = cv2.morphologyEx(light, cv2.MORPH_OPEN, ellipse(size / 2)).astype(np.uint8, copy=False)
        holes = cv2.bitwise_or(holes, round_marks(components(light), 1.3 * size, 6 * size, 0.15)).astype(np.uint8, copy=False)
    if not holes.any():
        return holes, 0
    return cv2.dilate(holes, ellipse(0.8 * size)).astype(np.uint8, copy=False), count_marks(holes)


def specks(gray: Gray, x_height: float) -> tuple[Mask, int]:
    """Where lone specks lie on a page (255; else 0), with a rim for their soft edges, and how many there are. `x_height` in
    pixels.

    A speck is smaller than a full stop (about a seventh of the x-height each way) and has no other ink within half an
    x-height, so that it is no part of a worn letter, an accent or a dotted line. Found by counting ink in a small and in a
    large window: where both hold the same, little and lone, there is a speck.
    """
    _, dark = cv2.threshold(gray, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    size, reach = max(1, round(x_height / 7)), max(3, round(x_height / 2))
    inner, outer = (ink_within(dark.astype(np.uint8, copy=False), half, size * size) for half in (size, reach))
    seeds = cv2.bitwise_and(cv2.inRange(inner, (1,), (size * size,)), cv2.compare(inner, outer, cv2.CMP_EQ))
    number = count_marks(seeds.astype(np.uint8, copy=False))
    if number:
        seeds = cv2.dilate(seeds, np.ones((2 * size + 3, 2 * size + 3), np.uint8))
    return seeds.astype(np.uint8, copy=False), number


def impulses(gray: Gray) -> Mask:
    """Where lone pixels differ sharply from all around them (255; else 0): salt and pepper, as of a bad sensor or a fax.

    A pixel is one if it is far from the median of its neighbourhood and at most one of its eight neighbours is of its own tone.
    After Y. Dong and S. Xu, A new directional weighted median filter for removal of random-valued impulse noise, 2007, who look
    along directions for the same reason: to spare thin strokes.
    """
    height, width = gray.shape
    framed = cv2.copyMakeBorder(gray, 1, 1, 1, 1, borderType=cv2.BORDER_REFLECT)
    alike = np.zeros((height, width), np.uint8)
    for y, x in ((0, 0), (0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1), (2, 2)):
        alike += cv2.absdiff(gray, framed[y : y + height, x : x + width]) < 40
    far = cv2.absdiff(gray, cv2.medianBlur(gray, 3)) > 60
    return np.where(far & (alike <= 1), np.uint8(255), np.uint8(0))


def impulse_share(gray: Gray) -> float:
    """The share of `impulses`, 0-1, in the emptiest places of a page: fine print has some, but only where it is."""
    side = TILE
    height, width = gray.shape
    if min(height, width) < 4 * side:
        return 0.0
    rows = range(0, height - side, max(side, height // 24))
    bands = [impulses(gray[row : row + side, : width // side * side]) > 0 for row in rows]
    counts = np.array([band.reshape(side, -1, side).sum(axis=(0, 2)) for band in bands])
    return float(np.percentile(counts, 5)) / side**2


def without_impulses(gray: Gray) -> tuple[Gray, float]:
    """The page with each of its `impulses` in the median tone of its neighbourhood, and the share of pixels that were changed.

    Done twice, for pairs of them.
    """
    result = gray.copy()
    for _ in range(2):
        found = impulses(result) > 0
        result[found] = cv2.medianBlur(result, 3)[found]
    return result, float(np.mean(result != gray))


def ink_within(dark: Mask, half: int, most: int) -> NDArray[np.integer]:
    """How many dark pixels (1; others 0) lie in the square of 2 x `half` + 1 pixels around each pixel; right up to `most`, and
    anything greater above that."""
    depth = cv2.CV_8U if most < 255 else cv2.CV_16U  # which stop at their greatest value instead of beginning again
    window = (2 * half + 1, 2 * half + 1)
    return np.asarray(cv2.boxFilter(dark, depth, window, normalize=False, borderType=cv2.BORDER_CONSTANT))
