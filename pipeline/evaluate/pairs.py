"""OCR text beside corrected text, record by record: how much closer a repair comes, and what right words it damages.

Conventions: NFC; plain quotes and dashes; words broken at a line end joined; white space folded; `#` in the truth (no truth here)
passed over; the character error rate is that of all records together.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from pipeline.errors import UnreadableInput
from pipeline.evaluate.repairs import wrong_positions

TABLE = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "—": "-", "–": "-", "¬": "-", "\N{NO-BREAK SPACE}": " ", "\ufffd": "?"}
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A record: its name, what the OCR read, and what stands there."""

    name: str
    ocr: str
    truth: str


@dataclass(slots=True)
class PairScores:
    """Totals over records. `before`, `after`: edit distances in characters; `words` of the truth, and what became of them."""

    records: int = 0
    characters: int = 0
    before: int = 0
    after: int = 0
    words: int = 0
    fixed: int = 0
    missed: int = 0
    damaged: int = 0

    @property
    def error_reduction(self) -> float:
        """Share (0-1) of the character errors that is gone."""
        return 1 - self.after / max(1, self.before)

    @property
    def precision(self) -> float:
        return self.fixed / max(1, self.fixed + self.damaged)

    @property
    def damage(self) -> float:
        """Share (0-1) of the words that were right and are wrong now."""
        return self.damaged / max(1, self.words - self.fixed - self.missed)


def read_pairs(path: Path) -> list[Pair]:
    """The records of a JSON Lines file with the fields id, ocr and gt. Raises UnreadableInput naming the line."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as fault:
        raise UnreadableInput(f"cannot be read ({fault.strerror})", where=path) from fault
    found: list[Pair] = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line) if line.strip() else None
            if row is not None:
                name = re.sub(r"[^\w.-]", "_", str(row["id"]))
                found.append(Pair(f"{len(found):05d}_{name}", row["ocr"], row["gt"]))
        except (ValueError, KeyError, TypeError) as fault:
            raise UnreadableInput(f"not a record with id, ocr and gt ({fault})", where=f"{path}:{number}") from fault
    return found


def score_pairs(pairs: Iterable[Pair], repair: Callable[[str], str]) -> PairScores:
    """What `repair` makes of the OCR text of each record, against the truth."""
    scores = PairScores()
    for pair in pairs:
        truth = pair_normal(pair.truth.replace("#", ""))
        if truth:
            add_record(scores, truth, pair_normal(pair.ocr), pair_normal(repair(pair.ocr)))
    return scores


def add_record(scores: PairScores, truth: str, raw: str, out: str) -> None:
    """Count one record; all three texts normalised."""
    wrong_raw, before = wrong_and_distance(truth, raw)
    wrong_out, after = (wrong_raw, before) if out == raw else wrong_and_distance(truth, out)
    scores.records += 1
    scores.characters += len(truth)
    scores.before += before
    scores.after += after
    for match in re.finditer(r"\S+", truth):
        was, became = (not wrong.isdisjoint(range(*match.span())) for wrong in (wrong_raw, wrong_out))
        scores.words += 1
        scores.fixed += was and not became
        scores.missed += was and became
        scores.damaged += became and not was


def wrong_and_distance(truth: str, other: str) -> tuple[set[int], int]:
    """Positions of the truth that an edit touches, and the number of edits."""
    return wrong_positions(truth, other), Levenshtein.distance(truth, other)


def pair_normal(text: str) -> str:
    """A text as it is compared."""
    text = unicodedata.normalize("NFC", text).translate(TABLE)
    text = text.replace("\N{SOFT HYPHEN}\n", "").replace("\N{SOFT HYPHEN}", "")
    text = re.sub(r"(\w)-+ *\n\s*(?=[a-z])", r"\1", text)
    return re.sub(r"\s+", " ", text).strip()


def collections(folder: Path) -> Iterator[tuple[str, list[Pair]]]:
    """(short name, records) of every collection of pairs in a folder."""
    for path in sorted(folder.glob("*.jsonl")):
        yield path.stem.split("_")[0], read_pairs(path)
