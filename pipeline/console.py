"""What the person at the keyboard sees: a progress bar on a terminal, plain lines in a log, little when quiet."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import deque
from typing import TYPE_CHECKING, Literal

import click

from pipeline.errors import PipelineError
from pipeline.outputs.visible import visible, visible_line

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from pipeline.batch.outcomes import Outcome

SECONDS_BETWEEN_LINES = 10.0
RECENT = 200
"""Pages or documents by which speed is judged."""
Level = Literal["info", "warning", "error"]
Progress = Literal["auto", "lines", "json", "none"]


class Pace:
    """How many of how many are done, and how fast."""

    def __init__(self, total: int) -> None:
        self.done, self.total = 0, total
        self.began = time.monotonic()
        self.times: deque[float] = deque([self.began], RECENT)

    def advance(self) -> None:
        self.done += 1
        self.times.append(time.monotonic())

    @property
    def rate(self) -> float:
        """So many a minute of late; 0 while that cannot be said."""
        seconds = time.monotonic() - self.times[0]
        return 60 * (len(self.times) - 1) / seconds if seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds until all is done, if it goes on like this."""
        return 60 * max(0, self.total - self.done) / self.rate if self.rate else None

    def __str__(self) -> str:
        left = f", {lasting(self.left)} left" if self.left is not None else ""
        return f"{self.rate:,.0f} a minute{left}" if self.rate >= 1 else f"{60 * self.rate:.0f} an hour{left}"


def lasting(seconds: float) -> str:
    """`40 s`, `12 min`, `3 h 20 min`."""
    minutes = round(seconds / 60)
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


class Console:
    """Messages on standard error, data on standard output. It is told how a run goes on (see `batch.outcomes.Reporter`).

    `progress`: a bar on a terminal and lines elsewhere (auto), lines, JSON Lines that hold all messages too, or none.
    """

    def __init__(self, *, quiet: bool = False, verbose: bool = False, progress: Progress = "auto") -> None:
        self.quiet, self.verbose, self.progress = quiet, verbose, progress
        self.terminal = progress == "auto" and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self.bar: Bar | None = None
        self.task: TaskID | None = None
        self.pace, self.what = Pace(0), ""
        self.last_line = 0.0

    def begin(self, total: int, what: str) -> None:
        """`total` pages or documents (`what`) are to be done; a single one needs no progress."""
        self.pace, self.what, self.last_line = Pace(total), what, time.monotonic()
        self.tell("begin", what=what, total=total)
        self.show()

    def show(self) -> None:
        """Show the progress bar, where there is a terminal and more than one thing to do."""
        if self.pace.total > 1 and self.terminal and not self.quiet and self.bar is None:
            from rich.console import Console as Terminal
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
            from rich.progress import Progress as Bars

            columns = (TextColumn(self.what), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[pace]}"))
            self.bar = Bars(*columns, console=Terminal(stderr=True), transient=True)
            self.task = self.bar.add_task(self.what, total=self.pace.total, pace="")
            self.bar.start()

    def expect(self, total: int) -> None:
        """There are more, or fewer, than was thought."""
        self.pace.total = total
        self.show()
        if self.bar is not None and self.task is not None:
            self.bar.update(self.task, total=total)

    def advance(self, name: str) -> None:
        """One more is done."""
        pace = self.pace
        pace.advance()
        if self.progress == "json":
            left = None if pace.left is None else round(pace.left, 1)
            self.tell("progress", name=name, done=pace.done, total=pace.total, rate=round(pace.rate, 2), left=left)
        elif self.bar is not None and self.task is not None:
            self.bar.update(self.task, advance=1, pace=str(pace))
        elif self.progress == "none":
            return
        elif self.verbose:
            self.say(f"{name} ({pace.done} of {pace.total} {self.what})")
        elif pace.done < pace.total and time.monotonic() - self.last_line > SECONDS_BETWEEN_LINES:
            self.last_line = time.monotonic()
            self.say(f"{pace.done:,} of {pace.total:,} {self.what}, {pace}")

    def finished(self, outcome: Outcome) -> None:
        """A document is done, was done, or failed."""
        if outcome.output:
            write_out(outcome.output)
        if self.progress == "json":
            self.tell("document", **told(outcome))
            return
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
        self.tell("end", done=self.pace.done, total=self.pace.total, seconds=round(time.monotonic() - self.pace.began, 1))
        if self.bar is not None:
            self.bar.stop()
            self.bar = None

    def say(self, text: str) -> None:
        """A message; nothing when quiet."""
        if not self.quiet:
            self.line(visible_line(text))

    def warn(self, text: str) -> None:
        """Something that was not as it should be; shown even when quiet."""
        self.line(visible_line(text), "warning")

    def error(self, error: PipelineError, detail: str = "") -> None:
        """What went wrong, in one line; with -v also how."""
        self.line(visible_line(" ".join(str(error).split())), "error")
        if self.verbose and detail:
            self.line(visible(detail.rstrip()))

    def line(self, text: str, level: Level = "info") -> None:
        """A line above the progress bar, if there is one."""
        if self.progress == "json":
            self.tell("message", level=level, text=text)
            return
        if level != "info":
            text = click.style("errata: ", fg="red" if level == "error" else "yellow") + text
        if "NO_COLOR" in os.environ:
            text = click.unstyle(text)
        if self.bar is not None:
            from rich.text import Text

            self.bar.console.print(Text.from_ansi(text), soft_wrap=True)
        else:
            click.echo(text, err=True)

    def tell(self, event: str, **values: object) -> None:
        """A line of JSON, where that was asked for."""
        if self.progress == "json":
            click.echo(json.dumps({"event": event, **values}, ensure_ascii=False), err=True)


def told(outcome: Outcome) -> dict[str, object]:
    """What became of a document, as values for JSON."""
    counts = outcome.counts
    values = {"name": outcome.name, "folder": str(outcome.folder), "state": outcome.state, "note": outcome.note}
    error = None if outcome.error is None else " ".join(str(outcome.error).split())
    lists = {"failed": outcome.failed, "remarks": outcome.remarks}
    done = {"pages": counts.get("pages", 0), "repairs": counts.get("applied", 0), "suggestions": counts.get("held", 0)}
    return {**values, **done, **lists, "error": error}


def counted(counts: dict[str, int]) -> str:
    """`479 pages, 1,204 repairs, 88 suggestions; about 40 (25-70) words are wrong still, 90 % of them on 120 of 900 lines`."""
    words = (("pages", "page"), ("applied", "repair"), ("held", "suggestion"))
    done = ", ".join(f"{counts.get(key, 0):,} {word}{'' if counts.get(key, 0) == 1 else 's'}" for key, word in words)
    if not counts.get("wrong_high"):
        return done
    from pipeline.confidence.residual import Estimate

    left = Estimate(counts["wrong"], counts["wrong_low"], counts["wrong_high"])
    lines = f"90 % of them on {counts['lines_to_read']:,} of {counts['lines']:,} lines" if counts["lines"] > 1 else ""
    verb = "word is" if counts["wrong"] == 1 else "words are"
    return f"{done}; {left} {verb} wrong still" + (f", {lines}" if lines else "")


def write_out(text: str) -> None:
    """Text as UTF-8 on standard output, its line ends as they are; on a terminal nothing of it acts."""
    text = visible(text) if sys.stdout.isatty() else text
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.buffer.flush()
