"""The commands that make documents, make them again, and undo: digitise, clean, repair, undo."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.commands.options import (
    CACHE,
    CALIBRATION,
    CAUTION,
    CONFIG,
    DRY_RUN,
    EFFORT,
    ENGINE,
    FOLDERS,
    FORCE,
    FORMAT,
    INPUTS,
    JOBS,
    KEEP,
    LANG,
    LAYER,
    OUT,
    PAGES,
    PERIOD,
    SCHEDULER,
    TALK,
    closed,
    options,
    ordered,
)
from pipeline.commands.reviewing import login
from pipeline.console import Console, counted, write_out
from pipeline.errors import BadArguments, ExitCode
from pipeline.ledger import KINDS

if TYPE_CHECKING:
    from pipeline.batch.order import Order
    from pipeline.batch.outcomes import Reporter
    from pipeline.batch.pool import Pool


@click.command()
@INPUTS
@options(OUT, PERIOD, LANG, PAGES, CAUTION, JOBS, SCHEDULER, CACHE, FORCE, DRY_RUN, FORMAT)
@options(KEEP, LAYER, EFFORT, ENGINE, CALIBRATION, CONFIG, TALK)
@click.option("--each", is_flag=True, help="Every image is a document of its own.")
def digitise(paths: tuple[str, ...], each: bool, **given: Any) -> int:
    """Read scans: images, folders of images, PDFs.

    A folder of images is one document, in natural order; every PDF and every TIFF of several pages is one. Text that a PDF has
    already is taken with --use-text-layer.
    """
    order, console = ordered(given)
    if not order.settings.scheduler:
        start_early(order.settings.jobs)
    elif order.dry_run:
        raise BadArguments("a dry run reads on this machine only", advice="Leave --scheduler out")
    from pipeline import run

    with reached(paths, given["out"], order, console) as (paths_here, order, report, pool):
        return closed(run.digitise(paths_here, order, report, each=each, pool=pool), console)


@contextmanager
def reached(
    paths: Sequence[str], out: str, order: Order, console: Console
) -> Iterator[tuple[list[str | Path], Order, Reporter, Pool | None]]:
    """What a run works with: paths of this machine for all paths and addresses, the order, who is told, and the pool."""
    from pipeline.batch.cluster import pool_for
    from pipeline.batch.delivery import at_hand
    from pipeline.storage import default_cache

    cache = Path(order.settings.cache) if order.settings.cache else default_cache()
    with ExitStack() as stack:
        paths_here, order, report = stack.enter_context(at_hand(paths, out, order, console, cache))
        seen = None if order.dry_run else order.out
        yield paths_here, order, report, stack.enter_context(pool_for(order.settings, paths_here, seen, console.say))


def start_early(jobs: int) -> None:
    """Have the process from which workers are forked import what they need while this one still reads its dictionaries."""
    if jobs > 1 and "forkserver" in multiprocessing.get_all_start_methods():
        from multiprocessing import forkserver

        multiprocessing.get_context("forkserver").set_forkserver_preload(["pipeline.batch.pages"])
        forkserver.ensure_running()


@click.command()
@INPUTS
@options(OUT, PERIOD, LANG, PAGES, CAUTION, JOBS, SCHEDULER, CACHE, FORCE, DRY_RUN, FORMAT, CALIBRATION, CONFIG, TALK)
@click.option("--document", is_flag=True, help="Each folder is one document, its files are the pages.")
@click.option("--each", is_flag=True, help="Every file is a document of its own.")
@click.option(
    "--images", type=click.Path(path_type=Path), metavar="FOLDER", help="Where the page images of hOCR, ALTO and PAGE files are."
)
def clean(paths: tuple[str, ...], document: bool, each: bool, **given: Any) -> int:
    """Repair what OCR left: plain text, hOCR, ALTO, PAGE-XML; files, or folders of files.

    A text is a document. The hOCR, ALTO or PAGE files of a folder, one a page, are one document in natural order; a file of
    several pages is one by itself. Their images are not needed; where they lie beside the files they are found.

    With - as PATH, text is read from standard input and the clean text written to standard output; with "-o -" the clean text of
    a file is.
    """
    from pipeline import run

    streamed = "-" in paths or given["out"] == "-"
    if not streamed:
        order, console = ordered(given)
        with reached(paths, given["out"], order, console) as (paths_here, order, report, pool):
            return closed(run.clean(paths_here, order, report, whole=document, each=each, pool=pool), console)
    chosen = click.get_current_context().get_parameter_source("out") is not click.core.ParameterSource.DEFAULT
    if len(paths) > 1 or document or (paths == ("-",) and chosen and given["out"] != "-"):
        advice = "Give a single file, or leave - out and name an output folder"
        raise BadArguments("with - there is one text, and it goes to standard output", advice=advice)
    if given["formats"]:
        raise BadArguments("only the clean text goes to standard output", advice="Leave --format out, or name an output folder")
    order, console = ordered(given)
    return stream(paths[0], order, console)


def stream(path: str, order: Order, console: Console) -> int:
    """Clean one text and write it to standard output."""
    from pipeline import run
    from pipeline.batch.documents import counts_of
    from pipeline.outputs.files import unified_diff
    from pipeline.sources.text import read_bytes

    data = sys.stdin.buffer.read() if path == "-" else read_bytes(Path(path))
    origin = None if path == "-" else Path(path)
    result = run.clean_bytes(data, "standard input" if path == "-" else path, order, origin)
    write_out(unified_diff(result) if order.dry_run else result.draft.text)
    console.say(f"{result.source.name}: {counted(counts_of(result))}")
    return ExitCode.OK


@click.command()
@FOLDERS
@options(PERIOD, CAUTION, JOBS, SCHEDULER, DRY_RUN, FORMAT, CALIBRATION, CONFIG, TALK)
def repair(folders: tuple[Path, ...], **given: Any) -> int:
    """Repair finished documents again, from what was read: with other dictionaries or settings, or a newer Errata.

    What people decided holds, and what errata undo undid stays undone. A document or page that was locked as finished stays as
    it is.
    """
    from pipeline import run
    from pipeline.batch.cluster import pool_for

    order, console = ordered(given)
    with pool_for(order.settings, folders, None, console.say) as pool:
        return closed(run.repair_again(folders, order, console, pool=pool), console)


@click.command()
@FOLDERS
@click.option("--rule", "rules", multiple=True, metavar="NAME", help="Every change that this rule made; repeatable.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Every change of this kind; repeatable.")
@click.option(
    "--edit", "edits", multiple=True, type=click.IntRange(1), help="The change on this line of edits.jsonl; repeatable."
)
@click.option("--all", "everything", is_flag=True, help="Every change: the text as it was read.")
@TALK
def undo(
    folders: tuple[Path, ...],
    rules: tuple[str, ...],
    kinds: tuple[str, ...],
    edits: tuple[int, ...],
    everything: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Undo changes in finished documents: they become suggestions again, and errata repair does not make them anew.

    It is a step in the log of decisions, review.sqlite beside the documents, and can be undone at the review desk.
    """
    from pipeline import run
    from pipeline.batch.outcomes import exit_code
    from pipeline.batch.undo import Choice

    if not (rules or kinds or edits or everything):
        raise BadArguments("nothing to undo is named", advice="Give --rule, --kind, --edit or --all")
    console = Console(quiet=quiet, verbose=verbose)
    return exit_code(run.undo(folders, Choice(rules, kinds, edits, everything), console, reader=login()))
