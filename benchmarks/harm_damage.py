"""What befalls scans, done on purpose: each kind of damage as a person can still easily read it, with its parameters in words."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from benchmarks.harm_pages import CleanPage, Gray
from pipeline.imaging.measure import measure

Chance = np.random.Generator


@dataclass(frozen=True, slots=True)
class Damage:
    """A kind of damage. `harm` makes the damaged scan from a page, another page of its kind, and chance."""

    name: str
    how: str
    harm: Callable[[CleanPage, CleanPage, Chance], Gray]
    both: bool = False  # the other page is on the scan as well
    dpi: int = 0  # what the scan has then, where that differs from the page's


def gray_levels(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Gray:
    return values.round().clip(0, 255).astype(np.uint8)


def paper(image: Gray) -> int:
    """The tone of the paper."""
    return int(np.median(image[image > 127]))


def salt_and_pepper(page: CleanPage, other: CleanPage, chance: Chance) -> Gray:
    drawn = chance.random(page.image.shape)
    return np.where(drawn < 0.05, 0, np.where(drawn > 0.95, 255, page.image)).astype(np.uint8)


def blurred(page: CleanPage, other: CleanPage, chance: Chance) -> Gray:
    return np.asarray(cv2.GaussianBlur(page.image, (0, 0), measure(page.image).x_height / 6), np.uint8)


def pale(page: CleanPage, other: CleanPage, chance: Chance) -> Gray:
    values = 225 - (paper(page.image) - page.image.astype(np.float64)) * 0.22
    return gray_levels(values + chance.normal(0, 4, values.shape))


def uneven(page: CleanPage, other: CleanPage, chance: Chance) -> Gray:
    height, width = page.image.shape
    down, across = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    light = 1 - 0.65 * (0.6 * across + 0.4 * down) - 0.25 * np.exp(-(((across - 0.3) ** 2 + (down - 0.5) ** 2) / 0.02))
    return gray_levels(page.image * light.clip(0.25, 1) + chance.normal(0, 2, page.image.shape))


def show_through(page: CleanPage, other: CleanPage, chance: Chance) -> Gray:
    height, width = page.image.shape
    back = np.full_like(page.image, paper(other.image))
    rows, columns = min(height, other.image.shape[0]), min(width, other.image.shape[1])
    back[:rows, :columns] = other.image[:rows, :columns]
    behind = cv2.GaussianBlur(back[:, ::-1], (0, 0), measure(page.image).x_height / 12).astype(np.float64)
    behind = np.roll(behind, round(0.4 * measure(page.image).x_height), axis=0)
    return gray_levels(page.image * (1 - 0.35 * (1 - behind / 255)))


def tilted(degrees: float) -> Callable[[CleanPage, CleanPage, Chance], Gray]:
    def tilt(page: CleanPage, other: CleanPage, chance: Chance) -> Gray:
        sheet = Image.fromarray(page.image)
        turned = sheet.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=paper(page.image))
        return np.array(turned, np.uint8)

    return tilt


def turned(quarters: int) -> Callable[[CleanPage, CleanPage, Chance], Gray]:
    return lambda page, other, chance: np.ascontiguousarray(np.rot90(page.image, quarters))


def bordered(page: CleanPage, other: CleanPage, chance: Chance) -> Gray:
    """A sheet on the dark bed of a scanner, a little askew, with two punch holes through which the bed is seen."""
    image = page.image.copy()
    height, width = image.shape
    size = round(0.12 * page.dpi)
    sheet = Image.fromarray(image)
    for place in (0.35, 0.65):
        x, y = round(0.22 * page.dpi), height * place
        ImageDraw.Draw(sheet).ellipse((x - size, y - size, x + size, y + size), fill=25)
    bed = round(0.25 * page.dpi)
    framed = Image.new("L", (width + 2 * bed, height + 2 * bed), 25)
    framed.paste(sheet, (bed, bed))
    tilted_sheet = framed.rotate(0.8, Image.Resampling.BICUBIC, fillcolor=25)
    return gray_levels(np.asarray(tilted_sheet, np.float64) + chance.normal(0, 6, (height + 2 * bed, width + 2 * bed)))


def opening(page: CleanPage, other: CleanPage, chance: Chance) -> Gray:
    """Two pages side by side with the shadow of the fold between them."""
    height = max(page.image.shape[0], other.image.shape[0])
    sides = [np.pad(p.image, ((0, height - p.image.shape[0]), (0, 0)), constant_values=paper(p.image)) for p in (page, other)]
    both = np.hstack(sides).astype(np.float64)
    away = np.abs(np.arange(both.shape[1]) - sides[0].shape[1]) / page.dpi  # inches from the fold
    return gray_levels(both * (1 - 0.55 * np.exp(-((away / 0.12) ** 2))))


def coarse(page: CleanPage, other: CleanPage, chance: Chance) -> Gray:
    return np.asarray(cv2.resize(page.image, None, fx=110 / page.dpi, fy=110 / page.dpi, interpolation=cv2.INTER_AREA), np.uint8)


def compressed(page: CleanPage, other: CleanPage, chance: Chance) -> Gray:
    file = io.BytesIO()
    Image.fromarray(page.image).save(file, "JPEG", quality=15)
    return np.array(Image.open(file).convert("L"), np.uint8)


def on_bed(page: CleanPage, share: float) -> tuple[Gray, tuple[int, int]]:
    """The sheet in the middle of a dark bed that is wider on every side by a share of its size; and where its corner lies."""
    height, width = page.image.shape
    down, across = round(share * height), round(share * width)
    return np.pad(page.image, ((down, down), (across, across)), constant_values=25), (down, across)


def warped(image: Gray, corners: list[tuple[float, float]], target: list[tuple[float, float]], tone: int) -> Gray:
    """The image seen so that four of its points (x, y) come to others; what was not on it has one tone."""
    matrix = cv2.getPerspectiveTransform(np.array(corners, np.float32), np.array(target, np.float32))
    size = (image.shape[1], image.shape[0])
    return np.asarray(cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_CUBIC, borderValue=(tone,)), np.uint8)


def photographed(page: CleanPage, other: CleanPage, chance: Chance) -> Gray:
    """A sheet on a dark table, photographed from below and from the right."""
    image, (down, across) = on_bed(page, 0.08)
    height, width = page.image.shape
    corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    seen = [(0.06, 0.05), (0.95, 0.0), (1.0, 1.0), (0.0, 0.94)]
    places = [[(across + x * width, down + y * height) for x, y in shape] for shape in (corners, seen)]
    scan = warped(image, *places, 25).astype(np.float64)
    return gray_levels(scan + chance.normal(0, 3, scan.shape))


def converging(page: CleanPage, other: CleanPage, chance: Chance) -> Gray:
    """The lines of a page run together to the right, and its edges are not seen."""
    height, width = page.image.shape
    corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    seen = [(0.0, 0.0), (width, 0.04 * height), (width, 0.96 * height), (0.0, height)]
    return warped(page.image, corners, seen, paper(page.image))


def curled(page: CleanPage, other: CleanPage, chance: Chance) -> Gray:
    """Lines fall towards the spine at the left, as in a thick book that was pressed on a scanner."""
    height, width = page.image.shape
    drop = 2.2 * measure(page.image).x_height
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    bend = drop * np.exp(-across / (0.25 * width))
    tone = paper(page.image)
    return np.asarray(cv2.remap(page.image, across, down - bend, cv2.INTER_CUBIC, borderValue=(tone,)), np.uint8)


def text_lines(page: CleanPage) -> list[tuple[int, int, int]]:
    """The baseline, left and right of each line of a page, in pixels."""
    found = measure(page.image)
    size = found.x_height
    boxes = found.boxes / found.scale
    like = np.abs(boxes[:, 3] - size) < 0.25 * size
    feet, lefts, rights = boxes[like, 1] + boxes[like, 3], boxes[like, 0], boxes[like, 0] + boxes[like, 2]
    order = np.argsort(feet)
    groups = np.split(order, np.flatnonzero(np.diff(feet[order]) > 0.5 * size) + 1)
    return [(round(float(np.median(feet[g]))), round(lefts[g].min()), round(rights[g].max())) for g in groups if len(g) > 3]


def underlined(page: CleanPage, other: CleanPage, chance: Chance) -> Gray:
    """Every third line is underlined, close enough to touch letters that reach down."""
    image, size = page.image.copy(), measure(page.image).x_height
    thick = max(2, round(size / 9))
    for foot, left, right in text_lines(page)[::3]:
        image[foot + round(0.18 * size) :][:thick, left:right] = 40
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.5), np.uint8)


def ruled(page: CleanPage, other: CleanPage, chance: Chance) -> Gray:
    """Paper with a line to write on under every line, and a margin ruled at the left."""
    image, size = page.image.copy(), measure(page.image).x_height
    thick = max(1, round(size / 14))
    feet = [foot for foot, _, _ in text_lines(page)]
    for foot in feet:
        image[foot + round(0.05 * size) :][:thick] = np.minimum(image[foot + round(0.05 * size) :][:thick], 110)
    image[:, round(0.3 * page.dpi) :][:, :thick] = 110
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.5), np.uint8)


def stapled(page: CleanPage, other: CleanPage, chance: Chance) -> Gray:
    """A small sheet on a large dark bed, with a staple and the rust about it in the corner, and another that hangs off it."""
    tone, inch = paper(page.image), page.dpi
    sheet = Image.fromarray(page.image)
    draw = ImageDraw.Draw(sheet)
    for x, y, across, down in ((0.25, 0.35, 0.35, 0.2), (0.18, 0.75, 0.05, 0.42)):
        ends = (x * inch, y * inch, (x + across) * inch, (y + down) * inch)
        draw.line(ends, fill=round(0.7 * tone), width=round(0.09 * inch))
        draw.line(ends, fill=45, width=round(0.035 * inch))
    framed, _ = on_bed(CleanPage(page.name, np.array(sheet, np.uint8), "", inch), 0.25)
    turned_sheet = Image.fromarray(framed).rotate(-1.2, Image.Resampling.BICUBIC, fillcolor=25)
    return gray_levels(np.asarray(turned_sheet, np.float64) + chance.normal(0, 4, framed.shape))


def brown(page: CleanPage, other: CleanPage, chance: Chance) -> Gray:
    """Brown paper with a grain and stains, and ink that is hardly darker."""
    height, width = page.image.shape
    clouds = np.asarray(cv2.resize(chance.normal(0, 1, (24, 16)), (width, height), interpolation=cv2.INTER_CUBIC), np.float64)
    grain = cv2.GaussianBlur(chance.normal(0, 1, (height, width)), (0, 0), measure(page.image).x_height / 12)
    tone = 150 + 9 * clouds + 6 * grain / grain.std()
    ink = (paper(page.image) - page.image.astype(np.float64)).clip(0) / paper(page.image)
    return gray_levels(tone * (1 - 0.42 * ink) + chance.normal(0, 3, page.image.shape))


DAMAGES = (
    Damage("salt and pepper", "5 % of the pixels black, 5 % white", salt_and_pepper),
    Damage("blur", "Gaussian, sigma a sixth of the x-height", blurred),
    Damage("pale ink", "22 % of the ink's contrast left, noise of 4 greys", pale),
    Damage("uneven light", "paper falls to a third of its brightness, with a shadow across", uneven),
    Damage("show-through", "another page from behind, mirrored, at 35 % of its strength", show_through),
    Damage("tilt +5°", "counter-clockwise", tilted(5)),
    Damage("tilt -5°", "clockwise", tilted(-5)),
    Damage("turned 90°", "counter-clockwise", turned(1)),
    Damage("turned 180°", "upside down", turned(2)),
    Damage("turned 270°", "clockwise", turned(3)),
    Damage("dark border", "a quarter inch of scanner bed, 0.8° askew, two punch holes", bordered),
    Damage("opening", "two pages on one scan, shadow of the fold between them", opening, both=True),
    Damage("110 dpi", "made smaller by area", coarse, dpi=110),
    Damage("JPEG 15", "quality 15", compressed),
    Damage(
        "photographed", "from below and the right: corners of the sheet up to 6 % out of place, on a dark table", photographed
    ),
    Damage("converging lines", "the right side a twelfth shorter than the left, no edge of the sheet seen", converging),
    Damage("curl", "lines fall by 2.2 x-heights towards the spine", curled),
    Damage("underlines", "every third line, a ninth of the x-height thick, touching what reaches down", underlined),
    Damage("ruled paper", "a line under every line, through the feet of letters, and down the margin", ruled),
    Damage("large bed, staples", "a bed half as large again as the sheet, 1.2° askew, two staples", stapled),
    Damage("brown paper", "grain and stains, ink two fifths darker than the paper", brown),
)
