"""Copies of this process do parts of large work: all of it is done, whatever becomes of them, and none is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import forks
from pipeline.batch.workers import LocalPool
from pipeline.forks import Team, may_have, processes_at_hand, side_by_side, slices
from pipeline.outputs import files
from pipeline.run import process
from pipeline.settings import Settings
from pipeline.sources.text import read_text

HERE = os.getpid()


def no_children() -> bool:
    """Whether this process has none that nobody waited for."""
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


def square(number: int) -> int:
    return number * number


@pytest.mark.parametrize("processes", [1, 2, 5, 40])
def test_all_parts_are_done_in_their_order(processes: int) -> None:
    with may_have(lambda: processes):
        assert side_by_side(square, range(30)) == [number * number for number in range(30)]
    assert no_children()


def test_others_do_some_of_it() -> None:
    def whose(number: int) -> int:
        for _ in range(20_000):
            number += 1
        return os.getpid()

    with may_have(lambda: 3):
        assert len(set(side_by_side(whose, range(200)))) > 1
    assert set(side_by_side(whose, range(5))) == {HERE}  # nobody has allowed it


def dies(number: int) -> int:
    if os.getpid() != HERE:
        os.kill(os.getpid(), signal.SIGKILL)
    return -number


def raises_elsewhere(number: int) -> int:
    if os.getpid() != HERE:
        raise MemoryError
    return -number


def gives_what_cannot_be_sent(number: int) -> object:
    return -number if os.getpid() == HERE else lambda: number


@pytest.mark.parametrize("work", [dies, raises_elsewhere, gives_what_cannot_be_sent])
def test_what_a_helper_took_and_did_not_bring_is_done_here(work: Callable[[int], object]) -> None:
    with may_have(lambda: 3):
        assert side_by_side(work, range(50)) == [-number for number in range(50)]
    assert no_children()


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt])
def test_what_is_raised_here_ends_all(fault: type[BaseException]) -> None:
    def work(number: int) -> int:
        if os.getpid() == HERE:
            raise fault
        signal.pause()
        return number

    with may_have(lambda: 3), pytest.raises(fault):
        side_by_side(work, range(50))
    assert no_children()


def test_where_there_can_be_no_further_process_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refused)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with may_have(lambda: 4):
        assert side_by_side(square, range(9)) == [number * number for number in range(9)]
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_team_remembers_what_it_was_asked_and_takes_over_from_its_dead() -> None:
    told: list[str] = []

    def work(word: str, share: slice) -> list[str]:
        if word == "die" and os.getpid() != HERE:
            os._exit(1)
        told.append(word)
        return [f"{one}{len(told)}" for one in "abcde"[share]]

    with Team(work, 2) as team:
        assert list(team.ask("one")) == [["a1", "c1", "e1"], ["b1", "d1"]]
        assert list(team.ask("two")) == [["a2", "c2", "e2"], ["b2", "d2"]]
        assert list(team.ask("die")) == [["a3", "c3", "e3"], ["b4", "d4"]]
        assert list(team.ask("more")) == [["a5", "c5", "e5"], ["b6", "d6"]]
    assert no_children()


LEFT_BEHIND = """
import os, sys, time
from pathlib import Path
from pipeline.forks import may_have, side_by_side

def work(number):
    Path(sys.argv[1], str(os.getpid())).touch()
    time.sleep(60)

with may_have(lambda: 3):
    side_by_side(work, range(9))
"""


def test_one_that_is_killed_leaves_no_copy_behind(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", LEFT_BEHIND, tmp_path]) as process:
        wait_until(lambda: len(list(tmp_path.iterdir())) == 3)
        process.kill()
    wait_until(lambda: not any(Path("/proc", path.name).exists() for path in tmp_path.iterdir()))


def wait_until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_slices_cover_everything_once_and_are_worth_it() -> None:
    with may_have(lambda: 2):
        for count in (0, 1, 9, 10, 25, 1000):
            found = slices(count, 10)
            assert [at for one in found for at in range(count)[one]] == list(range(count))
            assert len(found) == max(1, min(8, count // 10))
    assert slices(1000, 10) == [slice(0, 1000)]


def test_a_long_document_is_written_to_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\f".join(f"It was Lenin1s view on page {page} , and tlie Govern-\nment knew.\n" for page in range(60))
    result = process(read_text(text.encode(), "long"), Settings())
    files.write_document(result, tmp_path / "alone")
    monkeypatch.setattr(forks, "LONG", 100)
    with may_have(lambda: 3):
        files.write_document(process(read_text(text.encode(), "long"), Settings()), tmp_path / "together")
    one, other = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (tmp_path / "alone", tmp_path / "together")
    )
    assert one == other and len(one) > 12 and no_children()


def at_hand(_: int) -> int:
    return processes_at_hand()


def test_workers_have_what_the_idle_ones_leave() -> None:
    found: list[int] = []
    LocalPool(3, apart=True).run(iter([1]), at_hand, lambda _: -1, found.append)
    LocalPool(3, few=4).run(iter([1]), at_hand, lambda _: -1, found.append)
    assert found == [3, 3] and processes_at_hand() == 1
