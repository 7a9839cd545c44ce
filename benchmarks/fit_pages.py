"""Pages to fit confidences of print on: known texts set in book faces, worn, and scanned badly.

Which letters break or run together is drawn at random from a seed; the text is the corrected pages of the thesis.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageFont

from benchmarks.figures import ROOT
from benchmarks.harm_pages import PRINT, printed

Gray = NDArray[np.uint8]

FACES = ("LiberationSerif-Regular.ttf", "C059-Roman.otf", "NimbusRoman-Regular.otf", "P052-Roman.otf", "URWBookman-Light.otf",
         "DejaVuSerif.ttf", "C059-Italic.otf")  # fmt: skip
"""Book faces: Times, Century Schoolbook, Palatino, Bookman, and an italic (Debian: fonts-liberation, fonts-dejavu,
fonts-urw-base35). Those that the machine lacks are named and left out, and the weights differ then."""
SIZES = (46, 42, 50)
WORDS = 330
"""Words of a printed page, at most."""
WEAR = ((0.2, 0.0), (0.4, 0.25), (0.45, -0.35), (0.55, 0.4), (0.5, -0.6), (0.75, 0.1), (0.3, 0.1))
"""Degrees of wear: how rough the edges of letters are, and whether they lose ink (above 0) or gain it."""
POOR = 24
"""How many pages are made that are poor to read."""


def pages(gold: Path) -> Iterator[tuple[str, Gray, str]]:
    """(name, image, truth) of every page: our own prose, and the texts of `gold` twice."""
    texts = [page.read_text(encoding="utf-8") for page in sorted(gold.glob("p*.txt"))]
    faces = found_faces()
    for number, text in enumerate([*PRINT, *texts, *texts]):
        rough, thin = WEAR[(number * 5 + number // 7) % len(WEAR)]
        face = faces[number % len(faces)].font_variant(size=SIZES[number % len(SIZES)])
        image, truth = printed("\n\n".join(paragraphs(text)), face)
        yield f"print_{number:02d}", scanned(worn(image, number, rough, thin), number, grey=number % 4 == 0), truth


def poor_pages(gold: Path) -> Iterator[tuple[str, Gray, str]]:
    """(name, image, truth) of pages as cheap newspapers on microfilm are: texts of `gold` set in type full of ink, then made
    coarse and black and white, so that a tenth to a third of the words are misread."""
    faces = found_faces()
    for number, page in enumerate(sorted(gold.glob("p*.txt"))[:POOR]):
        face = faces[number % len(faces)].font_variant(size=SIZES[number % len(SIZES)])
        image, truth = printed("\n\n".join(paragraphs(page.read_text(encoding="utf-8"))), face)
        inky = worn(image, number, 0.6 + 0.05 * (number % 5), -0.5 - 0.1 * (number % 5))
        yield f"poor_{number:02d}", coarse(inky, number, 0.40 + 0.015 * (number % 4)), truth


def coarse(image: Gray, seed: int, scale: float) -> Gray:
    """A page scanned with so much less resolution (0-1), unevenly, in black and white, at its old size again."""
    height, width = image.shape
    small = Image.fromarray(image).filter(ImageFilter.GaussianBlur(1.5))
    small = small.resize((int(width * scale), int(height * scale)), Image.Resampling.BILINEAR)
    grey, chance = np.asarray(small, np.float64), np.random.default_rng(seed)
    grey = grey + noise(grey.shape, 1.5, chance) * 10 + noise(grey.shape, 120.0, chance) * 12
    page = Image.fromarray(np.where(grey > 150, 255, 0).astype(np.uint8))
    return np.asarray(page.resize((width, height), Image.Resampling.NEAREST))


def sample_maker() -> ModuleType:
    """The program that makes the samples, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("make_samples", ROOT / "scans" / "make_samples.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def found_faces() -> list[ImageFont.FreeTypeFont]:
    """The FACES that this machine has; says which it lacks."""
    found = {name: typeface(name, 46) for name in FACES}
    if missing := [name for name, face in found.items() if face is None]:
        print(f"typefaces that this machine lacks: {', '.join(missing)}")
    return [face for face in found.values() if face is not None]


def typeface(name: str, size: int) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return None


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a page as a printer would set them: whole words, curly quotation marks, no more than fits."""
    text = re.sub("\N{SOFT HYPHEN}\\s*", "", text)
    text = re.sub(r"-[ \t]*\n\s*", "-", text)
    text = re.sub(r"(?<![\w.,;:!?)])\"(?=\S)", "\N{LEFT DOUBLE QUOTATION MARK}", text).replace(
        '"', "\N{RIGHT DOUBLE QUOTATION MARK}"
    )
    text = re.sub(r"(?<![\w.,;:!?)])'(?=\S)", "\N{LEFT DOUBLE QUOTATION MARK}", text)
    text = re.sub(r"'(?!\w)", "\N{RIGHT DOUBLE QUOTATION MARK}", text).replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
    found, left = [], WORDS
    for paragraph in re.split(r"\n[ \t]*\n\s*", text):
        words = paragraph.split()[:left]
        left -= len(words)
        if words:
            found.append(" ".join(words))
    return found


def worn(image: Gray, seed: int, rough: float, thin: float) -> Gray:
    """A page printed from worn type: letters with rough edges, broken where ink is lost and run together where it spreads, here
    more and there less. uint8, height x width."""
    chance = np.random.default_rng(seed)
    ink = 255 - np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(1.4)), np.float64)
    grain = noise(image.shape, 1.5, chance) * 60 * rough + noise(image.shape, 5.0, chance) * 30 * rough
    cloud = noise(image.shape, 90.0, chance) * 22 * rough
    level = 112 + 52 * thin
    kept = (ink + grain * (ink > 8) + cloud) > level
    return np.where(kept, 25, 255).astype(np.uint8)


def noise(shape: tuple[int, ...], size: float, chance: np.random.Generator) -> NDArray[np.float64]:
    """Soft noise of mean 0 and deviation 1 whose grains have about `size` pixels."""
    step = max(1, int(size / 1.5))
    small = chance.normal(0, 1, (shape[0] // step + 2, shape[1] // step + 2))
    field = np.asarray(
        Image.fromarray(small.astype(np.float32)).resize((shape[1], shape[0]), Image.Resampling.BICUBIC), np.float64
    )
    return (field - field.mean()) / max(1e-6, field.std())


def scanned(image: Gray, seed: int, *, grey: bool) -> Gray:
    """The scan of a page: a little crooked, with specks; in greys, or black and white as many old scans are."""
    samples = sample_maker()
    chance = np.random.default_rng(seed + 1000)
    turned = samples.degrade(
        image,
        seed,
        rotation=float(chance.normal(0, 0.4)),
        specks=int(chance.integers(0, 150)),
        uneven=0.25 * chance.random(),
        noise=3.0,
    )
    return turned if grey else np.where(turned > 150, 255, 0).astype(np.uint8)


def write(pages: Iterable[tuple[str, Gray, str]], out: Path) -> None:
    """Write pages (name, image, truth) as NAME.png, and their truths as NAME.gt.txt."""
    out.mkdir(parents=True, exist_ok=True)
    for name, image, truth in pages:
        Image.fromarray(image).save(out / f"{name}.png", dpi=(300, 300))
        (out / f"{name}.gt.txt").write_text(truth + "\n", encoding="utf-8")
