"""What a run was called with, as its journal keeps it, so that what failed can be done again by the same settings."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from pipeline.batch.journal import Journal, journal_of
from pipeline.batch.journal_places import journal_path
from pipeline.batch.order import Order
from pipeline.errors import InvalidRecord, UnreadableInput
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Call:
    """A command (digitise, clean, repair), the paths it was given, what was asked of it, and the folder in which it was given.

    `each`, `whole`: as in `run.digitise` and `run.clean`; `home`: the output folder.
    """

    command: str
    paths: tuple[str, ...]
    order: Order
    home: Path
    folder: Path
    each: bool = False
    whole: bool = False

    def to_json(self) -> str:
        order = self.order
        told = {
            "command": self.command,
            "paths": self.paths,
            "folder": str(self.folder),
            "home": str(self.home.resolve()),
            "out": str(order.out),
            "pages": order.selected,
            "images": str(order.images or ""),
            "each": self.each,
            "whole": self.whole,
            "settings": order.settings.model_dump(mode="json"),
        }
        return json.dumps(told, ensure_ascii=False)


def call_from(text: str, rules: Collection[str]) -> Call:
    """The call in a journal. Raises InvalidRecord where this version of Errata cannot understand it."""
    try:
        told = json.loads(text)
        settings = Settings.model_validate_json(json.dumps(told["settings"]), context={"rules": rules})
        images = Path(told["images"]) if told["images"] else None
        order = Order(Path(told["out"]), settings, tuple(told["pages"]), images=images)
        places = Path(told["home"]), Path(told["folder"])
        return Call(told["command"], tuple(told["paths"]), order, *places, each=told["each"], whole=told["whole"])
    except (ValueError, KeyError, TypeError, ValidationError) as fault:
        advice = "Give the command again"
        raise InvalidRecord("the journal holds a run that this version cannot repeat", advice=advice) from fault


@contextmanager
def there(folder: Path) -> Iterator[None]:
    """Work in the folder in which a call was given, since its paths hold there. Raises UnreadableInput where it is gone."""
    if not folder.is_dir():
        advice = "Give the command again, with the paths as they are now"
        raise UnreadableInput("the folder in which the command was given is gone", where=folder, advice=advice)
    with chdir(folder):
        yield


def journal_for(command: str, paths: Sequence[str | Path], order: Order, *, each: bool = False, whole: bool = False) -> Keeping:
    """The journal of a run into an output folder; kept in memory only in a dry run. Raises UnwritableOutput."""
    call = Call(command, tuple(map(str, paths)), order, order.out, Path.cwd(), each, whole)
    path = None if order.dry_run else journal_path(order.out, order.settings.state)
    return journal_of(order.out, path, call.to_json())


def journal_again(paths: Sequence[Path], order: Order) -> Keeping:
    """The journal of a run over finished documents: that of the folder that was named, or the next above it that has one; where
    there is none, it is kept in memory only."""
    state = order.settings.state
    above = [paths[0], *paths[0].resolve().parents] if len(paths) == 1 else []
    home = next((folder for folder in above if journal_path(folder, state).is_file()), None)
    call = Call("repair", tuple(map(str, paths)), order, home or Path(), Path.cwd())
    path = journal_path(home, state) if home is not None and not order.dry_run else None
    return journal_of(home or Path(), path, call.to_json())


Keeping = AbstractContextManager[Journal]
