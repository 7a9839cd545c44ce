"""The figures of `errata evaluate` as tables for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from math import isnan
from typing import TYPE_CHECKING

from pipeline.evaluate.bootstrap import Interval
from pipeline.evaluate.judged import Certainty
from pipeline.evaluate.outcomes import OUTCOMES, Doing, Vandalised
from pipeline.evaluate.pages import AVERAGES, RATES, Scores
from pipeline.evaluate.repairs import RepairScores

if TYPE_CHECKING:
    from pipeline.evaluate.report import Report

LABELS = {"cer": "CER", "wer": "WER", "cmer": "cMER", "bag_of_words": "bag of words"}
REPAIRS = {
    "error_reduction": "errors removed",
    "precision": "changes that are right",
    "recall": "wrong ones put right",
    "damage": "right ones damaged",
}
LEGEND = (
    "In brackets: 95 % intervals, from drawing {drawn} again and again; *: other than 0. micro: over all pages together;",
    "macro: mean of the pages; median: of the pages. CER, WER, bag of words (words whatever their order): case and punctuation",
    "count, quotes and dashes of every shape are one. cMER: as in HIPE-OCRepair-2026, without case and punctuation, at most 1.",
)
MOST_NAMED, MOST_VANDALISED = 8, 20


def report_text(report: Report) -> str:
    if report.after is None:
        return ""
    head = repairs_text(report.repairs) if report.repairs is not None else pages_text(report.before, report.after)
    parts = (
        chain(head, remarks(report, report.after)),
        rates_table(report),
        outcome_lines(report),
        vandalised_lines(report.vandalised),
        certainty_lines(report.certainty),
    )
    return "\n\n".join(text for part in parts if (text := "\n".join(part))) + "\n"


def pages_text(before: Scores | None, after: Scores) -> Iterator[str]:
    """A row for each kind of page, and one for all."""
    kinds = after.by_kind()
    rows = [*kinds.items(), ("all", after)] if 1 < len(kinds) < len(after.pages) else [("all", after)]
    old = {**(before.by_kind() if before else {}), "all": before}
    yield f"{'':<14}{'pages':>6}  {'CER before':>10} {'after':>8}  {'WER before':>10} {'after':>8}  {'median CER':>10}"
    for kind, scores in rows:
        was = old.get(kind)
        cer, wer = (f"{was.cer:.2%}", f"{was.wer:.2%}") if was else ("-", "-")
        rates = f"{cer:>10} {scores.cer:>8.2%}  {wer:>10} {scores.wer:>8.2%}  {scores.median_cer:>10.2%}"
        yield f"{kind:<14}{len(scores.pages):>6}  {rates}"


def remarks(report: Report, after: Scores) -> Iterator[str]:
    """Pages that are missing here or there."""
    for what, names in (
        ("without output, counted as empty", after.missing),
        ("without output in the other run, counted as empty", report.against.missing if report.against is not None else []),
        ("without ground truth, left aside", report.others),
        ("without a sound confidence.json (errata repair writes it), so nothing is said of how sure words are", report.unsure),
        ("empty in the ground truth, so what stands there counts as too much, and is no rate of a page", after.empty),
    ):
        if names:
            yield f"{what}: {', '.join(names[:MOST_NAMED])}{f' … ({len(names)})' if len(names) > MOST_NAMED else ''}"


def repairs_text(scores: RepairScores) -> Iterator[str]:
    yield f"{scores.pages} corrected pages, {scores.words} words, {scores.characters} characters"
    yield f"CER {scores.cer_before:.4%} before, {scores.cer_after:.4%} after"
    yield ", ".join(f"{name} {scores.outcomes[name]}" for name in OUTCOMES)
    yield f"error reduction {scores.error_reduction:.1%}, precision {scores.precision:.1%}, recall {scores.recall:.1%}"
    yield f"breaks kept {scores.breaks_kept} of {scores.breaks}, false {scores.breaks_false}; length {scores.length:.3f}"
    yield from class_table(scores)


def class_table(scores: RepairScores) -> list[str]:
    """Fixed, missed and damaged words by class of error, the most frequent class first."""
    return class_rows(scores.classes)


def class_rows(classes: Mapping[str, Counter[str]]) -> list[str]:
    order = sorted(classes, key=lambda c: (-sum(classes[c].values()), c))
    rows = [f"  {name:<12}" + "".join(f"{classes[name][outcome]:>9}" for outcome in OUTCOMES) for name in order]
    return ["  " + f"{'class':<12}" + "".join(f"{outcome:>9}" for outcome in OUTCOMES), *rows] if rows else []


def columns(report: Report) -> dict[str, Mapping[str, Interval]]:
    """What is known of each figure, by heading."""
    states = {"before": report.before, "after": report.after, "other run": report.against}
    found: dict[str, Mapping[str, Interval]] = {name: scores.figures for name, scores in states.items() if scores is not None}
    if report.repaired:
        found["by repair"] = report.repaired
    if report.differing:
        found["against other"] = report.differing
    return found


CHANGES = ("by repair", "against other")


def rates_table(report: Report) -> Iterator[str]:
    """Every error rate with its interval, a row each."""
    found = columns(report)
    yield f"{'':<20}" + "".join(f"{name:<26}" for name in found).rstrip()
    for rate in RATES:
        for average in AVERAGES:
            cells = [
                difference(values[f"{rate}_{average}"]) if name in CHANGES else spread(values[f"{rate}_{average}"])
                for name, values in found.items()
            ]
            label = LABELS[rate] if average == AVERAGES[0] else ""
            yield f"{label:<13}{average:<7}" + "".join(f"{cell:<26}" for cell in cells).rstrip()
    drawn = "documents" if report.after is not None and report.after.clusters else "pages"
    yield from (line.format(drawn=drawn) for line in LEGEND)


def spread(figure: Interval) -> str:
    """`2.31% (1.80-2.95)`."""
    return f"{figure.value:.2%} ({100 * figure.low:.2f}-{100 * figure.high:.2f})"


def difference(figure: Interval) -> str:
    """`-0.21 (-0.30, -0.12)`, in points; with a star where 0 lies outside."""
    star = "*" if figure.clear else ""
    return f"{100 * figure.value:+.2f} ({100 * figure.low:+.2f}, {100 * figure.high:+.2f}){star}"


def outcome_lines(report: Report) -> Iterator[str]:
    """What became of words; of pages by the form of the error. (Of corrected pages the classes stand above.)"""
    if report.outcomes is not None:
        totals = report.outcomes.totals
        yield f"Of {report.outcomes.words} words " + ", ".join(f"{totals[name]} {name}" for name in OUTCOMES)
        yield from class_rows(report.outcomes.forms)
    if report.repair_figures:
        yield from (f"  {REPAIRS[name]:<24}{spread(f)}" for name, f in report.repair_figures.items() if not isnan(f.value))


def vandalised_lines(vandalised: tuple[Vandalised, ...]) -> Iterator[str]:
    if not vandalised:
        return
    yield "Words that were right and are wrong now:"
    for word in vandalised[:MOST_VANDALISED]:
        yield f"  {word.page}: {word.word} -> {word.became or '(gone)'}   … {word.context} …"
        yield from (f"    by {doing_text(doing)}" for doing in word.by)
        if not word.by:
            yield "    by no edit: the places of lines or words differ"
    if len(vandalised) > MOST_VANDALISED:
        yield f"  and {len(vandalised) - MOST_VANDALISED} more; --json has all"


def doing_text(doing: Doing) -> str:
    """`quote: "a" -> "b" (0.97); undo: errata undo FOLDER --edit 17`."""
    edit = doing.edit
    change = f"{' '.join(edit.before.split())!r} -> {' '.join(edit.after.split())!r}"
    return f"{edit.rule}: {change} ({edit.probability:.2f}); errata undo {doing.folder} --edit {doing.line}"


def certainty_lines(found: Certainty | None) -> Iterator[str]:
    if found is None:
        return
    count, wrong, figures = len(found.chance), int(found.wrong.sum()), found.figures
    yield f"How sure words are: {count} words, {wrong} of them wrong, {found.expected:.0f} expected to be"
    if not 0 < wrong < count:
        yield f"  calibration error {spread(figures['calibration_error'])}; with none or all wrong, no more can be said"
        return
    shown = {name: spread(figure) for name, figure in figures.items()}
    yield f"  a wrong word is doubted more than a right one {shown['auroc']} of the time (AUROC)"
    yield f"  calibration error {shown['calibration_error']}, in bins of equal mass; Brier score {plain(figures['brier'])}"
    yield f"  area under the risk-coverage curve {plain(figures['aurc'])}, of a blind order {wrong / count:.4f}"
    yield f"  the least sure tenth of the words holds {shown['found']} of the wrong ones, of the lines {shown['found_in_lines']}"
    yield f"  {'chance to be wrong':<20}{'words':>7}{'expected':>11}{'found':>9}"
    for bin_ in found.bins:
        yield f"  {f'{bin_.low:.2%} to {bin_.high:.2%}':<20}{bin_.count:>7}{bin_.expected:>11.2%}{bin_.found:>9.2%}"


def plain(figure: Interval) -> str:
    return f"{figure.value:.4f} ({figure.low:.4f}-{figure.high:.4f})"
