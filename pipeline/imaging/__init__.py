"""A scan made fit to be read: numpy in, numpy out. The only place that knows OpenCV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.analysis import described
from pipeline.imaging.curl import Bend
from pipeline.imaging.geometry import IDENTITY, Matrix, magnified, skew, straightened
from pipeline.imaging.measure import Gray, Measures, measure
from pipeline.imaging.openings import Leaf, cut_apart, find_gutter, is_wide
from pipeline.imaging.step import Ask, Outcome, Step
from pipeline.imaging.steps import BEFORE_CUTTING, STEPS
from pipeline.imaging.surface_steps import calm
from pipeline.imaging.tones import dark_parts, evened, is_blank, reduced
from pipeline.model import Treatment

cv2.setNumThreads(1)  # pages are read side by side, one process a core

LEAST_INK = 0.85
"""Share of the letters' ink that must be left after a step."""

LEAST_OF_THINNED = 0.55
"""The same for a step that makes the soft rims of letters white on purpose."""

MOST_LOST_LETTERS = 0.01
"""Share of the letter-like marks that a step may lose; a letter is lost when little more than half of that is left of its ink."""

MEANT = 0.3
"""Share of its ink up to which a mark was no letter, where all the rest is painted out on purpose."""


@dataclass(frozen=True)
class Prepared:
    """A treated page.

    `image`: uint8, height x width. `to_scan`: 3 x 3, leads from pixels (x, y, 1) of `image` to pixels of the scan. `stages`:
    names and images of the steps that were taken, the scan itself first. `x_height`: pixels of `image`, 0.0 where unknown.
    `letters`: N x 4, left, top, width, height of its letter-like marks, likewise.
    `bend`: where lines were made level, what leads from `image` to the pixels for which `to_scan` holds.
    """

    image: Gray
    to_scan: Matrix
    treatments: tuple[Treatment, ...]
    stages: tuple[tuple[str, Gray], ...]
    x_height: float
    blank: bool
    letters: NDArray[np.int32]
    bend: Bend | None = None

    @property
    def bent(self) -> Prepared:
        """The page as it was before lines that bent were made level: that for which `to_scan` holds."""
        if self.bend is None:
            return self
        image = self.stages[[name for name, _ in self.stages].index("curl") - 1][1]
        return replace(self, image=image, letters=letters_of(measure(image)), bend=None)


def prepare(gray: Gray, steps: Sequence[Step] = STEPS, ask: Ask | None = None) -> Prepared:
    """Treat a page (uint8, height x width) step by step, leaving out each step that would lose ink or words.

    `ask` tells which way a passage reads, for pages whose letters leave in doubt which way up, or which side, it is.
    """
    treatments: list[Treatment] = []
    stages: list[tuple[str, Gray]] = [("gray", gray)]
    quiet = calm(gray)
    treatments.append(Treatment("noise", quiet.image is not None, quiet.reason))
    if quiet.image is not None:
        stages.append(("noise", quiet.image))
    image, back, bend = stages[-1][1], IDENTITY, None
    if is_blank(image):
        return Prepared(
            gray, back, (Treatment("all", False, "the page is blank"),), tuple(stages), 0.0, True, np.empty((0, 4), np.int32)
        )
    page = measure(image)
    for step in steps:
        if step.letters and page.x_height <= 0:
            treatments.append(Treatment(step.name, False, "too few letters to measure"))
            continue
        if step.unless and step.unless in (name for name, _ in stages):
            treatments.append(Treatment(step.name, False, f"not after “{step.unless}”, which does as much"))
            continue
        outcome = step.run(image, page, ask) if step.asks else step.run(image, page)
        if outcome.image is None:
            treatments.append(Treatment(step.name, False, outcome.reason))
            continue
        loss, after = lost(page, outcome.image, outcome)
        treatments.append(Treatment(step.name, not loss, loss or outcome.reason))
        if not loss:
            image, back, page = outcome.image, back @ outcome.matrix, after
            bend = outcome.bend or bend
            stages.append((step.name, image))
    treatments.append(Treatment("analysis", True, described(page)))
    letters = letters_of(page)
    return Prepared(image, back, tuple(treatments), tuple(stages), page.x_height, False, letters, bend)


def letters_of(page: Measures) -> NDArray[np.int32]:
    """The boxes of the letters of a page in its own pixels."""
    return np.round(page.boxes / page.scale).astype(np.int32)


def leaves(gray: Gray, ask: Ask | None = None) -> tuple[Leaf, ...]:
    """The two pages of an opening (uint8, height x width), upright and level, left one first; empty for any other scan.

    A scan that might be a single page is never cut. `ask` as in `prepare`.
    """
    framed = prepare(gray, STEPS[:BEFORE_CUTTING], ask)
    if framed.blank or not is_wide(framed.image):
        return ()
    image, back, page = framed.image, framed.to_scan, measure(framed.image)
    done = tuple(treatment for treatment in framed.treatments if treatment.taken)
    if abs(angle := skew(page)) > 0.4:
        image, turn = straightened(image, angle)
        back, page = back @ turn, measure(image)
        done += (Treatment("deskew", True, f"turned by {angle:+.2f} degrees"),)
    gutter = find_gutter(page)
    return () if gutter is None else cut_apart(image, back, round(gutter.cut / page.scale), done)


def lost(before: Measures, image: Gray, outcome: Outcome) -> tuple[str, Measures]:
    """What a step would lose, in words (empty where it loses nothing that matters), and the measures that hold after it."""
    if outcome.exact:
        return "", measure(image)
    if outcome.back is not None:
        after = measure(image)
        zoom = magnified(outcome.back, image.shape)
        ink = before.ink if outcome.areas is None else before.ink_outside(outcome.areas)
        share = after.ink * zoom / max(ink, 1.0)
        return (f"not done: {1 - share:.0%} of the ink would be lost" if share < LEAST_INK else ""), after
    if outcome.touched is not None and not before.labels[spots := before.spots(outcome.touched)].any():
        return "", replace(before, small=np.where(spots, np.uint8(255), before.small))
    if outcome.areas is not None or outcome.thins:
        after = measure(image)
        even = after.even
    else:  # the letters stay as they are
        after = replace(before, small=reduced(image)[0] if outcome.small is None else outcome.small)
        even = evened(after.small)
    number = before.letters + 1
    left = np.bincount(before.labels[dark_parts(even) > 0], minlength=number)[1:]
    whole = before.areas
    if outcome.areas is not None:
        whole = np.bincount(before.labels[outcome.areas == 0], minlength=number)[1:].astype(np.int32)
    least = LEAST_OF_THINNED if outcome.thins else LEAST_INK
    missing = int(np.count_nonzero((left < 0.6 * least * whole) & (whole > MEANT * before.areas)))
    if left.sum() < least * whole.sum():
        return f"not done: {1 - left.sum() / whole.sum():.0%} of the ink would be lost", before
    if missing > MOST_LOST_LETTERS * before.letters + 2:
        return f"not done: {missing} of {before.letters} letters would be lost", before
    return "", after
