"""Lines and pages cut from the scans for the desk; the scans that were opened last are kept, within a number of bytes."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from functools import lru_cache

from PIL import Image

from pipeline.decisions.recording import box_from
from pipeline.decisions.store import Store
from pipeline.outputs.report.cutouts import Cutout, Frame, LinePlace, cut, framed, opened

MOST_BYTES = 160 << 20
"""Of decoded scans that are kept."""
WIDTH, HEIGHT = 2200, 150
"""Pixels of a line's picture at most."""
WIDTHS = (480, 900, 1400, 2200)
"""Widths in pixels in which pages are shown."""
QUALITY = 72


class Scans:
    """Decoded scans in greys, the last used kept."""

    def __init__(self) -> None:
        self.kept: OrderedDict[tuple[str, int], Image.Image] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, path: str, frame: int) -> Image.Image | None:
        """A scan; None where it is not there any more."""
        with self.lock:  # one at a time: two big ones at once would take twice the memory
            if (path, frame) in self.kept:
                self.kept.move_to_end((path, frame))
                return self.kept[path, frame]
            gray = opened(path, frame)
            if gray is not None:
                self.kept[path, frame] = gray
                while len(self.kept) > 1 and sum(g.width * g.height for g in self.kept.values()) > MOST_BYTES:
                    self.kept.popitem(last=False)
            return gray


SCANS = Scans()


PLACE = (
    "SELECT lines.box, lines.turns, pages.path, pages.frame, pages.width, pages.height FROM lines JOIN pages "
    "ON pages.document = lines.document AND pages.page = lines.page WHERE lines.number = ?"
)


def line_frame(store: Store, line: int) -> Frame | None:
    """What the picture of a line shows, without making it; None where there can be none."""
    row = store.connection.execute(PLACE, (line,)).fetchone()
    box = box_from(row["box"]) if row and row["path"] else None
    return framed((row["width"], row["height"]), LinePlace(box, row["turns"]), WIDTH, HEIGHT) if box else None


@lru_cache(maxsize=512)
def line_picture(store: Store, line: int, made: str) -> Cutout | None:
    """The picture of a line (its number in the tables of the documents that were `made`); None where there is none."""
    row = store.connection.execute(PLACE, (line,)).fetchone()
    box = box_from(row["box"]) if row else None
    gray = SCANS.get(row["path"], row["frame"]) if box else None
    if box is None or gray is None or gray.size != (row["width"], row["height"]):
        return None
    return cut(gray, LinePlace(box, row["turns"]), WIDTH, HEIGHT)


@lru_cache(maxsize=32)
def page_picture(store: Store, document: int, page: int, width: int, made: str) -> bytes | None:
    """The picture of a page as a JPEG, of about the width asked for; None where there is none."""
    query = "SELECT path, frame, width, height FROM pages WHERE document = ? AND page = ?"
    row = store.connection.execute(query, (document, page)).fetchone()
    gray = SCANS.get(row["path"], row["frame"]) if row and row["path"] else None
    if gray is None or gray.size != (row["width"], row["height"]):
        return None
    wide = min(gray.width, min((w for w in WIDTHS if w >= width), default=WIDTHS[-1]))
    shown = gray.resize((wide, max(1, gray.height * wide // gray.width)), Image.Resampling.BOX)
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
