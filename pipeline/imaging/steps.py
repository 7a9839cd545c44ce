"""The steps that make a scan fit to be read, in their order. STEPS is the one place that says what happens to an image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging import blemishes, geometry, show_through
from pipeline.imaging.geometry import IDENTITY, Matrix
from pipeline.imaging.measure import Gray, Measures, is_white, levelled, measure, sharpened
from pipeline.imaging.threshold import MORE_LETTERS, faint_letters, sauvola

BEST_X_HEIGHT = 24.0
"""Pixels; Tesseract's line recogniser was trained on letters of about this height, and reads much larger ones slower and
worse."""

SOFT = 0.072
"""Softness of letters, as a share of the x-height, from which they are taken to be out of focus."""

MAX_PIXELS = 60_000_000
"""A page is never made larger than this."""


Ask = Callable[[Gray, Sequence[int]], int | None]
"""Tells which of some ways a passage of a page reads best: counter-clockwise quarter turns (0-3), or MIRRORED; or None."""


@dataclass(frozen=True)
class Outcome:
    """What a step proposes: the new image, or None where it has nothing to do; `reason` in words for an archivist.

    `back` leads from the new image's pixels to the old one's; None where no pixel moved. `areas`: what was painted out on
    purpose, on the reduced copy (0 or 255), whose ink is not missed. `touched`: where anything was changed (0 or 255, of the
    image's size), None where that may be everywhere. `small`: the new reduced copy, where the step can do to it what it did to
    the image. `thins`: letters are made thinner on purpose. `exact`: every pixel is still there, only elsewhere.
    """

    reason: str
    image: Gray | None = None
    back: Matrix | None = None
    areas: NDArray[np.uint8] | None = None
    touched: NDArray[np.uint8] | None = None
    small: Gray | None = None
    thins: bool = False
    exact: bool = False

    @property
    def matrix(self) -> Matrix:
        return IDENTITY if self.back is None else self.back


@dataclass(frozen=True)
class Step:
    """A pure function from an image and its measures to an outcome.

    `letters`: it needs to know how large the letters are. `asks`: it takes an `Ask` too.
    """

    name: str
    run: Callable[..., Outcome]
    letters: bool = True
    asks: bool = False


def calm(gray: Gray) -> Outcome:
    """Take salt and pepper out of a page. It goes before all steps, and before the page is measured: letters cannot be told
    from such noise, so its guard is that no more may change than there is noise where no letters are."""
    share = blemishes.impulse_share(gray)
    if share < blemishes.NOISY:
        return Outcome("no noise of single pixels")
    image, changed = blemishes.without_impulses(gray)
    if changed > 3 * share:
        return Outcome(f"not done: {changed:.1%} of the pixels would change, where {share:.1%} are noise")
    return Outcome(f"noise of single pixels removed ({changed:.1%} of the scan)", image)


def turn_upright(gray: Gray, page: Measures, ask: Ask | None = None) -> Outcome:
    """Turn a page that lies on its side or upside down by quarter turns. `ask` is a second, slower opinion, sought only in
    doubt, and before a page is turned."""
    beside, above = geometry.neighbours(page)
    on_side, level = above > 2 * beside, beside > 2 * above
    up, down = geometry.balance(page) if level else (0, 0)
    if level and up < 1.4 * down + 4:  # so it may be for a page that lies askew
        up, down = geometry.balance(page, geometry.skew(page))
    if level and up >= 1.4 * down + 4:
        return Outcome("the page stands upright")
    ways = (1, 3) if on_side else (0, 2) if level else (0, 1, 2, 3)
    turns = ask(geometry.scaled_passage(gray, page, BEST_X_HEIGHT), ways) if ask is not None else None
    if turns is None:
        turns = turns_by_letters(gray, page) if on_side else 2 if down >= 20 and down > 2 * up else None
    if turns is None:
        return Outcome("left as it is: it is not clear which way up the page is")
    if turns == 0:
        return Outcome("the page stands upright")
    names = {1: "counter-clockwise", 2: "upside down", 3: "clockwise"}
    image, back = geometry.quarter_turns(gray, turns)
    return Outcome(f"turned {names[turns]}", image, back, exact=True)


def turns_by_letters(gray: Gray, page: Measures) -> int | None:
    """Counter-clockwise quarter turns (1 or 3) that bring a page on its side upright, by its ascenders; None where they say
    too little."""
    level = measure(geometry.quarter_turns(gray, 1)[0])
    up, down = geometry.balance(level, geometry.skew(level))
    if up >= 20 and up > 2 * down:
        return 1
    return 3 if down >= 20 and down > 2 * up else None


def paint_borders(gray: Gray, page: Measures) -> Outcome:
    """Paint the scanner bed around the sheet in the tone of the paper."""
    areas, core, share = blemishes.dark_edges(page)
    if share < 0.0005:
        return Outcome("no dark edges")
    if share > 0.6:
        return Outcome(f"{share:.0%} of the scan is dark up to its edge: too much to be a border")
    return Outcome(f"dark edges painted out ({share:.1%} of the scan)", blemishes.paint(gray, areas, page.paper), areas=core)


def paint_holes(gray: Gray, page: Measures) -> Outcome:
    """Paint punch holes in the tone of the paper."""
    areas, count = blemishes.punch_holes(page)
    if not count:
        return Outcome("no punch holes")
    return Outcome(f"{count} punch hole{'s' * (count > 1)} painted out", blemishes.paint(gray, areas, page.paper))


def level_background(gray: Gray, page: Measures) -> Outcome:
    """Divide by the background, so that shadows, folds and tinted paper become white."""
    if is_white(page.small, max(6, round(2 * page.x_height * page.scale))):
        return Outcome("the paper is evenly white already")
    return Outcome("paper made evenly white", levelled(gray, round(2 * page.x_height)))


def lift_writing_behind(gray: Gray, page: Measures, ask: Ask | None = None) -> Outcome:
    """Make writing that shows through from the back of the leaf white, with all as pale, unless it reads from in front."""
    if page.paper < 200 or (tone := show_through.tone_behind(page)) == 0:
        return Outcome("nothing shows through")
    if ask is not None:
        passage = geometry.scaled_passage(gray, page, BEST_X_HEIGHT)
        if ask(show_through.only_behind(passage, tone, BEST_X_HEIGHT), (0, show_through.MIRRORED)) == 0:
            return Outcome("pale writing left, since it stands on this side of the leaf")
    return Outcome(f"writing that shows through lifted ({tone / 255:.0%} dark)", show_through.lifted(gray, tone), thins=True)


def deskew(gray: Gray, page: Measures) -> Outcome:
    """Turn the page so that its lines are level."""
    angle = geometry.skew(page)
    if abs(angle) < 0.2:
        return Outcome("lines are level")
    if abs(angle) > geometry.LARGEST_TILT:
        return Outcome("no clear direction of lines")
    return Outcome(f"turned by {angle:+.2f} degrees", *geometry.straightened(gray, angle))


def remove_specks(gray: Gray, page: Measures) -> Outcome:
    """Remove lone specks much smaller than a full stop."""
    where, count = blemishes.specks(gray, page.x_height)
    if not count:
        return Outcome("no specks")
    return Outcome(f"{count} specks removed", cv2.bitwise_or(gray, where).astype(np.uint8, copy=False), touched=where)


def clarify(gray: Gray, page: Measures) -> Outcome:
    """Sharpen letters that are out of focus; smooth worn or jagged edges of others a little: Gaussian, sigma a fifteenth of the
    x-height."""

    soft = geometry.softness(gray, page)
    if soft > SOFT * page.x_height:
        return Outcome(f"blurred letters sharpened (sigma {soft:.1f} pixels)", sharpened(gray, 1.2 * soft, 4.0), thins=True)
    sigma = page.x_height / 15
    image, small = (
        cv2.GaussianBlur(copy, (0, 0), width).astype(np.uint8, copy=False)
        for copy, width in ((gray, sigma), (page.small, sigma * page.scale))
    )
    return Outcome(f"edges of letters smoothed (sigma {sigma:.1f} pixels)", image, small=small)


def scale_letters(gray: Gray, page: Measures) -> Outcome:
    """Bring the letters to the height that the recogniser knows best."""
    factor = BEST_X_HEIGHT / page.x_height
    if 0.75 <= factor <= 1.45:
        return Outcome(f"letters have a good height ({page.x_height:.0f} pixels)")
    factor = min(factor, (MAX_PIXELS / gray.size) ** 0.5, 4.0)
    return Outcome(
        f"letters brought from {page.x_height:.0f} to {page.x_height * factor:.0f} pixels", *geometry.scaled(gray, factor)
    )


def binarise(gray: Gray, page: Measures) -> Outcome:
    """Make the page black and white where faint letters would be lost by the recogniser's single threshold; greys are better
    else."""
    found = faint_letters(page)
    if found <= MORE_LETTERS * page.letters:
        return Outcome("left in greys, which keep the shape of letters best")
    image = sauvola(gray, round(2 * page.x_height))
    return Outcome(f"made black and white, place by place, for {found} faint letters", image)


STEPS: tuple[Step, ...] = (
    Step("borders", paint_borders),  # first: the noise in a dark edge would pass for letters
    Step("orientation", turn_upright, asks=True),
    Step("scale", scale_letters),  # early, so that what follows works on as few pixels as the reading needs
    Step("holes", paint_holes),
    Step("background", level_background),
    Step("show-through", lift_writing_behind, asks=True),  # on white paper, and before anything takes pale marks for specks
    Step("specks", remove_specks),
    Step("deskew", deskew),
    Step("blur", clarify),
    Step("binarise", binarise),
)

BEFORE_CUTTING = 2
"""How many of the steps an opening goes through before it is cut: its edges, and which way up it is."""
