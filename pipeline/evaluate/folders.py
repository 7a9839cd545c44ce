"""What a run left: the texts before and after repair, page by page, with the account of the changes and how sure each word is.

A run is a folder that Errata wrote (one document, or many), or a folder of pages by any program: text, hOCR, ALTO or PAGE-XML.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pipeline.confidence.model import WordRisks
from pipeline.errors import InvalidRecord, UnreadableInput
from pipeline.evaluate.files import page_files, page_of_file
from pipeline.evaluate.hocr_text import read_hocr
from pipeline.evaluate.judged import JudgedText
from pipeline.ledger import Edit
from pipeline.outputs.confidence import read_risks
from pipeline.outputs.edits import numbered_edits, read_ledger


@dataclass(frozen=True)
class DocumentTexts:
    """One document: all its text before and after."""

    folder: Path
    before: str
    after: str

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def edits(self) -> list[tuple[int, Edit]]:
        """The edits that were applied, with their lines (from 1) in edits.jsonl."""
        return [(line, edit) for line, state, edit in numbered_edits(self.folder / "edits.jsonl") if state == "applied"]

    @cached_property
    def risks(self) -> WordRisks | None:
        """How probable it is that each word after is wrong, as the run said; None where its confidence.json does not tell."""
        try:
            return read_risks(self.folder / "confidence.json", self.after)
        except InvalidRecord:
            return None

    @cached_property
    def raw_pages(self) -> list[tuple[int, int]]:
        """Where each page stands in the text before, [start, end)."""
        return page_spans(self.before)

    @cached_property
    def clean_pages(self) -> list[tuple[int, int]]:
        return page_spans(self.after)


@dataclass(frozen=True, slots=True)
class Passage:
    """What a document has of a page: [start, end) in its text before and in the one after."""

    document: DocumentTexts
    raw: tuple[int, int]
    clean: tuple[int, int]

    @property
    def raw_text(self) -> str:
        return self.document.before[slice(*self.raw)]

    @property
    def judged(self) -> tuple[JudgedText, ...]:
        """The text after, and how sure its words are; nothing where that is not told."""
        risks = self.document.risks
        return () if risks is None else (JudgedText(self.document.after[slice(*self.clean)], risks.between(*self.clean)),)


@dataclass(frozen=True, slots=True)
class RunPage:
    """What a run has of a page: its text, the one before repair (None where nobody tells), and how sure its words are."""

    after: str
    before: str | None = None
    passages: tuple[Passage, ...] = ()
    judged: tuple[JudgedText, ...] = ()

    @property
    def document(self) -> str:
        return str(self.passages[0].document.folder) if self.passages else ""


@dataclass(frozen=True, slots=True)
class Run:
    """The pages of a run by name, as far as the truth knows them; `others` are pages that it has no truth for."""

    pages: Mapping[str, RunPage] = field(default_factory=dict)
    others: tuple[str, ...] = ()

    @property
    def unsure(self) -> tuple[str, ...]:
        """Documents that do not tell how sure their words are."""
        found = {passage.document for page in self.pages.values() for passage in page.passages}
        return tuple(sorted(str(document.folder) for document in found if document.risks is None))

    @property
    def after(self) -> dict[str, str]:
        return {name: page.after for name, page in self.pages.items()}

    @property
    def before(self) -> dict[str, str]:
        return {name: page.before for name, page in self.pages.items() if page.before is not None}


def page_spans(text: str) -> list[tuple[int, int]]:
    """[start, end) of each page, the form feeds left out."""
    spans, at = [], 0
    for page in text.split("\f"):
        spans.append((at, at + len(page)))
        at += len(page) + 1
    return spans


def document_folders(out: Path) -> list[Path]:
    """`out` itself if it is a document, or every document below it. Raises UnreadableInput if there is none."""
    found = [out] if (out / "text.txt").is_file() else sorted(path.parent for path in out.rglob("text.txt"))
    if not found:
        raise UnreadableInput("no finished documents", where=out, advice="Name a folder that errata wrote")
    return found


def read_document(folder: Path) -> DocumentTexts:
    """The texts of a document's folder. What stood before is had by undoing the ledger. Raises PipelineError."""
    try:
        after = (folder / "text.txt").read_bytes().decode("utf-8", "surrogatepass")
    except (OSError, UnicodeDecodeError) as fault:
        raise UnreadableInput("cannot be read", where=folder / "text.txt", advice="Run errata repair on the folder") from fault
    return DocumentTexts(folder, read_ledger(folder / "edits.jsonl").undo(after), after)


def read_run(out: Path, names: Collection[str]) -> Run:
    """The pages of a run that are called as the truth has them: by the name of the scan, else of the document; or files of any
    program, by their own name. Raises PipelineError."""
    if not out.exists():
        raise UnreadableInput("no such folder or file", where=out)
    if out.is_dir() and any(out.rglob("text.txt")):
        found = {name: page for folder in document_folders(out) for name, page in pages_of(folder)}
    else:
        found = {name: foreign_page(path) for name, path in page_files(out).items()}
    if out.is_file() and len(names) == 1 and not found.keys() & set(names):
        found = dict(zip(names, found.values(), strict=True))  # two files that were named are meant to be compared
    known = {name: page for name, page in found.items() if name in names}
    hidden = {document for page in known.values() if (document := page.document)}
    others = [name for name, page in found.items() if name not in names and page.document not in hidden]
    return Run(known, tuple(sorted(others)))


def pages_of(folder: Path) -> Iterator[tuple[str, RunPage]]:
    """The whole document by its own name, and its pages by those of their scans; of two names that are one, the page's."""
    document = read_document(folder)
    scans: dict[str, RunPage] = {}
    for at, path in enumerate(sorted((folder / "pages").glob("*.hocr"))):
        page = read_hocr(path)
        if at < min(len(document.raw_pages), len(document.clean_pages)):
            passage = Passage(document, document.raw_pages[at], document.clean_pages[at])
            own = RunPage(page.text, passage.raw_text, (passage,), passage.judged)
        else:
            own = RunPage(page.text)
        scans[page.stem] = both(scans[page.stem], own) if page.stem in scans else own
    whole = Passage(document, (0, len(document.before)), (0, len(document.after)))
    text = "\n".join(page.after for page in scans.values()) or document.after
    if document.name not in scans:
        yield document.name, RunPage(text, document.before, (whole,), whole.judged)
    yield from scans.items()


def both(left: RunPage, right: RunPage) -> RunPage:
    """The two pages of an opening, which bear the name of one scan."""
    before = (left.before or "") + (right.before or "")
    return RunPage(left.after + right.after, before, left.passages + right.passages, left.judged + right.judged)


def foreign_page(path: Path) -> RunPage:
    page = page_of_file(path)
    return RunPage(page.text, judged=(page,))


def page_texts(out: Path, names: Collection[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Texts before and after by page name. Raises PipelineError."""
    run = read_run(out, names)
    return run.before, run.after


def read_plain(path: Path) -> str:
    """The text of a file of any kind. Raises UnreadableInput."""
    return page_of_file(path).text


def read_texts(path: Path) -> dict[str, str]:
    """The texts in a folder, or the one of a file, by page name. Raises UnreadableInput."""
    return {name: read_plain(file) for name, file in page_files(path).items()}
