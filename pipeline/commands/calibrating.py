"""The command that fits confidences to a user's own pages: calibrate."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.commands.options import FOLDERS
from pipeline.console import Console, write_out
from pipeline.errors import ExitCode


@click.command()
@FOLDERS
@click.option("--truth", type=click.Path(path_type=Path), metavar="FOLDER", help="Corrected pages: NAME.gt.txt or NAME.txt.")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    default="calibration.json",
    show_default=True,
    metavar="FILE",
    help="Where the weights go.",
)
def calibrate(folders: tuple[Path, ...], truth: Path | None, out: Path) -> int:
    """Fit confidences to finished documents of which some pages were corrected by hand.

    Corrected pages bear the names of documents or of their scans, as for errata evaluate. Without --truth, only what was decided
    in the documents (errata undo) is learned from. Use the file with --calibration FILE, or calibration = "FILE" in errata.toml.
    """
    from pipeline import run

    figures, unused = run.calibrate(folders, truth, out)
    if unused:
        Console().warn(f"belongs to none of the documents: {', '.join(unused[:8])}{' …' if len(unused) > 8 else ''}")
    write_out("".join(told.to_text() for told in figures) + f"{out} written; use it with --calibration {out}\n")
    return ExitCode.OK
