"""`errata calibrate`: what is known of the words of finished documents, and what it teaches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.batch.applying import read_evidence
from pipeline.batch.decisions import held
from pipeline.batch.documents import stored_source
from pipeline.batch.order import unwritable
from pipeline.batch.stamp import read_stamp
from pipeline.confidence.words import Words, read_words
from pipeline.decisions.model import Decision
from pipeline.decisions.placing import place_again
from pipeline.draft import Draft
from pipeline.errors import UnreadableInput
from pipeline.evaluate.known_words import Judged, decide, judge_pages, judge_passages, page_of, unjudged
from pipeline.evaluate.labels import States
from pipeline.evaluate.pages import read_truth
from pipeline.evaluate.refitting import Figures, calibrate, to_json
from pipeline.evaluate.repairs import corrected_pages
from pipeline.language import Lexicon
from pipeline.language.evidence import Knowledge
from pipeline.model import Source
from pipeline.outputs.edits import read_ledger
from pipeline.whole import write

LONGEST = 200
"""Characters of a place up to which a decision on it is one on its words."""
Lexicons = Callable[[tuple[str, ...], str], Lexicon]


def calibrate_on(folders: Sequence[Path], truth: Path | None, out: Path, lexicon_of: Lexicons) -> tuple[list[Figures], list[str]]:
    """Fit weights to the documents in `folders`, write them to `out`, and give their figures, and the names of truths that
    belong to none of the documents. Raises PipelineError where there is too little to fit to, or nothing better is found."""
    if truth is not None and not truth.is_dir():
        raise UnreadableInput("no such folder of ground truth", where=truth)
    passages = truth is not None and any(truth.glob("p*.tsv"))
    truths = {} if truth is None else dict(corrected(truth)) if passages else read_truth(truth)
    documents, used = [], set[str]()
    for folder in folders:
        document, names = judged(folder, truths, lexicon_of, passages=passages)
        documents.append(document)
        used |= names
    if truth is not None and not used:
        what = f"none of its {len(truths)} texts belongs to one of the documents"
        raise UnreadableInput(
            what, where=truth, advice="They should bear the names of documents or of their scans: NAME.gt.txt or NAME.txt"
        )
    record, figures = calibrate(documents)
    if all(told.kept for told in figures):
        told = "".join(told.to_text() for told in figures)
        raise UnreadableInput(f"nothing better was found, and nothing is written\n{told}".rstrip(), advice="Correct more pages")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write(out, to_json(record).encode())
    except OSError as fault:
        raise unwritable(out, fault) from fault
    return figures, sorted(set(truths) - used)


def corrected(truth: Path) -> list[tuple[str, str]]:
    """The corrected pages of a long document."""
    return [(page.stem, page.read_text(encoding="utf-8-sig", errors="replace")) for page in corrected_pages(truth)]


def judged(folder: Path, truths: dict[str, str], lexicon_of: Lexicons, *, passages: bool) -> tuple[Judged, set[str]]:
    """A finished document with what is known of its words, and the names of the truths that tell it. Raises PipelineError."""
    stamp = read_stamp(folder)
    if stamp is None:
        raise UnreadableInput("errata.json is missing or damaged", where=folder, advice="Read the document again")
    source, ledger = stored_source(folder, stamp), read_ledger(folder / "edits.jsonl")
    words = read_words(source, ledger, Knowledge(lexicon_of(stamp.packs, stamp.languages), read_evidence(folder)))
    draft, states = Draft(source.text, ledger.applied), unjudged(words)
    take_decisions(held(folder).decisions, source, draft, (words, states))
    look = (
        judge_passages(draft.text, words, states, truths.items())
        if passages
        else judge_pages(source, draft.text, words, states, truths)
    )
    return Judged(source.name, words, states, page_of(draft.text, words)), look


def take_decisions(decisions: Sequence[Decision], source: Source, draft: Draft, known: tuple[Words, States]) -> None:
    """Take in what people decided in a document: once they have, what stands at the place is right."""
    placed, _ = place_again(decisions, source)
    for decision in placed:
        for start, end in decision.places if decision.choice != "unclear" else ():
            if end - start < LONGEST and (span := draft.span_of(start, end)) is not None:
                decide(*known, *span, right=True)
