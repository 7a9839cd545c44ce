"""Turning a page upright and straight. Matrices lead from pixels of the new image to pixels of the old one."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.measure import Gray, Measures
from pipeline.imaging.tones import dark_parts, is_bilevel, levelled

Matrix = NDArray[np.float64]

IDENTITY: Matrix = np.eye(3)

LARGEST_TILT = 12.0
"""Degrees; a page that lies more askew than this was not meant to be read by a machine."""

CLEAR = 1.8
"""How much more clearly lines must stand apart at their own angle than at most others; on real pages it is 2.4 and more."""


def quarter_turns(gray: Gray, turns: int) -> tuple[Gray, Matrix]:
    """The page turned counter-clockwise by `turns` times 90 degrees, and the matrix back."""
    height, width = gray.shape
    back: dict[int, list[list[float]]] = {
        0: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        1: [[0, -1, width - 1], [1, 0, 0], [0, 0, 1]],
        2: [[-1, 0, width - 1], [0, -1, height - 1], [0, 0, 1]],
        3: [[0, 1, 0], [-1, 0, height - 1], [0, 0, 1]],
    }
    return np.ascontiguousarray(np.rot90(gray, turns)), np.array(back[turns % 4], np.float64)


def straightened(gray: Gray, degrees: float) -> tuple[Gray, Matrix]:
    """The page turned by `degrees` (positive: counter-clockwise) about its middle, on a sheet large enough; new corners are
    white."""
    height, width = gray.shape
    angle = np.radians(abs(degrees))
    new_width = int(np.ceil(width * np.cos(angle) + height * np.sin(angle)))
    new_height = int(np.ceil(height * np.cos(angle) + width * np.sin(angle)))
    forward = np.vstack([cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0), [0, 0, 1]])
    forward[:2, 2] += [(new_width - width) / 2, (new_height - height) / 2]
    turned = cv2.warpAffine(gray, forward[:2], (new_width, new_height), flags=cv2.INTER_CUBIC, borderValue=(255,))
    return turned.astype(np.uint8, copy=False), np.asarray(np.linalg.inv(forward), np.float64)


def scaled(gray: Gray, factor: float) -> tuple[Gray, Matrix]:
    """The page `factor` times as large: averaged when it shrinks, cubic when it grows."""
    size = (max(1, round(gray.shape[1] * factor)), max(1, round(gray.shape[0] * factor)))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    across, down = gray.shape[1] / size[0], gray.shape[0] / size[1]
    # pixel centres lie at whole numbers, so the middle of the first pixel moves
    back = np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1]], np.float64)
    return cv2.resize(gray, size, interpolation=how).astype(np.uint8, copy=False), back


def magnified(back: Matrix, shape: tuple[int, ...]) -> float:
    """How many pixels of the old image one in the middle of the new image stands for. `shape`: of the new one."""
    depth = float(back[2] @ np.array([shape[1] / 2, shape[0] / 2, 1]))
    return float(abs(np.linalg.det(back) / depth**3))


def sharpness(rows: NDArray[np.float64], columns: NDArray[np.float64], slope: float) -> float:
    """How clearly lines stand apart when ink is summed along lines of `slope`: squared steps of the projection profile.

    W. Postl, Detection of linear oblique structures and skew scan in digitized documents, ICPR 1986.
    """
    at = (rows + slope * columns).astype(np.int64)
    profile = np.bincount(at - at.min()).astype(np.float64)
    steps = np.diff(profile)
    return float((steps**2).sum())


def skew(measures: Measures, limit: float = LARGEST_TILT) -> float:
    """The angle in degrees, -limit to limit, by which the page must be turned counter-clockwise for its lines to be level.

    0.0 where its lines have no clear direction.
    """
    if not len(measures.points):
        return 0.0
    angles = np.arange(-limit, limit + 0.01, 0.5)
    scores = sharpnesses(measures, angles, 20_000)
    best = int(np.argmax(scores))
    level = scores[np.abs(angles) < 0.6].max()
    if scores[best] < CLEAR * np.median(scores) or (abs(angles[best]) > 3 and scores[best] < 2 * CLEAR * level):
        return 0.0
    near = np.arange(angles[best] - 0.5, angles[best] + 0.51, 0.05)
    return float(near[int(np.argmax(sharpnesses(measures, near, 60_000)))])


def sharpnesses(measures: Measures, angles: NDArray[np.float64], points: int) -> NDArray[np.float64]:
    """The `sharpness` at some angles (degrees), by about so many pixels of the letters."""
    some = measures.points[:: max(1, len(measures.points) // points)]
    rows, columns = (part.astype(np.float64) for part in np.divmod(some, measures.labels.shape[1]))
    return np.array([sharpness(rows, columns, -float(np.tan(np.radians(angle)))) for angle in angles])


def neighbours(measures: Measures) -> tuple[int, int]:
    """How many letters have their nearest neighbour beside them, and how many above or below. Judged on some 400 letters.

    Letters of a word stand closer than lines do, also where a typewriter puts them one below the other.
    L. O'Gorman, The document spectrum for page layout analysis, IEEE PAMI 15, 1993.
    """
    boxes = measures.boxes.astype(np.float32)
    if len(boxes) < 2:
        return 0, 0
    some = boxes[:: max(1, len(boxes) // 400)]
    across, down = gaps(some, boxes, 0), gaps(some, boxes, 1)
    away = across**2 + down**2
    away[away == 0] = np.inf  # the letter itself, and what it touches
    each, nearest = np.arange(len(some)), np.argmin(away, axis=1)
    across, down = across[each, nearest], down[each, nearest]
    return int(np.count_nonzero(across > down)), int(np.count_nonzero(down > across))


def gaps(some: NDArray[np.float32], others: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """The empty space between each of some boxes and each of others along an axis (0: x, 1: y), 0 where they overlap."""
    begin, end = some[:, axis, None], (some[:, axis] + some[:, axis + 2])[:, None]
    apart: NDArray[np.float32] = np.maximum(others[:, axis] - end, begin - others[:, axis] - others[:, axis + 2])
    return apart.clip(0)


def balance(measures: Measures, degrees: float = 0.0) -> tuple[int, int]:
    """Letters that reach above the x-height band of their neighbours, and letters that reach below it.

    In Latin script ascenders and capitals outnumber descenders about three to one, so more below than above means upside down.
    `degrees` as `skew` says: by so much the page must be turned for its lines to be level.
    """
    x_height = measures.x_height * measures.scale
    boxes = measures.boxes[measures.boxes[:, 2] < 1.6 * x_height].astype(np.float64)
    boxes[:, 1] -= np.tan(np.radians(degrees)) * (boxes[:, 0] + boxes[:, 2] / 2)
    # the height is a mean, and boxes are whole pixels
    plain = boxes[np.abs(boxes[:, 3] - x_height) <= max(1.5, 0.2 * x_height)]
    tall = boxes[(boxes[:, 3] >= 1.25 * x_height) & (boxes[:, 3] <= 1.9 * x_height)]
    above = below = 0
    plain = plain[np.argsort(plain[:, 0])]
    first = np.searchsorted(plain[:, 0], tall[:, 0] - 6 * x_height, "right")
    last = np.searchsorted(plain[:, 0], tall[:, 0] + 6 * x_height, "left")
    for (_, top, _, height), begin, end in zip(tall, first, last, strict=True):
        tops = plain[begin:end, 1]
        near = np.sort(tops[np.abs(tops - top) < 1.2 * x_height])
        if len(near) < 2:
            continue
        band = float(near[(len(near) - 1) // 2] + near[len(near) // 2]) / 2  # their median
        up, down = band - top, top + height - (band + x_height)
        above += int(up > 0.25 * x_height and up > 2 * down)
        below += int(down > 0.15 * x_height and down > 2 * up)
    return above, below


def passage(measures: Measures) -> tuple[slice, slice]:
    """Rows and columns, in pixels of the measured image, of the square of 40 x-heights that holds most letters."""
    side = 40 * measures.x_height * measures.scale
    height, width = measures.small.shape
    cell = side / 8
    down, across = (measures.boxes[:, k] + measures.boxes[:, k + 2] / 2 for k in (1, 0))
    edges = [np.arange(0, max(size, side) + cell, cell) for size in (height, width)]
    counts = np.histogram2d(down, across, bins=edges)[0].cumsum(axis=0).cumsum(axis=1)
    sums = np.pad(counts, ((1, 0), (1, 0)))
    squares = sums[8:, 8:] - sums[:-8, 8:] - sums[8:, :-8] + sums[:-8, :-8]
    row, column = np.unravel_index(int(np.argmax(squares)), squares.shape)
    start = [int(place * cell / measures.scale) for place in (row, column)]
    length = int(side / measures.scale)
    return slice(start[0], start[0] + length), slice(start[1], start[1] + length)


def softness(gray: Gray, measures: Measures) -> float:
    """How blurred the letters of a page are: sigma, in pixels, of a Gaussian that makes a sharp edge as soft as most of theirs.

    Judged on one passage, by the slopes there against the changes of slope: paper's grain and worn edges are no blur.
    """
    cut = gray[passage(measures)]
    even = cut if is_bilevel(cut) else levelled(cut, round(2 * measures.x_height))
    near = cv2.dilate(dark_parts(even), np.ones((3, 3), np.uint8)) > 0
    if not near.any():
        return 0.0
    across, down = (cv2.Sobel(even, cv2.CV_32F, 1 - k, k, scale=1 / 8)[near] for k in (0, 1))
    curves = cv2.Laplacian(even, cv2.CV_32F)[near]
    return float(np.sqrt((across**2 + down**2).mean() / max(float((curves**2).mean()), 1e-6)))


def scaled_passage(gray: Gray, measures: Measures, x_height: float) -> Gray:
    """The `passage` of a page with letters of about `x_height` pixels."""
    cut = gray[passage(measures)]
    return scaled(cut, min(4.0, x_height / measures.x_height))[0]
