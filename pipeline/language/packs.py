"""Dictionary packs: folders of plain sorted text beside a pack.toml, checked line by line as they are read."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import InvalidConfig
from pipeline.language.languages import ENGLISH, codes

Row = tuple[str, ...]

# File of a pack -> least and most columns of a line.
FILES: Mapping[str, tuple[int, int]] = {
    "words.txt": (1, 1),
    "names.txt": (1, 2),
    "people.txt": (1, 2),
    "places.txt": (1, 2),
    "organisations.txt": (1, 2),
    "publications.txt": (1, 2),
    "terms.txt": (1, 2),
    "prefixes.txt": (1, 1),
    "abbreviations.txt": (1, 2),
    "exclusions.txt": (1, 2),
    "series.txt": (2, 4),
    "forms.txt": (2, 4),
    "pieces.txt": (2, 3),
    "keep.txt": (1, 1),
    "never.txt": (2, 2),
    "always.txt": (2, 2),
}
OTHER_FILES = frozenset({"pack.toml", "README.md", "LICENSE", "LICENCE"})
SERIES_NUMBERS = re.compile(r"(?:\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)?\t(?:\d{4})?")
SORT_ADVICE = "Lines are in code point order: LC_ALL=C sort does it"


class PackInfo(BaseModel):
    """What `pack.toml` says about a pack. `languages`: whose words it has, English unless it says otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: str
    licence: str
    version: str = "1"
    description: str = ""
    languages: list[Annotated[str, Field(pattern="^[a-z]{2,3}(_[a-z]+)?$")]] = []
    years: list[int] = []
    sources: list[str] = []


@dataclass(frozen=True)
class Pack:
    """A pack that was read: its folder, what it is, and the rows of its files (`people.txt` under `people`)."""

    folder: Path
    info: PackInfo
    rows: Mapping[str, tuple[Row, ...]]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages whose words it has, by their three letters."""
        return codes(self.info.languages) or (ENGLISH,)

    def entries(self, kind: str) -> Iterator[str]:
        """The first column of every line of `kind`.txt; nothing where the pack has no such file."""
        return (row[0] for row in self.rows.get(kind, ()))


def shipped_packs() -> Path:
    """The folder of the dictionaries that come with Errata: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "dictionaries"
    return inside if inside.is_dir() else package.parent / "dictionaries"


def find_pack(name_or_path: str | Path) -> Path:
    """The folder of a pack: a shipped one by its name (`interwar`), any other by its path (`./my-pack`).

    Raises InvalidConfig for a name that is not shipped and a path that is not a folder.
    """
    name = os.fspath(name_or_path)
    path = Path(name).expanduser()
    shipped = shipped_packs()
    bare = not isinstance(name_or_path, Path) and not any(mark in name for mark in ("/", os.sep, "."))
    if bare and (shipped / name / "pack.toml").is_file():
        return shipped / name
    if path.is_dir() and name:
        return path
    known = ", ".join(sorted(folder.parent.name for folder in shipped.glob("*/pack.toml")))
    advice = f"Shipped dictionaries are: {known}. A folder of your own is given by its path, such as ./my-pack"
    raise InvalidConfig("no such dictionary", where=name or "''", advice=advice)


def load_pack(folder: str | Path) -> Pack:
    """Read and check a whole pack.

    Raises InvalidConfig naming `file:line` for anything that is not as it should be.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InvalidConfig("not a dictionary folder", where=folder, advice="Give a folder that holds a pack.toml")
    info = read_info(folder / "pack.toml")
    rows: dict[str, tuple[Row, ...]] = {}
    for path in sorted(folder.iterdir()):
        if path.name in FILES and path.is_file():
            rows[path.stem] = tuple(read_rows(path))
        elif path.name not in OTHER_FILES and not path.name.startswith("."):
            advice = f"Rename or remove it; a pack may hold {', '.join(FILES)}"
            raise InvalidConfig("unknown file in a dictionary", where=path, advice=advice)
    return Pack(folder, info, rows)


def read_info(path: Path) -> PackInfo:
    """`pack.toml`, validated. Raises InvalidConfig, with the line where TOML itself is broken."""
    if not path.is_file():
        raise InvalidConfig("pack.toml is missing", where=path, advice="It needs at least a title and a licence")
    text = read_text(path)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        # The message ends "(at line 3, column 7)"; Python 3.11 offers the number in no other way.
        tail = str(fault).rpartition("line ")[2].split(",")[0]
        line = int(tail) if tail.isdigit() else text.rstrip().count("\n") + 1
        raise InvalidConfig(f"broken TOML: {fault}", where=f"{path}:{line}", advice="Correct that line") from fault
    except RecursionError as fault:
        raise InvalidConfig("broken TOML: nested too deeply", where=path, advice="Correct it") from fault
    try:
        return PackInfo.model_validate(values)
    except ValidationError as fault:
        first = fault.errors()[0]
        key = str(first["loc"][0]) if first["loc"] else "pack.toml"
        line = line_of_key(text, key)
        raise InvalidConfig(f"{key}: {first['msg']}", where=f"{path}:{line}", advice="Correct pack.toml") from fault


def line_of_key(text: str, key: str) -> int:
    """The line, from 1, on which a top-level key of a TOML text stands; 1 where it is missing."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.split("=")[0].strip().strip("\"'") == key:
            return number
    return 1


def read_rows(path: Path) -> Iterator[Row]:
    """The entries of one file of a pack as columns, checked. Raises InvalidConfig with `file:line`."""
    least, most = FILES[path.name]
    previous = ""
    for number, line in enumerate(read_text(path).split("\n"), 1):
        line = line.removesuffix("\r")
        if not line or line.startswith("#"):
            continue
        where = f"{path}:{number}"
        check_characters(line, where)
        row = tuple(line.split("\t"))
        if not least <= len(row) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise InvalidConfig(f"{len(row)} columns", where=where, advice=f"{path.name} has {wanted}, parted by tabs")
        if row[0] == previous:
            raise InvalidConfig(f"{row[0]!r} stands twice", where=where, advice="Remove one of the lines")
        if row[0] < previous:
            raise InvalidConfig(f"{row[0]!r} stands after {previous!r}", where=where, advice=SORT_ADVICE)
        if path.name == "series.txt" and not SERIES_NUMBERS.fullmatch("\t".join((*row[2:], "", "")[:2])):
            advice = "The third column has ranges such as 1-1110 or 1-25,30, the fourth a year"
            raise InvalidConfig("not a range or not a year", where=where, advice=advice)
        previous = row[0]
        yield row


def check_characters(line: str, where: str) -> None:
    """Raises InvalidConfig for control characters and for blanks at the edge of an entry, which nobody can see."""
    if not line.isprintable() and any(not mark.isprintable() and mark != "\t" for mark in line):
        advice = "Remove it; columns are parted by single tabs, lines by plain line ends"
        raise InvalidConfig("a control character", where=where, advice=advice)
    entry = line.split("\t", 1)[0]
    if not entry or entry != entry.strip():
        raise InvalidConfig("blank at the edge of the entry", where=where, advice="Remove the blank")


def read_text(path: Path) -> str:
    """A UTF-8 file as text, a byte order mark removed, line ends as they are.

    Raises InvalidConfig with the line of the first byte that is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise InvalidConfig(f"cannot be read ({fault.strerror})", where=path, advice="Check its permissions") from fault
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise InvalidConfig("not UTF-8", where=f"{path}:{line}", advice="Save the file as UTF-8") from fault


def pack_of(added: Sequence[tuple[str, str]], packs: Sequence[Pack]) -> Pack:
    """What people added, as (name, word or reference; form) pairs, as one more pack, of the languages of the others; these forms
    stay as they are wherever they stand. Words that stand where somebody put them (`decided`) are only known."""
    spoken = sorted({code for pack in packs for code in pack.languages})
    info = PackInfo(title="Added by readers", licence="", languages=spoken)
    forms = {kind: tuple((form,) for of, form in added if of == kind) for kind in ("name", "word")}
    decided = tuple((form,) for of, form in added if of == "decided")
    kept = tuple((form,) for of, form in added if of != "decided")
    rows = {"names": forms["name"], "words": (*forms["word"], *decided), "keep": kept}
    return Pack(Path("review.sqlite"), info, rows)
