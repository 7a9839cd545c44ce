"""Steps that leave each pixel in its place: what was never written is taken away, and what was is made clear."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.imaging import blemishes, geometry, grainy, ruled_lines, show_through
from pipeline.imaging.blemishes import Mask
from pipeline.imaging.measure import Gray, Measures
from pipeline.imaging.shape_steps import BEST_X_HEIGHT
from pipeline.imaging.staples import staples
from pipeline.imaging.step import Ask, Outcome
from pipeline.imaging.threshold import MORE_LETTERS, faint_letters, sauvola, wolf
from pipeline.imaging.tones import background, is_white, levelled, sharpened

DARK_PAPER = 200
"""Tone of paper, 0-255, up to which it was not made white, and white would stand out from it."""

SOFT = 0.072
"""Softness of letters, as a share of the x-height, from which they are taken to be out of focus."""


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


def paint_borders(gray: Gray, page: Measures) -> Outcome:
    """Paint the scanner bed around the sheet in the tone of the paper."""
    areas, core, share = blemishes.dark_edges(page)
    if share < 0.0005:
        return Outcome("no dark edges")
    if share > 0.6:
        return Outcome(f"{share:.0%} of the scan is dark up to its edge: too much to be a border")
    return Outcome(f"dark edges painted out ({share:.1%} of the scan)", blemishes.paint(gray, areas, page.paper), areas=core)


def paint_holes(gray: Gray, page: Measures) -> Outcome:
    """Paint punch holes and staples in the tone of the paper."""
    (holes, punched), (bars, stapled) = blemishes.punch_holes(page), staples(page)
    if not punched + stapled:
        return Outcome("no punch holes, no staples")
    counts = ((punched, "punch hole"), (stapled, "staple"))
    said = " and ".join(f"{count} {name}{'s' * (count > 1)}" for count, name in counts if count)
    areas = cv2.bitwise_or(holes, bars).astype(np.uint8, copy=False)
    return Outcome(f"{said} painted out", blemishes.paint(gray, areas, page.paper), areas=areas)


def smooth_grain(gray: Gray, page: Measures) -> Outcome:
    """Smooth grainy or stained paper where the ink is so pale that its grain hides letters."""
    ink = page.contrast
    if ink > grainy.PALE or (grain := page.grain) * grainy.PLAIN < ink:
        return Outcome("no grain that hides letters")
    image = grainy.smoothed(gray, page.x_height, grain * page.paper / 255)
    return Outcome(
        f"grain of the paper smoothed ({grain / ink:.0%} as dark as the ink)", image, areas=pale_parts(page), thins=True
    )


def level_background(gray: Gray, page: Measures) -> Outcome:
    """Divide by the background, so that shadows, folds and tinted paper become white."""
    if is_white(page.small, max(6, round(2 * page.x_height * page.scale))):
        return Outcome("the paper is evenly white already")
    return Outcome("paper made evenly white", levelled(gray, round(2 * page.x_height)))


def strengthen(gray: Gray, page: Measures) -> Outcome:
    """Make pale ink dark, and what is left of the grain of the paper white."""
    ink = page.contrast
    if ink > grainy.PALE or (ink > grainy.VERY_PALE and page.grain < grainy.STAINED):
        return Outcome("the ink is dark enough")
    image = grainy.stretched(gray, page.paper - page.grain, page.paper - ink)
    return Outcome(f"pale ink made dark ({ink / 255:.0%} of the way from white to black before)", image, thins=True)


def lift_writing_behind(gray: Gray, page: Measures, ask: Ask | None = None) -> Outcome:
    """Make writing that shows through from the back of the leaf white, with all as pale, unless it reads from in front."""
    if page.paper < 200 or (tone := show_through.tone_behind(page)) == 0:
        return Outcome("nothing shows through")
    if ask is not None:
        passage = geometry.scaled_passage(gray, page, BEST_X_HEIGHT)
        if ask(show_through.only_behind(passage, tone, BEST_X_HEIGHT), (0, show_through.MIRRORED)) == 0:
            return Outcome("pale writing left, since it stands on this side of the leaf")
    return Outcome(f"writing that shows through lifted ({tone / 255:.0%} dark)", show_through.lifted(gray, tone), thins=True)


def take_out_lines(gray: Gray, page: Measures) -> Outcome:
    """Take lines out that are ruled under words, or through them."""
    if page.lines is None:
        return Outcome("no ruled lines")
    dark = cv2.bitwise_or(np.where(page.labels > 0, np.uint8(255), np.uint8(0)), page.lines).astype(np.uint8, copy=False)
    near, count, others = ruled_lines.beside_letters(dark, page.lines, page.x_height * page.scale)
    left = f"{others} left, which stand apart from words" if others else ""
    if not count:
        return Outcome(f"ruled lines: {left}")
    ink = int(cv2.threshold(page.small, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0])
    image, touched = ruled_lines.taken_out(gray, near, ink, page.x_height)
    return Outcome(f"{count} ruled line{'s' * (count > 1)} taken out{'; ' * bool(left)}{left}", image, touched=touched)


def remove_specks(gray: Gray, page: Measures) -> Outcome:
    """Remove lone specks much smaller than a full stop."""
    where, count = blemishes.specks(gray, page.x_height)
    if not count:
        return Outcome("no specks")
    if page.paper > DARK_PAPER:
        image = cv2.bitwise_or(gray, where).astype(np.uint8, copy=False)
    else:
        image = np.where(where > 0, background(gray, round(page.x_height)), gray)
    return Outcome(f"{count} specks removed", image, touched=where)


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


def binarise(gray: Gray, page: Measures) -> Outcome:
    """Make the page black and white where greys would not be read: Sauvola's threshold for faint letters beside clear ones,
    Wolf's for pale ink on grainy paper that no earlier step could mend. Greys keep the shape of letters better; and one
    threshold for all of the page, Otsu's, is what Tesseract itself sets."""
    ink = page.contrast
    if ink <= grainy.PALE and page.grain * grainy.PLAIN > ink:
        image = wolf(gray, page.x_height)
        return Outcome(
            "made black and white, place by place, for pale ink on grainy paper (Wolf)", image, areas=pale_parts(page), thins=True
        )
    found = faint_letters(page)
    if found <= MORE_LETTERS * page.letters:
        return Outcome("left in greys, which keep the shape of letters best")
    image = sauvola(gray, round(2 * page.x_height))
    return Outcome(f"made black and white, place by place, for {found} faint letters (Sauvola)", image)


def pale_parts(page: Measures) -> Mask:
    """Of a page with pale ink, on the reduced copy, all that is no ink for certain (255): letters have darker places, clots of
    grain do not."""
    lightest = float(np.median(page.even[page.labels > 0])) + 0.1 * page.contrast
    return np.where(page.even > lightest, np.uint8(255), np.uint8(0))
