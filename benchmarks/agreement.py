"""Whether our error rates are those of dinglehopper, which libraries measure with, on the same texts.

It lives in an environment of its own, .venv-peers, which is made when it is first needed: through OCR-D it would put another
OpenCV over ours. (That rates are those of jiwer is a test.)
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from math import isclose
from pathlib import Path

from benchmarks.figures import ROOT, Measure
from pipeline.evaluate.normalise import page_normal
from pipeline.evaluate.pairs import collections
from pipeline.evaluate.rates import compared

PEERS = ROOT / ".venv-peers"
SCRIPT = Path(__file__).with_name("dinglehopper_script.py")
MOST = 100
"""Records of each collection."""
SEED, DAMAGES = 4, 40
NONE = {"bar": 0.0}


def measure_agreement(shared: Path) -> Iterator[Measure]:
    """On how many texts either rate is another one."""
    python = peer_python()
    if python is None:
        return
    texts = [*own_texts(), *collected(shared / "postocr")]
    done = subprocess.run([python, SCRIPT], input=json.dumps(texts), capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"skipped: agreement, because dinglehopper failed: {done.stderr.strip().splitlines()[-1:]}")
        return
    ours = [(compared(truth, text).error_rate, compared(truth.split(), text.split()).error_rate) for truth, text in texts]
    for at, name in enumerate(("CER", "WER")):
        differ = sum(
            not isclose(one[at], other[at], abs_tol=1e-9) for one, other in zip(ours, json.loads(done.stdout), strict=True)
        )
        yield Measure(f"agreement: texts with another {name}", differ, NONE, shown="{:.0f}")
    print(f"\n{len(texts)} texts were measured by dinglehopper, too")


def peer_python() -> Path | None:
    """The interpreter that has dinglehopper; None, and a line why, where it cannot be had."""
    python = PEERS / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if python.exists() and runs([python, "-c", "import dinglehopper.character_error_rate"]):
        return python
    print("making .venv-peers with dinglehopper in it, once", flush=True)
    if runs([sys.executable, "-m", "venv", PEERS]) and runs([python, "-m", "pip", "install", "--quiet", "dinglehopper>=0.10"]):
        return python
    print("skipped: agreement, because dinglehopper could not be installed (no network?)")
    return None


def runs(command: list[str | Path]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def own_texts() -> Iterator[tuple[str, str]]:
    """Our sample pages, damaged at random, and what is awkward."""
    generator = random.Random(SEED)  # noqa: S311 (nothing secret)
    for path in sorted((ROOT / "scans" / "sample").glob("*.gt.txt")):
        truth = page_normal(path.read_text(encoding="utf-8"))
        letters = list(truth)
        for _ in range(DAMAGES):
            at = generator.randrange(len(letters))
            letters[at] = generator.choice(["", letters[at] * 2, "é", " ", "1"])
        yield truth, page_normal("".join(letters))
    yield from (("a", "abcdefghij"), ("the same", "the same"), ("Łódź, naïve", "Lodz, naive"), ("all gone", ""))


def collected(postocr: Path) -> Iterator[tuple[str, str]]:
    """OCR text beside corrected text, where the collections are there."""
    for _, pairs in collections(postocr) if postocr.is_dir() else ():
        for pair in pairs[:MOST]:
            if truth := page_normal(pair.truth.replace("#", "")):
                yield truth, page_normal(pair.ocr)
