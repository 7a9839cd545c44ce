"""The commands about what people decided: apply, decisions."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.options import DRY_RUN, FOLDERS, JOBS, PROGRESS, TALK, closed, options
from pipeline.console import Console, Progress, write_out
from pipeline.errors import ExitCode, UnreadableInput

if TYPE_CHECKING:
    from pipeline.decisions.store import Store


@click.command()
@FOLDERS
@options(JOBS, DRY_RUN, PROGRESS, TALK)
def apply(folders: tuple[Path, ...], jobs: int | None, dry_run: bool, progress: Progress, quiet: bool, verbose: bool) -> int:
    """Make texts and formats anew with what people decided at the review desk.

    Each is what was read, with Errata's repairs and the decisions that hold: the same bytes each time, and without decisions the
    text as Errata made it. Nothing is repaired again. Documents in which nothing was decided since are left alone.
    """
    from pipeline import run

    console = Console(quiet=quiet, verbose=verbose, progress=progress)
    return closed(run.apply(folders, console, jobs=jobs or os.cpu_count() or 1, dry_run=dry_run), console)


@click.group()
def decisions() -> None:
    """Take the decisions of a project out, to keep or pass on, and take those of another in."""


@decisions.command("export")
@click.argument("folder", metavar="OUT", type=click.Path(path_type=Path))
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
def export_decisions(folder: Path, file: Path | None) -> int:
    """Write all decisions of a project to a file (JSON Lines), or to standard output.

    Also what was undone, who decided and when, lines that were read, words for the dictionary, and what is locked.
    """
    from pipeline.decisions.exchange import exported
    from pipeline.outputs.files import write_text

    text = "".join(exported(log_of(folder)))
    if file is None:
        write_out(text)
    else:
        write_text(file, text)
    return ExitCode.OK


@decisions.command("import")
@click.argument("folder", metavar="OUT", type=click.Path(path_type=Path))
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@TALK
def import_decisions(folder: Path, file: Path, quiet: bool, verbose: bool) -> int:
    """Take in the decisions in a file of errata decisions export; errata apply then writes the texts.

    What is known already is left as it is, so that a file can be taken in twice. Where two projects decided on the same place,
    the later decision holds.
    """
    from pipeline.decisions.exchange import take_in
    from pipeline.decisions.finding import opened, store_for

    if not folder.is_dir():
        raise UnreadableInput("no such folder", where=folder, advice="Name the folder in which the documents are")
    try:
        with file.open(encoding="utf-8", newline="\n") as lines:
            taken = take_in(opened(store_for([folder])), lines, file)
    except (OSError, UnicodeDecodeError) as fault:
        why = "not UTF-8" if isinstance(fault, UnicodeDecodeError) else f"cannot be read ({fault.strerror})"
        raise UnreadableInput(why, where=file, advice="Name a file of errata decisions export") from fault
    known = f", {taken.known:,} known already" if taken.known else ""
    said = f"{taken.decisions:,} decision{'' if taken.decisions == 1 else 's'} taken in, of {taken.steps:,} steps{known}"
    Console(quiet=quiet, verbose=verbose).say(f"{folder}: {said}")
    return ExitCode.OK


def log_of(folder: Path) -> Store:
    """The log of the documents in a folder. Raises UnreadableInput where there is none."""
    from pipeline.decisions.finding import opened, store_above

    path = store_above(folder)
    if path is None:
        raise UnreadableInput("nothing was decided here", where=folder, advice="Name the folder in which review.sqlite lies")
    return opened(path)
