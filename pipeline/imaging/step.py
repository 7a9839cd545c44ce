"""What a step of the treatment is: a pure function from an image and its measures to what it proposes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.curl import Bend
from pipeline.imaging.geometry import IDENTITY, Matrix
from pipeline.imaging.measure import Gray

Ask = Callable[[Gray, Sequence[int]], int | None]
"""Tells which of some ways a passage of a page reads best: counter-clockwise quarter turns (0-3), or MIRRORED; or None."""


@dataclass(frozen=True)
class Outcome:
    """What a step proposes: the new image, or None where it has nothing to do; `reason` in words for an archivist.

    `back` leads from the new image's pixels to the old one's; None where no pixel moved. `areas`: what was painted out on
    purpose, on the reduced copy (0 or 255), whose ink is not missed. `touched`: where anything was changed (0 or 255, of the
    image's size), None where that may be everywhere. `small`: the new reduced copy, where the step can do to it what it did to
    the image. `thins`: letters are made thinner on purpose. `exact`: every pixel is still there, only elsewhere. `bend`: the way
    back to the old image where it is no matrix; such a step is the last that moves pixels.
    """

    reason: str
    image: Gray | None = None
    back: Matrix | None = None
    areas: NDArray[np.uint8] | None = None
    touched: NDArray[np.uint8] | None = None
    small: Gray | None = None
    thins: bool = False
    exact: bool = False
    bend: Bend | None = None

    @property
    def matrix(self) -> Matrix:
        return IDENTITY if self.back is None else self.back


@dataclass(frozen=True)
class Step:
    """A pure function from an image and its measures to an outcome.

    `letters`: it needs to know how large the letters are. `asks`: it takes an `Ask` too. `unless`: a step after which it has
    nothing left to do.
    """

    name: str
    run: Callable[..., Outcome]
    letters: bool = True
    asks: bool = False
    unless: str = ""
