"""The whole flow: source -> evidence -> repair -> confidence -> outputs; for scans, for texts, and again for what was read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from pipeline.batch.alone import alone_in
from pipeline.batch.applying import ApplyJob
from pipeline.batch.audits import Audit, Wanted, sheet, take
from pipeline.batch.calibrating import calibrate_on
from pipeline.batch.calls import call_from, journal_again, journal_for, there
from pipeline.batch.documents import StoredJob, TextJob
from pipeline.batch.order import Order, check_formats, check_writable, settings_hash
from pipeline.batch.outcomes import Outcome, Reporter
from pipeline.batch.pool import Pool
from pipeline.batch.scans import read_scans
from pipeline.batch.stamp import Stamp, finished_folders
from pipeline.batch.status import to_retry
from pipeline.batch.summary import refresh, summarise
from pipeline.batch.texts import pool_for, run_texts
from pipeline.batch.undo import Choice, check_choice, undo_in
from pipeline.batch.watching import Habits, Task, Watch
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
from pipeline.repair.policy import rule_names
from pipeline.result import Result
from pipeline.settings import Settings
from pipeline.sources.discover import Document, documents_to_digitise
from pipeline.sources.files import read_data
from pipeline.sources.splitting import selected_pages
from pipeline.sources.to_clean import documents_to_clean

Only = Collection[str] | None
"""Names of documents, as the journal has them, or None for all."""


def process(source: Source, settings: Settings, rulings: Rulings = NOTHING) -> Result:
    """Everything that is done to a text once it has been read; what people decided stands over it."""
    lexicon = lexicon_of(settings.packs, settings.lang, rulings.added)
    policy = policy_of(settings, lexicon.packs, lexicon.covered)
    knowledge = learn(source, lexicon, decided=rulings.misread)
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
    paths: Sequence[str | Path],
    order: Order,
    report: Reporter,
    *,
    each: bool = False,
    only: Only = None,
    pool: Pool | None = None,
) -> list[Outcome]:
    """Read scans and PDFs page by page, and `process` each document when all its pages are read.

    A document that fails does not stop the others. `only`: the names of the documents that are wanted, of all that there are;
    `pool`: what does it, unless processes of this machine. Raises PipelineError for what makes an end of all: nothing to read,
    no Tesseract, a broken dictionary, an output folder that cannot be written.
    """
    check_settings(order.settings)
    documents = wanted(documents_to_digitise(paths, order.out, each=each), only)
    check_writable(order)
    with journal_for("digitise", paths, order, each=each) as journal:
        outcomes = read_scans(documents, order, report, process, journal, pool)
        summarise(outcomes, order, documents, among=only is not None)
    return outcomes


def clean(
    paths: Sequence[str | Path],
    order: Order,
    report: Reporter,
    *,
    whole: bool = False,
    each: bool = False,
    only: Only = None,
    pool: Pool | None = None,
) -> list[Outcome]:
    """Read texts, and what an OCR left, and `process` each document; with `whole`, each folder is one document, with `each`
    every file. `only`, `pool` and errors as for `digitise`."""
    check_settings(order.settings)
    documents = wanted(documents_to_clean(paths, order.out, whole=whole, each=each), only)
    check_writable(order)
    jobs, hashed = [TextJob(d, order, process) for d in documents], settings_hash(order.settings, with_scans=False)
    with journal_for("clean", paths, order, each=each, whole=whole) as journal:
        outcomes = run_texts(jobs, order.settings.jobs, report, pool or pool_for(order.settings), journal, hashed)
        summarise(outcomes, order, documents, among=only is not None)
    return outcomes


def watch(folder: Path, order: Order, habits: Habits, report: Reporter, say: Callable[[str], None]) -> list[Outcome]:
    """Make what comes into a folder into documents, until interrupted or, if that is a habit, once. Errors as for `digitise`, and
    OccupiedOutput where another process does so with the same output folder."""
    check_settings(order.settings)
    check_writable(order)

    def make(task: Task, documents: Sequence[Document]) -> list[Outcome]:
        if task == "digitise":
            return read_scans(documents, order, report, process)
        return run_texts([TextJob(d, order, process) for d in documents], order.settings.jobs, report)

    with alone_in(order.out):
        return Watch(folder, order, habits, make, report, say).run()


def clean_bytes(data: bytes, name: str, order: Order, origin: Path | None = None) -> Result:
    """Read one text or OCR file at hand, which came from `origin`, and `process` it; nothing is written. Raises PipelineError."""
    return process(selected_pages(read_data(data, name, order.images, origin), order.selected), order.settings)


def repair_again(
    paths: Sequence[Path], order: Order, report: Reporter, *, only: Only = None, pool: Pool | None = None
) -> list[Outcome]:
    """`process` again, from what was read and kept, the finished documents in some folders. Errors as for `digitise`."""
    check_settings(order.settings)
    check_formats(order.settings)
    with journal_again(paths, order) as journal:
        folders = [f for f in finished_folders(paths) if only is None or journal.named(f) in only]
        jobs, hashed = [StoredJob(f, order, process) for f in folders], settings_hash(order.settings, with_scans=False)
        outcomes = run_texts(jobs, order.settings.jobs, report, pool or pool_for(order.settings), journal, hashed)
    if not order.dry_run:
        refresh(folders)
    return outcomes


def retry(
    out: Path, report: Reporter, *, state: str = "", limits: Mapping[str, float] | None = None, pool: Pool | None = None
) -> list[Outcome]:
    """Do again, as they were called, the runs into an output folder over the documents of which something failed, with other
    `limits` (settings) where they are given. Errors as for `digitise`; UnreadableInput where there is no journal."""
    outcomes: list[Outcome] = []
    out = out.resolve()
    for text, only in to_retry(out, state).items():
        call = call_from(text, rule_names())
        settings = call.order.settings.model_copy(update={**(limits or {}), "state": state and str(Path(state).resolve())})
        order = replace(call.order, out=out, settings=settings)
        with there(call.folder):
            if call.command == "digitise":
                outcomes += digitise(call.paths, order, report, each=call.each, only=only, pool=pool)
            elif call.command == "clean":
                outcomes += clean(call.paths, order, report, whole=call.whole, each=call.each, only=only, pool=pool)
            else:
                outcomes += repair_again([out], order, report, only=only, pool=pool)
    return outcomes


def apply(paths: Sequence[Path], report: Reporter, *, jobs: int = 1, dry_run: bool = False) -> list[Outcome]:
    """Make the texts and formats of the finished documents in some folders anew with what people decided, where they decided
    anything since; nothing is repaired. Errors as for `digitise`."""
    folders = finished_folders(paths)
    outcomes = run_texts([ApplyJob(f, rebuild, dry_run) for f in folders], jobs, report)
    if not dry_run:
        refresh(folders)
    return outcomes


def undo(paths: Sequence[Path], choice: Choice, report: Reporter, *, reader: str = "", jobs: int | None = None) -> list[Outcome]:
    """Undo some of the edits of the finished documents in some folders, and write them anew. Errors as for `digitise`."""
    folders = finished_folders(paths)
    check_choice(choice, folders)
    settings = Settings(jobs=jobs) if jobs is not None else Settings()
    outcomes = undo_in(folders, choice, rebuild, report, reader=reader, pool=pool_for(settings))
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


def wanted(documents: list[Document], only: Only) -> list[Document]:
    """Those of some documents that are asked for."""
    return documents if only is None else [one for one in documents if one.relative_out.as_posix() in only]


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
