"""What can go wrong, as exceptions that carry an exit code and say what to do about it."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """Exit codes of the command, stable and documented in the README (numbers follow OCRmyPDF where the meaning is the same)."""

    OK = 0
    BAD_ARGS = 1
    INPUT_FILE = 2
    MISSING_DEPENDENCY = 3
    INVALID_OUTPUT = 4
    FILE_ACCESS = 5
    ALREADY_DONE = 6
    CHILD_PROCESS = 7
    ENCRYPTED_PDF = 8
    INVALID_CONFIG = 9
    PARTIAL = 10
    CLUSTER = 12
    OTHER = 15
    CTRL_C = 130


class PipelineError(Exception):
    """Anything that the person at the keyboard should read: one line on what is wrong, one on what to do.

    `where` names the file (and page), `what` the fault, `advice` the way out.
    """

    exit_code = ExitCode.OTHER

    def __init__(self, what: str, *, where: str | Path | None = None, page: int | None = None, advice: str = "") -> None:
        self.what, self.where, self.page, self.advice = what, where, page, advice
        super().__init__(str(self))

    def __str__(self) -> str:
        place = str(self.where) if self.where is not None else ""
        if self.page is not None:
            place += f" page {self.page}" if place else f"page {self.page}"
        text = f"{place}: {self.what}" if place else self.what
        return f"{text}. {self.advice}" if self.advice else text

    def __reduce__(self) -> tuple[object, ...]:
        """Exceptions travel between processes; keyword-only arguments need help with that."""
        return _rebuild, (type(self), self.what, self.where, self.page, self.advice)


def _rebuild(kind: type[PipelineError], what: str, where: str | Path | None, page: int | None, advice: str) -> PipelineError:
    return kind(what, where=where, page=page, advice=advice)


class BadArguments(PipelineError):
    """The command line asks for something that does not exist or does not fit together."""

    exit_code = ExitCode.BAD_ARGS


class UnreadableInput(PipelineError):
    """An input file that is missing, empty, damaged, too large, or not what its name says."""

    exit_code = ExitCode.INPUT_FILE


class MissingDependency(PipelineError):
    """A program or language data that Errata needs is not installed."""

    exit_code = ExitCode.MISSING_DEPENDENCY


class UnwritableOutput(PipelineError):
    """The output folder cannot be made or written."""

    exit_code = ExitCode.FILE_ACCESS


class OccupiedOutput(PipelineError):
    """Where the results of a document would go lies what Errata did not write."""

    exit_code = ExitCode.FILE_ACCESS


class ToolFailed(PipelineError):
    """An outside program (Tesseract) failed or took too long."""

    exit_code = ExitCode.CHILD_PROCESS


class EncryptedPdf(PipelineError):
    """A PDF that needs a password."""

    exit_code = ExitCode.ENCRYPTED_PDF


class InvalidConfig(PipelineError):
    """`errata.toml` or a dictionary pack that cannot be understood; the message names file and line."""

    exit_code = ExitCode.INVALID_CONFIG


class InvalidRecord(PipelineError):
    """A ledger or stored result that does not fit the text it is applied to."""

    exit_code = ExitCode.INVALID_OUTPUT


class MadeLater(InvalidRecord):
    """A stored result of a later version of Errata, which this one can neither read nor may write over."""


class ClusterLost(PipelineError):
    """The scheduler of a cluster cannot be reached, or is gone."""

    exit_code = ExitCode.CLUSTER
