"""What a whole document tells about itself: counters that merge, read-only once repair begins, and stored with the results."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.formats import Format, named
from pipeline.model import Word

if TYPE_CHECKING:
    from pipeline.language.lexicon import Lexicon

T = TypeVar("T")
FORMAT = Format("errata-evidence", (named,), nameless=True)
WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
# In these a character stands first that is rare, and what must stand before it behind: so they are found several times as fast.
RAISED = re.compile(r"\d(?<=[a-z]{2}\d)(?=[\s.,;:)]|$)")
"""A figure behind a word: a note's call-out, or a mark misread."""
WORN_STOP = re.compile(
    r",(?:(?<=\b[Oo]p,) ?cit\b|(?:(?<=[\s,.;(]p,)|(?<=[\s,.;(]pp,)) ?\d|(?:(?<=^\d,)|(?<=^\d\d,)) [A-Z])",
    re.MULTILINE,
)
HABITS = {
    "spaced stop": re.compile(r" [.,](?=\s|$)(?<=\w [.,])"),
    "tight stop": re.compile(r"[.,](?=\s|$)(?<=\w[.,])"),
    "spaced colon": re.compile(r" [;:!?](?=\s|$)(?<=\w [;:!?])"),
    "tight colon": re.compile(r"[;:!?](?=\s|$)(?<=\w[;:!?])"),
    "spaced bracket": re.compile(r"\( \w(?: \))?|\)(?<=\w \))"),
    "tight bracket": re.compile(r"\(\w\)?|\)(?<=\w\))"),
    "curly single": re.compile("\N{LEFT SINGLE QUOTATION MARK}"),
    "straight single": re.compile("'"),
    "curly double": re.compile("[\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}]"),
    "straight double": re.compile('"'),
    "inner stop": re.compile(r"[a-z]{2}\.[a-z]{2}"),
    "capital I": re.compile(r"I(?<=[a-z] I)(?:n|s|nto|ts)(?= [a-z])"),
    "spaced quote": re.compile(r"(?:^| )['\"‘’“”] (?=\S)", re.MULTILINE),
    "tight quote": re.compile(r"['\"‘’“”](?=\w)(?:(?<= .)|(?<=^.))", re.MULTILINE),
}
"""What shows whether a document sets space before its stops and inside its quotation marks, as much old print does."""
ODD_MARK = re.compile(r"[|~^_\\$<>¦`´•]")
STAR_PAIR = re.compile(r"(?<!\S)\*\w(?:[^*\n]*\w)?\*(?!\w)")
"""A word between stars, as those who can't set italics write it."""
STAR_NOTE = re.compile(r"^[^\S\n]*\*{1,3} ?[A-Z]", re.MULTILINE)
SENTENCE_END = re.compile(r"[.!?:;]['’”\")\]]*\s*$")


@dataclass(slots=True)
class Evidence:
    """Counts over one document.

    `words`: forms as written, inside lines only (a word at a line's edge may be half a word); `names`: forms with a capital
    where no sentence begins; `hyphenated`: forms with a hyphen inside a line; `pairs`: neighbours, lower-cased.
    `confusions`: what this document's OCR reads for what (`e>o`), in thousandths of a form.
    `styles`: shapes of archival references (`FO #/#`), which show how the author spaces them.
    `worn_stops`: how many full stops are plainly read as commas, by page; they come in runs.
    `vetoes`: proposals that could not be carried out (see the engine).
    """

    words: Counter[str] = field(default_factory=Counter)
    lower: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    hyphenated: Counter[str] = field(default_factory=Counter)
    pairs: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)
    confusions: Counter[str] = field(default_factory=Counter)
    styles: Counter[str] = field(default_factory=Counter)
    worn_stops: Counter[str] = field(default_factory=Counter)
    pages: int = 0
    vetoes: set[str] = field(default_factory=set)

    def habit(self, name: str) -> float:
        """Share (0-1) of `spaced NAME` among all of its kind: near 0 a fault of the OCR, else the printer's habit.

        A few cases in a short text make no habit.
        """
        spaced, tight = self.marks[f"spaced {name}"], self.marks[f"tight {name}"]
        return spaced / (spaced + tight) if spaced + tight > 9 else spaced / 30.0

    @property
    def noise(self) -> float:
        """Share (0-1) of small-letter words that no list knows: 0.005 in good text, 0.1 in bad; 0 where few were counted."""
        return max(0.0, self.marks["unknown word"] - 2) / (self.marks["small word"] + 30)

    @property
    def misread(self) -> float:
        """Share (0-1) of small-letter words that are expected to be misread, as `learn` counts them; 150 words of a usual text,
        where one in 200 is, are counted in."""
        return (self.marks["misread word"] + 0.75) / (self.marks["small word"] + 150)

    @property
    def worn_marks(self) -> int:
        """How many stars and figures 1 stand where a quotation mark or apostrophe might: a sign that others were lost."""
        notes = self.marks["star note"] * 4 + self.marks["figure"] * 2
        return max(0, self.marks["star"] + self.marks["one"] - notes)

    def merge(self, other: Evidence) -> None:
        """Add what another part of the document tells."""
        for name in ("words", "lower", "names", "hyphenated", "pairs", "marks", "confusions", "styles", "worn_stops"):
            getattr(self, name).update(getattr(other, name))
        self.pages += other.pages
        self.vetoes |= other.vetoes

    def to_record(self) -> dict[str, Any]:
        """As plain data for `evidence.json`."""
        return {
            **FORMAT.head,
            **{
                n: dict(sorted(getattr(self, n).items()))
                for n in ("words", "names", "hyphenated", "pairs", "marks", "confusions", "styles", "worn_stops")
            },
            "pages": self.pages,
            "vetoes": sorted(self.vetoes),
        }

    @classmethod
    def from_record(cls, record: dict[str, Any], where: Path | None = None) -> Evidence:
        """The evidence that `to_record` wrote, or an older version did. Raises MadeLater; ValueError, KeyError or TypeError for
        what is none."""
        record = FORMAT.read(record, where)
        made = cls(pages=record["pages"], vetoes=set(record["vetoes"]))
        for name in ("words", "names", "hyphenated", "pairs", "marks", "confusions", "styles", "worn_stops"):
            setattr(made, name, Counter(record[name]))
        for word, count in made.words.items():
            made.lower[word.lower()] += count
        return made


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """What rules may know: the lexicon of the packs, the evidence of the document, and in the order of the source the words that
    other readings of the image have otherwise (none where there is no image, or one reading)."""

    lexicon: Lexicon
    evidence: Evidence
    disputed: tuple[Word, ...] = ()
    memory: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)

    def recall(self, look: Callable[[str, Knowledge], T], text: str) -> T:
        """`look(text, self)`, worked out once: most lines stay as they are from one round of repair to the next."""
        key = (look.__qualname__, text)
        found: T = self.memory.get(key, self)
        if found is self:
            found = self.memory[key] = look(text, self)
        return found


def gather(text: str) -> Evidence:
    """Evidence of one text, pages between form feeds."""
    evidence = Evidence(pages=text.count("\f") + 1)
    fresh, last = True, ""
    for number, page in enumerate(text.split("\f"), 1):
        if worn := len(WORN_STOP.findall(page)):
            evidence.worn_stops[str(number)] = worn
    plain = text.replace("\f", "\n")
    if plain.strip():
        count_marks(evidence, plain)
    for line in plain.split("\n"):
        if not line.strip():
            fresh = True
            continue
        evidence.marks["star list"] += line.startswith("* ") and last.startswith("* ")
        last = line
        count_line(evidence, line, fresh)
        fresh = bool(SENTENCE_END.search(line))
    for word, count in evidence.words.items():
        evidence.lower[word.lower()] += count
    return evidence


def count_marks(evidence: Evidence, text: str) -> None:
    """Count the marks of a text, and what shows its habits; none of them runs on over a line's end."""
    marks = evidence.marks
    for figure in RAISED.findall(text):
        marks["one" if figure == "1" else "figure"] += 1
    for name, pattern in HABITS.items():
        marks[name] += len(pattern.findall(text))
    for char in ODD_MARK.findall(text):
        marks[f"mark {char}"] += 1
    marks["star"] += text.count("*")
    marks["star pair"] += len(STAR_PAIR.findall(text))
    marks["star note"] += len(STAR_NOTE.findall(text))


def count_line(evidence: Evidence, line: str, fresh: bool) -> None:
    """Count the words of one line; `fresh`: a sentence may begin with it."""
    words, names, pairs = evidence.words, evidence.names, evidence.pairs
    found = list(WORD.finditer(line))
    end, final, last = len(line.rstrip()), len(found) - 1, ""
    for at, match in enumerate(found):
        if at == final or match.end() >= end or (match.start() == 0 and not fresh):  # perhaps half a word
            last = ""
            continue
        word = match.group().replace("’", "'")
        lower = word.lower()
        words[word] += 1
        if "-" in word:
            evidence.hyphenated[lower] += 1
        named = lower != word and at and word[0].isupper() and not word.isupper()
        if named and SENTENCE_END.search(line[max(0, match.start() - 4) : match.start()]) is None:
            names[word] += 1
        if last:
            pairs[f"{last} {lower}"] += 1
        last = lower
