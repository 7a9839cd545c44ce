"""Feeds readers and repair with broken input: `python -m benchmarks.fuzz --seconds 60`.

A finding is an exception that is no PipelineError, a result that breaks a promise, more than a second of processor time for a
kilobyte, or a process that dies. The input of each is kept in the folder that is named.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import random
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

from benchmarks.figures import ROOT, Bars, Measure
from benchmarks.fuzz_targets import TARGETS, Target
from pipeline.errors import PipelineError

SLOW = 1.0
"""Seconds of processor time for a kilobyte, and for what is less."""
HUNG = 60
"""Seconds after which an input is given up, and its process with it."""
LARGEST = 8192
"""Bytes of an input that has grown; seeds may be larger."""


def mutated(seed: bytes, others: Sequence[bytes], words: Sequence[bytes], chance: random.Random) -> bytes:
    """A seed with some damage: bits, bytes, parts taken out, doubled, put in, exchanged with another seed's."""
    data = bytearray(seed)
    for _ in range(chance.choice((1, 1, 2, 3, 5, 9))):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 2, 4, 8, 16, 60, 200)))
        what = chance.randrange(8)
        if what == 0 and data:
            data[min(at, len(data) - 1)] ^= 1 << chance.randrange(8)
        elif what == 1:
            data[at:end] = chance.randbytes(end - at)
        elif what == 2:
            del data[at:end]
        elif what == 3:
            data[at:at] = data[at:end] * chance.choice((1, 2, 40))
        elif what in (4, 5) and words:
            data[at:at] = chance.choice(words)
        elif what == 6:
            other = chance.choice(others)
            start = chance.randrange(len(other) + 1)
            data[at:end] = other[start : start + chance.randrange(1, 200)]
        elif chance.random() < 0.3:
            del data[at:]
    return bytes(data[: max(LARGEST, len(seed))])


def tried(target: Target, data: bytes, *, again: bool = True) -> str:
    """What is wrong with how a target takes an input; empty for nothing. What is slow once may have read a dictionary."""
    began = time.process_time()
    try:
        target.run(data)
    except PipelineError:
        pass
    except Exception as fault:
        return signature(fault)
    seconds = time.process_time() - began
    if seconds > SLOW * max(1.0, len(data) / 1024):
        return tried(target, data, again=False) if again else f"slow: {seconds:.1f} s for {len(data)} bytes"
    return ""


def signature(fault: Exception) -> str:
    """The kind of an error and the place in Errata that it came from: the same for the same fault."""
    frames = [
        frame for frame in traceback.extract_tb(fault.__traceback__) if "pipeline" in frame.filename or "fuzz" in frame.filename
    ]
    last = frames[-1]
    return f"{type(fault).__name__} in {Path(last.filename).name}:{last.lineno} ({' '.join(str(fault).split())[:120]})"


def kept(folder: Path, name: str, data: bytes) -> Path:
    path = folder / f"{name}-{blake2b(data, digest_size=6).hexdigest()}"
    path.write_bytes(data)
    return path


def work(name: str, seconds: float, seed: int, folder: Path) -> dict[str, object]:
    """Feed one target, in this process. The input at hand lies in `NAME.now`, for whoever looks when the process has died."""
    target, chance = TARGETS[name], random.Random(seed)  # noqa: S311 (it is to be the same each time)
    seeds, now = target.seeds(), folder / f"{name}.now"
    found: dict[str, str] = {}
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        data = seeds[count] if count < len(seeds) and seed == 0 else mutated(chance.choice(seeds), seeds, target.words, chance)
        now.write_bytes(data)
        faulthandler.dump_traceback_later(HUNG, exit=True)
        said = tried(target, data)
        faulthandler.cancel_dump_traceback_later()
        count += 1
        if said and (key := said.split(" (")[0].split(":")[0] if said.startswith("slow") else said.split(" (")[0]) not in found:
            found[key] = f"{said}: {kept(folder, name, data)}"
    now.unlink(missing_ok=True)
    return {"inputs": count, "found": list(found.values())}


def fed(name: str, seconds: float, seed: int, folder: Path) -> tuple[int, list[str]]:
    """(inputs tried, findings) of one target, fed by a process of its own, which may die."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.fuzz",
        "--work",
        name,
        "--seconds",
        str(seconds),
        "--seed",
        str(seed),
        "--keep",
        str(folder),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds + 3 * HUNG, check=False)
    if done.returncode == 0:
        told = json.loads(done.stdout.splitlines()[-1])
        return int(told["inputs"]), list(told["found"])
    now = folder / f"{name}.now"
    where = kept(folder, f"{name}-died", now.read_bytes()) if now.is_file() else "before any input"
    return 0, [f"{name}: the process ended with {done.returncode}: {where}: {' '.join(done.stderr.split())[-300:]}"]


def campaign(seconds: float, seed: int, folder: Path, only: Sequence[str] = ()) -> dict[str, tuple[int, list[str]]]:
    """All targets one after the other, in `seconds` altogether but for the time to start, each by its weight."""
    names = [name for name in TARGETS if not only or name in only]
    whole = sum(TARGETS[name].weight for name in names)
    return {name: fed(name, seconds * TARGETS[name].weight / whole, seed, folder) for name in names}


def measure_fuzz(bars: Bars) -> Iterator[Measure]:
    """A minute of it, from the same seed each time."""
    with tempfile.TemporaryDirectory() as place:
        found = campaign(60, 1, Path(place))
    for name, (_, findings) in found.items():
        print("\n".join(f"fuzz: {name}: {finding}" for finding in findings), end="\n" if findings else "")
    yield Measure("fuzz: findings", sum(len(said) for _, said in found.values()), bars["findings"], shown="{:.0f}")
    yield Measure("fuzz: targets fed", sum(count > 0 for count, _ in found.values()), bars["targets"], True, "{:.0f}")
    yield Measure("fuzz: inputs", sum(count for count, _ in found.values()), bars["inputs"], True, "{:.0f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for all targets together")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path("output/fuzz"), help="where inputs of findings are kept")
    parser.add_argument("--only", nargs="*", default=[], choices=TARGETS)
    parser.add_argument("--work", choices=TARGETS, help=argparse.SUPPRESS)
    parser.add_argument(
        "--atheris", choices=TARGETS, metavar="TARGET", help="one target, guided; arguments of libFuzzer follow --"
    )
    parser.add_argument("arguments", nargs="*", help=argparse.SUPPRESS)
    told = parser.parse_args()
    told.keep.mkdir(parents=True, exist_ok=True)
    if told.work:
        print(json.dumps(work(told.work, told.seconds, told.seed, told.keep)))
        return 0
    found = campaign(told.seconds, told.seed, told.keep.resolve(), told.only)
    for name, (count, findings) in found.items():
        print(f"{name:<12}{count:>9,} inputs, {len(findings)} findings", *(f"  {finding}" for finding in findings), sep="\n")
    return 1 if any(findings for _, findings in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
