"""What is made of a result, each format by its name: always, or when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from pipeline.formats import by_key
from pipeline.model import Box, Page, Source
from pipeline.outputs.alto import alto_page
from pipeline.outputs.completeness import account, completeness_csv
from pipeline.outputs.confidence import confidence_csv, confidence_json
from pipeline.outputs.decided import decisions_csv, lost_csv
from pipeline.outputs.edits import edits_jsonl
from pipeline.outputs.edits_csv import edits_csv
from pipeline.outputs.findings import findings_csv
from pipeline.outputs.hipe import pages_jsonl
from pipeline.outputs.hocr import hocr_page
from pipeline.outputs.lines import PlacedLine
from pipeline.outputs.page_xml import page_xml
from pipeline.outputs.placed import Placer
from pipeline.outputs.reading import reading_markdown
from pipeline.outputs.references import references_csv
from pipeline.outputs.report.details import detail_files
from pipeline.outputs.report.document import report_html
from pipeline.outputs.report.figures import report_json
from pipeline.outputs.suggested import Suggestions
from pipeline.outputs.tei import tei_document
from pipeline.outputs.text import plain_text
from pipeline.result import Result

PLACES = {
    "alto": "alto/*.xml",
    "page": "page/*.xml",
    "tei": "tei.xml",
    "jsonl": "pages.jsonl",
    "docx": "reading.docx",
    "pdf": "searchable.pdf",
    "pdfa": "searchable-pdfa.pdf",
}
"""Where the formats lie that are made when they are asked for."""
DECIDED = {"machine": "edits.machine.jsonl", "decisions": "decisions.csv", "lost": "decisions-lost.csv"}
"""What lies there only where people decided something: Errata's own account, their decisions, and those without a place."""
PLACED = ("alto", "page", "pdf", "pdfa")
"""Formats that say where on the scans the words stand."""
DRAWN = ("pdf", "pdfa")
"""Formats that show the scans."""


Output = tuple[str, Callable[[], str]]
"""A path within the document's folder, and what makes the text that goes there."""


class PageTaker(Protocol):
    """Who is given the pages with their placed lines in passing, since finding the places takes longest."""

    def add(self, page: Page, lines: Sequence[PlacedLine]) -> None:
        """The next page."""

    def end(self) -> None:
        """There are no more."""


def possible(source: Source, formats: Collection[str]) -> tuple[set[str], list[str]]:
    """The formats that can be made of a source, and why the others cannot."""
    wanted, said = set(formats), []
    if not source.has_images and (without := wanted.intersection(PLACED)):
        said.append(f"{', '.join(sorted(without))}: not made, since the text came without the places of its words on scans")
        return wanted - without, said
    scans = {page.scan.path for page in source.pages if page.scan is not None and not page.failed}
    if without := wanted.intersection(DRAWN):
        missing = sorted(path for path in scans if not Path(path).is_file())
        if missing:
            where = f"{missing[0] or 'without a name'}" + (f" and {len(missing) - 1} more" if len(missing) > 1 else "")
            advice = "--images names the folder in which they are"
            said.append(f"{', '.join(sorted(without))}: not made, since scans are not there: {where}. {advice}")
            return wanted - without, said
    return wanted, said


def outputs(result: Result, wanted: Collection[str], taker: PageTaker | None = None) -> Iterator[tuple[str, str]]:
    """(path within the document's folder, text) of every output that is text; `wanted`: besides what is always made."""
    yield from placed(result, wanted, taker)
    yield from ((name, make()) for name, make in texts(result))


def placed(result: Result, wanted: Collection[str], taker: PageTaker | None = None) -> Iterator[tuple[str, str]]:
    """(path, text) of the pages with the places of their words, and of the formats that are made when they are asked for."""
    names = result.names
    suggestions = Suggestions(result)
    zones: dict[int, Sequence[tuple[str, Box]]] = {}
    for at, page, lines in Placer(result).pages():
        name = f"{page.number:04d}"
        yield f"pages/{name}.hocr", hocr_page(page, lines)
        if "alto" in wanted:
            judged = result.confidence.pages
            sure = judged[at].probability if at < len(judged) else None
            yield f"alto/{name}.xml", alto_page(page, lines, suggestions, names.folios.get(at + 1, ""), sure)
        if "page" in wanted:
            yield f"page/{name}.xml", page_xml(page, lines, suggestions)
        if "tei" in wanted:
            zones[page.number] = [(line.name, line.box) for line in lines]
        if taker is not None:
            taker.add(page, lines)
    if taker is not None:
        taker.end()
    if "tei" in wanted:
        yield PLACES["tei"], tei_document(result, zones)
    if "jsonl" in wanted:
        yield PLACES["jsonl"], pages_jsonl(result)


def texts(result: Result) -> list[Output]:
    """What is made of every document, besides its pages; the ledger last, the text just before it. What several of them need is
    made here already."""
    found = account(result)
    return [
        ("reading.md", partial(reading_markdown, result)),
        ("confidence.csv", partial(confidence_csv, result)),
        ("confidence.json", partial(confidence_json, result)),
        ("findings.csv", partial(findings_csv, result)),
        ("completeness.csv", partial(completeness_csv, result, found)),
        ("references.csv", partial(references_csv, result)),
        ("report.html", partial(report_html, result, found)),
        ("report.json", partial(report_json, result, found)),
        *((f"report/{name}", make) for name, make in detail_files(result)),
        ("evidence.json", partial(evidence_json, result)),
        ("edits.csv", partial(edits_csv, result)),
        *decided(result),
        ("text.txt", partial(plain_text, result)),
        ("edits.jsonl", partial(edits_jsonl, result.ledger)),
    ]


def evidence_json(result: Result) -> str:
    """What the document tells about itself, a table of it to a line."""
    return by_key(result.evidence.to_record())


def decided(result: Result) -> Iterator[Output]:
    """What there is only where people decided something."""
    if result.machine is not None:
        yield DECIDED["machine"], partial(edits_jsonl, result.machine)
    if result.decided:
        yield DECIDED["decisions"], partial(decisions_csv, result)
    if result.lost:
        yield DECIDED["lost"], partial(lost_csv, result)
