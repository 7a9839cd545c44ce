"""The command line: arguments in, exit code out. The only place that ends the program."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from itertools import pairwise

import click

from pipeline import __version__
from pipeline.commands.asking import completion, doctor, evaluate
from pipeline.commands.auditing import audit
from pipeline.commands.calibrating import calibrate
from pipeline.commands.deciding import apply, decisions
from pipeline.commands.making import clean, digitise, repair, undo
from pipeline.commands.reviewing import review
from pipeline.commands.status import retry, status
from pipeline.commands.watching import watch
from pipeline.console import Console
from pipeline.errors import ExitCode, PipelineError

EXIT_CODES = """\b
Exit codes:
  0  all done                      7   Tesseract failed
  1  bad arguments                 8   encrypted PDF
  2  unreadable input              9   broken errata.toml or dictionary
  3  something is not installed    10  some documents or pages failed
  4  damaged results               12  no scheduler of the cluster
  5  output cannot be written      15  internal error
                                   130 Ctrl-C
"""


@click.group(epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="errata", message="%(prog)s %(version)s")
def cli() -> None:
    """Turn page scans, or OCR text that already exists, into clean text, and account for every change."""


MAKING = (digitise, clean, watch, repair, status, retry)
for command in (*MAKING, review, apply, decisions, undo, audit, evaluate, calibrate, doctor, completion):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit code. Nothing that goes wrong shows a traceback, unless -v asks for it."""
    arguments = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    verbose = any(word in ("-v", "--verbose") for word in arguments)
    as_json = "--progress=json" in arguments or ("--progress", "json") in pairwise(arguments)
    console = Console(verbose=verbose, progress="json" if as_json else "auto")
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
    finally:
        if (logs := sys.modules.get("pipeline.decisions.finding")) is not None:
            logs.close_logs()
