"""Audits of finished documents: the sheet of lines to read, and what its verdicts change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline.batch.applying import Rebuild, keep_earlier, stored_result
from pipeline.batch.decisions import held
from pipeline.batch.documents import write_results
from pipeline.batch.order import unwritable
from pipeline.batch.stamp import Stamp, finished_folders, read_stamp
from pipeline.batch.verdicts import Reading, joined, read_readings, remark, with_readings, write_readings
from pipeline.confidence.audit import audited, drawn_lines
from pipeline.confidence.residual import Estimate, Residual, Verdict, written_lines
from pipeline.errors import BadArguments, UnreadableInput
from pipeline.outputs.audit_sheet import SheetRow, audit_sheet


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines a sheet is to hold: so many drawn at random by a seed, or (not `drawn`) so many of the least sure."""

    count: int
    seed: int
    drawn: bool


@dataclass(frozen=True, slots=True)
class Audit:
    """What verdicts changed. `new`: those of the sheet that fit, on so many `words` of which so many were `expected` to be wrong;
    `before`, `after`: what is left without any verdict and with all; `alone`: the same by the lines drawn alone, without the
    model; `stale`: remarks on readings that fit no line."""

    new: tuple[Verdict, ...]
    words: int
    expected: float
    before: Estimate
    after: Residual
    alone: Estimate | None
    stale: tuple[str, ...]


def sheet(path: Path, wanted: Wanted, rebuild: Rebuild) -> str:
    """The sheet of a document for a person to fill in. Raises PipelineError."""
    folder, stamp = one_document(path)
    said = held(folder)
    result, _ = with_readings(stored_result(folder, stamp, said, rebuild), said.readings)
    if wanted.drawn:
        lines = drawn_lines(written_lines(result.confidence), wanted.count, wanted.seed, result.verdicts)
    else:
        lines = result.residual.reading_list(1.0).lines[: wanted.count]
    return audit_sheet(result, lines, drawn=wanted.drawn)


def take(path: Path, rows: Sequence[SheetRow], rebuild: Rebuild) -> Audit:
    """Keep what a person found on lines of a document, and write its results anew. Raises PipelineError."""
    folder, stamp = one_document(path)
    when = datetime.now(UTC).isoformat(timespec="seconds")
    new = [Reading(row.page, row.line, row.text, row.wrong, row.drawn, when) for row in rows]
    if not new:
        raise BadArguments(
            "no line of the sheet is filled in", advice="Write the count of wrong words, or 0, into the last column"
        )
    keep_earlier(folder)
    plain = stored_result(folder, stamp, held(folder), rebuild)
    try:
        write_readings(folder, joined(read_readings(folder), new))
    except OSError as fault:
        raise unwritable(folder, fault) from fault
    said = held(folder)
    result, stale = with_readings(plain, said.readings)
    write_results(result, replace(stamp, decisions=said.digest), folder)
    fresh = with_readings(plain, new)[0].verdicts
    risks = [result.confidence.words.between(verdict.start, verdict.end) for verdict in fresh]
    return Audit(
        fresh,
        sum(len(part) for part in risks),
        float(sum(part.sum() for part in risks)),
        plain.residual.document,
        result.residual,
        audited(written_lines(result.confidence), result.verdicts),
        tuple(map(remark, stale)),
    )


def one_document(path: Path) -> tuple[Path, Stamp]:
    """The folder of the one finished document at or under `path`. Raises BadArguments where there are more."""
    folders = finished_folders([path])
    if len(folders) > 1:
        raise BadArguments(f"{len(folders)} documents lie there", where=path, advice=f"Name one of them, such as {folders[0]}")
    stamp = read_stamp(folders[0])
    if stamp is None:
        raise UnreadableInput("errata.json is missing or damaged", where=folders[0], advice="Read the document again")
    return folders[0], stamp
