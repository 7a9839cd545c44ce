"""The command that opens the review desk: review."""

from __future__ import annotations

import getpass
import os
from contextlib import closing
from pathlib import Path

import click

from pipeline.commands.options import FOLDERS, JOBS
from pipeline.console import Console
from pipeline.errors import BadArguments, ExitCode

PASSWORD = "ERRATA_PASSWORD"  # noqa: S105 (the name of a variable)


@click.command()
@FOLDERS
@JOBS
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where to listen. Default: any free port.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen at; others than this machine's own want --password or --behind-tls.",
)
@click.option("--password", is_flag=True, help=f"Ask readers for a password; it is taken from {PASSWORD}, or asked for here.")
@click.option("--behind-tls", is_flag=True, help="A proxy that encrypts and asks who comes stands before the desk.")
@click.option("--name", "names", multiple=True, metavar="HOST", help="A name under which readers reach the desk; repeatable.")
@click.option("--reader", metavar="NAME", help="Who reads, where the browser has not been told. Default: your login.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but the address.")
def review(
    folders: tuple[Path, ...], jobs: int | None, port: int, host: str, names: tuple[str, ...], reader: str | None, **given: object
) -> int:
    """Open the review desk: read what is doubtful in finished documents, and decide.

    It opens in the browser. Every decision is kept the moment it is made, in review.sqlite beside the documents; errata apply
    writes the texts with what was decided.
    """
    from pipeline.batch.stamp import finished_folders
    from pipeline.decisions.finding import store_for
    from pipeline.decisions.store import Store
    from pipeline.review.desk import Desk
    from pipeline.review.looking import look
    from pipeline.review.safety import Door
    from pipeline.review.serving import Place, hosts, listening, serve

    console = Console(quiet=bool(given["quiet"]))
    place = Place(host, port, asked(bool(given["password"])), bool(given["behind_tls"]), names)
    place.check()
    finished_folders(folders)
    found = store_for(folders)
    store = Store(found)
    for outcome in look(store, found.parent, folders, jobs or os.cpu_count() or 1, console):
        if outcome.error is not None:
            console.error(outcome.error, outcome.detail)
    with closing(listening(place)) as listener:
        door = Door(hosts(place, listener.getsockname()[1]), password=place.password, https=place.behind_tls)
        desk = Desk(found.parent, store, door, reader or login())
        serve(desk, listener, browser=not given["no_browser"], say=console.line)
    return ExitCode.OK


def asked(wanted: bool) -> str:
    """The password, from the environment or the terminal. Raises BadArguments for an empty one."""
    if not wanted:
        return ""
    password = os.environ.get(PASSWORD) or getpass.getpass("Password for readers: ")
    if len(password) < 8:
        raise BadArguments("a password has at least 8 characters", advice=f"Set {PASSWORD}, or type a longer one")
    return password


def login() -> str:
    """The name of who is logged in."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "reader"
