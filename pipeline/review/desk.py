"""The desk that the pages of the review are served from: the project's folder, its log, and how a page is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import unquote

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse

from pipeline.decisions.recording import box_from
from pipeline.decisions.store import Store
from pipeline.model import Box
from pipeline.outputs.report.cutouts import Frame
from pipeline.outputs.report.wording import LABELS, about, band, counted, percent
from pipeline.outputs.templating import templates_of
from pipeline.review.pictures import line_frame
from pipeline.review.safety import Door

READER = "reader"
"""The cookie that holds the reader's name, percent-encoded."""
LONGEST_NAME = 60
CLASSES = {kind: label.lower() for kind, (label, _) in LABELS.items()}
"""Classes of errors as people call them, as in the report."""


@dataclass(eq=False)
class Desk:
    """One project under review. `root`: the folder that holds the store and, somewhere below, the documents' folders."""

    root: Path
    store: Store
    door: Door
    reader: str
    """Who reads, where a browser has not said otherwise."""
    offered: dict[str, Any] = field(default_factory=dict)
    """What views keep between requests, each under its own name."""

    @cached_property
    def made(self) -> str:
        """Part of the addresses of pictures: a browser does not take those of another time for these."""
        return token_hex(6)

    @cached_property
    def environment(self) -> Environment:
        """The templates, with what they use."""
        made = templates_of("pipeline.review")
        made.globals.update(odds=odds, cited=cited, band=band, strip=partial(strip, self.store))
        made.filters.update(percent=percent, counted=counted, about=about, thousands=lambda number: f"{number:,.0f}")
        return made

    def folder(self, document: str) -> Path:
        """A document's folder, by its name in the store; never one that a client named."""
        return self.root / document


ODDS = ((0.97, "over 19 in 20"), (0.85, "about 9 in 10"), (0.72, "about 3 in 4"), (0.58, "about 2 in 3"), (0.42, "about 1 in 2"))
LITTLE = (
    (0.29, "about 1 in 3"),
    (0.22, "about 1 in 4"),
    (0.15, "about 1 in 6"),
    (0.08, "about 1 in 10"),
    (0.04, "about 1 in 20"),
)


def odds(chance: float) -> str:
    """A probability (0-1) as people say it: `about 9 in 10`."""
    return next((said for least, said in (*ODDS, *LITTLE) if chance >= least), "less than 1 in 20")


def cited(folder: str, name: str) -> str:
    """A page as it is named where several documents may be meant: `letter, p. 3`; where there is only one, `p. 3`."""
    return name if folder == "." else f"{folder}, {name}"


def strip(store: Store, line: int, box: str = "") -> tuple[Frame, Box | None] | None:
    """What the picture of a line shows, and where in it a place on the scan (left top right bottom) lies."""
    frame, place = line_frame(store, line), box_from(box)
    return (frame, frame.inside(place) if place else None) if frame else None


def desk_of(request: Request) -> Desk:
    """The desk that a request is for."""
    found: Desk = request.app.state.desk
    return found


def reader_of(request: Request) -> str:
    """Who sent a request, by the name that the browser was given."""
    named = " ".join(unquote(request.cookies.get(READER, "")).split())[:LONGEST_NAME]
    return named if named.isprintable() and named else desk_of(request).reader


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page, or a part of one, from a template. It knows `reader`, `here` (the path) and `part` (htmx asks for a part only)."""
    made = desk_of(request).environment.get_template(template)
    shown = {"reader": reader_of(request), "here": request.url.path, "part": "hx-request" in request.headers, **context}
    return HTMLResponse(made.render(shown), status)
