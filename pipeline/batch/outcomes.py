"""What became of each document, and what the whole run comes to."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol

from pipeline.batch.limits import disk_full, is_memory, too_large
from pipeline.errors import ExitCode, MissingDependency, PipelineError, ToolFailed, UnwritableOutput

FATAL = (MissingDependency, UnwritableOutput)
"""What no other document could escape either."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One document. `counts`: see `documents.counts_of`; `failed`: why each page that could not be read could not; `detail`: a
    traceback, for an error that nobody foresaw; `output`: what a run that writes nothing has to show; `note`: what is said of it
    in place of its counts; `remarks`: what else there is to say, such as files that were passed over; `content`: a hash of
    what it was made from."""

    name: str
    folder: Path
    state: Literal["done", "already done", "locked", "failed"]
    counts: dict[str, int] = field(default_factory=dict)
    failed: tuple[str, ...] = ()
    error: PipelineError | None = None
    detail: str = ""
    output: str = ""
    note: str = ""
    remarks: tuple[str, ...] = ()
    content: str = ""

    def slim(self) -> Outcome:
        """The same without what has been said: of many thousand documents only the rest is kept."""
        return replace(self, failed=self.failed[:1], detail="", output="", remarks=())

    @property
    def reason(self) -> str:
        """In one line why it, or some of its pages, failed, or why it was left alone; else empty."""
        if self.error is not None:
            return " ".join(str(self.error).split())
        if self.failed:
            return f"{len(self.failed):,} of its pages could not be read; {self.failed[0]}"
        return self.note if self.state == "locked" else ""


class Reporter(Protocol):
    """Who is told how a run goes on."""

    def begin(self, total: int, what: str) -> None:
        """`total` pages or documents (`what`) are to be done."""

    def advance(self, name: str) -> None:
        """One of them is."""

    def expect(self, total: int) -> None:
        """There are more, or fewer, than was thought: `total`."""

    def finished(self, outcome: Outcome) -> None:
        """A document is."""

    def end(self) -> None:
        """All of them are, or the run breaks off."""


def failure(name: str, folder: Path, fault: Exception) -> Outcome:
    """The outcome of a document that `fault` made an end of. Raises it again if it would be every other document's end too."""
    if isinstance(fault, FATAL):
        raise fault
    if (full := disk_full(fault, folder)) is not None:
        raise full from fault
    if is_memory(fault):
        fault = too_large(name)
    if isinstance(fault, PipelineError):
        return Outcome(name, folder, "failed", error=fault)
    return Outcome(name, folder, "failed", error=unforeseen(fault, name), detail="".join(traceback.format_exception(fault)))


def died(name: str, folder: Path) -> Outcome:
    """The outcome of a document whose process died."""
    error = ToolFailed("the process that worked on this document died (out of memory?)", where=name, advice="Try it alone")
    return Outcome(name, folder, "failed", error=error)


def unforeseen(fault: BaseException, where: str | None = None) -> PipelineError:
    """An error of the program itself, in one line."""
    said = " ".join(f"{type(fault).__name__}: {fault}".split())[:300]
    return PipelineError(f"internal error ({said})", where=where, advice="Please report it; -v shows more")


def exit_code(outcomes: Sequence[Outcome]) -> ExitCode:
    """OK; what went wrong, if it went wrong with every document in the same way; else PARTIAL."""
    codes = {outcome.error.exit_code if outcome.error else ExitCode.OK for outcome in outcomes}
    if codes <= {ExitCode.OK}:
        return ExitCode.PARTIAL if any(outcome.failed for outcome in outcomes) else ExitCode.OK
    return codes.pop() if len(codes) == 1 else ExitCode.PARTIAL
