"""Errata beside what else a user would pick, on the same texts: `make peers`, or `python -m benchmarks.peers --shared PATH`.

Each peer takes a text and gives a text, as it comes from the package index, with its defaults. One that is not installed
(`pip install '.[bench]'`) is said to be missing. Nothing is tuned here.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipeline.evaluate import score_document
from pipeline.evaluate.pairs import PairScores, collections, score_pairs
from pipeline.evaluate.tables import class_table

ROOT = Path(__file__).resolve().parents[1]
WORD = re.compile(r"[A-Za-z]{4,}")
OBVIOUS = (
    (r"([a-z])-[ ]?\n([a-z]+)", r"\1\2\n"),  # join words broken at a line end
    (r"(?<=\S)[ ]+([.,;:!?])(?=\s|$)", r"\1"),  # no space before a stop
    (r"\b(\w{1,4})[ ]\.(?=[\w ])", r"\1."),  # nor inside an abbreviation
    (r"\bp[ ]p[ ]?\.", "pp."),
    (r"(?<=[a-z])[1*]s\b", "'s"),  # a figure 1 or a star in a word is an apostrophe
    (r"(?<=[a-z])[1*](?=[\s.,;:)])", "'"),  # and behind one a closing mark
    (r"(?<!\S)\*(?=[a-z])", "'"),  # and before one an opening mark
    (r"(?m)^[ ]*[^\w\s]{1,2}[ ]*$\n?", ""),  # lines of a speck
    (r"\.\.[ ]\.|\.[ ]\.\.", "..."),  # torn ellipses
    (r"\b([Oo]p)[., ]+cit\b[.,]?", r"\1. cit."),  # op. cit. as it should be
)
"""What one writes in ten minutes."""

Repair = Callable[[str], str]


def nothing(text: str) -> str:
    return text


def obvious(text: str) -> str:
    for pattern, replacement in OBVIOUS:
        text = re.sub(pattern, replacement, text)
    return text


def ftfy(text: str) -> str:
    import ftfy as package

    return package.fix_text(text, uncurl_quotes=False)


@cache
def symspell() -> object:
    from importlib.resources import files

    from symspellpy import SymSpell

    speller = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
    speller.load_dictionary(str(files("symspellpy") / "frequency_dictionary_en_82_765.txt"), 0, 1)
    return speller


def symspellpy(text: str) -> str:
    """Every unknown word becomes the commonest of the nearest."""
    from symspellpy import SymSpell, Verbosity

    speller = symspell()
    assert isinstance(speller, SymSpell)

    def best(match: re.Match[str]) -> str:
        found = speller.lookup(match[0], Verbosity.TOP, max_edit_distance=2, transfer_casing=True)
        return found[0].term if found else match[0]

    return WORD.sub(best, text)


@cache
def spell_checker() -> tuple[object, dict[str, str]]:
    from spellchecker import SpellChecker

    return SpellChecker(distance=1), {}  # a distance of 2 takes hours for a book


def pyspellchecker(text: str) -> str:
    """Every unknown word becomes the commonest at one letter's distance."""
    from spellchecker import SpellChecker

    checker, known = spell_checker()
    assert isinstance(checker, SpellChecker)

    def best(match: re.Match[str]) -> str:
        word = match[0]
        if word not in known:
            found = word if word.lower() in checker else checker.correction(word.lower()) or word
            known[word] = found if found == word else found.capitalize() if word[0].isupper() else found
        return known[word]

    return WORD.sub(best, text)


@cache
def autocorrected(word: str) -> str:
    return str(speller().autocorrect_word(word))


@cache
def speller() -> Any:
    from autocorrect import Speller

    return Speller("en", fast=True)  # one letter off; two take half a second a word


def autocorrect(text: str) -> str:
    return WORD.sub(lambda match: autocorrected(match[0]), text)


def codespell(text: str) -> str:
    """The command, told to write its corrections."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text.txt"
        path.write_text(text, encoding="utf-8", newline="")
        command = [sys.executable, "-m", "codespell_lib", "--write-changes", "--quiet-level", "35", str(path)]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return path.read_bytes().decode("utf-8")


def errata(text: str) -> str:
    from pipeline.batch.order import Order
    from pipeline.run import clean_bytes
    from pipeline.settings import Settings

    return clean_bytes(text.encode("utf-8", "surrogatepass"), "text", Order(Path(), Settings())).draft.text


PEERS: dict[str, tuple[Repair, str]] = {
    "doing nothing": (nothing, ""),
    "ten regular expressions": (obvious, ""),
    "ftfy": (ftfy, "ftfy"),
    "codespell": (codespell, "codespell_lib"),
    "symspellpy": (symspellpy, "symspellpy"),
    "pyspellchecker": (pyspellchecker, "spellchecker"),
    "autocorrect": (autocorrect, "autocorrect"),
    "Errata": (errata, ""),
}
"""What each makes of a text, and the module that it needs."""


def thesis_rows(thesis: Path) -> Iterator[str]:
    """The corrected pages of the long text."""
    raw = (thesis / "thesis.txt").read_bytes().decode("utf-8")
    yield "| typewritten thesis, 30 pages | errors removed | precision | damaged words in 10,000 | seconds |"
    yield "|---|---|---|---|---|"
    for name, (repair, module) in PEERS.items():
        if module and find_spec(module) is None:
            yield f"| {name} | not installed | | | |"
            continue
        began = time.perf_counter()
        out = repair(raw)
        seconds = time.perf_counter() - began
        scores = score_document(thesis / "gold", raw, out)
        damaged = 10_000 * scores.outcomes["damaged"] / max(1, scores.words)
        precision = f"{scores.precision:.1%}" if scores.outcomes["fixed"] + scores.outcomes["damaged"] else "-"
        yield f"| {name} | {scores.error_reduction:.1%} | {precision} | {damaged:.1f} | {seconds:.1f} |"
        if name == "Errata":
            yield "\n".join(["", "Words by class of error:", "", *class_table(scores)])


def pair_rows(postocr: Path) -> Iterator[str]:
    """Collections of OCR text beside corrected text."""
    for title, pairs in collections(postocr):
        yield f"\n| {title} | character errors removed | precision | right words damaged |\n|---|---|---|---|"
        for name, (repair, module) in PEERS.items():
            if module and find_spec(module) is None:
                yield f"| {name} | not installed | | |"
            else:
                yield f"| {name} | {pair_cells(score_pairs(pairs, repair))} |"


def pair_cells(scores: PairScores) -> str:
    changed = scores.fixed + scores.damaged
    precision = f"{scores.precision:.1%}" if changed else "-"
    return f"{scores.error_reduction:.1%} | {precision} | {scores.damage:.2%}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="where the collections lie")
    shared: Path = parser.parse_args().shared
    for folder, rows in ((shared / "thesis", thesis_rows), (shared / "postocr", pair_rows)):
        if folder.is_dir():
            for row in rows(folder):
                print(row, flush=True)
        else:
            print(f"skipped: no {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
