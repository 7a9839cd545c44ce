"""The figures of `errata evaluate`, as text for people and as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import UnreadableInput
from pipeline.evaluate.folders import document_folders, page_texts, read_document, read_plain
from pipeline.evaluate.pages import Scores, read_truth, score_pages
from pipeline.evaluate.repairs import OUTCOMES, RepairScores, score_document


@dataclass(frozen=True, slots=True)
class Report:
    """One of two comparisons: page by page (`before`, `after`), or a document of which some pages are corrected (`repairs`)."""

    before: Scores | None = None
    after: Scores | None = None
    repairs: RepairScores | None = None

    def to_text(self) -> str:
        """A few lines for the terminal, ending in a line break."""
        if self.repairs is not None:
            return repairs_text(self.repairs)
        return pages_text(self.before, self.after) if self.after is not None else ""

    def to_json(self) -> str:
        """The same figures, rates as 0-1, and every page's."""
        return json.dumps(self.record(), ensure_ascii=False, indent=2) + "\n"

    def record(self) -> dict[str, Any]:
        if self.repairs is not None:
            return repairs_record(self.repairs)
        return {state: scores_record(s) for state, s in (("before", self.before), ("after", self.after)) if s is not None}


def evaluate(truth: Path, out: Path, before: Path | None = None) -> Report:
    """Compare what Errata wrote in `out` with the folder `truth`.

    A truth of pNNN.txt beside pNNN.tsv lists belongs to one long document; any other to pages, matched by name. `before` (a
    file, or a folder of NAME.txt) stands for the text before repair where `out` does not tell. Raises UnreadableInput.
    """
    if not truth.is_dir():
        raise UnreadableInput("no such folder of ground truth", where=truth)
    if any(truth.glob("p*.tsv")):
        return Report(repairs=evaluate_document(truth, out, before))
    names = set(read_truth(truth))
    was, became = page_texts(out, names)
    if before is not None:
        files = before.glob("*.txt") if before.is_dir() else [before]
        was = {path.stem: read_plain(path) for path in files}
    return Report(score_pages(truth, was) if was else None, score_pages(truth, became))


def evaluate_document(truth: Path, out: Path, before: Path | None) -> RepairScores:
    if out.is_file():
        if before is None:
            raise UnreadableInput("a text alone does not tell what it was", where=out, advice="Give that with --before")
        return score_document(truth, read_plain(before), read_plain(out))
    documents = [read_document(folder) for folder in document_folders(out)]
    raw = read_plain(before) if before is not None else "\n\f".join(d.before for d in documents)
    return score_document(truth, raw, "\n\f".join(d.after for d in documents))


def pages_text(before: Scores | None, after: Scores) -> str:
    kinds = after.by_kind()
    rows = [*kinds.items(), ("all", after)] if len(kinds) > 1 else [("all", after)]
    old = {**(before.by_kind() if before else {}), "all": before}
    lines = [f"{'':<14}{'pages':>6}  {'CER before':>10} {'after':>8}  {'WER before':>10} {'after':>8}  {'median CER':>10}"]
    for kind, scores in rows:
        was = old.get(kind)
        cer, wer = (f"{was.cer:.2%}", f"{was.wer:.2%}") if was else ("-", "-")
        rates = f"{cer:>10} {scores.cer:>8.2%}  {wer:>10} {scores.wer:>8.2%}  {scores.median_cer:>10.2%}"
        lines.append(f"{kind:<14}{len(scores.pages):>6}  {rates}")
    missing = [page.name for page in after.pages if page.missing]
    if missing:
        lines.append(f"without output, counted as empty: {', '.join(missing[:8])}{' …' if len(missing) > 8 else ''}")
    return "\n".join(lines) + "\n"


def repairs_text(scores: RepairScores) -> str:
    lines = [
        f"{scores.pages} corrected pages, {scores.words} words, {scores.characters} characters",
        f"CER {scores.cer_before:.4%} before, {scores.cer_after:.4%} after",
        ", ".join(f"{name} {scores.outcomes[name]}" for name in OUTCOMES),
        f"error reduction {scores.error_reduction:.1%}, precision {scores.precision:.1%}, recall {scores.recall:.1%}",
        f"breaks kept {scores.breaks_kept} of {scores.breaks}, false {scores.breaks_false}; length {scores.length:.3f}",
        *class_table(scores),
    ]
    return "\n".join(lines) + "\n"


def class_table(scores: RepairScores) -> list[str]:
    """Fixed, missed and damaged words by class of error, the most frequent class first."""
    order = sorted(scores.classes, key=lambda c: (-sum(scores.classes[c].values()), c))
    rows = [f"  {name:<12}" + "".join(f"{scores.classes[name][outcome]:>9}" for outcome in OUTCOMES) for name in order]
    return ["  " + f"{'class':<12}" + "".join(f"{outcome:>9}" for outcome in OUTCOMES), *rows] if rows else []


def scores_record(scores: Scores) -> dict[str, Any]:
    return {
        "cer": scores.cer,
        "wer": scores.wer,
        "median_cer": scores.median_cer,
        "pages": [{"name": p.name, "cer": p.cer, "wer": p.wer, "words": p.words, "missing": p.missing} for p in scores.pages],
    }


def repairs_record(scores: RepairScores) -> dict[str, Any]:
    fields = ("pages", "characters", "words", "cer_before", "cer_after", "error_reduction", "precision", "recall")
    more = ("breaks", "breaks_kept", "breaks_false", "length")
    return {
        **{name: getattr(scores, name) for name in (*fields, *more)},
        **{name: scores.outcomes[name] for name in OUTCOMES},
        "classes": {name: dict(counts) for name, counts in sorted(scores.classes.items())},
        "findings": [{"page": f.page, "outcome": f.outcome, "class": f.category, "context": f.context} for f in scores.findings],
    }
