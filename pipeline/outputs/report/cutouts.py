"""Lines cut out of the scans, small enough to stand in the report."""

from __future__ import annotations

import base64
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from pipeline.draft import DraftLine
from pipeline.errors import PipelineError
from pipeline.model import Box, Page, Scan
from pipeline.outputs.placed import Placer, Spot
from pipeline.outputs.printed import TOKEN
from pipeline.result import Result
from pipeline.sources import images

MOST_SCANS = 40
"""Scans that are opened again for one report; opening an image takes a fiftieth of the time of reading it."""
PDF_SHARE, LEAST_PDF_PAGES = 4, 2
"""One in so many pages of a PDF is drawn again, but at least so many: drawing one takes up to a fifth of the time of reading."""
MOST_UNREAD = 16
"""Places where nothing was read that are shown."""
WIDTH, HEIGHT = 1100, 64
"""Pixels of a cut-out at most."""
MARGIN = 0.4
"""Of a line's height, left around it."""
QUALITY = 58


@dataclass(frozen=True, slots=True)
class LinePlace:
    """Where a line stands on its scan, and how many quarter turns (counter-clockwise) make it level."""

    box: Box
    turns: int


Key = tuple[str, int]
"""A scan: its path and frame."""
Places = list[tuple[int, Scan, LinePlace]]


@dataclass(frozen=True, slots=True)
class Frame:
    """What a cut-out shows: its edges on the scan, how many quarter turns it was given, and its size in pixels."""

    edges: Box
    turns: int
    width: int
    height: int

    def inside(self, box: Box) -> Box:
        """Where a place on the scan lies in the cut-out, in its pixels."""
        wide, high = self.edges.right - self.edges.left, self.edges.bottom - self.edges.top
        left, right = (min(max(x - self.edges.left, 0), wide) for x in (box.left, box.right))
        top, bottom = (min(max(y - self.edges.top, 0), high) for y in (box.top, box.bottom))
        for _ in range(self.turns % 4):
            left, top, right, bottom = top, wide - right, bottom, wide - left
            wide, high = high, wide
        across, down = self.width / wide, self.height / high
        return Box(round(left * across), round(top * down), round(right * across), round(bottom * down))


@dataclass(frozen=True, slots=True)
class Cutout:
    """A line of a scan as a JPEG, and its size in pixels."""

    data: bytes
    width: int
    height: int

    @property
    def uri(self) -> str:
        """The image as a `data:` address, which stands in the page itself."""
        return "data:image/jpeg;base64," + base64.b64encode(self.data).decode("ascii")


@dataclass(frozen=True, slots=True)
class UnreadPlace:
    """A place on the scan of a page (from 1) where something is written that was not read, with its cut-out if any."""

    page: int
    box: Box
    cutout: Cutout | None


def cutouts(result: Result, lines: Sequence[DraftLine]) -> dict[int, Cutout]:
    """Cut-outs of some lines of the clean text, by the offsets at which these begin.

    There are none where the scan is not there any more, or nobody knows where on it a line stands. Each scan is opened once.
    """
    if len(result.source.pages) != len(result.draft.pages):
        return {}
    placer = Placer(result)
    wanted = []
    for line in lines:
        page = result.source.pages[line.page - 1]
        place = line_place(placer, page, line) if page.scan is not None else None
        if page.scan is not None and place is not None:
            wanted.append((line.start, page.scan, place))
    return cut_all(wanted, len(result.source.pages))


def unread_places(result: Result) -> list[UnreadPlace]:
    """The first places with ink like that of letters where nothing was read, with cut-outs of them."""
    if len(result.source.pages) != len(result.draft.pages):
        return []
    found = [(at, page.scan, box) for at, page in enumerate(result.source.pages, 1) if page.scan for box in page.scan.unread]
    found = found[:MOST_UNREAD]
    cut = cut_all([(at, scan, LinePlace(box, 0)) for at, (_, scan, box) in enumerate(found)], len(result.source.pages))
    return [UnreadPlace(page, box, cut.get(at)) for at, (page, _, box) in enumerate(found)]


def cut_all(wanted: Iterable[tuple[int, Scan, LinePlace]], pages: int) -> dict[int, Cutout]:
    """Cut-outs of places by the numbers that they are given, in a document of so many pages."""
    by_scan: dict[Key, Places] = {}
    for number, scan, place in wanted:
        by_scan.setdefault((scan.path, scan.frame), []).append((number, scan, place))
    found: dict[int, Cutout] = {}
    for (path, frame), places in opening(by_scan, pages):
        gray = opened(path, frame)
        for number, scan, place in places:
            if gray is not None and (gray.width, gray.height) == (scan.width, scan.height):  # else it is another file by now
                found[number] = cut(gray, place)
    return found


def opening(by_scan: Mapping[Key, Places], pages: int) -> Iterator[tuple[Key, Places]]:
    """The scans that are worth the time, in the order given; `pages`: how many the document has."""
    drawn = 0
    for (path, frame), places in list(by_scan.items())[:MOST_SCANS]:
        drawn += path.casefold().endswith(".pdf")
        if not path.casefold().endswith(".pdf") or drawn <= max(LEAST_PDF_PAGES, pages // PDF_SHARE):
            yield (path, frame), places


def opened(path: str, frame: int) -> Image.Image | None:
    """A scan in greys; None where it is not there or cannot be opened any more."""
    if not path or not Path(path).is_file():
        return None
    try:
        return Image.fromarray(images.load(Path(path), frame))
    except PipelineError:
        return None


def line_place(placer: Placer, page: Page, line: DraftLine) -> LinePlace | None:
    """Where most of a line's words were read: words that were joined to it from the next line stand elsewhere."""
    spots: list[Spot] = []
    for match in TOKEN.finditer(line.text):
        low, high = placer.result.draft.origin(line.start + match.start())
        spots += [spot for spot in placer.between(low, high) if spot.page == page.number]
    if not spots:
        return None
    row = Counter(spot.row for spot in spots).most_common(1)[0][0]
    boxes = [spot.box for spot in spots if spot.row == row]
    box = boxes[0]
    for other in boxes[1:]:
        box = box.union(other)
    return LinePlace(box, quarter_turns(boxes[0], boxes[-1], box))


def quarter_turns(first: Box, last: Box, whole: Box) -> int:
    """Which way a line runs on the scan, told by its first and last words: 0 to the right, 1 down, 2 to the left, 3 up."""
    across = (last.left + last.right - first.left - first.right) / 2
    down = (last.top + last.bottom - first.top - first.bottom) / 2
    if first is last:
        return 0 if whole.right - whole.left >= (whole.bottom - whole.top) / 2 else 1
    if abs(across) >= abs(down):
        return 0 if across >= 0 else 2
    return 1 if down > 0 else 3


def framed(scan: tuple[int, int], place: LinePlace, width: int = WIDTH, height: int = HEIGHT) -> Frame:
    """The line with a little of what is around it on a scan of some size (width, height), at most so many pixels wide, and about
    so high if it must shrink."""
    box = place.box
    pad = round(MARGIN * min(box.right - box.left, box.bottom - box.top)) + 2
    left, top = max(0, box.left - pad), max(0, box.top - pad)
    right, bottom = max(left + 1, min(scan[0], box.right + pad)), max(top + 1, min(scan[1], box.bottom + pad))
    wide, high = (bottom - top, right - left) if place.turns % 2 else (right - left, bottom - top)
    scale = min(1.0, width / wide, max(height / high, 0.25))
    return Frame(Box(left, top, right, bottom), place.turns, max(1, round(wide * scale)), max(1, round(high * scale)))


def cut(gray: Image.Image, place: LinePlace, width: int = WIDTH, height: int = HEIGHT) -> Cutout:
    """The picture of what `framed` tells."""
    frame = framed(gray.size, place, width, height)
    piece = gray.crop((frame.edges.left, frame.edges.top, frame.edges.right, frame.edges.bottom))
    if frame.turns:
        piece = piece.rotate(90 * frame.turns, expand=True)
    size = frame.width, frame.height
    if size != piece.size:
        shrunk = size[0] < 0.5 * piece.width
        piece = piece.resize(size, Image.Resampling.BOX if shrunk else Image.Resampling.LANCZOS)
    out = io.BytesIO()
    piece.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Cutout(out.getvalue(), *size)
