"""The command that watches a scanner's folder."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import click

from pipeline.commands.making import start_early
from pipeline.commands.options import (
    CALIBRATION,
    CAUTION,
    CONFIG,
    EFFORT,
    ENGINE,
    FORMAT,
    JOBS,
    LANG,
    LAYER,
    LIMITS,
    PERIOD,
    PROGRESS,
    TALK,
    closed,
    options,
    ordered,
)
from pipeline.errors import BadArguments, ExitCode

SECONDS = click.FloatRange(0.1, 86_400)


class Ended(BaseException):
    """Somebody asked the process to end."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="IN")
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@click.option("--every", type=SECONDS, default=10, show_default=True, metavar="SECONDS", help="How often IN is looked at.")
@click.option(
    "--quiet-for",
    type=SECONDS,
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="A folder is complete after so long a rest.",
)
@click.option("--once", is_flag=True, help="Do what is there, and end: for cron and systemd timers.")
@options(PERIOD, LANG, CAUTION, JOBS, FORMAT, LAYER, EFFORT, ENGINE, CALIBRATION, CONFIG, LIMITS, PROGRESS, TALK)
def watch(folder: Path, out: Path, every: float, quiet_for: float, once: bool, **given: Any) -> int:
    """Watch the folder IN of a scanner, and make what comes into documents in OUT.

    A file at the top is a document, and so is a folder with all that is in it; scans and PDFs are digitised, texts cleaned.
    What somebody still writes is left until it is complete. What changes later is made again. What fails is named, and not
    tried again until it changes.
    """
    if not folder.is_dir():
        raise BadArguments("there is no such folder to watch", where=folder, advice="Make it first, or check the spelling")
    order, console = ordered({**given, "out": out})
    start_early([str(folder)])
    from pipeline import run
    from pipeline.batch.watching import Habits

    before = signal.signal(signal.SIGTERM, end)
    if not once:
        console.say(f"watching {folder}; Ctrl-C ends it")
    try:
        return closed(run.watch(folder, order, Habits(every, quiet_for, once), console, console.say), console)
    except Ended:
        console.say("errata: ended; what is finished is kept")
        return ExitCode.OK
    finally:
        signal.signal(signal.SIGTERM, before)


def end(number: int, frame: object) -> None:
    raise Ended
