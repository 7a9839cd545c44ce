"""The options that commands share, and what is made of them: an order, a console, an exit code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.console import Console
from pipeline.errors import BadArguments

# What a command needs is imported when it runs: `errata --help` and shell completion must answer at once.
if TYPE_CHECKING:
    from pipeline.batch.order import Order
    from pipeline.batch.outcomes import Outcome

MOST_PAGES = 1_000_000
Command = Callable[..., Any]


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
LANG = click.option("--lang", metavar="CODES", help="Languages, by Tesseract's codes, such as eng or eng+fra. Default: eng.")
PAGES = click.option("--pages", callback=page_ranges, metavar="RANGES", help="Only these places in the scan order: 1-5,9.")
CAUTION = options(
    click.option("--cautious", is_flag=True, help="Make only what is surer than usual; suggest the rest."),
    click.option("--eager", is_flag=True, help="Make also what is less sure than usual."),
    click.option("--without", multiple=True, metavar="NAME", help="Switch a rule or a kind of repair off; repeatable."),
)
JOBS = click.option("-j", "--jobs", type=click.IntRange(1, 256), help="Processes at a time. Default: one a core.")
SCHEDULER = click.option(
    "--scheduler", metavar="ADDRESS", help="A Dask cluster that does the work: tcp://host:port, or workers here: local:4."
)
CACHE = click.option("--cache", metavar="FOLDER", help="Where what is fetched from s3://... lies. Default: ~/.cache/errata.")
FORCE = click.option("-f", "--force", is_flag=True, help="Do again what is done already.")
DRY_RUN = click.option("-n", "--dry-run", is_flag=True, help="Show the changes as a diff; write nothing.")
KEEP = click.option("--keep-images", is_flag=True, default=None, help="Keep the page images after each step of treatment.")
EFFORT = click.option(
    "--effort",
    type=click.Choice(("fast", "balanced", "thorough")),
    help="Read each page once, again where that is in doubt (default), or every page five times.",
)
ENGINE = click.option(
    "--engine",
    type=click.Choice(("auto", "pytesseract", "tesserocr", "both")),
    help="What reads: the program Tesseract (pytesseract, default), Tesseract within Errata (tesserocr), what is there, or both.",
)
FORMAT = click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(("alto", "page", "tei", "jsonl", "docx", "pdf", "pdfa")),
    help="What to make besides the text: ALTO, PAGE, TEI, JSON Lines, DOCX, searchable PDF; repeatable.",
)
LAYER = click.option(
    "--use-text-layer", is_flag=True, default=None, help="Take the text that a PDF has already; read only pages without one."
)
CALIBRATION = click.option(
    "--calibration", metavar="FILE", help="Weights for confidences, of errata calibrate. Default: those that come with Errata."
)
CONFIG = click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Settings. Default: ./errata.toml.")
TALK = options(
    click.option("-q", "--quiet", is_flag=True, help="Only errors and warnings."),
    click.option("-v", "--verbose", is_flag=True, help="More detail."),
)
PROGRESS = click.option(
    "--progress",
    type=click.Choice(("auto", "lines", "json", "none")),
    default="auto",
    help="How it goes on, on standard error: a bar on a terminal, lines elsewhere; always lines; JSON Lines; nothing.",
)
STATE = click.option("--state", metavar="PATH", help="File or folder of the journal. Default: in the output folder.")
MEMORY = click.option(
    "--memory", type=click.IntRange(1), metavar="MB", help="Most memory of each process. Default: most of the machine's."
)
LIMITS = options(
    click.option(
        "--page-seconds", type=click.FloatRange(0, min_open=True), metavar="N", help="Longest that a page is read. Default: 600."
    ),
    MEMORY,
)
INPUTS = click.argument("paths", nargs=-1, required=True, metavar="PATH...")
FOLDERS = click.argument("folders", nargs=-1, required=True, metavar="OUT...", type=click.Path(path_type=Path))


def ordered(given: dict[str, Any]) -> tuple[Order, Console]:
    """What was asked for, from options over `errata.toml`. Raises InvalidConfig, BadArguments."""
    from pipeline.batch.order import Order
    from pipeline.batch.worker import collect_seldom
    from pipeline.repair.policy import rule_names
    from pipeline.settings import Settings, load_settings

    collect_seldom()
    if given["cautious"] and given["eager"]:
        raise BadArguments("--cautious and --eager do not go together", advice="Give one of them")
    given["caution"] = "cautious" if given["cautious"] else "eager" if given["eager"] else None
    chosen = {name: given.get(name) or None for name in Settings.model_fields}
    settings = load_settings(given["config"], chosen, rule_names())
    images = given.get("images")
    if images is not None and not images.is_dir():
        raise BadArguments("there is no such folder of images", where=images, advice="Check the path given to --images")
    order = Order(
        Path(given.get("out", ".")),
        settings,
        given.get("pages") or (),
        given.get("force", False),
        given.get("dry_run", False),
        images,
    )
    return order, Console(quiet=given["quiet"], verbose=given["verbose"], progress=given["progress"])


def state_of(given: str | None) -> str:
    """Where the journal is said to be, by an option or `errata.toml`; empty where it is not said."""
    from pipeline.repair.policy import rule_names
    from pipeline.settings import load_settings

    return given or load_settings(None, None, rule_names()).state


def closed(outcomes: Sequence[Outcome], console: Console) -> int:
    """The last word on a run, and its exit code."""
    from pipeline.batch.outcomes import exit_code

    if len(outcomes) > 1:
        done = sum(outcome.state == "done" for outcome in outcomes)
        parts = [f"{done} document{'' if done == 1 else 's'} done"]
        for state in ("already done", "locked", "failed"):
            if count := sum(outcome.state == state for outcome in outcomes):
                parts.append(f"{count} {state}")
        console.say(", ".join(parts))
    return exit_code(outcomes)
