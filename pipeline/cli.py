"""The command line: arguments in, exit code out. The only place that ends the program."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline import __version__
from pipeline.console import Console, counted, write_out
from pipeline.errors import BadArguments, ExitCode, MissingDependency, PipelineError

# What a command needs is imported when it runs: `errata --help` and shell completion must answer at once.
if TYPE_CHECKING:
    from pipeline.batch.order import Order
    from pipeline.batch.outcomes import Outcome

MOST_PAGES = 1_000_000
EXIT_CODES = """\b
Exit codes:
  0  all done                      7   Tesseract failed
  1  bad arguments                 8   encrypted PDF
  2  unreadable input              9   broken errata.toml or dictionary
  3  something is not installed    10  some documents or pages failed
  4  damaged results               15  internal error
  5  output cannot be written      130 Ctrl-C
"""


def page_ranges(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[int, ...]:
    """`1-5,9` as places in the scan order, from 1, sorted; empty for all."""
    found: set[int] = set()
    for part in value.split(",") if value is not None else ():
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        last = last if dash else first
        if not (first.isdecimal() and last.isdecimal() and 1 <= int(first) <= int(last) <= MOST_PAGES):
            raise click.BadParameter(f"{part.strip()!r} is not a page or a range of pages; write for example 1-5,9", ctx, param)
        found.update(range(int(first), int(last) + 1))
    return tuple(sorted(found))


Command = Callable[..., Any]


def options(*wanted: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator, in the order in which help shows them."""

    def decorate(command: Command) -> Command:
        for option in reversed(wanted):
            command = option(command)
        return command

    return decorate


OUT = click.option("-o", "--out", default="output", show_default=True, metavar="FOLDER", help="Where results go.")
PERIOD = click.option(
    "--period",
    multiple=True,
    metavar="PACK",
    help="Dictionary besides English, by name or folder; repeatable. Default: interwar.",
)
LANG = click.option("--lang", metavar="CODES", help="Languages for Tesseract, such as eng or eng+fra. Default: eng.")
PAGES = click.option("--pages", callback=page_ranges, metavar="RANGES", help="Only these places in the scan order: 1-5,9.")
JOBS = click.option("-j", "--jobs", type=click.IntRange(1, 256), help="Processes at a time. Default: one a core.")
FORCE = click.option("-f", "--force", is_flag=True, help="Do again what is done already.")
DRY_RUN = click.option("-n", "--dry-run", is_flag=True, help="Show the changes as a diff; write nothing.")
KEEP = click.option("--keep-images", is_flag=True, default=None, help="Keep the page images after each step of treatment.")
CONFIG = click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Settings. Default: ./errata.toml.")
TALK = options(
    click.option("-q", "--quiet", is_flag=True, help="Only errors and warnings."),
    click.option("-v", "--verbose", is_flag=True, help="More detail."),
)
INPUTS = click.argument("paths", nargs=-1, required=True, metavar="PATH...")


@click.group(epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="errata", message="%(prog)s %(version)s")
def cli() -> None:
    """Turn page scans, or OCR text that already exists, into clean text, and account for every change."""


@cli.command()
@INPUTS
@options(OUT, PERIOD, LANG, PAGES, JOBS, FORCE, DRY_RUN, KEEP, CONFIG, TALK)
@click.option("--each", is_flag=True, help="Every image is a document of its own.")
def digitise(paths: tuple[str, ...], each: bool, **given: Any) -> int:
    """Read scans: images, folders of images, PDFs.

    A folder of images is one document, in natural order; every PDF and every TIFF of several pages is one.
    """
    from pipeline import run

    order, console = ordered(given)
    return closed(run.digitise(paths, order, console, each=each), console)


@cli.command()
@INPUTS
@options(OUT, PERIOD, PAGES, JOBS, FORCE, DRY_RUN, CONFIG, TALK)
@click.option("--document", is_flag=True, help="Each folder is one document, its files are the pages.")
def clean(paths: tuple[str, ...], document: bool, **given: Any) -> int:
    """Repair text that OCR left: files, or folders of files.

    With - as PATH, text is read from standard input and the clean text written to standard output; with "-o -" the clean text of
    a file is.
    """
    from pipeline import run

    streamed = "-" in paths or given["out"] == "-"
    if not streamed:
        order, console = ordered(given)
        return closed(run.clean(paths, order, console, whole=document), console)
    chosen = click.get_current_context().get_parameter_source("out") is not click.core.ParameterSource.DEFAULT
    if len(paths) > 1 or document or (paths == ("-",) and chosen and given["out"] != "-"):
        advice = "Give a single file, or leave - out and name an output folder"
        raise BadArguments("with - there is one text, and it goes to standard output", advice=advice)
    order, console = ordered(given)
    return stream(paths[0], order, console)


def stream(path: str, order: Order, console: Console) -> int:
    """Clean one text and write it to standard output."""
    from pipeline import run
    from pipeline.outputs.files import unified_diff
    from pipeline.sources.text import read_bytes

    data = sys.stdin.buffer.read() if path == "-" else read_bytes(Path(path))
    result = run.clean_bytes(data, "standard input" if path == "-" else path, order)
    write_out(unified_diff(result) if order.dry_run else result.draft.text)
    counts = {"pages": len(result.source.pages), "applied": len(result.ledger.applied), "held": len(result.ledger.held)}
    console.say(f"{result.source.name}: {counted(counts)}")
    return ExitCode.OK


@cli.command()
@click.argument("folders", nargs=-1, required=True, metavar="OUT...", type=click.Path(path_type=Path))
@options(PERIOD, JOBS, DRY_RUN, CONFIG, TALK)
def repair(folders: tuple[Path, ...], **given: Any) -> int:
    """Repair finished documents again, from what was read: with other dictionaries or settings, or a newer Errata."""
    from pipeline import run

    order, console = ordered(given)
    return closed(run.repair_again(folders, order, console), console)


@cli.command()
@click.argument("truth", type=click.Path(path_type=Path), metavar="TRUTH")
@click.argument("folders", nargs=-1, required=True, metavar="OUT...", type=click.Path(path_type=Path))
@click.option("--before", type=click.Path(path_type=Path), metavar="PATH", help="The text before, where OUT does not tell.")
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON.")
def evaluate(truth: Path, folders: tuple[Path, ...], before: Path | None, as_json: bool) -> int:
    """Measure error rates before and after, against the folder of ground truth TRUTH."""
    from pipeline import evaluate as measures

    for folder in folders:
        report = measures.evaluate(truth, folder, before)
        heading = f"{folder}\n" if len(folders) > 1 and not as_json else ""
        write_out(heading + (report.to_json() if as_json else report.to_text()))
    return ExitCode.OK


@cli.command()
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


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print a script that completes commands; for bash: eval "$(errata completion bash)" in ~/.bashrc."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise MissingDependency(f"click cannot complete for {shell}", advice="Install a newer click")
    write_out(kind(cli, {}, "errata", "_ERRATA_COMPLETE").source() + "\n")
    return ExitCode.OK


def ordered(given: dict[str, Any]) -> tuple[Order, Console]:
    """What was asked for, from options over `errata.toml`. Raises InvalidConfig, BadArguments."""
    from pipeline.batch.order import Order
    from pipeline.settings import Settings, load_settings

    chosen = {name: given.get(name) or None for name in Settings.model_fields}
    settings = load_settings(given["config"], chosen)
    order = Order(
        Path(given.get("out", ".")), settings, given.get("pages") or (), given.get("force", False), given.get("dry_run", False)
    )
    return order, Console(quiet=given["quiet"], verbose=given["verbose"])


def closed(outcomes: Sequence[Outcome], console: Console) -> int:
    """The last word on a run, and its exit code."""
    from pipeline.batch.outcomes import exit_code

    failed = sum(outcome.error is not None for outcome in outcomes)
    if len(outcomes) > 1:
        done = sum(outcome.state == "done" for outcome in outcomes)
        parts = [f"{done} documents done"]
        parts += [f"{n} {what}" for n, what in ((len(outcomes) - done - failed, "already done"), (failed, "failed")) if n]
        console.say(", ".join(parts))
    return exit_code(outcomes)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit code. Nothing that goes wrong shows a traceback, unless -v asks for it."""
    arguments = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    verbose = any(word in ("-v", "--verbose") for word in arguments)
    console = Console(verbose=verbose)
    try:
        code = cli.main(arguments, prog_name="errata", standalone_mode=False)
        return int(code) if isinstance(code, int) else ExitCode.OK
    except click.ClickException as fault:
        hint = fault.ctx.command_path if isinstance(fault, click.UsageError) and fault.ctx else "errata"
        console.error(PipelineError(fault.format_message().rstrip("."), advice=f"See {hint} --help"))
        return ExitCode.BAD_ARGS
    except (KeyboardInterrupt, click.Abort):
        console.line("errata: stopped; what is finished is kept, the same command goes on from there")
        return ExitCode.CTRL_C
    except BrokenPipeError:
        # Whoever read standard output has seen enough; Python must not try to flush it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except PipelineError as fault:
        console.error(fault, traceback.format_exc())
        return fault.exit_code
    except Exception as fault:
        from pipeline.batch.outcomes import unforeseen

        console.error(unforeseen(fault), traceback.format_exc())
        return ExitCode.OTHER
