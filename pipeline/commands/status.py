"""The commands about a project as a whole: status, retry."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.options import JOBS, LIMITS, PROGRESS, STATE, TALK, closed, options, state_of
from pipeline.console import Console, Progress, lasting, write_out
from pipeline.errors import ExitCode

if TYPE_CHECKING:
    from pipeline.batch.status import Counts, Status

MOST = 50
"""Failures that are listed, unless as JSON."""


@click.command()
@click.argument("folder", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every failure.")
@click.option("--verify", is_flag=True, help="Compare all inputs and texts with the hashes in manifest.json.")
@STATE
def status(folder: Path, as_json: bool, verify: bool, state: str | None) -> int:
    """Say what of a project is done, failed and waiting, how fast it goes and how long it will take, also while it is made.

    With --verify, say which inputs and texts are no longer what they were: exit code 4 for texts, 2 for inputs only. Inputs are
    looked for where the runs were called from, then here.
    """
    from pipeline.batch.manifest import verified
    from pipeline.batch.status import called_in, status_of

    if verify:
        checked = verified(folder, called_in(folder, state_of(state)))
        write_out(checked.to_json() if as_json else checked.to_text())
        return checked.exit_code
    found = status_of(folder, state_of(state))
    write_out(found.to_json() if as_json else told(folder, found))
    return ExitCode.OK


@click.command()
@click.argument("folder", metavar="OUT", type=click.Path(path_type=Path))
@options(JOBS, LIMITS, STATE, PROGRESS, TALK)
def retry(
    folder: Path,
    jobs: int | None,
    page_seconds: float | None,
    memory: int | None,
    state: str | None,
    progress: Progress,
    quiet: bool,
    verbose: bool,
) -> int:
    """Do again what failed, and only that: with the paths and settings of the run in which it failed.

    Pages that were read are not read again. Only limits may be other ones than in that run.
    """
    from pipeline import run

    console = Console(quiet=quiet, verbose=verbose, progress=progress)
    given = {"jobs": jobs, "page_seconds": page_seconds, "memory": memory}
    limits = {key: value for key, value in given.items() if value is not None}
    outcomes = run.retry(folder, console, state=state_of(state), limits=limits)
    if not outcomes:
        console.say(f"{folder}: nothing failed")
    return closed(outcomes, console)


def told(folder: Path, found: Status) -> str:
    """A status as text."""
    rows = [f"{folder}: {counted(found.documents, 'documents', 'done')}"]
    if found.pages.total:
        rows.append(f"  {counted(found.pages, 'pages', 'read')}")
    if found.run is not None:
        rows.append(f"  {last_run(found)}")
    for failure in found.failures[:MOST]:
        where = failure.document + (f" page {failure.page}" if failure.page else "")
        tried = f" (tried {failure.attempts} times)" if failure.attempts > 1 else ""
        rows.append(f"  failed: {where}: {failure.reason}{tried}")
    if (left := len(found.failures) - MOST) > 0:
        rows.append(f"  and {left:,} more; --json lists all")
    if found.failures:
        rows.append(f"  errata retry {folder} does again what failed")
    return "".join(f"{row}\n" for row in rows)


def counted(counts: Counts, what: str, done: str) -> str:
    """`120 of 300 pages read, 1 failed, 2 in work, 177 waiting`."""
    parts = [f"{counts.done:,} of {counts.total:,} {what} {done}"]
    others = {"without some of their pages": counts.incomplete, "failed": counts.failed, "in work": counts.running}
    for name, number in {**others, "waiting": counts.waiting}.items():
        if number:
            parts.append(f"{number:,} {name}")
    return ", ".join(parts)


def last_run(found: Status) -> str:
    """The last run in one line."""
    run = found.run
    assert run is not None
    began, seen = (datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M:%S") for at in (run.started, run.seen))
    pace = f", {found.rate:,.1f} a minute" if found.rate else ""
    pace += f", {lasting(found.left)} left" if found.left is not None else ""
    if run.state == "running":
        return f"errata {run.command} goes on since {began}{pace}"
    how = "broke off" if run.state == "broken off" else run.result
    return f"errata {run.command} of {began} until {seen}: {how}{pace}"
