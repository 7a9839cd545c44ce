"""Pages of a PDF as arrays of greys. A page that is one scanned image is taken at that image's own resolution."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray
from PIL import Image

from pipeline.errors import UnreadableInput
from pipeline.sources import books

Gray = NDArray[np.uint8]

RENDER_DPI = 300
"""For pages that are drawn, not scanned."""

COVER = 0.9
"""Share of the page that an image must cover to be the page."""


def load_page(path: Path, number: int, max_pixels: int) -> Gray:
    """Page `number` (from 1) as uint8 greys, the way up that the PDF shows it. Raises UnreadableInput."""
    with books.page_of(path, number) as page:
        return page_pixels(page, path, number, max_pixels)


def page_pixels(page: pdfium.PdfPage, path: Path, number: int, max_pixels: int) -> Gray:
    """The page's own scan where it is one, else the page drawn at RENDER_DPI, or at the resolution of the image that fills it."""
    own, dpi, _ = own_or_drawn(page, path, number, max_pixels)
    return own if own is not None else bitmap_pixels(page.render(scale=dpi / 72, grayscale=True))


def own_or_drawn(
    page: pdfium.PdfPage, path: Path, number: int, max_pixels: int
) -> tuple[Gray | None, float, pdfium.PdfImage | None]:
    """The pixels of the page's own scan and the image that they are of, or None and the resolution at which it is drawn."""
    dpi = float(RENDER_DPI)
    image = covering_image(page)
    if image is not None:
        across, down = image.get_px_size()
        check_size(across, down, path, number, max_pixels)
        own = own_pixels(page, image)
        if own is not None:
            return own, dpi, image
        dpi = min(600.0, max(dpi, image_dpi(image)))
    check_size(*drawn_size(page, dpi), path, number, max_pixels)
    return None, dpi, None


def drawn_size(page: pdfium.PdfPage, dpi: float) -> tuple[int, int]:
    """Width and height in pixels of a page that is drawn."""
    width, height = (math.ceil(side * dpi / 72) for side in page.get_size())
    return width, height


@dataclass(frozen=True, slots=True)
class Grid:
    """The pixels of a page's image: their number, and the way to them from points of the PDF, an affine map in two rows."""

    width: int
    height: int
    rows: tuple[tuple[float, float, float], tuple[float, float, float]]

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        """The place in the image of a point of the page, not beyond its edges."""
        (a, b, c), (d, e, f) = self.rows
        return min(self.width, max(0.0, a * x + b * y + c)), min(self.height, max(0.0, d * x + e * y + f))


def pixel_grid(page: pdfium.PdfPage, path: Path, number: int, max_pixels: int) -> Grid:
    """The pixels that `page_pixels` gives, without drawing them."""
    own, dpi, image = own_or_drawn(page, path, number, max_pixels)
    width, height = (own.shape[1], own.shape[0]) if own is not None else drawn_size(page, dpi)
    (x, y), right, up = (shown_at(page, *point) for point in ((0.0, 0.0), (1000.0, 0.0), (0.0, 1000.0)))
    axes = ((right[0] - x) / 1000, (up[0] - x) / 1000, x), ((right[1] - y) / 1000, (up[1] - y) / 1000, y)
    low, high = (0.0, 0.0), (1.0, 1.0)
    if image is not None:
        left, bottom, far, top = image.get_bounds()
        corners = [shown_at(page, *corner) for corner in ((left, bottom), (far, top))]
        low = min(c[0] for c in corners), min(c[1] for c in corners)
        high = max(c[0] for c in corners), max(c[1] for c in corners)
    scales = [size / max(1e-6, end - begin) for size, begin, end in zip((width, height), low, high, strict=True)]
    rows = [(a * scale, b * scale, (c - begin) * scale) for (a, b, c), scale, begin in zip(axes, scales, low, strict=True)]
    return Grid(width, height, (rows[0], rows[1]))


def shown_at(page: pdfium.PdfPage, x: float, y: float) -> tuple[float, float]:
    """A point of the page as shares of the width and height of the page as it is shown, from its upper left corner."""
    across, down = ctypes.c_int(), ctypes.c_int()
    size = 1_000_000
    pdfium_c.FPDF_PageToDevice(page, 0, 0, size, size, 0, x, y, ctypes.byref(across), ctypes.byref(down))
    return across.value / size, down.value / size


def check_size(width: int, height: int, path: Path, number: int, max_pixels: int) -> None:
    """Raise UnreadableInput for a page of more than `max_pixels`."""
    if width * height > max_pixels:
        what = f"the page is too large: {width} x {height} pixels, the limit is {max_pixels // 1_000_000} million"
        raise UnreadableInput(what, where=path, page=number, advice="Scale it down; 300 to 400 dpi are enough")


def covering_image(page: pdfium.PdfPage) -> pdfium.PdfImage | None:
    """The image that is the page: the only one, covering it, with nothing drawn over it but hidden text of an earlier OCR."""
    images: list[pdfium.PdfImage] = []
    for thing in page.get_objects(max_depth=3):
        if isinstance(thing, pdfium.PdfImage):
            images.append(thing)
        elif thing.type != pdfium_c.FPDF_PAGEOBJ_TEXT or not is_hidden_text(thing):
            return None
    if len(images) != 1:
        return None
    left, bottom, right, top = images[0].get_bounds()
    box_left, box_bottom, box_right, box_top = page.get_bbox()
    across = min(right, box_right) - max(left, box_left)
    down = min(top, box_top) - max(bottom, box_bottom)
    area = (box_right - box_left) * (box_top - box_bottom)
    covers = across > 0 and down > 0 and across * down >= COVER * area
    return images[0] if covers else None


def is_hidden_text(thing: pdfium.PdfObject) -> bool:
    return bool(pdfium_c.FPDFTextObj_GetTextRenderMode(thing.raw) == pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE)


def image_dpi(image: pdfium.PdfImage) -> float:
    """Pixels per inch at which the page shows an image."""
    width, height = image.get_px_size()
    left, bottom, right, top = image.get_bounds()
    shown = max(1.0, (right - left) * (top - bottom))
    return 72 * math.sqrt(width * height / shown)


def own_pixels(page: pdfium.PdfPage, image: pdfium.PdfImage) -> Gray | None:
    """The image's pixels, turned as the page shows them. None where it is skewed or mirrored, or looks otherwise on the page
    (masks, blending, cropping), so that it has to be drawn."""
    matrix = image.get_matrix()
    axes = np.array([[matrix.a, matrix.b], [matrix.c, matrix.d]])
    turns = quarter_turns(axes)
    if turns is None:
        return None
    try:
        pixels = bitmap_pixels(image.get_bitmap(render=False))
    except pdfium.PdfiumError:
        return None
    # /Rotate counts clockwise, numpy counter-clockwise
    pixels = np.ascontiguousarray(np.rot90(pixels, turns - page.get_rotation() // 90))
    return pixels if looks_alike(page, pixels) else None


def quarter_turns(axes: NDArray[np.float64]) -> int | None:
    """Counter-clockwise quarter turns of an image whose sides lead along `axes` (2 x 2, rows: right and up); None for others."""
    size = float(np.abs(axes).max())
    if size <= 0 or np.linalg.det(axes) <= 0:
        return None
    for turns, (right, up) in enumerate((((1, 0), (0, 1)), ((0, 1), (-1, 0)), ((-1, 0), (0, -1)), ((0, -1), (1, 0)))):
        along = axes[0] @ np.array(right), axes[1] @ np.array(up)
        aside = abs(axes[0] @ np.array(up)) + abs(axes[1] @ np.array(right))
        if min(along) > 0 and aside < 0.002 * size:
            return turns
    return None


def looks_alike(page: pdfium.PdfPage, pixels: Gray) -> bool:
    """Whether the image, shrunk, is what a small drawing of the page shows."""
    scale = 150 / max(page.get_size())
    drawn = bitmap_pixels(page.render(scale=scale, grayscale=True)).astype(np.float64)
    rows = np.linspace(0, pixels.shape[0], drawn.shape[0] + 1).astype(int)
    columns = np.linspace(0, pixels.shape[1], drawn.shape[1] + 1).astype(int)
    if np.diff(rows).min() < 1 or np.diff(columns).min() < 1:
        return True  # an image of fewer pixels than the drawing has nothing to compare
    sums = np.add.reduceat(np.add.reduceat(pixels, rows[:-1], axis=0, dtype=np.float64), columns[:-1], axis=1)
    shrunk = sums / np.outer(np.diff(rows), np.diff(columns))
    return float(np.abs(shrunk - drawn).mean()) < 20


def bitmap_pixels(bitmap: pdfium.PdfBitmap) -> Gray:
    """A PDFium bitmap as uint8 greys, height x width; transparent parts white."""
    image = bitmap.to_pil()
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return np.array(image.convert("L"), np.uint8)
