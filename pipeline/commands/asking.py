"""The commands that only tell something: evaluate, doctor, completion."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.console import write_out
from pipeline.errors import BadArguments, ExitCode, MissingDependency


@click.command()
@click.argument("truth", type=click.Path(path_type=Path), metavar="TRUTH")
@click.argument("folders", nargs=-1, required=True, metavar="OUT...", type=click.Path(path_type=Path))
@click.option("--before", type=click.Path(path_type=Path), metavar="PATH", help="The text before, where OUT does not tell.")
@click.option(
    "--against", type=click.Path(path_type=Path), metavar="OUT", help="Another run over the same pages, to be compared."
)
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON, with every page's.")
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write a page with the differences side by side.")
def evaluate(
    truth: Path, folders: tuple[Path, ...], before: Path | None, against: Path | None, as_json: bool, html: Path | None
) -> int:
    """Measure error rates before and after, against ground truth.

    TRUTH and OUT are folders of pages, matched by name, or one file each: text, hOCR, ALTO or PAGE-XML; OUT may also be what
    Errata wrote.
    """
    from pipeline import evaluate as measures
    from pipeline.outputs.files import write_text

    if html is not None and len(folders) > 1:
        raise BadArguments("--html shows one run", advice="Name one, and the other with --against")
    for folder in folders:
        report = measures.evaluate(truth, folder, before, against=against)
        heading = f"{folder}\n" if len(folders) > 1 and not as_json else ""
        if html is not None:
            write_text(html, report.to_html())
        write_out(heading + (report.to_json() if as_json else report.to_text()))
    return ExitCode.OK


@click.command()
@click.option("--lang", default="eng", show_default=True, metavar="CODES", help="Languages that Tesseract should have data for.")
@click.option("-o", "--out", default="output", show_default=True, metavar="FOLDER", help="Where results would go.")
def doctor(lang: str, out: str) -> int:
    """Say what is installed, what is missing, and how to get it."""
    from pipeline.doctor import checks

    sound = True
    for check in checks(lang, Path(out)):
        sound &= check.sound
        advice = "" if check.sound or not check.advice else f". {check.advice}"
        write_out(f"{'ok     ' if check.sound else 'MISSING'}  {check.name}: {check.found}{advice}\n")
    return ExitCode.OK if sound else ExitCode.MISSING_DEPENDENCY


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print a script that completes commands; for bash: eval "$(errata completion bash)" in ~/.bashrc."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise MissingDependency(f"click cannot complete for {shell}", advice="Install a newer click")
    write_out(kind(click.get_current_context().find_root().command, {}, "errata", "_ERRATA_COMPLETE").source() + "\n")
    return ExitCode.OK
