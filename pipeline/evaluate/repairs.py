"""What repair did to a document of which some pages were corrected by hand: words fixed, missed and damaged, by class."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import UnreadableInput
from pipeline.evaluate.normalise import blank_lines, repair_normal
from pipeline.evaluate.outcomes import OUTCOMES
from pipeline.evaluate.pages import Scores, score_page
from pipeline.evaluate.placing import steps
from pipeline.evaluate.searched import Passages, Searched

UNLISTED = "unlisted"


@dataclass(frozen=True, slots=True)
class Correction:
    """A row of a page's correction list: the corrected text (normalised), its class, and whether the annotator was sure."""

    gold: str
    category: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A word that was not right, in its surroundings in the corrected page. Of one that was damaged also: what it became, and
    where, [start, end), it stood in the text before."""

    page: str
    outcome: str
    category: str
    context: str
    word: str = ""
    became: str = ""
    raw: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class CorrectedPage:
    """A corrected page, the passages [start, end) of the texts before and after that are its own, and its words' outcomes."""

    name: str
    text: str
    raw: tuple[int, int]
    out: tuple[int, int]
    outcomes: Counter[str]


@dataclass(slots=True)
class RepairScores:
    """Totals over the corrected pages, in the truth's words; `breaks`: blank lines; `length`: after / before, spaces left out."""

    pages: int = 0
    characters: int = 0
    edits_before: int = 0
    edits_after: int = 0
    words: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    classes: dict[str, Counter[str]] = field(default_factory=dict)
    breaks: int = 0
    breaks_kept: int = 0
    breaks_false: int = 0
    length: float = 1.0
    findings: list[Finding] = field(default_factory=list)
    corrected: list[CorrectedPage] = field(default_factory=list)
    before: Scores = field(default_factory=lambda: Scores(()))
    after: Scores = field(default_factory=lambda: Scores(()))

    @property
    def cer_before(self) -> float:
        return self.edits_before / max(1, self.characters)

    @property
    def cer_after(self) -> float:
        return self.edits_after / max(1, self.characters)

    @property
    def error_reduction(self) -> float:
        """(fixed - damaged) / (fixed + missed), in words."""
        return (self.outcomes["fixed"] - self.outcomes["damaged"]) / max(1, self.outcomes["fixed"] + self.outcomes["missed"])

    @property
    def precision(self) -> float:
        return self.outcomes["fixed"] / max(1, self.outcomes["fixed"] + self.outcomes["damaged"])

    @property
    def recall(self) -> float:
        return self.outcomes["fixed"] / max(1, self.outcomes["fixed"] + self.outcomes["missed"])


def read_corrections(page: Path) -> list[Correction]:
    """The list beside a corrected page: line, raw, gold, class, sure or unsure, parted by tabs."""
    path = page.with_suffix(".tsv")
    if not path.exists():
        return []
    rows = [row.split("\t") for row in path.read_text(encoding="utf-8").splitlines() if row.count("\t") >= 4]
    return [Correction(repair_normal(row[2]), row[3].strip(), row[4].strip() != "unsure") for row in rows if row[2].strip()]


def corrected_pages(folder: Path) -> list[Path]:
    """The corrected pages of a folder. Raises UnreadableInput if it has none."""
    pages = sorted(folder.glob("p*.txt"))
    if not pages:
        raise UnreadableInput("no corrected pages", where=folder, advice="It should hold pNNN.txt and pNNN.tsv files")
    return pages


def score_document(gold_dir: Path, raw_text: str, out_text: str) -> RepairScores:
    """Every corrected page, looked up in the text before and after repair; page and line breaks do not matter."""
    before, after = Searched(raw_text), Searched(out_text)
    solid = blank_lines(out_text)
    scores = RepairScores(length=len(solid[0]) / max(1, before.solid[-1]))
    rates = []
    for path in corrected_pages(gold_dir):
        text = read_page(path)
        gold = repair_normal(text)
        raw, out = before.finder.place(gold), after.finder.place(gold)
        scores.pages += 1
        scores.characters += len(gold)
        scores.edits_before += raw.distance
        scores.edits_after += out.distance
        found = Passages(gold, raw, before, after.passage(out))
        counts = count_words(scores, path, found)
        spans = before.original(raw.start, raw.end), after.original(out.start, out.end)
        scores.corrected.append(CorrectedPage(path.stem, text, *spans, counts))
        rates.append([score_page(path.stem, gold, passage, str) for passage in (found.was, found.became)])
        begin = after.solid[out.start]
        count_breaks(scores, text, solid, begin, after.solid[out.end])
    scores.before, scores.after = (Scores(tuple(state)) for state in zip(*rates, strict=True))
    return scores


def read_page(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise UnreadableInput("the corrected page cannot be read", where=path, advice="Save it as UTF-8") from fault


def count_words(scores: RepairScores, page: Path, found: Passages) -> Counter[str]:
    """Add one page's words; those that the annotator was unsure of are left out."""
    gold, counts = found.gold, Counter[str]()
    wrong = wrong_positions(gold, found.was), wrong_positions(gold, found.became)
    corrections = read_corrections(page)
    masked = {at for row in corrections if not row.sure for at in places(gold, row.gold)}
    classes = {at: row.category for row in corrections if row.sure for at in places(gold, row.gold) if at in wrong[0]}
    for match in re.finditer(r"\S+", gold):
        span = range(*match.span())
        if masked and not masked.isdisjoint(span):
            continue
        counts["words"] += 1
        was, is_now = (not places_wrong.isdisjoint(span) for places_wrong in wrong)
        if not was and not is_now:
            continue
        outcome = "damaged" if not was else "missed" if is_now else "fixed"
        category = next((classes[at] for at in span if at in classes), UNLISTED) if was else "was right"
        counts[outcome] += 1
        scores.classes.setdefault(category, Counter())[outcome] += 1
        more = (found.now(*match.span()), found.raw(*match.span())) if outcome == "damaged" else ("", (0, 0))
        context = gold[max(0, match.start() - 25) : match.end() + 15]
        scores.findings.append(Finding(page.stem, outcome, category, context, match.group(), *more))
    scores.words += counts["words"]
    scores.outcomes.update({outcome: counts[outcome] for outcome in OUTCOMES if counts[outcome]})
    return counts


def places(gold: str, text: str) -> Iterator[int]:
    for hit in re.finditer(re.escape(text), gold):
        yield from range(*hit.span())


def wrong_positions(gold: str, found: str) -> set[int]:
    """Positions of `gold` that an edit touches; characters too many in `found` count for both neighbours."""
    wrong: set[int] = set()
    at = 0
    for step, count in steps(gold, found):
        if step in "XI":
            wrong.update(range(at, at + count))
        elif step == "D":
            wrong.update((at - 1, at))
        at += count if step != "D" else 0
    return wrong


def count_breaks(scores: RepairScores, gold_text: str, out: tuple[str, set[int]], start: int, end: int) -> None:
    """Add one page's blank lines: those kept, and those that do not belong (one before a note's number is not counted)."""
    solid, true = blank_lines(gold_text)
    true -= {0, len(solid)}
    found = mapped(solid, out, start, end) - {0, len(solid)}
    scores.breaks += len(true)
    scores.breaks_kept += sum(is_near(at, found) for at in true)
    scores.breaks_false += sum(not is_near(at, true) and not re.match(r"\d+[.,]", solid[at : at + 4]) for at in found)


def is_near(at: int, others: set[int]) -> bool:
    return any(abs(at - other) <= 2 for other in others)


def mapped(gold: str, out: tuple[str, set[int]], start: int, end: int) -> set[int]:
    """The blank lines of out[start:end] as offsets in `gold`."""
    text, blank = out
    inside = {at for at in blank if start < at <= end}
    where: dict[int, int] = {}
    at_gold, at_out = 0, start
    for step, count in steps(gold, text[start:end]) if inside else ():
        for _ in range(count):
            where[at_out] = at_gold
            at_gold += step != "D"
            at_out += step != "I"
    return {where[at] for at in inside if at in where}
