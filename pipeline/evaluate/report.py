"""`errata evaluate`: a run beside its truth, and beside another run; everything that its text, JSON and HTML say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from pipeline.errors import UnreadableInput
from pipeline.evaluate.bootstrap import Interval
from pipeline.evaluate.folders import (
    DocumentTexts,
    Passage,
    Run,
    document_folders,
    read_document,
    read_plain,
    read_run,
    read_texts,
)
from pipeline.evaluate.html import report_html
from pipeline.evaluate.judged import Certainty, JudgedText, certainty
from pipeline.evaluate.outcomes import Doing, Outcomes, Vandalised, outcomes, repair_figures, touching
from pipeline.evaluate.pages import Scores, differences, read_truth, score_pages
from pipeline.evaluate.records import report_json
from pipeline.evaluate.repairs import RepairScores, score_document
from pipeline.evaluate.tables import report_text

DOCUMENT_BREAK = "\n\f"


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page to be shown side by side: the truth, and what the run has."""

    name: str
    truth: str
    text: str


@dataclass(frozen=True)
class Report:
    """One of two comparisons: page by page (`before`, `after`), or a document of which some pages are corrected (`repairs`,
    which also has `before` and `after`, of those pages). `against`: the same pages of another run.

    `outcomes`: what became of the words of pages; `vandalised`: those that were right; `others`: pages without a truth;
    `unsure`: documents that do not tell how sure their words are.
    """

    before: Scores | None = None
    after: Scores | None = None
    repairs: RepairScores | None = None
    against: Scores | None = None
    outcomes: Outcomes | None = None
    vandalised: tuple[Vandalised, ...] = ()
    certainty: Certainty | None = None
    shown: tuple[ShownPage, ...] = ()
    others: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    names: tuple[str, ...] = field(default=("", "", ""))
    """Of the truth, of the run, and of the other run."""

    @cached_property
    def repaired(self) -> dict[str, Interval]:
        """How much higher each figure is after repair than before."""
        return differences(self.before, self.after) if self.before is not None and self.after is not None else {}

    @cached_property
    def differing(self) -> dict[str, Interval]:
        """How much higher each figure is here than in the other run."""
        return differences(self.against, self.after) if self.against is not None and self.after is not None else {}

    @cached_property
    def repair_figures(self) -> dict[str, Interval]:
        """Error reduction, precision, recall and damage in words, with their intervals."""
        if self.repairs is not None:
            return repair_figures([page.outcomes for page in self.repairs.corrected])
        return repair_figures(self.outcomes.by_page) if self.outcomes is not None else {}

    def to_text(self) -> str:
        """Some tables for the terminal, ending in a line break."""
        return report_text(self)

    def to_json(self) -> str:
        """The same figures and more, rates as 0-1, and every page's."""
        return report_json(self)

    def to_html(self) -> str:
        """A page that needs nothing else, with the differences side by side."""
        return report_html(self)


def evaluate(truth: Path, out: Path, before: Path | None = None, *, against: Path | None = None) -> Report:
    """Compare a run with the truth (each a folder of pages, or a file), and with another run over the same pages.

    A truth of pNNN.txt beside pNNN.tsv lists belongs to one long document; any other to pages, matched by name. `before` (a
    file, or a folder) stands for the text before repair where `out` does not tell. Raises PipelineError.
    """
    if not truth.exists():
        raise UnreadableInput("no such folder of ground truth", where=truth)
    names = (str(truth), str(out), str(against or ""))
    if truth.is_dir() and any(truth.glob("p*.tsv")):
        return evaluate_document(truth, Documents.read(out, before), against, names)
    return evaluate_pages(truth, out, before, against, names)


def evaluate_pages(truth: Path, out: Path, before: Path | None, against: Path | None, names: tuple[str, ...]) -> Report:
    wanted = read_truth(truth)
    run = read_run(out, wanted)
    if not run.pages and not run.others:
        raise UnreadableInput(
            "no pages in it", where=out, advice="Name a folder that errata wrote, or one of .txt, hOCR, ALTO or PAGE"
        )
    check_some_match(truth, out, wanted, run)
    homes = {name: page.document for name, page in run.pages.items()}
    unsure = run.unsure
    was = run.before if before is None else read_texts(before)
    if before is not None:
        run = told(run, was)
    other = read_run(against, wanted) if against is not None else None
    if other is not None and against is not None:
        check_some_match(truth, against, wanted, other)
    found = outcomes((name, wanted[name], page) for name, page in run.pages.items())
    return Report(
        score_pages(wanted, was, homes) if was else None,
        score_pages(wanted, run.after, homes),
        against=score_pages(wanted, other.after, homes) if other is not None else None,
        outcomes=found if found.words else None,
        vandalised=tuple(found.vandalised),
        certainty=certainty((page.judged, wanted[name]) for name, page in run.pages.items()),
        shown=tuple(ShownPage(name, text, run.after.get(name, "")) for name, text in wanted.items()),
        others=run.others,
        unsure=unsure,
        names=names,
    )


def told(run: Run, before: dict[str, str]) -> Run:
    """The run with other texts before repair; what its account says does not belong to them."""
    pages = {name: replace(page, before=before.get(name), passages=()) for name, page in run.pages.items()}
    return replace(run, pages=pages)


def check_some_match(truth: Path, out: Path, wanted: dict[str, str], run: Run) -> None:
    """A page that is missing counts as empty; where all are, the folders do not belong together. Raises UnreadableInput."""
    if run.pages or not run.others:
        return
    names = f"{', '.join(run.others[:3])} … in the one, {', '.join(sorted(wanted)[:3])} … in {truth}"
    raise UnreadableInput(f"no page is called as in the truth: {names}", where=out, advice="Name the files of both alike")


@dataclass(frozen=True)
class Documents:
    """The documents of a run, one after the other, in which corrected pages are looked up; or two texts. `accounted`: whether
    their ledgers lead from `raw` to `out`."""

    raw: str
    out: str
    documents: tuple[DocumentTexts, ...] = ()
    accounted: bool = True

    @classmethod
    def read(cls, out: Path, before: Path | None) -> Documents:
        if out.is_file():
            if before is None:
                raise UnreadableInput("a text alone does not tell what it was", where=out, advice="Give that with --before")
            return cls(read_plain(before), read_plain(out))
        documents = tuple(read_document(folder) for folder in document_folders(out))
        raw = DOCUMENT_BREAK.join(d.before for d in documents) if before is None else read_plain(before)
        return cls(raw, DOCUMENT_BREAK.join(d.after for d in documents), documents, before is None)

    def placed(self) -> Iterator[tuple[DocumentTexts, int, int]]:
        """Each document, and where it begins in `raw` and in `out`."""
        raw = out = 0
        for document in self.documents:
            yield document, raw, out
            raw += len(document.before) + len(DOCUMENT_BREAK)
            out += len(document.after) + len(DOCUMENT_BREAK)

    def doings(self, start: int, end: int) -> tuple[Doing, ...]:
        """The edits that touched [start, end) of `raw`."""
        for document, raw, _ in self.placed():
            if self.accounted and raw <= start < raw + len(document.before):
                return tuple(touching(document, start - raw, end - raw))
        return ()

    def judged(self, start: int, end: int) -> tuple[JudgedText, ...]:
        """How sure the words in [start, end) of `out` are."""
        for document, _, out in self.placed():
            if out <= start < out + len(document.after):
                return Passage(document, (0, 0), (start - out, min(end - out, len(document.after)))).judged
        return ()

    @property
    def unsure(self) -> tuple[str, ...]:
        return tuple(str(document.folder) for document in self.documents if document.risks is None)


def evaluate_document(truth: Path, texts: Documents, against: Path | None, names: tuple[str, ...]) -> Report:
    scores = score_document(truth, texts.raw, texts.out)
    other = None
    if against is not None:
        rival = read_plain(against) if against.is_file() else Documents.read(against, None).out
        other = score_document(truth, texts.raw, rival).after
    damaged = [found for found in scores.findings if found.outcome == "damaged"]
    return Report(
        scores.before,
        scores.after,
        scores,
        other,
        vandalised=tuple(Vandalised(f.page, f.word, f.became, f.context, texts.doings(*f.raw)) for f in damaged),
        certainty=certainty(((texts.judged(*page.out), page.text) for page in scores.corrected), scans=False),
        shown=tuple(ShownPage(page.name, page.text, texts.out[slice(*page.out)]) for page in scores.corrected),
        unsure=texts.unsure,
        names=names,
    )
