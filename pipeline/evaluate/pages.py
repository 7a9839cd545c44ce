"""Error rates of page texts against their ground truth: CER and WER."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rapidfuzz.distance import Levenshtein

from pipeline.errors import UnreadableInput
from pipeline.evaluate.normalise import page_normal


@dataclass(frozen=True, slots=True)
class PageScore:
    """Edits between one page and its truth, in characters and in words, with the truth's lengths."""

    name: str
    character_edits: int
    characters: int
    word_edits: int
    words: int
    missing: bool = False

    @property
    def cer(self) -> float:
        return self.character_edits / max(1, self.characters)

    @property
    def wer(self) -> float:
        return self.word_edits / max(1, self.words)


@dataclass(frozen=True, slots=True)
class Scores:
    """The pages of one comparison; rates are totals over all pages (0-1, and above 1 where more was written than there is)."""

    pages: tuple[PageScore, ...]

    @property
    def cer(self) -> float:
        return sum(p.character_edits for p in self.pages) / max(1, sum(p.characters for p in self.pages))

    @property
    def wer(self) -> float:
        return sum(p.word_edits for p in self.pages) / max(1, sum(p.words for p in self.pages))

    @property
    def median_cer(self) -> float:
        return median(p.cer for p in self.pages) if self.pages else 0.0

    def by_kind(self) -> dict[str, Scores]:
        """Pages grouped by what stands before the first underscore of their names."""
        kinds: dict[str, list[PageScore]] = {}
        for page in self.pages:
            kinds.setdefault(page.name.split("_")[0], []).append(page)
        return {kind: Scores(tuple(pages)) for kind, pages in kinds.items()}


def read_truth(folder: Path) -> dict[str, str]:
    """Truth texts of a folder by page name: NAME.gt.txt, else NAME.txt. Raises UnreadableInput if there are none."""
    found = {path.name.removesuffix(".gt.txt"): path for path in sorted(folder.glob("*.gt.txt"))}
    if not found:
        found = {path.stem: path for path in sorted(folder.glob("*.txt"))}
    if not found:
        raise UnreadableInput("no ground truth", where=folder, advice="It should hold NAME.gt.txt or NAME.txt files")
    return {name: path.read_text(encoding="utf-8-sig", errors="replace") for name, path in found.items()}


def score_page(name: str, truth: str, text: str | None) -> PageScore:
    """One page; a page that is not there (None) counts as empty."""
    wanted, found = page_normal(truth), page_normal(text or "")
    words = wanted.split()
    edits, word_edits = Levenshtein.distance(wanted, found), Levenshtein.distance(words, found.split())
    return PageScore(name, edits, len(wanted), word_edits, len(words), text is None)


def score_pages(truth_dir: Path, texts: Mapping[str, str]) -> Scores:
    """Every page of the truth against the text of the same name."""
    return Scores(tuple(score_page(name, truth, texts.get(name)) for name, truth in read_truth(truth_dir).items()))
