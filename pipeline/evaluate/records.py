"""The figures of `errata evaluate` as JSON: every value, rates as 0-1, null where a figure has none."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.evaluate.bootstrap import DRAWS, LEVEL, SEED, Interval
from pipeline.evaluate.calibration import Curve
from pipeline.evaluate.judged import Certainty
from pipeline.evaluate.outcomes import OUTCOMES, Outcomes, Vandalised
from pipeline.evaluate.pages import PageScore, Scores
from pipeline.evaluate.repairs import RepairScores

if TYPE_CHECKING:
    from pipeline.evaluate.report import Report

MOST_POINTS = 200
"""Points of a curve that are written; of more, so many that are evenly spread."""


def report_json(report: Report) -> str:
    return json.dumps(known(report_record(report)), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def known(value: Any) -> Any:
    """A record with None for what is no number, which JSON does not have."""
    if isinstance(value, dict):
        return {name: known(part) for name, part in value.items()}
    if isinstance(value, list):
        return [known(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def report_record(report: Report) -> dict[str, Any]:
    states = {"before": report.before, "after": report.after, "against": report.against}
    truth, run, other = report.names
    return {
        **({} if report.repairs is None else repairs_record(report.repairs)),
        "truth": truth,
        "run": run,
        **({"other_run": other} if other else {}),
        "intervals": {"level": LEVEL, "draws": DRAWS, "seed": SEED, "method": "percentile bootstrap of whole pages or documents"},
        **{state: scores_record(scores) for state, scores in states.items() if scores is not None},
        **{name: figures(f) for name, f in (("by_repair", report.repaired), ("against_other", report.differing)) if f},
        **({"repair": figures(report.repair_figures)} if report.repair_figures else {}),
        **({} if report.outcomes is None else {"words": outcomes_record(report.outcomes)}),
        "vandalised": [vandalised_record(word) for word in report.vandalised],
        **({} if report.certainty is None else {"certainty": certainty_record(report.certainty)}),
        "without_truth": list(report.others),
        "without_certainty": list(report.unsure),
    }


def figures(found: Mapping[str, Interval]) -> dict[str, Any]:
    return {name: {"value": f.value, "low": f.low, "high": f.high} for name, f in found.items()}


def scores_record(scores: Scores) -> dict[str, Any]:
    return {
        "cer": scores.cer,
        "wer": scores.wer,
        "median_cer": scores.median_cer,
        "figures": figures(scores.figures),
        "drawn": "documents" if scores.clusters else "pages",
        "missing": scores.missing,
        "empty_truth": scores.empty,
        "pages": [page_record(page) for page in scores.pages],
    }


def page_record(page: PageScore) -> dict[str, Any]:
    rates = {name: getattr(page, name) for name in ("cer", "wer", "cmer", "bag_of_words")}
    sizes = {name: getattr(page, name) for name in ("characters", "character_edits", "words", "word_edits")}
    return {"name": page.name, **rates, **sizes, "document": page.document, "missing": page.missing}


def repairs_record(scores: RepairScores) -> dict[str, Any]:
    fields = ("pages", "characters", "words", "cer_before", "cer_after", "error_reduction", "precision", "recall")
    more = ("breaks", "breaks_kept", "breaks_false", "length")
    return {
        **{name: getattr(scores, name) for name in (*fields, *more)},
        **{name: scores.outcomes[name] for name in OUTCOMES},
        "classes": {name: dict(counts) for name, counts in sorted(scores.classes.items())},
        "findings": [{"page": f.page, "outcome": f.outcome, "class": f.category, "context": f.context} for f in scores.findings],
    }


def outcomes_record(found: Outcomes) -> dict[str, Any]:
    return {
        "words": found.words,
        **{name: found.totals[name] for name in OUTCOMES},
        "forms": {name: dict(counts) for name, counts in sorted(found.forms.items())},
    }


def vandalised_record(word: Vandalised) -> dict[str, Any]:
    by = [
        {
            "folder": str(doing.folder),
            "line": doing.line,
            "rule": doing.edit.rule,
            "kind": doing.edit.kind,
            "before": doing.edit.before,
            "after": doing.edit.after,
            "probability": doing.edit.probability,
            "reason": doing.edit.reason,
        }
        for doing in word.by
    ]
    return {"page": word.page, "word": word.word, "became": word.became, "context": word.context, "by": by}


def certainty_record(found: Certainty) -> dict[str, Any]:
    return {
        "words": len(found.chance),
        "wrong": int(found.wrong.sum()),
        "expected_wrong": found.expected,
        "unjudged": found.unjudged,
        "figures": figures(found.figures),
        "bins_of_equal_mass": [
            {"words": b.count, "expected": b.expected, "found": b.found, "low": b.low, "high": b.high} for b in found.bins
        ],
        "roc": curve(found.roc),
        "risk_coverage": curve(found.risk_coverage),
    }


def curve(found: Curve) -> list[list[float]]:
    step = max(1, math.ceil(len(found.x) / MOST_POINTS))
    at = sorted({*range(0, len(found.x), step), len(found.x) - 1})
    return [[round(float(found.x[i]), 5), round(float(found.y[i]), 5)] for i in at]
