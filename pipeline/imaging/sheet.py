"""The sheet on the dark bed of a scanner or on a table: where its edges run, cut out, and seen from straight above."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.curl import unevenness
from pipeline.imaging.geometry import Matrix
from pipeline.imaging.measure import Gray, Measures, measure

Mask = NDArray[np.uint8]
Floats = NDArray[np.float64]

ASKEW, FAR_ASKEW = 1.0, 3.0
"""Degrees by which the corners of a sheet differ from right angles: sheets are cut less exactly than the first, and none is cut
as badly as the second. Between them lines of text have to tell."""

OFF_LINE = 0.003
"""How far, as a share of the scan, the edge of a sheet may be off a straight line."""

ALONG = 0.7
"""Share of a side along which its edge must be seen."""

WORTH = 0.2
"""Share of a scan that is cut off, at least, where anything is: a narrow border is painted out, which moves nothing."""


SIDE = 0.5
"""Share of a side of a scan that is dark where a bed is seen beyond the sheet there."""


def dark_sides(page: Measures) -> tuple[float, ...]:
    """The share that is very dark of each side of a scan, just within the light seam that scanners leave."""
    seam = 1 + min(page.small.shape) // 150
    sides = (page.very_dark[seam], page.very_dark[-seam - 1], page.very_dark[:, seam], page.very_dark[:, -seam - 1])
    return tuple(float(np.mean(side > 0)) for side in sides)


@dataclass(frozen=True)
class Edge:
    """An edge of a sheet: at `start` where the other coordinate is 0, and `slope` further with each pixel."""

    start: float
    slope: float


def sheet_edge(depths: Floats) -> Edge | None:
    """The straight edge behind a bed of some depths (pixels), one for each row or column; None where it is not straight, or not
    seen along the whole side. Theil and Sen's median of slopes, then least squares over what agrees."""
    places = np.arange(len(depths), dtype=np.float64)
    inner = slice(len(depths) // 4, -(len(depths) // 4))
    some, theirs = places[inner][:: max(1, len(depths) // 60)], depths[inner][:: max(1, len(depths) // 60)]
    if len(some) < 8 or np.median(theirs) < 1:
        return None
    half = len(some) // 2
    slope = float(np.median((theirs[half : 2 * half] - theirs[:half]) / (some[half : 2 * half] - some[:half])))
    start, most = float(np.median(theirs - slope * some)), max(2.0, OFF_LINE * len(depths))
    for _ in range(3):
        agree = (np.abs(depths - start - slope * places) < most) & (depths > 0)
        if np.count_nonzero(agree) < ALONG * len(depths) * 0.8:
            return None
        slope, start = (float(value) for value in np.polyfit(places[agree], depths[agree], 1))
    return Edge(start, slope)


def bed_depths(bed: Mask) -> tuple[Floats, Floats, Floats, Floats]:
    """How deep the bed is at the left and right in each row, at the top and the foot in each column; in pixels."""
    seam = 1 + min(bed.shape) // 150  # scanners leave a light seam at the very edge
    dark = bed[seam:-seam, seam:-seam] > 0
    found = []
    for side in (dark, dark[:, ::-1], dark.T, dark.T[:, ::-1]):
        depth = np.where(side.all(axis=1), side.shape[1], np.argmin(side, axis=1)).astype(np.float64)
        depth = np.pad(depth, seam, mode="edge")
        found.append(np.where(depth > 0, depth + seam, 0))
    return found[0], found[1], found[2], found[3]


def corners(bed: Mask) -> Floats | None:
    """The corners of the sheet in the middle of a bed (0 or 255), 4 x 2 (x, y), clockwise from the top left; None where not all
    four edges are seen, and straight."""
    height, width = bed.shape
    left, right, top, foot = (sheet_edge(depths) for depths in bed_depths(bed))
    if left is None or right is None or top is None or foot is None:
        return None
    right, foot = Edge(width - right.start, -right.slope), Edge(height - foot.start, -foot.slope)
    return np.array([meeting(side, end) for side, end in ((left, top), (right, top), (right, foot), (left, foot))])


def meeting(side: Edge, end: Edge) -> tuple[float, float]:
    """Where an upright edge and a level one meet (x, y)."""
    x = (side.start + side.slope * end.start) / (1 - side.slope * end.slope)
    return x, end.start + end.slope * x


def askew(places: Floats) -> float:
    """By how many degrees the corners of a quadrilateral differ from right angles, at most."""
    sides = np.roll(places, -1, axis=0) - places
    angles = np.degrees(np.arctan2(sides[:, 1], sides[:, 0]))
    turns = (np.roll(angles, -1) - angles + 180) % 360 - 180
    return float(np.abs(turns - 90).max())


def from_above(gray: Gray, places: Floats) -> tuple[Gray, Matrix]:
    """The sheet with these corners (4 x 2, pixels) as a rectangle of the mean of its sides, and the matrix back."""
    lengths = np.hypot(*(np.roll(places, -1, axis=0) - places).T)
    width, height = round((lengths[0] + lengths[2]) / 2), round((lengths[1] + lengths[3]) / 2)
    target = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float32)
    back = np.asarray(cv2.getPerspectiveTransform(target, places.astype(np.float32)), np.float64)
    how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpPerspective(gray, back, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE), np.uint8
    ), back


def seen_askew(gray: Gray, page: Measures, bed: Mask) -> tuple[Gray, Matrix, float] | None:
    """The sheet on a bed seen from straight above, the matrix back, and by how many degrees its corners were off; None where it
    was seen so, or where lines of text would not be the better for it."""
    places = corners(bed)
    if places is None or (degrees := askew(places)) < ASKEW:
        return None
    image, back = from_above(gray, (places + 0.5) / page.scale - 0.5)
    before, after = unevenness(page), unevenness(measure(image))
    if before is None or after is None:
        return (image, back, degrees) if degrees > FAR_ASKEW else None
    better = after < 0.9 * before or (degrees > FAR_ASKEW and after < 1.1 * before)
    return (image, back, degrees) if better else None


def cut_out(gray: Gray, bed: Mask, scale: float) -> tuple[Gray, Matrix] | None:
    """The part of a scan that holds more than a bed (0 or 255, with `scale` pixels to one of the scan's), and the matrix back;
    None where hardly anything would be cut off."""
    height, width = gray.shape
    full = [(bed > 0).mean(axis=axis) > 0.97 for axis in (1, 0)]
    (top, foot), (left, right) = (ends(rows, scale, size) for rows, size in zip(full, (height, width), strict=True))
    if (foot - top) * (right - left) > (1 - WORTH) * gray.size:
        return None
    back = np.array([[1, 0, left], [0, 1, top], [0, 0, 1]], np.float64)
    return np.ascontiguousarray(gray[top:foot, left:right]), back


def ends(empty: NDArray[np.bool_], scale: float, size: int) -> tuple[int, int]:
    """Where the rows or columns that are not empty begin and end, in pixels of the scan; the seam at an edge counts as empty."""
    seam = 1 + len(empty) // 150
    held = np.flatnonzero(~empty[seam:-seam])
    if not len(held):
        return 0, size
    first, last = int(held[0]), int(held[-1])
    begin = 0 if first == 0 else int((first + seam) / scale)
    end = size if last == len(empty) - 2 * seam - 1 else min(size, int((last + seam + 1) / scale) + 1)
    return begin, end
