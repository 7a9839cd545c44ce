"""The page of `errata evaluate --html`: figures, diagrams, and truth and result side by side. It needs nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import isnan
from typing import TYPE_CHECKING, Any

from jinja2 import Environment

from pipeline.evaluate.bootstrap import Interval
from pipeline.evaluate.diagrams import Diagram, reliability_diagram, risk_diagram, roc_diagram
from pipeline.evaluate.judged import Certainty
from pipeline.evaluate.outcomes import OUTCOMES
from pipeline.evaluate.pages import AVERAGES, RATES, PageScore
from pipeline.evaluate.side_by_side import Row, side_by_side
from pipeline.evaluate.tables import CHANGES, LABELS, REPAIRS, columns
from pipeline.outputs.templating import templates_of
from pipeline.outputs.xml import NOT_XML

if TYPE_CHECKING:
    from pipeline.evaluate.report import Report

MOST_PAGES, MOST_ROWS, MOST_LISTED, MOST_VANDALISED, OPEN = 60, 80, 500, 200, 3
ABOUT = {
    "cer": "characters, case and punctuation included",
    "wer": "words, in their order",
    "cmer": "characters without case and punctuation, as in HIPE-OCRepair-2026",
    "bag_of_words": "words, whatever their order",
}


@dataclass(frozen=True, slots=True)
class ComparedPage:
    """A page with its rates; `rows` that differ, of which `left_out` are not shown."""

    score: PageScore
    rows: list[Row]
    left_out: int


def report_html(report: Report) -> str:
    """The page. Lists are cut short where `--json` is the better place."""
    assert report.after is not None
    pages = compared_pages(report)
    changed = {page.name: page.cer for page in report.against.pages} if report.against is not None else {}
    listed = sorted(report.after.pages, key=badness)
    page = (
        environment()
        .get_template("evaluation.html")
        .render(
            report=report,
            after=report.after,
            headings=list(columns(report)),
            table=rates_table(report),
            outcomes=outcomes_of(report),
            outcome_names=OUTCOMES,
            repair=[(REPAIRS[name], figure) for name, figure in report.repair_figures.items() if not isnan(figure.value)],
            vandalised=report.vandalised[:MOST_VANDALISED],
            vandalised_left_out=max(0, len(report.vandalised) - MOST_VANDALISED),
            certainty=report.certainty,
            diagrams=diagrams(report.certainty),
            pages=pages,
            pages_left_out=sum(page.word_edits > 0 for page in report.after.pages) - len(pages),
            listed=listed[:MOST_LISTED],
            listed_left_out=max(0, len(listed) - MOST_LISTED),
            other=changed,
            open_pages=OPEN,
        )
    )
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", page)


def badness(page: PageScore) -> tuple[float, float, str]:
    """Orders pages: the most words wrong first."""
    return -page.wer, -page.cer, page.name


def compared_pages(report: Report) -> list[ComparedPage]:
    """The worst pages with what differs in them."""
    assert report.after is not None
    shown = {page.name: page for page in report.shown}
    worst = sorted((page for page in report.after.pages if page.word_edits), key=badness)[:MOST_PAGES]
    found = []
    for score in worst:
        page = shown[score.name]
        rows = side_by_side(page.truth, page.text, scans=report.repairs is None)
        found.append(ComparedPage(score, rows[:MOST_ROWS], max(0, len(rows) - MOST_ROWS)))
    return found


def rates_table(report: Report) -> list[tuple[str, str, str, list[tuple[str, str, bool]]]]:
    """Rows of (rate, what it is, average, cells of (figure, interval, whether a difference is clear))."""
    found = columns(report)
    rows = []
    for rate in RATES:
        for average in AVERAGES:
            cells = [cell(values[f"{rate}_{average}"], name in CHANGES) for name, values in found.items()]
            rows.append((LABELS[rate], ABOUT[rate], average, cells))
    return rows


def cell(figure: Interval, change: bool) -> tuple[str, str, bool]:
    if change:
        return signed(figure.value), f"{signed(figure.low)} to {signed(figure.high)}", figure.clear
    return f"{100 * figure.value:.2f} %", f"{100 * figure.low:.2f} to {100 * figure.high:.2f}", False


def signed(share: float) -> str:
    """In points, with a minus that is one."""
    return f"{100 * share:+.2f}".replace("-", "\N{MINUS SIGN}")


def outcomes_of(report: Report) -> dict[str, Any] | None:
    """Words, totals and classes of what became of words."""
    if report.repairs is not None:
        repairs = report.repairs
        return {"words": repairs.words, "totals": repairs.outcomes, "classes": ordered(repairs.classes), "by": "class of error"}
    if report.outcomes is not None:
        found = report.outcomes
        return {"words": found.words, "totals": found.totals, "classes": ordered(found.forms), "by": "form of the error"}
    return None


def ordered(classes: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(classes.items(), key=lambda item: (-sum(item[1].values()), item[0]))


def diagrams(found: Certainty | None) -> list[Diagram]:
    """Where some words are right and some wrong: else there is nothing to draw."""
    if found is None or not 0 < found.wrong.sum() < len(found.wrong):
        return []
    figures = found.figures
    return [
        reliability_diagram(found.bins),
        roc_diagram(found.roc, figures["auroc"].value),
        risk_diagram(found.risk_coverage, figures["aurc"].value),
    ]


@cache
def environment() -> Environment:
    """The templates; everything that goes into them is escaped."""
    made = templates_of("pipeline.evaluate")
    made.filters["percent"] = lambda share: f"{100 * share:.2f} %"
    made.filters["thousands"] = lambda number: f"{number:,}"
    made.filters["range"] = lambda figure: f"{100 * figure.low:.1f} to {100 * figure.high:.1f}"
    return made
