"""Other views of a treated page, for a second look: what one treatment hides another shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.imaging import Prepared, prepare
from pipeline.imaging.curl import Bend
from pipeline.imaging.geometry import Matrix, scaled
from pipeline.imaging.measure import Gray
from pipeline.imaging.step import Ask
from pipeline.imaging.steps import STEPS

SMALL = 20.0
"""Pixels; an x-height at which the recogniser sees less of rough edges than at its usual one."""

NEEDED = frozenset({"orientation", "scale"})
"""The only steps of a page that is read as it was scanned."""


@dataclass(frozen=True)
class View:
    """A page to be read once more. `image`: uint8, height x width; `to_scan`: 3 x 3, from its pixels to those of the scan;
    `x_height`: pixels, 0.0 where it is not known, None where the recogniser is to judge the resolution itself; `bend` as in
    Prepared."""

    image: Gray
    to_scan: Matrix
    x_height: float | None
    bend: Bend | None = None


def as_scanned(gray: Gray, ready: Prepared, ask: Ask | None) -> View:
    """The page upright and at a good size, otherwise untouched: no treatment can have lost anything."""
    plain = prepare(gray, [step for step in STEPS if step.name in NEEDED], ask)
    return View(plain.image, plain.to_scan, None)


def small_letters(gray: Gray, ready: Prepared, ask: Ask | None) -> View:
    """The treated page with smaller letters."""
    if ready.x_height <= 0:
        return View(ready.image, ready.to_scan, 0.0)
    factor = SMALL / ready.x_height
    image, back = scaled(ready.image, factor)
    return View(image, ready.to_scan @ back, SMALL, ready.bend and ready.bend.scaled(factor))


def darkened(gray: Gray, ready: Prepared, ask: Ask | None) -> View:
    """The treated page with its greys squared: pale strokes come out, touching ones run together."""
    curve = np.array([round(255 * (tone / 255) ** 2) for tone in range(256)], np.uint8)
    return View(cv2.LUT(ready.image, curve).astype(np.uint8, copy=False), ready.to_scan, ready.x_height, ready.bend)


def sharpened(gray: Gray, ready: Prepared, ask: Ask | None) -> View:
    """The treated page with its edges sharpened instead of smoothed (unsharp mask, sigma an eighth of the x-height)."""
    names = [name for name, _ in ready.stages]
    image = ready.stages[names.index("blur") - 1][1] if "blur" in names and "binarise" not in names else ready.image
    soft = cv2.GaussianBlur(image, (0, 0), max(0.6, ready.x_height / 8))
    sharp = cv2.addWeighted(image, 1.8, soft, -0.8, 0).astype(np.uint8, copy=False)
    return View(sharp, ready.to_scan, ready.x_height, ready.bend)


Make = Callable[[Gray, Prepared, Ask | None], View]

VIEWS: tuple[tuple[str, Make], ...] = (
    ("as scanned", as_scanned),  # first: it differs most from the treated page
    ("with smaller letters", small_letters),
    ("darkened", darkened),
    ("sharpened", sharpened),
)
