"""index.html and batch.json in the output folder: the documents of a run, the least sure first, with the way to their reports."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from pipeline.errors import MadeLater
from pipeline.formats import Format, by_item
from pipeline.outputs.report.figures import FORMAT as FIGURES
from pipeline.outputs.report.wording import BANDS, environment
from pipeline.outputs.xml import NOT_XML

FORMAT = Format("errata-batch")
NEEDED = frozenset(
    "pages words repairs suggestions expected_wrong trust findings completeness not_read doubted_references".split()
)
MOST_BARS = 300
"""Documents shown as bars; of more, no bar could be told from the next."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document of a run: its folder, relative to the output folder, and its figures; or, in one line, why there are none."""

    folder: PurePosixPath
    figures: Mapping[str, Any]
    failed: str = ""

    @property
    def name(self) -> str:
        return str(self.figures.get("document") or self.folder)

    @property
    def link(self) -> str:
        """The way from the output folder to the report."""
        return quote(f"{self.folder}/report.html", errors="surrogatepass")

    @property
    def share(self) -> float:
        """Words expected wrong among a thousand."""
        words = self.figures.get("words") or 0
        return 1000 * float(self.figures.get("expected_wrong", 0.0)) / words if words else 0.0

    @property
    def lacking(self) -> int:
        """How many things are missing in the text, or to be looked at among its scans."""
        found: list[int] = [*self.figures.get("findings", {}).values(), *self.figures.get("completeness", {}).values()]
        return sum(found)

    def total(self, *names: str) -> int:
        return sum(int(self.figures.get(name, 0)) for name in names)


def read_figures(folder: Path) -> dict[str, Any]:
    """What a document's report.json counts; nothing where it is missing, damaged, or of a later version."""
    try:
        found = FIGURES.read(json.loads((folder / "report.json").read_bytes()))
    except (OSError, ValueError, RecursionError, MadeLater):
        return {}
    return found if found.keys() >= NEEDED else {}


def ranked(entries: Sequence[Entry]) -> list[Entry]:
    """What failed, then the documents with most errors expected in a thousand words."""
    return sorted(entries, key=lambda e: (not e.failed, -round(e.share, 6), -e.lacking, str(e.folder)))


def batch_json(entries: Sequence[Entry]) -> str:
    """The figures of all documents, in the order of the report."""
    rows = [
        {"folder": str(e.folder), "wrong_in_1000": round(e.share, 3), **({"failed": e.failed} if e.failed else {}), **e.figures}
        for e in ranked(entries)
    ]
    return by_item(FORMAT.head, "documents", rows)


def batch_html(entries: Sequence[Entry]) -> str:
    """The report on several documents."""
    order = ranked(entries)
    most = max((entry.share for entry in order), default=0.0) or 1.0
    page = (
        environment()
        .get_template("batch.html")
        .render(
            entries=order,
            heights=[round(8 + 92 * entry.share / most) for entry in order] if 1 < len(order) <= MOST_BARS else [],
            bands=[name for _, name in BANDS],
            totals={name: sum(e.total(name) for e in order) for name in ("pages", "words", "repairs", "suggestions")},
            expected=sum(float(e.figures.get("expected_wrong", 0.0)) for e in order),
        )
    )
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", page)
