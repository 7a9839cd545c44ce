"""Steps that move pixels: the sheet cut out, upright, level, flat, and its letters at a good size."""

from __future__ import annotations

from pipeline.imaging import blemishes, curl, geometry, sheet
from pipeline.imaging.geometry import IDENTITY
from pipeline.imaging.measure import Gray, Measures, measure
from pipeline.imaging.step import Ask, Outcome

BEST_X_HEIGHT = 24.0
"""Pixels; Tesseract's line recogniser was trained on letters of about this height, and reads much larger ones slower and
worse."""

MAX_PIXELS = 60_000_000
"""A page is never made larger than this."""


def straighten_sheet(gray: Gray, page: Measures) -> Outcome:
    """Make a sheet that was photographed at an angle the rectangle that it is."""
    if min(sheet.dark_sides(page)) < sheet.SIDE:
        return Outcome("no sheet seen at an angle")
    rim, bed, _ = blemishes.dark_edges(page)
    found = sheet.seen_askew(gray, page, bed)
    if found is None:
        return Outcome("no sheet seen at an angle")
    image, back, degrees = found
    return Outcome(f"the sheet made a rectangle, whose corners were off by up to {degrees:.1f} degrees", image, back, areas=rim)


def crop(gray: Gray, page: Measures) -> Outcome:
    """Cut a scan to the paper where there is a dark bed around it."""
    if max(sheet.dark_sides(page)) < sheet.SIDE:
        return Outcome("no bed around the sheet")
    rim, bed, _ = blemishes.dark_edges(page)
    found = sheet.cut_out(gray, bed, page.scale)
    if found is None:
        return Outcome("no bed around the sheet")
    return Outcome(f"cut to the paper ({1 - found[0].size / gray.size:.0%} of the scan was bed)", *found, areas=rim)


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


def scale_letters(gray: Gray, page: Measures) -> Outcome:
    """Bring the letters to the height that the recogniser knows best."""
    factor = BEST_X_HEIGHT / page.x_height
    if 0.75 <= factor <= 1.45:
        return Outcome(f"letters have a good height ({page.x_height:.0f} pixels)")
    factor = min(factor, (MAX_PIXELS / gray.size) ** 0.5, 4.0)
    return Outcome(
        f"letters brought from {page.x_height:.0f} to {page.x_height * factor:.0f} pixels", *geometry.scaled(gray, factor)
    )


def deskew(gray: Gray, page: Measures) -> Outcome:
    """Turn the page so that its lines are level."""
    angle = geometry.skew(page)
    if abs(angle) < 0.2:
        return Outcome("lines are level")
    if abs(angle) > geometry.LARGEST_TILT:
        return Outcome("no clear direction of lines")
    return Outcome(f"turned by {angle:+.2f} degrees", *geometry.straightened(gray, angle))


def level_lines(gray: Gray, page: Measures) -> Outcome:
    """Make lines level that bend, as on a page that curls, or run together, as on one that was photographed at an angle."""
    bent = curl.bent_lines(page)
    if bent is None:
        return Outcome("lines are straight and parallel")
    bend = curl.course(bent, page, gray.shape)
    off = curl.deviation(bent) / page.scale / page.x_height
    reason = f"lines made level that bent by up to {off:.1f} times the height of their letters"
    return Outcome(reason, curl.levelled_lines(gray, bend), IDENTITY, bend=bend)
