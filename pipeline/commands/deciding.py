"""The commands about what people decided: apply, decisions."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.commands.options import DRY_RUN, FOLDERS, JOBS, TALK, closed, options
from pipeline.console import Console


@click.command()
@FOLDERS
@options(JOBS, DRY_RUN, TALK)
def apply(folders: tuple[Path, ...], jobs: int | None, dry_run: bool, quiet: bool, verbose: bool) -> int:
    """Make texts and formats anew with what people decided at the review desk.

    Each is what was read, with Errata's repairs and the decisions that hold: the same bytes each time, and without decisions the
    text as Errata made it. Nothing is repaired again. Documents in which nothing was decided since are left alone.
    """
    from pipeline import run

    console = Console(quiet=quiet, verbose=verbose)
    return closed(run.apply(folders, console, jobs=jobs or 1, dry_run=dry_run), console)
