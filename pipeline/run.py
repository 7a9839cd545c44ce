"""The whole flow: source -> evidence -> repair -> confidence -> outputs; for scans, for texts, and again for what was read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from pipeline.batch.documents import StoredJob, TextJob
from pipeline.batch.order import Order, check_writable
from pipeline.batch.outcomes import Outcome, Reporter
from pipeline.batch.scans import read_scans
from pipeline.batch.stamp import finished_folders
from pipeline.batch.texts import run_texts
from pipeline.confidence.model import document_confidence
from pipeline.language import Lexicon, build_lexicon
from pipeline.model import Source
from pipeline.repair.engine import repair
from pipeline.repair.learning import learn
from pipeline.repair.policy import THRESHOLDS, Policy
from pipeline.result import Result
from pipeline.settings import Settings
from pipeline.sources.discover import documents_to_clean, documents_to_digitise
from pipeline.sources.splitting import selected_pages
from pipeline.sources.text import read_text


def process(source: Source, settings: Settings) -> Result:
    """Everything that is done to a text once it has been read; `Result` is what all outputs are views of."""
    knowledge = learn(source, lexicon_of(settings.packs))
    policy = Policy({**THRESHOLDS, **settings.thresholds}, settings.suggest, frozenset(settings.never))
    ledger = repair(source, knowledge, policy)
    return Result(source, ledger, knowledge.evidence, document_confidence(source, ledger, knowledge))


def digitise(paths: Sequence[str | Path], order: Order, report: Reporter, *, each: bool = False) -> list[Outcome]:
    """Read scans and PDFs page by page, and `process` each document when all its pages are read.

    A document that fails does not stop the others. Raises PipelineError for what makes an end of all: nothing to read, no
    Tesseract, a broken dictionary, an output folder that cannot be written.
    """
    lexicon_of(order.settings.packs)
    documents = documents_to_digitise(paths, order.out, each=each)
    check_writable(order)
    return read_scans(documents, order, report, process)


def clean(paths: Sequence[str | Path], order: Order, report: Reporter, *, whole: bool = False) -> list[Outcome]:
    """Read texts and `process` each; with `whole`, each folder is one document of one file a page. Errors as for `digitise`."""
    lexicon_of(order.settings.packs)
    documents = documents_to_clean(paths, order.out, whole=whole)
    check_writable(order)
    return run_texts([TextJob(d, order, process) for d in documents], order.settings.jobs, report)


def clean_bytes(data: bytes, name: str, order: Order) -> Result:
    """Read one text at hand and `process` it; nothing is written. Raises PipelineError."""
    return process(selected_pages(read_text(data, name), order.selected), order.settings)


def repair_again(paths: Sequence[Path], order: Order, report: Reporter) -> list[Outcome]:
    """`process` again, from what was read and kept, the finished documents in some folders. Errors as for `digitise`."""
    lexicon_of(order.settings.packs)
    folders = finished_folders(paths)
    return run_texts([StoredJob(f, order, process) for f in folders], order.settings.jobs, report)


@lru_cache(maxsize=2)
def lexicon_of(packs: tuple[str, ...]) -> Lexicon:
    """The lexicon of some packs, made once in a process. Raises InvalidConfig."""
    return build_lexicon(packs)
