"""Make the sample scans: pages of our own prose in the look of a typescript of about 1930, and their truth beside them.

    python scans/make_samples.py            writes scans/sample/page-1.png, page-1.gt.txt and so on
    render(text, seed) -> a clean typed page; degrade(image, seed, ...) -> what a scanner would have made of it

Everything that is random hangs on a seed, so that the same call gives the same pixels with the same font.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Gray = NDArray[np.uint8]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

HERE = Path(__file__).parent

FONTS = ("Courier Prime.ttf", "CourierPrime-Regular.ttf", "LiberationMono-Regular.ttf", "DejaVuSansMono.ttf")
"""Monospaced fonts to try, all free; Pillow's own font is the last resort, and each letter is put in its cell in any case."""

DPI = 200
WIDTH, HEIGHT = 1400, 2000
"""A foolscap sheet at DPI, cut a little."""

CELL = 20
"""Pixels from letter to letter: ten to the inch."""

LINE = 40
"""Pixels from line to line."""


def typeface(size: int) -> Font:
    """The first of FONTS that this machine has, or Pillow's own."""
    for name in FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def letter(character: str, font: Font) -> Gray:
    """A letter in its cell, black on white, on the line at three quarters of the height."""
    cell = Image.new("L", (CELL, LINE), 255)
    ImageDraw.Draw(cell).text((CELL / 2, LINE * 0.75), character, fill=0, font=font, anchor="ms")
    return np.array(cell, np.uint8)


def render(
    text: str, seed: int, *, width: int = WIDTH, height: int = HEIGHT, left: int = 130, top: int = 110, worn: float = 0.35
) -> Gray:
    """A page as it leaves the typewriter: `text` line by line, each letter struck a little unevenly. uint8, height x width.

    `left`, `top`: margins in pixels. `worn`, 0-1: how much the strength of strokes differs.
    """
    chance = np.random.default_rng(seed)
    font = typeface(32)
    page = np.full((height, width), 255, np.uint8)
    letters: dict[str, Gray] = {}
    for row, line in enumerate(text.split("\n")):
        for column, character in enumerate(line):
            if character.isspace():
                continue
            struck = letters.setdefault(character, letter(character, font))
            strength = 1 - worn * chance.random() ** 2
            y = top + row * LINE + int(chance.integers(-1, 2))
            x = left + column * CELL + int(chance.integers(-1, 2))
            if y < 0 or y + LINE > height or x < 0 or x + CELL > width:
                continue
            ink = 255 - (255 - struck.astype(np.float64)) * strength
            place = page[y : y + LINE, x : x + CELL]
            np.minimum(place, ink.astype(np.uint8), out=place)
    return page


def degrade(
    image: Gray,
    seed: int,
    *,
    rotation: float = 0.0,
    specks: int = 0,
    dark_edge: int = 0,
    punch_holes: int = 0,
    uneven: float = 0.0,
    blur: float = 0.6,
    noise: float = 4.0,
) -> Gray:
    """A page as a scanner gives it; same shape as `image`.

    `rotation`: degrees counter-clockwise. `specks`: how many. `dark_edge`: pixels of scanner bed on the left and at the foot.
    `punch_holes`: how many, down the left margin. `uneven`, 0-1: how much darker the paper is at one side. `blur`: pixels.
    `noise`: standard deviation in greys.
    """
    chance = np.random.default_rng(seed)
    height, width = image.shape
    sheet = Image.fromarray(image).rotate(rotation, Image.Resampling.BICUBIC, fillcolor=255)
    page = np.asarray(sheet.filter(ImageFilter.GaussianBlur(blur)), np.float64)
    paper = 238 - 150 * uneven * shadow(height, width, chance)
    page = page / 255 * paper
    page += chance.normal(0, noise, page.shape) if noise else 0
    blemished = Image.fromarray(page.round().clip(0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(blemished)
    for _ in range(specks):
        x, y, size = chance.integers(0, width), chance.integers(0, height), chance.integers(1, 3)
        draw.ellipse((x, y, x + size, y + size), fill=int(chance.integers(20, 110)))
    for hole in range(punch_holes):
        x, y = 55 + dark_edge, height * (hole + 1) // (punch_holes + 1)
        draw.ellipse((x - 24, y - 24, x + 24, y + 24), fill=25)
    if dark_edge:
        draw.polygon([(0, 0), (dark_edge, 0), (dark_edge * 2 // 3, height), (0, height)], fill=28)
        draw.rectangle((0, height - dark_edge // 2, width, height), fill=22)
    return np.array(blemished, np.uint8)


def shadow(height: int, width: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """A slow change of light over a page, 0-1: a slope and a few broad clouds."""
    rows, columns = np.mgrid[0:1:64j, 0:1:64j]
    light = columns * 0.7
    for _ in range(4):
        x, y, size = chance.random(), chance.random(), 0.15 + 0.2 * chance.random()
        light += 0.25 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * size**2))
    light = (light - light.min()) / np.ptp(light)
    small = Image.fromarray((light * 255).astype(np.uint8)).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(small, np.float64) / 255


def save(image: Gray, path: Path, greys: int = 8) -> None:
    """Write a page with a few greys, which keeps the file small."""
    step = 255 / (greys - 1)
    few = (np.round(image / step) * step).round().astype(np.uint8)
    Image.fromarray(few).quantize(greys, dither=Image.Dither.NONE).save(path, dpi=(DPI, DPI), optimize=True)


def main() -> None:
    """Make scans/sample/ from the texts in it."""
    blemishes = (
        {"rotation": 0.7, "specks": 60, "dark_edge": 34, "uneven": 0.15},
        {"rotation": -0.9, "specks": 120, "punch_holes": 2, "uneven": 0.3},
        {"rotation": 0.4, "specks": 40, "dark_edge": 20, "punch_holes": 2, "uneven": 0.1},
        {"rotation": -0.5, "specks": 200, "uneven": 0.4, "blur": 0.8},
    )
    for number, kinds in enumerate(blemishes, 1):
        text = (HERE / "sample" / f"page-{number}.gt.txt").read_text(encoding="utf-8")
        image = degrade(render(text.rstrip("\n"), number), number, noise=2.0, **kinds)  # type: ignore[arg-type]
        save(image, HERE / "sample" / f"page-{number}.png")


if __name__ == "__main__":
    main()
