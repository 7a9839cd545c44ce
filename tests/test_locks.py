"""The locked packages: all that pyproject.toml asks for, each with its hashes, and nothing of the machine that made the lock."""

from __future__ import annotations

import json
import re
import runpy
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==([^\s;]+)(?: ;[^\\]*)? \\$", re.MULTILINE)


def wanted(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return {re.split(r"[\[<>=~!; ]", line)[0].lower().replace("_", "-") for line in asked}


@pytest.mark.parametrize(("name", "extras"), [("runtime", ()), ("dev", ("dev",))])
def test_everything_is_locked(name: str, extras: tuple[str, ...]) -> None:
    text = (ROOT / "locks" / f"{name}.txt").read_text()
    pinned = {found[1] for found in PINNED.finditer(text)}
    missing = wanted(*extras) - pinned
    assert not missing, f"make lock: {', '.join(sorted(missing))} is not in locks/{name}.txt"
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(PINNED.findall(text)), "a line that is no package"
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    assert not re.search(r"://|--index|--find-links|--trusted|--extra-index|file:|(?<=\s)/", text), "a place of this machine"


def test_versions_are_the_same_in_both() -> None:
    both = [dict(PINNED.findall((ROOT / "locks" / name).read_text())) for name in ("runtime.txt", "dev.txt")]
    assert both[0].items() <= both[1].items()


FAULT = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["3"]}]}
SOUND = {"name": "a", "version": "1", "vulns": []}
SKIPPED = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("rows", "code", "said"),
    [
        (None, 0, "NOTHING WAS CHECKED"),
        ([SKIPPED], 0, "NOTHING WAS CHECKED"),
        ([SOUND, SKIPPED], 0, "no known fault in 1 packages; 1 could not be looked up"),
        ([SOUND, FAULT], 1, "b 2: CVE-1"),
    ],
)
def test_what_an_audit_says(rows: list[dict[str, object]] | None, code: int, said: str) -> None:
    verdict = runpy.run_path(str(ROOT / ".ci" / "audit"))["verdict"]
    found = verdict(json.dumps({"dependencies": rows}) if rows is not None else "ERROR: ConnectionError")
    assert found[0] == code and said in found[1]
