"""The grain of poor paper, smoothed where it is nearly as dark as pale ink."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.imaging.measure import Gray

PALE, VERY_PALE = 110.0, 64.0
"""Greys of 255 by which ink is darker than the paper: more than the first stands out from any grain; less than the second is pale
on any paper."""

STAINED = 4.0
"""Greys of 255; paper whose darker parts differ by more is uneven still."""

PLAIN = 8.0
"""Ink that is so many times darker than the grain of the paper stands out."""

STRENGTH = 1.45
"""How different places may be, as a multiple of the grain, to count as alike."""


def smoothed(gray: Gray, x_height: float, grain: float) -> Gray:
    """The page with each pixel as the mean of those whose surroundings look alike: strokes of letters recur, grain does not.

    `grain`: in greys. A. Buades, B. Coll and J. M. Morel, A non-local algorithm for image denoising, CVPR 2005.
    """
    patch, reach = max(3, round(x_height / 4)) | 1, max(7, round(0.7 * x_height)) | 1
    return np.asarray(cv2.fastNlMeansDenoising(gray, None, STRENGTH * grain, patch, reach), np.uint8)


def stretched(gray: Gray, white: float, black: float) -> Gray:
    """The page with its greys spread so that `white` and all lighter ones become white, and `black` nearly black."""
    tones = (np.arange(256) - black) * 205 / max(1.0, white - black) + 50
    return np.asarray(cv2.LUT(gray, tones.clip(0, 255).round().astype(np.uint8)), np.uint8)
