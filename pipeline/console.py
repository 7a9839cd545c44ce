"""What the person at the keyboard sees: a progress bar on a terminal, plain lines in a log, little when quiet."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

import click

from pipeline.errors import PipelineError
from pipeline.outputs.visible import visible, visible_line

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from pipeline.batch.outcomes import Outcome

SECONDS_BETWEEN_LINES = 10.0


class Console:
    """Messages on standard error, data on standard output. It is told how a run goes on (see `batch.outcomes.Reporter`)."""

    def __init__(self, *, quiet: bool = False, verbose: bool = False) -> None:
        self.quiet, self.verbose = quiet, verbose
        self.terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self.bar: Progress | None = None
        self.task: TaskID | None = None
        self.done = self.total = 0
        self.what = ""
        self.last_line = 0.0

    def begin(self, total: int, what: str) -> None:
        """`total` pages or documents (`what`) are to be done; a single one needs no progress."""
        self.done, self.total, self.what, self.last_line = 0, total, what, time.monotonic()
        if total > 1 and self.terminal and not self.quiet:
            from rich.console import Console as Terminal
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self.bar = Progress(*columns, console=Terminal(stderr=True), transient=True)
            self.task = self.bar.add_task(what, total=total)
            self.bar.start()

    def advance(self, name: str) -> None:
        """One more is done."""
        self.done += 1
        if self.bar is not None and self.task is not None:
            self.bar.advance(self.task)
        elif self.verbose:
            self.say(f"{name} ({self.done} of {self.total} {self.what})")
        elif self.done < self.total and time.monotonic() - self.last_line > SECONDS_BETWEEN_LINES:
            self.last_line = time.monotonic()
            self.say(f"{self.done} of {self.total} {self.what}")

    def finished(self, outcome: Outcome) -> None:
        """A document is done, was done, or failed."""
        if outcome.output:
            write_out(outcome.output)
        for remark in outcome.remarks:
            self.say(f"{outcome.folder}: {remark}")
        if outcome.error is not None:
            self.error(outcome.error, outcome.detail)
            return
        for failed in outcome.failed:
            self.warn(f"{outcome.name}: {failed}")
        if outcome.note:
            self.say(f"{outcome.folder}: {outcome.note}")
        elif outcome.state == "already done":
            self.say(f"{outcome.folder}: already done (--force does it again)")
        else:
            self.say(f"{outcome.folder}: {counted(outcome.counts)}")

    def end(self) -> None:
        """The run is over, or breaks off."""
        if self.bar is not None:
            self.bar.stop()
            self.bar = None

    def say(self, text: str) -> None:
        """A message; nothing when quiet."""
        if not self.quiet:
            self.line(visible_line(text))

    def warn(self, text: str) -> None:
        """Something that was not as it should be; shown even when quiet."""
        self.line(click.style("errata: ", fg="yellow") + visible_line(text))

    def error(self, error: PipelineError, detail: str = "") -> None:
        """What went wrong, in one line; with -v also how."""
        self.line(click.style("errata: ", fg="red") + visible_line(" ".join(str(error).split())))
        if self.verbose and detail:
            self.line(visible(detail.rstrip()))

    def line(self, text: str) -> None:
        """A line above the progress bar, if there is one."""
        if "NO_COLOR" in os.environ:
            text = click.unstyle(text)
        if self.bar is not None:
            from rich.text import Text

            self.bar.console.print(Text.from_ansi(text), soft_wrap=True)
        else:
            click.echo(text, err=True)


def counted(counts: dict[str, int]) -> str:
    """`479 pages, 1,204 repairs, 88 suggestions; about 40 (25-70) words are wrong still, 90 % of them on 120 of 900 lines`."""
    words = (("pages", "page"), ("applied", "repair"), ("held", "suggestion"))
    done = ", ".join(f"{counts.get(key, 0):,} {word}{'' if counts.get(key, 0) == 1 else 's'}" for key, word in words)
    if not counts.get("wrong_high"):
        return done
    from pipeline.confidence.residual import Estimate

    left = Estimate(counts["wrong"], counts["wrong_low"], counts["wrong_high"])
    lines = f"90 % of them on {counts['lines_to_read']:,} of {counts['lines']:,} lines"
    return f"{done}; {left} words are wrong still, {lines}"


def write_out(text: str) -> None:
    """Text as UTF-8 on standard output, its line ends as they are; on a terminal nothing of it acts."""
    text = visible(text) if sys.stdout.isatty() else text
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.buffer.flush()
