"""How repair fares away from the thesis, and what it does to text that is right already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from benchmarks.figures import Bars, Measure
from pipeline.batch.order import Order
from pipeline.evaluate.pairs import collections, score_pairs
from pipeline.result import Result
from pipeline.run import clean_bytes
from pipeline.settings import Settings


def cleaned(text: str) -> Result:
    """What Errata makes of a text, with its defaults."""
    return clean_bytes(text.encode("utf-8", "surrogatepass"), "text", Order(Path(), Settings()))


def measure_pairs(postocr: Path, bars: Mapping[str, Bars]) -> Iterator[Measure]:
    """Each collection: how much closer to the truth, what is damaged, and what happens to the truth itself."""
    for name, pairs in collections(postocr):
        scores, bar = score_pairs(pairs, lambda text: cleaned(text).draft.text), bars[name]
        yield Measure(f"{name}: character error reduction", scores.error_reduction, bar["error_reduction"], True, "{:.1%}")
        yield Measure(f"{name}: precision", scores.precision, bar["precision"], True, "{:.1%}")
        yield Measure(f"{name}: right words damaged", scores.damage, bar["damage"], shown="{:.3%}")
        truths = (pair.truth.replace("#", "") for pair in pairs)
        yield Measure(f"{name}: changes in 10,000 right words", changes(truths), bar["clean"])


def measure_gold(gold: Path, bars: Bars) -> Iterator[Measure]:
    """The corrected pages as input."""
    pages = (path.read_text(encoding="utf-8") for path in sorted(gold.glob("p*.txt")))
    yield Measure("thesis, corrected: changes in 10,000 words", changes(pages), bars["clean"])


def changes(texts: Iterable[str], tell: Callable[[str], None] | None = None) -> float:
    """Applied edits in 10,000 words of texts that need none; joins, moves and page breaks left out. `tell` is told of each."""
    words = found = 0
    for text in texts:
        if not text.strip():
            continue
        words += len(text.split())
        for edit in cleaned(text).ledger.applied:
            if edit.action == "replace" and edit.rule != "page-break":
                found += 1
                if tell is not None:
                    tell(f"{edit.rule}: {edit.before!r} -> {edit.after!r}")
    return 10_000 * found / max(1, words)
