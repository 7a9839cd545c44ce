"""The whole flow: source -> evidence -> repair -> confidence -> outputs; for scans, for texts, and again for what was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from pipeline.batch.applying import ApplyJob
from pipeline.batch.audits import Audit, Wanted, sheet, take
from pipeline.batch.calibrating import calibrate_on
from pipeline.batch.documents import StoredJob, TextJob
from pipeline.batch.order import Order, check_formats, check_writable
from pipeline.batch.outcomes import Outcome, Reporter
from pipeline.batch.pool import Pool
from pipeline.batch.scans import read_scans
from pipeline.batch.stamp import Stamp, finished_folders
from pipeline.batch.summary import refresh, summarise
from pipeline.batch.texts import run_texts
from pipeline.batch.undo import Choice, UndoJob, check_choice
from pipeline.batch.wishes import policy_of
from pipeline.confidence.model import document_confidence, weights_from
from pipeline.decisions.rulings import NOTHING, Added, Rulings
from pipeline.draft import Draft
from pipeline.evaluate.refitting import Figures
from pipeline.language import Lexicon, build_lexicon
from pipeline.language.evidence import Evidence, Knowledge
from pipeline.language.new_names import new_names
from pipeline.ledger import Ledger
from pipeline.model import Source
from pipeline.outputs.audit_sheet import read_sheet
from pipeline.references.index import index_references
from pipeline.repair.engine import repair
from pipeline.repair.learning import learn
from pipeline.result import Result
from pipeline.settings import Settings
from pipeline.sources.discover import documents_to_digitise
from pipeline.sources.files import read_data
from pipeline.sources.splitting import selected_pages
from pipeline.sources.to_clean import documents_to_clean


def process(source: Source, settings: Settings, rulings: Rulings = NOTHING) -> Result:
    """Everything that is done to a text once it has been read; what people decided stands over it."""
    lexicon = lexicon_of(settings.packs, settings.lang, rulings.added)
    policy = policy_of(settings, lexicon.packs, lexicon.covered)
    knowledge = learn(source, lexicon)
    return result_of(source, repair(source, knowledge, policy), knowledge, settings.calibration, rulings)


def result_of(source: Source, machine: Ledger, knowledge: Knowledge, calibration: str = "", rulings: Rulings = NOTHING) -> Result:
    """What all outputs are views of."""
    ruled = rulings.over(machine, source)
    ledger = ruled.ledger
    draft = Draft(source.text, ledger.applied)
    references, names = index_references(draft, knowledge), new_names(draft.text, knowledge)
    confidence = document_confidence(source, ledger, knowledge, weights_from(calibration))
    found = Result(source, ledger, knowledge.evidence, confidence, references, new_names=names)
    return replace(found, machine=ruled.machine, decided=ruled.decided, lost=ruled.lost, said=ruled.said)


def rebuild(source: Source, machine: Ledger, evidence: Evidence, stamp: Stamp, rulings: Rulings = NOTHING) -> Result:
    """The result of Errata's own ledger at hand, with what people decided, and with the evidence and the dictionaries of the run
    that made it; nothing is repaired."""
    lexicon = lexicon_of(stamp.packs or Settings().packs, stamp.languages, stamp.added)
    return result_of(source, machine, Knowledge(lexicon, evidence), stamp.calibration, rulings)


def digitise(
    paths: Sequence[str | Path], order: Order, report: Reporter, *, each: bool = False, pool: Pool | None = None
) -> list[Outcome]:
    """Read scans and PDFs page by page, and `process` each document when all its pages are read. A `pool`
    does the work in place of processes of this machine.

    A document that fails does not stop the others. Raises PipelineError for what makes an end of all: nothing to read, no
    Tesseract, a broken dictionary, an output folder that cannot be written.
    """
    check_settings(order.settings)
    documents = documents_to_digitise(paths, order.out, each=each)
    check_writable(order)
    outcomes = read_scans(documents, order, report, process, pool)
    summarise(outcomes, order)
    return outcomes


def clean(
    paths: Sequence[str | Path],
    order: Order,
    report: Reporter,
    *,
    whole: bool = False,
    each: bool = False,
    pool: Pool | None = None,
) -> list[Outcome]:
    """Read texts, and what an OCR left, and `process` each document; with `whole`, each folder is one document, with `each`
    every file. `pool` and errors as for `digitise`."""
    check_settings(order.settings)
    documents = documents_to_clean(paths, order.out, whole=whole, each=each)
    check_writable(order)
    outcomes = run_texts([TextJob(d, order, process) for d in documents], order.settings.jobs, report, pool)
    summarise(outcomes, order)
    return outcomes


def clean_bytes(data: bytes, name: str, order: Order, origin: Path | None = None) -> Result:
    """Read one text or OCR file at hand, which came from `origin`, and `process` it; nothing is written. Raises PipelineError."""
    return process(selected_pages(read_data(data, name, order.images, origin), order.selected), order.settings)


def repair_again(paths: Sequence[Path], order: Order, report: Reporter, *, pool: Pool | None = None) -> list[Outcome]:
    """`process` again, from what was read and kept, the finished documents in some folders. `pool` and errors as for
    `digitise`."""
    check_settings(order.settings)
    check_formats(order.settings)
    folders = finished_folders(paths)
    outcomes = run_texts([StoredJob(f, order, process) for f in folders], order.settings.jobs, report, pool)
    if not order.dry_run:
        refresh(folders)
    return outcomes


def apply(paths: Sequence[Path], report: Reporter, *, jobs: int = 1, dry_run: bool = False) -> list[Outcome]:
    """Make the texts and formats of the finished documents in some folders anew with what people decided, where they decided
    anything since; nothing is repaired. Errors as for `digitise`."""
    folders = finished_folders(paths)
    outcomes = run_texts([ApplyJob(f, rebuild, dry_run) for f in folders], jobs, report)
    if not dry_run:
        refresh(folders)
    return outcomes


def undo(paths: Sequence[Path], choice: Choice, report: Reporter, *, reader: str = "") -> list[Outcome]:
    """Undo some of the edits of the finished documents in some folders, and write them anew. Errors as for `digitise`."""
    folders = finished_folders(paths)
    check_choice(choice, folders)
    outcomes = run_texts([UndoJob(f, choice, rebuild, reader) for f in folders], 1, report)
    refresh(folders)
    return outcomes


def audit_sheet(folder: Path, wanted: Wanted) -> str:
    """A sheet (CSV) of lines of the finished document in a folder, for a person to read. Raises PipelineError."""
    return sheet(folder, wanted, rebuild)


def take_audit(folder: Path, filled: Path) -> Audit:
    """Keep the verdicts of a filled-in sheet with the finished document in a folder, and write it anew. Raises PipelineError."""
    audit = take(folder, read_sheet(filled), rebuild)
    refresh([folder])
    return audit


def check_settings(settings: Settings) -> None:
    """Raises InvalidConfig for dictionaries or weights that are missing or broken, before anything is begun."""
    lexicon_of(settings.packs, settings.lang)
    weights_from(settings.calibration)


def calibrate(paths: Sequence[Path], truth: Path | None, out: Path) -> tuple[list[Figures], list[str]]:
    """Refit the weights for confidences to the finished documents in some folders: see `calibrate_on`. Raises PipelineError."""
    return calibrate_on(finished_folders(paths), truth, out, lexicon_of)


@lru_cache(maxsize=2)
def lexicon_of(packs: tuple[str, ...], languages: str, added: tuple[Added, ...] = ()) -> Lexicon:
    """The lexicon of some packs and languages, with what readers added, made once in a process. Raises InvalidConfig."""
    return build_lexicon(packs, languages, added)
