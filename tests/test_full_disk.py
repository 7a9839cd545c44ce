"""A disk that is really full: one line, nothing half written, and the same command goes on when there is room."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import PAGE, Errata, draw_page
from test_power_cut import snapshot

from pipeline.errors import ExitCode

Resize = Callable[[str], None]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Path, Resize]]:
    """A small disk in memory, and what makes it larger."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(options: str) -> bool:
        words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        try:
            return subprocess.run(words, capture_output=True, check=False).returncode == 0
        except FileNotFoundError:
            return False

    if not mount("size=200k"):
        pytest.skip("mounting a disk wants root on Linux")
    try:
        yield folder, lambda size: None if mount(f"remount,size={size}") else pytest.fail("the disk cannot be made larger")
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


@pytest.mark.parametrize("command", ["clean", "digitise"])
def test_a_full_disk(errata: Errata, tmp_path: Path, disk: tuple[Path, Resize], command: str) -> None:
    folder, resize = disk
    (tmp_path / "in").mkdir()
    for number in range(12):
        if command == "clean":
            (tmp_path / "in" / f"t{number:02d}.txt").write_text(f"Letter {number}.\n{PAGE}")
        else:
            draw_page(f"Letter {number}.\n{PAGE}").save(tmp_path / "in" / f"p{number:02d}.png")
    given = (command, "in", "--each") if command == "digitise" else (command, "in")
    ran = errata(*given, "-o", folder / "out")
    said = [line for line in ran.err.splitlines() if line.startswith("errata: ")]
    assert ran.code == ExitCode.FILE_ACCESS and len(said) == 1 and "No space left on device" in said[0], ran.err
    assert not list(folder.rglob("*.part"))
    resize("50m")
    assert errata(*given, "-o", folder / "out").code == 0
    assert errata(*given, "-o", tmp_path / "whole").code == 0
    made, whole = snapshot(folder / "out"), snapshot(tmp_path / "whole")
    assert {name: data for name, data in made.items() if not name.startswith(".errata/")} == {
        name: data for name, data in whole.items() if not name.startswith(".errata/")
    }
