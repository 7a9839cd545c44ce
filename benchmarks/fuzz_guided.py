"""As `fuzz.py`, for one target, guided by what code is reached: `python -m benchmarks.fuzz_guided TARGET -max_total_time=600`.

It wants atheris (`pip install atheris`), which is no development tool, since only this uses it. What follows the target goes to
libFuzzer.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["pipeline"]):
    from benchmarks.fuzz import LARGEST, tried
    from benchmarks.fuzz_targets import TARGETS


def escaped(word: bytes) -> str:
    """As dictionaries of libFuzzer have it."""
    return "".join(f"\\x{byte:02x}" for byte in word[:64])


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"name a target: {', '.join(TARGETS)}")
    target = TARGETS[sys.argv[1]]

    def once(data: bytes) -> None:
        if said := tried(target, data):
            raise AssertionError(said)

    with tempfile.TemporaryDirectory() as place:
        corpus, words = Path(place) / "corpus", Path(place) / "words"
        corpus.mkdir()
        for number, seed in enumerate(target.seeds()):
            (corpus / f"{number:03d}").write_bytes(seed)
        words.write_text("".join(f'"{escaped(word)}"\n' for word in target.words if word))
        atheris.Setup([sys.argv[0], f"-dict={words}", f"-max_len={LARGEST}", *sys.argv[2:], str(corpus)], once)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
