"""The page image that a file of hOCR, ALTO or PAGE-XML was made from: found beside it, or in a folder that was named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path, PurePosixPath

from pipeline.errors import UnreadableInput
from pipeline.model import Scan
from pipeline.sources.entries import strange
from pipeline.sources.images import MANY_PAGED, SCAN_SUFFIXES, opened
from pipeline.sources.natural import natural_key
from pipeline.sources.recognised import ReadPage, scaled

DPI = 300
"""What boxes in tenths of millimetres or in 1200ths of an inch become pixels of, where the image is not there to tell."""
SAME_SHAPE = 0.01
"""Greatest difference of the ratios of sides at which an image is taken for the one that the boxes are meant for."""


def with_scan(page: ReadPage, origin: Path, frame: int, folder: Path | None) -> tuple[ReadPage, Scan | None]:
    """The page in pixels of its scan, and the scan; the file `origin` tells where its image may lie, `folder` too.

    Where the image is not found the scan has the name that the page gives, and the size; None where no size is known either.
    `frame`: the how-manieth page of this image the page is, from 1.
    """
    path = found_image(page.image, origin, folder)
    size = pixels(path) if path is not None else None
    across = down = DPI / page.per_inch if page.per_inch else 1.0
    if size is not None and page.width and page.height:
        wide, high = size[0] / page.width, size[1] / page.height
        if abs(wide / high - 1) <= SAME_SHAPE:
            across, down = wide, high
    page = sized(scaled(page, across, down))
    if not (page.width and page.height):
        return page, None
    shown = str(path) if path is not None else given_path(page.image).name
    many = path is not None and path.suffix.casefold() in MANY_PAGED | {".pdf"}
    return page, Scan(shown, frame if many else 1, page.width, page.height)


def sized(page: ReadPage) -> ReadPage:
    """The page; where it does not say how large it is, as large as its lines need it."""
    if page.width and page.height:
        return page
    boxes = [line.box for block in page.blocks for line in block if line.box is not None]
    return replace(page, width=max((b.right for b in boxes), default=0), height=max((b.bottom for b in boxes), default=0))


def given_path(image: str) -> PurePosixPath:
    """The path of an image as a file names it, on whatever system that was."""
    return PurePosixPath(image.replace("\\", "/"))


def found_image(image: str, origin: Path, folder: Path | None) -> Path | None:
    """The image file; None where there is none. The page's own name for it is tried before that of its file."""
    given = given_path(image)
    above = origin.absolute().parent.parent
    for place in [*([folder] if folder is not None else []), origin.parent, above]:
        for name in inner_names(given):
            if name.suffix.casefold() in SCAN_SUFFIXES and not strange(place / name):
                return place / name
        # Above the file's own folder anything may lie that is called 1.jpg.
        stems = [given.stem] if place == above else [given.stem, bare_stem(origin.name)]
        for stem in stems:
            if stem and (found := by_stem(place).get(stem.casefold())):
                return found
    here = Path(given)
    at_home = given.is_absolute() and not image.startswith(("//", "\\\\")) and given.suffix.casefold() in SCAN_SUFFIXES
    return here if at_home and not strange(here) else None


def inner_names(given: PurePosixPath) -> list[PurePosixPath]:
    """The path where it leads down from a folder, and the bare name."""
    bare = PurePosixPath(given.name)
    elsewhere = given.is_absolute() or ".." in given.parts or any(":" in part for part in given.parts)
    return [bare] if elsewhere or given == bare else [given, bare]


def bare_stem(name: str) -> str:
    """`page_1` of `page_1.alto.xml.gz`."""
    path = PurePosixPath(name)
    while path.suffix.casefold() in (".gz", ".xml", ".alto", ".page", ".hocr", ".html", ".htm", ".xhtml"):
        path = path.with_suffix("")
    return path.name


@lru_cache(maxsize=16)
def by_stem(folder: Path) -> dict[str, Path]:
    """The images of a folder by the stems of their names, in small letters; of two the first in natural order."""
    found: dict[str, Path] = {}
    for path in sorted(images_in(folder), key=lambda path: natural_key(path.name)):
        found.setdefault(path.stem.casefold(), path)
    return found


def images_in(folder: Path) -> Iterator[Path]:
    try:
        yield from (path for path in folder.iterdir() if path.suffix.casefold() in SCAN_SUFFIXES - {".pdf"})
    except OSError:
        return


def pixels(path: Path) -> tuple[int, int] | None:
    """The size of an image; None for a PDF and for what cannot be opened."""
    if path.suffix.casefold() == ".pdf":
        return None
    try:
        with opened(path) as image:
            return image.size
    except UnreadableInput:
        return None
