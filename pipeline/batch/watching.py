"""A scanner's folder, looked at again and again: what lies in it quietly is made into documents; what was tried is remembered."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import chain, count
from pathlib import Path, PurePosixPath
from typing import Literal

from pipeline import __version__
from pipeline.batch.order import Order, settings_hash, unwritable
from pipeline.batch.outcomes import Outcome, Reporter, failure
from pipeline.batch.stamp import finished_folders, read_stamp
from pipeline.batch.summary import summarise
from pipeline.sources.discover import TEXT_SUFFIXES, Document, walk
from pipeline.sources.entries import entries, passed_over, strange, tree
from pipeline.sources.images import SCAN_SUFFIXES
from pipeline.sources.markup import MARKUP_SUFFIXES
from pipeline.sources.page_images import bare_stem
from pipeline.sources.places import safe
from pipeline.sources.to_clean import documents_to_clean
from pipeline.whole import write

Task = Literal["digitise", "clean"]
Make = Callable[[Task, Sequence[Document]], list[Outcome]]
"""What makes documents of a task, as the command of that name would."""
UNFINISHED = frozenset({".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".download", ".lock"})
"""What files end in that somebody still writes."""
SETTLED = 10.0
"""Seconds for which a single file must not have changed."""
MEMORY = ".errata-watch.json"


@dataclass(frozen=True, slots=True)
class Habits:
    """Seconds from one look to the next, and for which a folder must not have changed; `once`: only long enough to see that."""

    every: float = 10.0
    quiet_for: float = 60.0
    once: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """A file at the top of the folder, or a folder there (`whole`), which is one document. `task`: None where there is nothing to
    read; `look`: changes whenever a file in it does; `busy`: somebody still writes."""

    path: Path
    task: Task | None
    look: str
    whole: bool
    busy: bool

    def document(self, out: Path) -> Document:
        """The document that it is. Raises PipelineError."""
        said: list[str] = []
        if self.task == "clean":
            found = documents_to_clean([self.path], out, whole=self.whole, each=not self.whole)[0]
        else:
            files = (
                [file for _, some in walk(self.path, SCAN_SUFFIXES, out, said) for file in some] if self.whole else [self.path]
            )
            found = Document(self.path.name, tuple(files), PurePosixPath(self.path.name), remarks=tuple(said))
        to = place(self.path, out)
        return replace(found, name=str(to), relative_out=to)


@dataclass(slots=True)
class Watch:
    """A folder that is watched. `tried`: how each thing looked when it was tried, kept in the output folder; `seen`: how a thing
    looked last, and since when; `outcomes`: of this run, by folder, and `earlier` ones of which there are results;
    `documents` that this run has tried."""

    folder: Path
    order: Order
    habits: Habits
    make: Make
    report: Reporter
    say: Callable[[str], None]
    tried: dict[str, str] = field(default_factory=dict)
    seen: dict[str, tuple[str, float]] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)
    outcomes: dict[Path, Outcome] = field(default_factory=dict)
    earlier: dict[Path, Outcome] = field(default_factory=dict)
    documents: dict[PurePosixPath, Document] = field(default_factory=dict)

    def run(self, pause: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.monotonic) -> list[Outcome]:
        """Watch until somebody interrupts it, or once. Raises what would make an end of all documents."""
        self.recall()
        self.work(self.ready(clock()))
        while not self.habits.once:
            pause(self.habits.every)
            self.work(self.ready(clock()))
        if any(self.is_new(name) for name in self.seen):
            pause(self.habits.quiet_for)
            self.work(self.ready(clock()))
        return list(self.outcomes.values())

    def ready(self, now: float) -> list[Thing]:
        """What has not changed for long enough, and was not tried as it is."""
        things = {thing.path.name: thing for thing in self.things()}
        self.seen = {name: since for name, since in self.seen.items() if name in things}
        self.tried = {name: look for name, look in self.tried.items() if name in things}
        found: list[Thing] = []
        for name, thing in things.items():
            if thing.busy or self.seen.get(name, ("", 0.0))[0] != thing.look:
                self.seen[name] = thing.look, now
            wanted = self.habits.quiet_for if thing.whole else min(SETTLED, self.habits.quiet_for)
            if not thing.busy and now - self.seen[name][1] >= wanted and self.is_new(name):
                found.append(thing)
        return found

    def is_new(self, name: str) -> bool:
        return self.tried.get(name) != self.seen[name][0]

    def things(self) -> Iterator[Thing]:
        """What lies in the folder now."""
        said: list[str] = []
        folders, files = entries(self.folder, self.folder, said)
        out = self.order.out.resolve()
        for path in folders:
            if path.resolve() != out:
                inner = [file for folder, _, some in tree(path, said) if folder.resolve() != out for file in some]
                yield thing_of(path, inner, whole=True)
        for path in files:
            if not is_unfinished(path):
                yield thing_of(path, [path], whole=False)
        self.tell(said)

    def tell(self, said: Iterable[str]) -> None:
        """Say what was not said before."""
        for line in said:
            if line not in self.said:
                self.said.add(line)
                self.say(line)

    def work(self, things: Sequence[Thing]) -> None:
        """Make what is ready, and remember that it was tried."""
        for thing in things:
            if thing.task is None:
                self.tell([passed_over(thing.path, "neither a scan, nor a PDF, nor text")])
            else:
                for outcome in self.made(thing, thing.task):
                    self.outcomes[outcome.folder] = outcome
            self.tried[thing.path.name] = thing.look
            self.remember()
        if things:
            summarise(list((self.earlier | self.outcomes).values()), self.order, list(self.documents.values()))

    def made(self, thing: Thing, task: Task) -> list[Outcome]:
        try:
            document = thing.document(self.order.out)
        except Exception as fault:
            outcome = failure(str(thing.path), self.order.out / place(thing.path, self.order.out), fault)
            self.report.finished(outcome)
            return [outcome]
        self.documents[document.relative_out] = document
        return self.make(task, [document])

    def recall(self) -> None:
        """What earlier runs have made, and what they have tried with the same settings."""
        made = finished_folders([self.order.out], least=0)
        self.earlier = {at: Outcome(at.relative_to(self.order.out).as_posix(), at, "already done") for at in made}
        try:
            kept = json.loads((self.order.out / MEMORY).read_bytes())
            if kept["settings"] == self.settings():
                self.tried = {str(name): str(look) for name, look in kept["tried"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self.tried = {}

    def remember(self) -> None:
        """Keep what was tried. Raises UnwritableOutput."""
        record = {"settings": self.settings(), "tried": self.tried}
        try:
            write(self.order.out / MEMORY, json.dumps(record, indent=1).encode())
        except OSError as fault:
            raise unwritable(self.order.out, fault) from fault

    def settings(self) -> str:
        """What has to be the same for a thing not to be tried again."""
        settings = self.order.settings
        return f"{__version__}-{settings_hash(settings, with_scans=True)}-{','.join(settings.formats)}-{self.folder.resolve()}"


def thing_of(path: Path, files: Sequence[Path], *, whole: bool) -> Thing:
    """A file, or a folder with the files in it."""
    suffixes = {file.suffix.casefold() for file in files}
    texts = not suffixes.isdisjoint(TEXT_SUFFIXES | MARKUP_SUFFIXES)
    task: Task | None = "digitise" if not suffixes.isdisjoint(SCAN_SUFFIXES) else "clean" if texts else None
    total, busy = blake2b(digest_size=12), False
    for file in files:
        busy |= is_unfinished(file) or not (strange(file) or can_be_opened(file))
        try:
            found = file.lstat()
            told = f"{file.relative_to(path)}\0{found.st_size}\0{found.st_mtime_ns}\0"
        except OSError:
            told, busy = "", True
        total.update(told.encode("utf-8", "surrogateescape"))
    return Thing(path, task, total.hexdigest(), whole, busy)


def is_unfinished(path: Path) -> bool:
    """Whether a file's name says that somebody still writes it."""
    return path.suffix.casefold() in UNFINISHED or path.name.startswith("~")


def can_be_opened(path: Path) -> bool:
    """Whether nobody keeps a file from being read, as some systems do while it is written."""
    try:
        with path.open("rb"):
            return True
    except OSError:
        return False


def place(path: Path, out: Path) -> PurePosixPath:
    """Where the results of a file or folder go: to its bare name, or, where another's results lie there, to a longer one."""
    whole = safe(PurePosixPath(path.name))
    bare = whole if path.is_dir() else safe(PurePosixPath(bare_stem(path.name) if path.suffix in MARKUP_SUFFIXES else path.stem))
    numbered = (whole.with_name(f"{whole.name}-{number}") for number in count(2))
    return next(found for found in chain((bare, whole), numbered) if is_free(out / found, path))


def is_free(folder: Path, path: Path) -> bool:
    """Whether results of `path` may go into a folder: there are none of anything else."""
    stamp, home = read_stamp(folder), path.resolve()
    return stamp is None or all(home in (real := Path(source).resolve(), *real.parents) for source in stamp.sources)
