"""Everything that can be set, as one frozen value: read from `errata.toml`, overridden by options, checked once."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from pipeline.errors import BadArguments, InvalidConfig
from pipeline.ledger import KINDS, Kind

DEFAULT_FILE = "errata.toml"
LANGUAGE = re.compile(r"\w+(?:[+/]\w+)*")
SCHEDULER = re.compile(r"(?:tcp|tls)://[\w.\-\[\]:]+:\d+|local:[1-9]\d{0,2}")
ARROW = re.compile(r"\s*->\s*")
Probability = Annotated[float, Field(ge=0, le=1)]
Caution = Literal["cautious", "normal", "eager"]
Effort = Literal["fast", "balanced", "thorough"]
Engine = Literal["auto", "pytesseract", "tesserocr", "both"]
Format = Literal["alto", "page", "tei", "jsonl", "docx", "pdf", "pdfa"]
FORMATS: tuple[Format, ...] = get_args(Format)


class Settings(BaseModel):
    """What a run may be told. The field names are the keys of `errata.toml`.

    `period`: dictionary packs, by name or folder, besides English. `lang`: the languages, by Tesseract's codes (`eng+fra`).
    `jobs`: processes. `scheduler`: a Dask scheduler (`tcp://host:port`) whose workers do the work, or so many workers of this
    machine (`local:4`); empty: processes of Errata's own. `cache`: the folder for what is fetched from addresses such as `s3://bucket/box`,
    and for what is to be put there; empty: the user's own.
    `use_text_layer`: pages of a PDF that have a text of their own give that, and are not read. `split`: a scan of two pages
    side by side becomes two pages. `effort`: a page is read once (fast), again in doubt, or five times (thorough). `engine`: what
    reads (`auto`: tesserocr where it is installed, else pytesseract; `both`: tesserocr reads pages in doubt once more). `caution`
    moves all thresholds; `thresholds`: probability, by kind of repair, from which one is made, whatever `caution` says;
    `suggest`: from which it is suggested. `never`: kinds, rules, and replacements (`form -> form`) that are only suggested;
    `without`: kinds and rules that are switched off; `keep`: words and phrases that stay as they are; `always`: forms and
    what they are always replaced by. `formats`: what is made of a document besides the text and what goes with it.
    `calibration`: a file of weights for confidences, of `errata calibrate`; empty: those that come with Errata. `page_seconds`,
    `document_seconds`: the longest that a page may be read, a document repaired; `memory`: MB that each process may have (0: most
    of the machine's); `megapixels`: the largest image that is read. `state`: the file or folder of the journal (empty: in the
    output folder).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    period: tuple[str, ...] = ("interwar",)
    lang: str = "eng"
    jobs: Annotated[int, Field(ge=1, le=256)] = Field(default_factory=lambda: os.cpu_count() or 1)
    scheduler: str = ""
    cache: str = ""
    keep_images: bool = False
    use_text_layer: bool = False
    split: bool = True
    effort: Effort = "balanced"
    engine: Engine = "pytesseract"
    caution: Caution = "normal"
    thresholds: Mapping[Kind, Probability] = Field(default_factory=dict)
    suggest: Probability = 0.3
    never: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    always: Mapping[str, str] = Field(default_factory=dict)
    formats: tuple[Format, ...] = ()
    calibration: str = ""
    page_seconds: Annotated[float, Field(gt=0)] = 600.0
    document_seconds: Annotated[float, Field(gt=0)] = 3600.0
    memory: Annotated[int, Field(ge=0)] = 0
    megapixels: Annotated[int, Field(gt=0)] = 200
    state: str = ""

    @field_validator("period", "never", "without", "keep", "formats", mode="before")
    @classmethod
    def as_tuple(cls, value: object) -> object:
        """TOML has lists only; a single name may stand for a list of one."""
        return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value

    @field_validator("lang")
    @classmethod
    def is_language(cls, value: str) -> str:
        """A language code of Tesseract, or several joined by `+`."""
        if not LANGUAGE.fullmatch(value):
            raise ValueError("should be a code such as eng, or several such as eng+fra")
        return value

    @field_validator("scheduler")
    @classmethod
    def is_scheduler(cls, value: str) -> str:
        """An address, or a number of workers."""
        if value and not SCHEDULER.fullmatch(value):
            raise ValueError("should be an address such as tcp://host:8786, or a number of workers here such as local:4")
        return value

    @field_validator("never", "without")
    @classmethod
    def are_names(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        """Kinds and rules that exist; the rules stand in the validation context, as this layer does not know them."""
        rules: Collection[str] = (info.context or {}).get("rules", ())
        for entry in value:
            if "->" in entry and info.field_name == "never":
                check_pairs([as_pair(entry)])
            elif entry not in KINDS and entry not in rules:
                known = f"; rules are {', '.join(rules)}" if rules else ""
                raise ValueError(f"no such kind of repair or rule: {entry!r}; kinds are {', '.join(KINDS)}{known}")
        return value

    @field_validator("keep")
    @classmethod
    def are_forms(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Words, names and phrases."""
        for form in value:
            check_form(form)
        return value

    @model_validator(mode="after")
    def is_settled(self) -> Settings:
        """Replacements that come to an end, and of nothing that is to be kept."""
        check_pairs(self.always.items())
        check_lists(self.always, self.keep)
        return self

    @property
    def never_pairs(self) -> frozenset[tuple[str, str]]:
        """The replacements that are only suggested."""
        return frozenset(as_pair(entry) for entry in self.never if "->" in entry)

    @property
    def packs(self) -> tuple[str, ...]:
        """The packs of the lexicon: English always, then those of the period."""
        return tuple(dict.fromkeys(("english", *self.period)))

    def fingerprint(self, *, with_scans: bool) -> str:
        """What of the settings changes the result, as a short hash; for texts those that concern scans do not count."""
        scans_only = {"keep_images", "use_text_layer", "split", "effort", "engine"}
        always_left = {
            "jobs",
            "scheduler",
            "cache",
            "formats",
            "page_seconds",
            "document_seconds",
            "memory",
            "megapixels",
            "state",
        }
        always_left |= {"calibration"}  # what it holds counts, not where it lies
        kept = self.model_dump(mode="json", exclude=always_left if with_scans else always_left | scans_only)
        return blake2b(json.dumps(kept, sort_keys=True).encode(), digest_size=8).hexdigest()


def as_pair(entry: str) -> tuple[str, str]:
    """`form -> form` as two forms."""
    before, _, after = ARROW.sub("->", entry.strip()).partition("->")
    return before, after


def check_form(form: str) -> None:
    """Raises ValueError for what cannot stand in a text as a word or phrase."""
    if not form.strip() or form != form.strip() or not form.isprintable():
        raise ValueError(f"{form!r} should be a word or phrase, without blanks at its edges")


def check_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """Raises ValueError for a replacement that is none."""
    for before, after in pairs:
        check_form(before)
        check_form(after)
        if before == after:
            raise ValueError(f"{before!r} would be replaced by itself")


def check_lists(always: Mapping[str, str], keep: Iterable[str]) -> None:
    """Raises ValueError where a form is both replaced and kept, or where what replaces one would be replaced in turn."""
    for form in keep:
        if form in always:
            raise ValueError(f"{form!r} is both always replaced and kept")
    replaced = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, always))})(?!\w)")
    for before, after in always.items():
        if found := replaced.search(after):
            raise ValueError(f"{after!r}, which replaces {before!r}, holds {found[0]!r}, which would be replaced in turn")


def load_settings(file: Path | None = None, options: Mapping[str, Any] | None = None, rules: Collection[str] = ()) -> Settings:
    """Settings from `file` (or ./errata.toml, if there is one), and over them the `options` that were given (not None).

    `rules`: the names of the rules there are.

    Raises InvalidConfig naming `file:line` for what the file has wrong, BadArguments for a wrong option.
    """
    path = file if file is not None else Path(DEFAULT_FILE)
    settings = read_settings(path, rules) if file is not None or path.is_file() else Settings()
    given = {key: value for key, value in (options or {}).items() if value is not None}
    try:
        return Settings.model_validate({**settings.model_dump(), **given}, context={"rules": rules})
    except ValidationError as fault:
        key, what = described(fault)
        raise BadArguments(f"--{key.replace('_', '-')}: {what}", advice="See errata --help") from fault


def read_settings(path: Path, rules: Collection[str] = ()) -> Settings:
    """The settings of one file. Raises InvalidConfig if it is missing or wrong."""
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as fault:
        advice = "Check the path given to --config"
        raise InvalidConfig(f"cannot be read ({fault.strerror})", where=path, advice=advice) from fault
    except UnicodeDecodeError as fault:
        raise InvalidConfig("not UTF-8", where=path, advice="Save the file as UTF-8") from fault
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        # The message ends "(at line 3, column 7)" or "(at end of document)"; Python 3.11 offers the number in no other way.
        tail = str(fault).rpartition("line ")[2].split(",")[0]
        line = int(tail) if tail.isdigit() else text.count("\n") + 1
        what = re.sub(r" \(at [^)]*\)$", "", str(fault))
        raise InvalidConfig(f"broken TOML: {what}", where=f"{path}:{line}", advice="Correct that line") from fault
    except RecursionError as fault:
        raise InvalidConfig("broken TOML: nested too deeply", where=path, advice="Correct it") from fault
    try:
        return Settings.model_validate(values, context={"rules": rules})
    except ValidationError as fault:
        key, what = described(fault)
        where = f"{path}:{line_of(text, key.partition('.')[0])}"
        raise InvalidConfig(f"{key}: {what}", where=where, advice=f"Keys are: {', '.join(Settings.model_fields)}") from fault


def described(fault: ValidationError) -> tuple[str, str]:
    """(the key, dotted; what is wrong with it) of the first fault."""
    first = fault.errors()[0]
    key = ".".join(str(part) for part in first["loc"] if part != "[key]") or "always"  # the lists are checked together
    if first["type"] == "extra_forbidden":
        return key, "there is no such setting"
    if first["type"] == "literal_error" and key.startswith("thresholds"):
        return key, f"no such kind of repair; kinds are {', '.join(KINDS)}"
    what = first["msg"].removeprefix("Value error, ")
    what = what.replace("Input should", "it should", 1).replace("a valid tuple", "a list")
    return key, what


def line_of(text: str, key: str) -> int:
    """The line, from 1, on which a key or table of a TOML text stands; 1 where it is not found."""
    pattern = re.compile(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*[=\].]""")
    return next((number for number, line in enumerate(text.split("\n"), 1) if pattern.match(line)), 1)
