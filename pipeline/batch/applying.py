"""`errata apply`: the results of finished documents made anew from what was read, Errata's account, and what people decided."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.batch.decisions import Held, held, take_in
from pipeline.batch.documents import changed_by_hand, counts_of, lost_remarks, stamp_of, stored_source, write_results
from pipeline.batch.order import unwritable
from pipeline.batch.outcomes import Outcome
from pipeline.batch.stamp import Stamp
from pipeline.batch.verdicts import remark as fits_no_more
from pipeline.batch.verdicts import with_readings
from pipeline.decisions.machine import machine_ledger
from pipeline.decisions.rulings import Rulings
from pipeline.errors import InvalidRecord
from pipeline.language.evidence import Evidence
from pipeline.ledger import Ledger
from pipeline.model import Source
from pipeline.outputs.files import text_diff
from pipeline.result import Result

Rebuild = Callable[[Source, Ledger, Evidence, Stamp, Rulings], Result]
"""What makes a document's result, without repairing, of its source, Errata's own ledger, its evidence, its stamp, and what people
decided."""


@dataclass(frozen=True, slots=True)
class ApplyJob:
    """A finished document whose texts are to be made anew; in a `dry_run` only what would change is shown."""

    folder: Path
    rebuild: Rebuild
    dry_run: bool = False

    @property
    def name(self) -> str:
        return str(self.folder)

    def run(self) -> Outcome:
        """Write all outputs, unless they hold all that was decided. Raises PipelineError."""
        stamp, said = stamp_of(self.folder), held(self.folder)
        if said.digest == stamp.decisions:
            return Outcome(self.name, self.folder, "already done", note="nothing was decided since")
        if (kept := changed_by_hand(self.name, self.folder)) is not None:
            return kept
        if not self.dry_run:
            return applied(self.folder, stamp, said, self.rebuild)
        result = stored_result(self.folder, stamp, said, self.rebuild)
        before = (self.folder / "text.txt").read_text(encoding="utf-8", errors="surrogatepass")
        return Outcome(
            self.name, self.folder, "done", note=summary(result), output=text_diff(before, result.draft.text, self.name)
        )


def applied(folder: Path, stamp: Stamp, said: Held, rebuild: Rebuild) -> Outcome:
    """Make a document's results anew with what people `said`, and write them. Raises PipelineError."""
    keep_earlier(folder)
    result = stored_result(folder, stamp, said, rebuild)
    result, stale = with_readings(result, said.readings)
    remarks = (*map(fits_no_more, stale), *result.said, *lost_remarks(result, folder))
    remarks += write_results(result, replace(stamp, decisions=said.digest), folder)
    return Outcome(str(folder), folder, "done", counts_of(result), note=summary(result), remarks=remarks)


def keep_earlier(folder: Path) -> None:
    """Take what an older version kept into the log. Raises UnwritableOutput."""
    try:
        take_in(folder)
    except OSError as fault:
        raise unwritable(folder, fault) from fault


def stored_result(folder: Path, stamp: Stamp, said: Held, rebuild: Rebuild) -> Result:
    """The result that a finished document comes to with what people `said`, but not read lines. Raises PipelineError."""
    source = stored_source(folder, stamp)
    return rebuild(source, machine_ledger(folder), read_evidence(folder), stamp, said.rulings(folder, None))


def read_evidence(folder: Path) -> Evidence:
    """The stored evidence of a document. Raises InvalidRecord."""
    path = folder / "evidence.json"
    try:
        return Evidence.from_record(json.loads(path.read_bytes()), path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        advice = "errata repair makes the document again"
        raise InvalidRecord("missing or damaged", where=path, advice=advice) from fault


def summary(result: Result) -> str:
    """`212 places decided: 200 accepted, 12 kept as read`."""
    counts: dict[str, int] = {}
    for one in result.decided:
        counts[one.choice] = counts.get(one.choice, 0) + 1
    parts = ", ".join(f"{counts[choice]:,} {name}" for choice, name in NAMES.items() if choice in counts)
    total = len(result.decided)
    if not total:
        return "no decision holds: the text is as Errata made it"
    return f"{total:,} place{'' if total == 1 else 's'} decided{': ' if parts else ''}{parts}"


NAMES = {
    "accept": "accepted",
    "keep": "kept as read",
    "write": "typed",
    "right": "right as they stood",
    "unclear": "not to be told",
}
"""What people decided, in the words of the command line."""
