"""What tells scans apart and alike at a glance: a fingerprint that a second scan of the same page nearly shares, and its ink."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.imaging.measure import Gray
from pipeline.imaging.tones import reduced

ROWS, COLUMNS = 8, 8
INK = 0.6
"""Tones below this share of the paper's are ink."""


def fingerprint(gray: Gray) -> str:
    """A difference hash of 64 bits as 16 hexadecimal digits: whether each of 8 x 8 fields is darker than the next to its right.

    Method: dHash (N. Krawetz, "Kind of Like That", 2013).
    """
    small = cv2.resize(gray, (COLUMNS + 1, ROWS), interpolation=cv2.INTER_AREA).astype(np.int16)
    bits = (small[:, :-1] < small[:, 1:]).ravel()
    return np.packbits(bits).tobytes().hex()


def ink_share(gray: Gray) -> float:
    """Share (0-1) of a page (uint8, height x width) that is much darker than its paper: of print about 0.05, of pictures more."""
    small, _ = reduced(gray)
    threshold, _ = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    light = small[small > threshold]
    paper = float(np.median(light)) if light.size else 255.0
    return round(float(np.mean(small < INK * paper)), 4)
