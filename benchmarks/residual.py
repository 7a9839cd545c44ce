"""How often the interval of what is left wrong holds the truth, and how wide it is: `python -m benchmarks.residual`.

A trial is a document and one half of its lines, drawn at random: the half is left over, once before anything was read, once
after the other half was read by somebody who sees every error. Documents are single scans, articles and pages, and all of a kind
as one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Bars, Measure, Options, with_collections
from benchmarks.judged import Known, digitised_scans, judged_pairs, judged_scans, judged_thesis
from pipeline.confidence.model import DocumentConfidence, LineConfidence, PageConfidence, WordRisks, word_risk
from pipeline.confidence.residual import Estimate, Residual, Verdict, residual
from pipeline.confidence.spread import spread_of

Counts = NDArray[np.int64]


MOST_WORDS = 12
"""Words of a line, at most."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A document of which every wrong word is known: how many are on each line, in the order of `confidence.lines`."""

    name: str
    kind: str
    image: bool
    confidence: DocumentConfidence
    wrong: Counts


@dataclass(frozen=True, slots=True)
class Trial:
    """What was left wrong in half of a document, and what was said of it: before anything was read, and after the other half
    was."""

    truth: int
    before: Estimate
    after: Estimate


def known(name: str, kind: str, parts: Sequence[Known], *, image: bool) -> Counted:
    """Parts of a document, each a page, with the words of which the truth says something."""
    pages, risks, wrong, at = [], [], [], 0
    for number, part in enumerate(parts, 1):
        risk = word_risk(part.words)[part.known]
        _, lines, counts = np.unique(rows_of(part)[part.known], return_inverse=True, return_counts=True)
        sums = np.bincount(lines, risk, minlength=len(counts))
        ends = at + np.cumsum(counts)
        rows = zip(range(1, len(counts) + 1), ends - counts, ends, sums, strict=True)
        pages.append(
            PageConfidence(number, 1.0, float(risk.sum()), tuple(LineConfidence(number, *row[:3], 0.0, row[3]) for row in rows))
        )
        risks.append(risk)
        wrong.append(np.bincount(lines, part.wrong[part.known], minlength=len(counts)).astype(np.int64))
        at += len(risk)
    starts = np.arange(at)
    confidence = DocumentConfidence(tuple(pages), WordRisks(starts, starts + 1, np.concatenate(risks)))
    return Counted(name, kind, image, confidence, np.concatenate(wrong))


def rows_of(part: Known) -> Counts:
    """The line of each word; lines that are whole paragraphs, as texts without line breaks have them, are cut up."""
    _, first, homes = np.unique(part.lines, return_index=True, return_inverse=True)
    within = np.arange(len(part.lines)) - first[homes]
    return np.cumsum(within % MOST_WORDS == 0)


def trials(document: Counted) -> Iterator[Trial]:
    """Either half of a document."""
    lines = document.confidence.lines
    first = np.random.default_rng(len(lines)).permutation(len(lines)) < len(lines) // 2
    for half in (first, ~first):
        truth = int(document.wrong[half].sum())
        before, after = (left_over(document, ~half, drawn=drawn).document for drawn in (False, True))
        yield Trial(truth, before, after)


def left_over(document: Counted, read: NDArray[np.bool_], *, drawn: bool) -> Residual:
    """What is said to be left when the lines `read` were read; where they were not `drawn`, they say nothing of the others."""
    rows = zip(document.confidence.lines, document.wrong, read, strict=True)
    verdicts = [Verdict(line.start, line.end, int(wrong), drawn) for line, wrong, seen in rows if seen]
    return residual(document.confidence, spread_of(image=document.image), verdicts)


def listed(document: Counted) -> tuple[int, int, int, int]:
    """Of a document's reading list: its lines, all lines, wrong words on its lines, all wrong words."""
    lines = document.confidence.lines
    chosen = {line.start for line in residual(document.confidence, spread_of(image=document.image)).reading_list().lines}
    inside = np.array([line.start in chosen for line in lines])
    return int(inside.sum()), len(lines), int(document.wrong[inside].sum()), int(document.wrong.sum())


def documents(judged: Iterable[Known], *, image: bool, whole: bool = True) -> Iterator[Counted]:
    """Each of `judged` as a document; with `whole`, each kind as one, too."""
    kinds: dict[str, list[Known]] = {}
    for part in judged:
        if part.known.any():
            kinds.setdefault(part.kind, []).append(part)
            yield known(part.name, part.kind, [part], image=image)
    for kind, parts in kinds.items() if whole else ():
        if len(parts) > 1:
            yield known(kind, kind, parts, image=image)


def covered(found: Sequence[tuple[int, Estimate]]) -> float:
    """The share of trials whose interval holds the truth."""
    return float(np.mean([guess.low <= truth <= guess.high for truth, guess in found]))


def half_width(found: Sequence[tuple[int, Estimate]]) -> tuple[float, float]:
    """Half the interval against the estimate: the mean over trials, and of all taken together."""
    widths = np.array([(guess.high - guess.low) / 2 for _, guess in found])
    expected = np.array([guess.expected for _, guess in found])
    return float(np.mean(widths / np.maximum(0.5, expected))), float(widths.sum() / max(0.5, expected.sum()))


HEADING = (
    f"{'kind':<22}{'trials':>7}{'wrong':>8}  {'before:':<9}{'expected':>9}{'holds':>8}{'± mean':>8}{'± all':>7}"
    f"  {'after:':<8}{'expected':>9}{'holds':>8}{'± mean':>8}{'± all':>7}  {'list: lines':>11}{'wrong':>6}"
)


def row(name: str, found: Sequence[Trial], lists: Sequence[tuple[int, int, int, int]]) -> str:
    """The figures of some trials, and of the reading lists of their documents (see `listed`)."""
    text = f"{name:<22}{len(found):>7}{sum(trial.truth for trial in found):>8}"
    for pad, side in ((9, "before"), (8, "after")):
        pairs = [(trial.truth, getattr(trial, side)) for trial in found]
        mean, every = half_width(pairs)
        text += f"  {'':<{pad}}{sum(guess.expected for _, guess in pairs):>9.0f}{covered(pairs):>8.1%}{mean:>8.0%}{every:>7.0%}"
    of_list, lines, seen, wrong = np.sum(lists, axis=0)
    return f"{text}  {of_list / max(1, lines):>11.0%}{seen / max(1, wrong):>6.0%}"


def all_documents(shared: Path, work: Path) -> Iterator[Counted]:
    """Every document that there is a truth of."""
    folder = digitised_scans(shared, work)
    scans = judged_scans(shared, folder)
    texts = judged_scans(shared, folder, images=False)
    yield from documents(scans, image=True)
    for document in documents(texts, image=False):
        yield Counted(document.name, f"{document.kind}, text", False, document.confidence, document.wrong)
    yield from documents(judged_thesis(shared), image=False)
    yield from documents(judged_pairs(shared / "postocr"), image=False)


def measure_residual(shared: Path, work: Path, bars: Bars) -> Iterator[Measure]:
    """Coverage and width over all trials, with a row for each kind printed."""
    found: dict[str, list[Trial]] = {}
    lists: dict[str, list[tuple[int, int, int, int]]] = {}
    for document in all_documents(shared, work):
        kind = f"{document.kind}, whole" if document.name == document.kind.split(",")[0] else document.kind
        found.setdefault(kind, []).extend(trials(document))
        lists.setdefault(kind, []).append(listed(document))
    print(HEADING)
    for kind, of_kind in found.items():
        print(row(kind, of_kind, lists[kind]))
    every = [trial for of_kind in found.values() for trial in of_kind]
    print(row("all", every, [one for of_kind in lists.values() for one in of_kind]), flush=True)
    for side in ("before", "after"):
        pairs = [(trial.truth, getattr(trial, side)) for trial in every]
        when = "half read" if side == "after" else "nothing read"
        alike = np.mean([covered([(trial.truth, getattr(trial, side)) for trial in of_kind]) for of_kind in found.values()])
        yield Measure(f"left wrong, {when}: intervals that hold", covered(pairs), bars[f"{side}_covered"], True, "{:.1%}")
        yield Measure(f"left wrong, {when}: the same, kinds alike", float(alike), bars[f"{side}_alike"], True, "{:.1%}")
        yield Measure(f"left wrong, {when}: half-width", half_width(pairs)[1], bars[f"{side}_width"], shown="{:.1%}")


def measure(options: Options) -> None:
    """Print every figure."""
    none = {"bar": 0.0}
    bars = {f"{side}_{what}": none for side in ("before", "after") for what in ("covered", "alike", "width")}
    for found in measure_residual(options.shared, options.work, bars):
        print(f"{found.name}: {found.shown.format(found.value)}")


if __name__ == "__main__":
    sys.exit(with_collections(__doc__, measure))
