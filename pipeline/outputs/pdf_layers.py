"""Pages of a PDF that was read: what they show stays as it is; hidden text of an earlier OCR gives way to the repaired text."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.outputs.pdf_text import FONT, Affine
from pipeline.sources import pdf as pages
from pipeline.sources.books import page_of
from pipeline.sources.images import MAX_PIXELS
from pipeline.sources.text_layer import LEAST_HEIGHT, texts_in

if TYPE_CHECKING:
    import pikepdf

INVISIBLE = 3
SHOWS = frozenset({"Tj", "TJ", "'", '"'})
"""Operators that show text; the last two begin a new line first."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a page before it is changed: how pixels of the scan lie on it; whether it hides text, and whether it
    shows so much text of its own that a layer would say everything twice."""

    to_page: Affine
    hides: bool
    shows: bool


def place_of(path: Path, number: int, width: int, height: int) -> Place:
    """Page `number` (from 1) of a PDF, of which the scan was read with this size in pixels. Raises UnreadableInput."""
    with page_of(path, number) as page:
        grid = pages.pixel_grid(page, path, number, MAX_PIXELS)
        hidden, shown = 0, 0.0
        for thing in texts_in(page):
            if pages.is_hidden_text(thing):
                hidden += 1
            else:
                _, bottom, _, top = thing.get_bounds()
                shown += abs(top - bottom)
        much = shown >= LEAST_HEIGHT * max(page.get_size())
    return Place(inverted(grid, width / max(1, grid.width), height / max(1, grid.height)), hidden > 0, much)


def inverted(grid: pages.Grid, across: float, down: float) -> Affine:
    """The way from pixels of the scan, which is so many times as wide and high as the grid, to points of the page."""
    scale = np.diag([across, down, 1.0])
    back = np.linalg.inv(scale @ np.array([*grid.rows, (0.0, 0.0, 1.0)]))
    (a, c, e), (b, d, f) = back[:2].tolist()
    return a, b, c, d, e, f


def add_layer(out: pikepdf.Pdf, page: pikepdf.Page, layer: bytes, font: pikepdf.Object) -> None:
    """Put a text layer over what a page has; the streams that it has stay as they are."""
    from pikepdf import Name

    page.contents_add(out.make_stream(b"q\n"), prepend=True)
    page.contents_add(out.make_stream(zlib.compress(b"\nQ\n" + layer, 9), Filter=Name.FlateDecode))
    page.add_resource(font, Name.Font, Name(FONT))


def drop_hidden_text(out: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Take the invisible text of a page away, that of forms on it as well."""
    import pikepdf

    kept, dropped = without_hidden(pikepdf.parse_content_stream(page), 0)
    for name, form in forms_of(page.resources if "/Resources" in page.obj or "/Parent" in page.obj else None):
        rest, gone = without_hidden(pikepdf.parse_content_stream(form), INVISIBLE if shown_hidden(kept, name) else 0)
        if gone:
            changed = out.make_stream(pikepdf.unparse_content_stream(rest))
            for key in set(form.keys()) - {"/Length", "/Filter", "/DecodeParms"}:
                changed[key] = form[key]
            page.resources.XObject[name] = changed
    if dropped:
        page.obj.Contents = out.make_stream(pikepdf.unparse_content_stream(kept))


def forms_of(resources: Any) -> list[tuple[str, Any]]:
    """(name, form) of the forms that a page may show."""
    if resources is None or "/XObject" not in resources:
        return []
    things = resources.XObject.as_dict().items()
    return [(name, thing) for name, thing in things if thing.get("/Subtype") == "/Form"]


def shown_hidden(instructions: Iterable[Any], form: str) -> bool:
    """Whether a form is shown while text is invisible."""
    mode = 0
    saved: list[int] = []
    for operands, operator in instructions:
        mode, saved = mode_after(str(operator), operands, mode, saved)
        if str(operator) == "Do" and str(operands[0]) == form:
            return mode == INVISIBLE
    return False


def without_hidden(instructions: Iterable[Any], mode: int) -> tuple[list[Any], int]:
    """The instructions without those that show invisible text, and how many those were; `mode`: the rendering mode before."""
    from pikepdf import ContentStreamInstruction, Operator

    kept: list[Any] = []
    dropped = 0
    saved: list[int] = []
    for instruction in instructions:
        operands, operator = instruction.operands, str(instruction.operator)
        mode, saved = mode_after(operator, operands, mode, saved)
        if mode == INVISIBLE and operator in SHOWS:
            dropped += 1
            if operator in ("'", '"'):
                kept.append(ContentStreamInstruction([], Operator("T*")))
            continue
        kept.append(instruction)
    return kept, dropped


def mode_after(operator: str, operands: Any, mode: int, saved: list[int]) -> tuple[int, list[int]]:
    """The rendering mode of text, and those saved, after an operator."""
    if operator == "q":
        return mode, [*saved, mode]
    if operator == "Q" and saved:
        return saved[-1], saved[:-1]
    if operator == "Tr" and len(operands) == 1:
        return int(operands[0]), saved
    return mode, saved
