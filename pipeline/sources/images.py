"""Page images: what frames a file holds, and each of them as an array of greys."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from pipeline.errors import UnreadableInput
from pipeline.sources import books, pdf
from pipeline.sources.entries import ARCHIVE, ARCHIVE_STARTS, check_is_file

Gray = NDArray[np.uint8]

SCAN_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".jp2", ".j2k", ".jpx", ".pdf"})
MANY_PAGED = frozenset({".tif", ".tiff"})

MAX_PIXELS = 200_000_000
"""Larger images are refused: an A2 sheet at 600 dpi has 140 million pixels, a decompression bomb far more."""

Image.MAX_IMAGE_PIXELS = None  # Pillow would warn at 90 million; `opened` refuses what is too large before any pixel is decoded

BAND = 4_000_000
"""Pixels that are made grey at a time."""

BROKEN = "the image is damaged or breaks off"
RESCAN = "Copy or scan this page again"


@dataclass(frozen=True, slots=True)
class Frame:
    """One page image: a file, and the place of the image in it, from 1."""

    path: Path
    number: int = 1


def frames(path: Path, most: int = MAX_PIXELS) -> list[Frame]:
    """The frames of a file, without decoding any; the first has no more than `most` pixels. Raises UnreadableInput (EncryptedPdf)
    where there is nothing to be had."""
    check_file(path)
    if is_pdf(path):
        return [Frame(path, number) for number in range(1, books.page_count(path) + 1)]
    with opened(path, most) as image:
        return [Frame(path, number) for number in range(1, count_frames(image) + 1)]


def load(path: Path, frame: int = 1, most: int = MAX_PIXELS) -> Gray:
    """A frame (from 1) as uint8 greys, height x width, at its own resolution and the right way up by its EXIF orientation.

    Raises UnreadableInput where this frame cannot be read, or has more than `most` pixels; others of the same file may be sound.
    """
    check_file(path)
    if is_pdf(path):
        return pdf.load_page(path, frame, most)
    with opened(path, most) as image:
        try:
            image.seek(frame - 1)
            check_size(image, path, most)
            image.load()
            return to_gray(image)
        except UnreadableInput:
            raise
        except MemoryError as error:
            raise UnreadableInput("not enough memory for this image", where=path, advice="Scale it down") from error
        except Exception as error:  # Pillow's decoders raise nearly anything over broken data
            raise UnreadableInput(BROKEN, where=place(path, frame), advice=RESCAN) from error


def place(path: Path, frame: int) -> str:
    """A file, and the frame where it is not the first."""
    return f"{path} frame {frame}" if frame > 1 else str(path)


def check_file(path: Path) -> None:
    """Raise UnreadableInput where there is no file, or nothing in it, or an archive."""
    check_is_file(path)
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise UnreadableInput(f"cannot be opened ({error.strerror})", where=path) from error
    if not start:
        raise UnreadableInput("the file is empty", where=path, advice="Copy it again from where it came from")
    if start.startswith(ARCHIVE_STARTS):
        raise UnreadableInput(f"this is {ARCHIVE}", where=path)


def is_pdf(path: Path) -> bool:
    """Whether a file is a PDF by its first kilobyte, as readers judge it, or claims to be one by its name."""
    if path.suffix.lower() == ".pdf":
        return True
    with path.open("rb") as file:
        return b"%PDF-" in file.read(1024)


@contextmanager
def opened(path: Path, most: int = MAX_PIXELS) -> Iterator[Image.Image]:
    """The image file, opened but not decoded. Raises UnreadableInput where it is no image or too large."""
    check_is_file(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's remarks on odd headers say nothing that a reader could act on
        try:
            image = Image.open(path)
        except UnidentifiedImageError:
            what = "this is not an image, or it is damaged"
            raise UnreadableInput(what, where=path, advice="PNG, JPEG, TIFF, JPEG 2000 and PDF can be read") from None
        except Exception as error:  # Pillow's parsers raise nearly anything over broken headers
            raise UnreadableInput(BROKEN, where=path, advice=RESCAN) from error
        with image:
            check_size(image, path, most)
            yield image


def check_size(image: Image.Image, path: Path, most: int) -> None:
    """Raise UnreadableInput for an image of more than `most` pixels."""
    width, height = image.size
    if width * height > most:
        what = f"the image is too large: {width} x {height} pixels, the limit is {most // 1_000_000} million"
        raise UnreadableInput(what, where=path, advice="Scale it down; 300 to 400 dpi are enough")


def count_frames(image: Image.Image) -> int:
    """How many frames an image file holds, a last one that breaks off included: it is missed when it is loaded."""
    if image.format not in {"TIFF", "MPO"} or image.format == "MPO":
        return 1  # animations and thumbnails are no pages
    number = 0
    while True:
        try:
            image.seek(number)
        except EOFError:
            return number
        except Exception:  # a directory that cannot be parsed
            return number + 1
        number += 1


def to_gray(image: Image.Image) -> Gray:
    """Any mode of Pillow's as uint8 greys, the right way up by its EXIF orientation: transparency on white, 16 bits and floats
    brought to 8. Besides the decoded image and the greys, hardly any memory is taken."""
    wide = image.mode in {"I", "F"} or image.mode.startswith("I;16")
    scale = wide_scale(image) if wide else None
    grays = np.empty((image.height, image.width), np.uint8)
    for top, band in bands(image):
        pixels = np.asarray(band)
        grays[top : top + band.height] = narrowed(pixels, scale) if scale is not None else narrow_gray(band)
    return upright(grays, image.getexif().get(ExifTags.Base.Orientation, 1))


def bands(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """(first row, image) of strips of an image, from the top."""
    rows = max(1, BAND // max(1, image.width))
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(image.height, top + rows)))


def upright(grays: Gray, orientation: int) -> Gray:
    """The greys as EXIF says that they are to be shown (TIFF 6.0, tag 274)."""
    turned = {
        2: lambda: grays[:, ::-1],
        3: lambda: grays[::-1, ::-1],
        4: lambda: grays[::-1],
        5: lambda: grays.T,
        6: lambda: np.rot90(grays, -1),
        7: lambda: grays[::-1, ::-1].T,
        8: lambda: np.rot90(grays),
    }.get(orientation)
    return grays if turned is None else np.ascontiguousarray(turned())


def narrow_gray(image: Image.Image) -> Gray:
    """An image of 8 bits a channel, or of palette colours, as greys."""
    if image.mode == "LAB":
        return np.asarray(image.getchannel(0), np.uint8)
    if image.mode in {"LA", "La", "PA", "RGBA", "RGBa"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return np.asarray(Image.alpha_composite(white, layer).convert("L"), np.uint8)
    if image.mode == "CMYK":
        image = image.convert("RGB")
    return np.asarray(image.convert("L"), np.uint8)


def wide_scale(image: Image.Image) -> tuple[float, float]:
    """What is taken from integers of 16 or 32 bits, or floats, and by what the rest is multiplied, to make them 0-255: by their
    full range where it is known, else by what occurs."""
    found = [(float(part.min()), float(part.max()), part.dtype.kind) for part in (np.asarray(band) for _, band in bands(image))]
    low, top = min(least for least, _, _ in found), max(most for _, most, _ in found)
    whole = found[0][2] in "iu"
    if whole and 255 < top <= 65535:
        return 0.0, 1 / 257
    if 1.0 < top <= 255.0:
        return 0.0, 1.0
    if top <= 1.0 and not whole:
        return 0.0, 255.0
    return low, 255.0 / max(top - low, 1e-9)


def narrowed(values: NDArray[np.generic], scale: tuple[float, float]) -> Gray:
    """Values as greys."""
    low, factor = scale
    return ((values.astype(np.float64) - low) * factor).round().clip(0, 255).astype(np.uint8)
