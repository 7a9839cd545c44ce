"""A scan as a page of a PDF: its own data where a PDF can hold them (JPEG, JPEG 2000, PNG, fax), else the same pixels anew."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from pipeline.errors import UnreadableInput
from pipeline.outputs.pdf_text import Affine
from pipeline.sources.images import BROKEN, MANY_PAGED, RESCAN, opened, place

if TYPE_CHECKING:
    import pikepdf

DPI = 300.0
"""What a scan is taken to have that does not say, or says what cannot be."""
SOUND_DPI = (40.0, 4800.0)
LARGEST = 14_400.0
"""Points that a side of a page may have."""
ORIENTATION = 0x112
TURNS: dict[int, Affine] = {
    1: (1, 0, 0, 1, 0, 0),
    2: (-1, 0, 0, 1, 1, 0),
    3: (-1, 0, 0, -1, 1, 1),
    4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1),
    6: (0, -1, 1, 0, 0, 1),
    7: (0, 1, 1, 0, 0, 0),
    8: (0, 1, -1, 0, 1, 0),
}
"""From the square in which a PDF draws an image to the same the way up that EXIF says (Exif 2.32, Orientation)."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A scan as PDF, with its image as the only one; `turn`: see TURNS; the size of the upright page in points; `anew`: why its
    pixels were encoded anew, empty where they were not or where the file had them raw."""

    pdf: bytes
    turn: Affine
    width: float
    height: float
    anew: str = ""


def embedded(path: Path, frame: int) -> Embedded:
    """A frame (from 1) of an image file. Raises UnreadableInput."""
    with opened(path) as image:
        try:
            image.seek(frame - 1)
            orientation = int(image.getexif().get(ORIENTATION, 1))
            turned = orientation in (5, 6, 7, 8)
            across, down = (resolution(value) for value in image.info.get("dpi", (0, 0))[:2])
            size = image.size
            alone = frame == 1 and (path.suffix.casefold() not in MANY_PAGED or not has_more(image))
            data, anew = as_pdf(path.read_bytes(), image) if alone else as_pdf(frame_data(image), image)
        except UnreadableInput:
            raise
        except Exception as error:  # Pillow's and img2pdf's decoders raise nearly anything over strange data
            raise UnreadableInput(BROKEN, where=place(path, frame), advice=RESCAN) from error
    width, height = 72 * size[0] / across, 72 * size[1] / down
    if max(width, height) > LARGEST or min(width, height) < 3:
        width, height = 72 * size[0] / DPI, 72 * size[1] / DPI
    if turned:
        width, height = height, width
    return Embedded(data, TURNS.get(orientation, TURNS[1]), width, height, anew)


def resolution(value: object) -> float:
    """Pixels an inch; the usual, where a file says nothing or nonsense."""
    found = float(value) if isinstance(value, (int, float)) or hasattr(value, "__float__") else 0.0
    return found if SOUND_DPI[0] <= found <= SOUND_DPI[1] else DPI


def has_more(image: Image.Image) -> bool:
    """Whether a file holds further frames. The image stands at its first frame before and after."""
    try:
        image.seek(1)
    except EOFError:
        return False
    finally:
        image.seek(0)
    return True


def frame_data(image: Image.Image) -> bytes:
    """One frame of several as a file of its own, compressed as it was where that loses nothing."""
    out = io.BytesIO()
    if image.mode == "1":
        image.copy().save(out, "TIFF", compression="group4")
    else:
        plain(image)[0].save(out, "PNG")
    return out.getvalue()


def as_pdf(data: bytes, image: Image.Image) -> tuple[bytes, str]:
    """The PDF of an image's data, or of its pixels where a PDF cannot hold those; and why it could not."""
    import img2pdf

    logging.getLogger("img2pdf").setLevel(logging.CRITICAL)  # what it warns of concerns its page, which is not used
    options = {
        "layout_fun": lambda *image: (100, 100, 100, 100),
        "rotation": img2pdf.Rotation.none,
        "nodate": True,
        "first_frame_only": True,
    }
    options |= {"engine": img2pdf.Engine.pikepdf}
    try:
        return bytes(img2pdf.convert(data, **options)), ""
    except Exception as fault:
        pixels, lost = plain(image)
        out = io.BytesIO()
        pixels.save(out, "PNG" if pixels.mode != "CMYK" else "TIFF")
        why = lost or f"{image.format} of this kind ({image.mode}) cannot stand in a PDF: {type(fault).__name__}"
        return bytes(img2pdf.convert(out.getvalue(), **options)), why


def plain(image: Image.Image) -> tuple[Image.Image, str]:
    """The pixels in a mode that PNG, or TIFF for inks, can hold; and what is lost by that, if anything."""
    if image.mode in ("1", "L", "RGB", "P", "CMYK", "I;16") and "transparency" not in image.info:
        return image.copy(), ""
    if image.mode in ("I;16B", "I;16L", "I;16N"):
        return image.convert("I").convert("I;16"), ""
    if image.mode == "I" and image.getextrema()[1] <= 0xFFFF and image.getextrema()[0] >= 0:  # type: ignore[operator]
        return image.convert("I;16"), ""
    if image.mode in ("RGBA", "LA", "PA", "P", "L", "RGB"):
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB"), "what is transparent became white"
    return image.convert("RGB"), f"its colours ({image.mode}) became RGB"


def scan_page(out: pikepdf.Pdf, scan: Embedded) -> tuple[pikepdf.Page, pikepdf.Pdf]:
    """A new last page of `out` that shows the scan upright, and the PDF that must stay open until `out` is saved."""
    import pikepdf

    source = pikepdf.open(io.BytesIO(scan.pdf))
    image = out.copy_foreign(next(iter(source.pages[0].resources.XObject.as_dict().values())))
    width, height = scan.width, scan.height
    a, b, c, d, e, f = scan.turn
    scaled = (a * width, b * height, c * width, d * height, e * width, f * height)
    drawn = f"q {' '.join(f'{value:.4f}' for value in scaled)} cm /Scan Do Q\n"
    page = out.add_blank_page(page_size=(round(width, 4), round(height, 4)))
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=image))
    page.obj.Contents = out.make_stream(drawn.encode())
    return page, source
