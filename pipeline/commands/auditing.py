"""The command that has a person look at some lines, and counts with what was found: audit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.console import Console, write_out
from pipeline.errors import BadArguments, ExitCode

if TYPE_CHECKING:
    from pipeline.batch.audits import Audit


@click.command()
@click.argument("folder", metavar="OUT", type=click.Path(path_type=Path))
@click.option("-n", "--lines", "count", type=click.IntRange(1), default=50, show_default=True, help="How many lines.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Another seed draws other lines.")
@click.option("--least-sure", is_flag=True, help="Not lines drawn at random but those with most expected errors.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), metavar="FILE", help="Where the sheet goes. Default: standard output."
)
@click.option("--verdicts", type=click.Path(path_type=Path), metavar="FILE", help="A sheet that was filled in.")
def audit(folder: Path, count: int, seed: int, least_sure: bool, out: Path | None, verdicts: Path | None) -> int:
    """Print a sheet of lines of a finished document for a person to read, drawn at random; take the filled-in sheet back.

    Count the wrong words of each line beside its scan, write the count into the last column (0 if there are none; leave what you
    have not read empty), save as CSV, and give it to --verdicts: the estimate of what is left moves to what was found, and the
    document keeps it.
    """
    from pipeline import run
    from pipeline.batch.audits import Wanted
    from pipeline.outputs.files import write_text

    if verdicts is not None:
        if out is not None or least_sure:
            raise BadArguments("--verdicts takes a sheet back, and writes none", advice="Leave -o and --least-sure out")
        taken = run.take_audit(folder, verdicts)
        write_out(told(taken))
        for stale in taken.stale:
            Console().warn(stale)
        return ExitCode.OK
    sheet = run.audit_sheet(folder, Wanted(count, seed, drawn=not least_sure))
    if out is None:
        write_out(sheet)
    else:
        write_text(out, sheet)
        Console().say(f"{out}: {sheet.count(chr(10)) - 1:,} lines; count the wrong words of each, then give it to --verdicts")
    return ExitCode.OK


def told(audit: Audit) -> str:
    """What an audit changed, in a few lines."""
    drawn, wrong = (sum(getattr(verdict, name) for verdict in audit.new) for name in ("drawn", "wrong"))
    listed = audit.after.reading_list()
    rows = [
        f"lines read: {len(audit.new):,}, of which {drawn:,} drawn at random",
        f"wrong words found: {wrong:,} of {audit.words:,}, where {audit.expected:.1f} were expected",
        f"wrong words left in lines that nobody has read: {audit.after.document}; before any line was read {audit.before}",
    ]
    if audit.alone is not None:
        rows.append(f"the same by the lines drawn at random alone, without the model: {audit.alone}")
    rows.append(f"90 % of them are expected on {len(listed.lines):,} of {listed.of:,} lines")
    return "".join(f"{row}\n" for row in rows)
