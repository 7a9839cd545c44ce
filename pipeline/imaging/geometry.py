"""Turning a page upright and straight. Matrices lead from pixels of the new image to pixels of the old one."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.measure import Gray, Measures, measure

Matrix = NDArray[np.float64]

IDENTITY: Matrix = np.eye(3)


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


def sharpness(rows: NDArray[np.float64], columns: NDArray[np.float64], slope: float) -> float:
    """How clearly lines stand apart when ink is summed along lines of `slope`: squared steps of the projection profile.

    W. Postl, Detection of linear oblique structures and skew scan in digitized documents, ICPR 1986.
    """
    at = (rows + slope * columns).astype(np.int64)
    profile = np.bincount(at - at.min()).astype(np.float64)
    steps = np.diff(profile)
    return float((steps**2).sum())


def skew(measures: Measures, limit: float = 5.0) -> float:
    """The angle in degrees, -limit to limit, by which the page must be turned counter-clockwise for its lines to be level."""
    rows, columns = measures.points
    if not len(rows):
        return 0.0
    every = max(1, len(rows) // 60_000)
    rows, columns = rows[::every], columns[::every]

    def best(angles: NDArray[np.float64]) -> float:
        scores = [sharpness(rows, columns, -float(np.tan(np.radians(a)))) for a in angles]
        return float(angles[int(np.argmax(scores))])

    coarse = best(np.arange(-limit, limit + 0.01, 0.5))
    return best(np.arange(coarse - 0.5, coarse + 0.51, 0.05))


def sideways(measures: Measures) -> bool:
    """Whether lines of writing seem to run up and down: columns of the page stand apart much more clearly than its rows."""
    rows, columns = measures.points
    if not len(rows):
        return False
    angles = np.tan(np.radians(np.arange(-2.0, 2.1, 1.0)))
    level = max(sharpness(rows, columns, float(slope)) for slope in angles)
    upright = max(sharpness(columns, rows, float(slope)) for slope in angles)
    return upright > 1.5 * level


def balance(measures: Measures) -> tuple[int, int]:
    """Letters that reach above the x-height band of their neighbours, and letters that reach below it, on a level page.

    In Latin script ascenders and capitals outnumber descenders about three to one, so more below than above means upside down.
    """
    x_height = measures.x_height * measures.scale
    boxes = measures.boxes[measures.boxes[:, 2] < 1.6 * x_height].astype(np.float64)
    # the height is a mean, and boxes are whole pixels
    plain = boxes[np.abs(boxes[:, 3] - x_height) <= max(1.5, 0.2 * x_height)]
    tall = boxes[(boxes[:, 3] >= 1.25 * x_height) & (boxes[:, 3] <= 1.9 * x_height)]
    above = below = 0
    for left, top, _, height in tall:
        near = plain[(np.abs(plain[:, 0] - left) < 6 * x_height) & (np.abs(plain[:, 1] - top) < 1.2 * x_height)]
        if len(near) < 2:
            continue
        band = float(np.median(near[:, 1]))
        up, down = band - top, top + height - (band + x_height)
        above += int(up > 0.25 * x_height and up > 2 * down)
        below += int(down > 0.15 * x_height and down > 2 * up)
    return above, below


def turns_by_letters(gray: Gray, on_side: bool, above: int, below: int) -> int | None:
    """Counter-clockwise quarter turns (0-3) that bring a page upright, by its ascenders; None where they say too little.

    `on_side` as `sideways` says; `above` and `below` as `balance` counts them on the page as it is.
    """
    if not on_side:
        return 2 if below >= 20 and below > 2 * above else 0
    above, below = balance(measure(quarter_turns(gray, 1)[0]))
    if above >= 20 and above > 2 * below:
        return 1
    return 3 if below >= 20 and below > 2 * above else None
