"""Object stores: sources are fetched once, results are put there whole, and what is finished there is not made again."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PAGE, Errata, draw_page

from pipeline.errors import ExitCode, MissingDependency, UnreadableInput
from pipeline.storage import localised, store_at

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed: pip install 'errata[remote]'")


@pytest.fixture
def memory() -> Iterator[object]:
    files = fsspec.filesystem("memory")
    files.store.clear()
    files.pseudo_dirs[:] = [""]
    yield files
    files.store.clear()


def anything(name: str) -> bool:
    return True


def scan_bytes(text: str) -> bytes:
    out = io.BytesIO()
    draw_page(text).save(out, "PNG")
    return out.getvalue()


def test_only_what_is_missing_or_changed_is_fetched(memory: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    for name in ("a.txt", "sub/b.txt", "c.mp4"):
        memory.pipe_file(f"/box/{name}", name.encode())

    def wanted(name: str) -> bool:
        return name.endswith(".txt")

    (folder,) = localised(["memory://box/"], tmp_path, wanted)
    assert folder == tmp_path / "memory" / "box"
    first = folder / "a.txt"
    assert first.read_bytes() == b"a.txt" and (folder / "sub/b.txt").exists() and not (folder / "c.mp4").exists()
    before = first.stat().st_mtime_ns
    memory.pipe_file("/box/sub/b.txt", b"another")
    memory.pipe_file("/box/d.txt", b"new")
    localised(["memory://box"], tmp_path, wanted)
    assert first.stat().st_mtime_ns == before and (folder / "sub/b.txt").read_bytes() == b"another"
    memory.rm_file("/box/d.txt")
    first.write_bytes(b"spoiled here")
    localised(["memory://box"], tmp_path, wanted)
    assert first.read_bytes() == b"a.txt" and not (folder / "d.txt").exists()


def test_single_objects_and_patterns(memory: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    for name in ("p2.png", "p10.png", "q.png"):
        memory.pipe_file(f"/box/{name}", b"x")
    assert localised(["memory://box/q.png"], tmp_path, anything) == [tmp_path / "memory/box/q.png"]
    found = localised(["memory://box/p*.png", "here.png"], tmp_path, anything)
    assert [Path(path).name for path in found] == ["p10.png", "p2.png", "here.png"]


def test_what_is_not_there_or_not_known_is_said(memory: fsspec.AbstractFileSystem, errata: Errata, tmp_path: Path) -> None:
    memory.pipe_file("/box/film.mp4", b"x")
    for url in ("memory://nothing", "memory://box"):
        ran = errata("clean", url, "--cache", tmp_path / "cache")
        assert ran.code == ExitCode.INPUT_FILE and url in ran.err and ran.err.count("\n") == 1, ran.err
    ran = errata("clean", "nosuch://box", "--cache", tmp_path / "cache")
    assert ran.code == ExitCode.INPUT_FILE and "nosuch" in ran.err
    with pytest.raises(UnreadableInput, match="two dots"):
        store_at("memory://box").local(tmp_path, "/box/../../etc/passwd")


def test_without_the_package_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(MissingDependency, match=r"errata\[remote\]"):
        store_at("s3://bucket/box")


def test_texts_come_from_a_store_and_go_to_one(memory: fsspec.AbstractFileSystem, errata: Errata, tmp_path: Path) -> None:
    for name in ("a", "b"):
        memory.pipe_file(f"/box/{name}.txt", PAGE.encode())
    assert errata("clean", "memory://box", "-o", "here", "--cache", "one").code == 0
    command = ("clean", "memory://box", "-o", "memory://results/run")
    ran = errata(*command, "--cache", "one")
    assert ran.code == 0 and "2 documents done" in ran.err, ran.err
    local = {
        p.relative_to("here").as_posix(): p.read_bytes()
        for p in Path("here").rglob("*")
        if p.is_file() and ".errata" not in p.parts
    }
    there = {path.removeprefix("/results/run/"): memory.cat_file(path) for path in memory.find("/results/run")}
    assert there == local and "a/errata.json" in there and "batch.json" in there
    elsewhere = errata(*command, "--cache", "two")  # another machine
    assert elsewhere.code == 0 and elsewhere.err.count("already done") == 3, elsewhere.err
    memory.rm_file("/results/run/b/errata.json")
    third = errata(*command, "--cache", "three")
    assert "1 document done, 1 already done" in third.err and memory.exists("/results/run/b/errata.json")


def test_what_was_made_anew_takes_the_place_of_all_of_the_old(memory: fsspec.AbstractFileSystem, errata: Errata) -> None:
    memory.pipe_file("/box/a.txt", PAGE.encode())
    command = ("clean", "memory://box/a.txt", "-o", "memory://out")
    assert errata(*command, "--format", "jsonl", "--cache", "one").code == 0
    assert memory.exists("/out/a/pages.jsonl")
    memory.pipe_file("/box/a.txt", PAGE.replace("Moscow", "London").encode())
    assert errata(*command, "--force", "--cache", "two").code == 0
    assert b"London" in memory.cat_file("/out/a/text.txt") and not memory.exists("/out/a/pages.jsonl")
    assert "already done" in errata(*command, "--cache", "one").err  # where the older one was made
    dry = errata(*command, "--dry-run", "--force", "--cache", "one")
    assert dry.code == 0 and "-The Soviet Govern-" in dry.out


def test_a_delivery_that_fails_is_made_good_by_the_same_command(
    memory: fsspec.AbstractFileSystem, errata: Errata, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.pipe_file("/box/a.txt", PAGE.encode())
    command = ("clean", "memory://box/a.txt", "-o", "memory://out", "--cache", "one")

    def refuse(*given: object, **named: object) -> None:
        raise ConnectionError("the line is cut")

    with monkeypatch.context() as patch:
        patch.setattr(type(memory), "put", refuse)
        ran = errata(*command)
    assert ran.code == ExitCode.FILE_ACCESS and "the line is cut" in ran.err and "same command" in ran.err, ran.err
    assert not memory.exists("/out/a/errata.json")
    again = errata(*command)
    assert again.code == 0 and "already done" in again.err and memory.exists("/out/a/errata.json")


def test_other_file_systems(errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "a.txt").write_text(PAGE, encoding="utf-8")
    ran = errata("clean", f"file://{tmp_path}/far", "-o", f"file://{tmp_path}/results/deep", "--cache", "cache")
    assert ran.code == 0 and (tmp_path / "results/deep/a/errata.json").exists(), ran.err


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A server that speaks like S3, on this machine, with a bucket."""
    pytest.importorskip("s3fs", reason="s3fs is not installed: pip install 'errata[remote]'")
    pytest.importorskip("moto.server", reason="moto is not installed: pip install 'moto[s3]' flask flask-cors")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(urllib.request.Request(f"{url}/archive", method="PUT"), timeout=2).close()
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait(10)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_s3(s3: str, errata: Errata, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("ACCESS_KEY_ID", "a"),
        ("SECRET_ACCESS_KEY", "b"),
        ("ENDPOINT_URL", s3),
        ("DEFAULT_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(f"AWS_{name}", value)
    files = fsspec.filesystem("s3", skip_instance_cache=True)
    for number in (1, 2):
        files.pipe_file(f"archive/box/p{number}.png", scan_bytes(f"Page {number}.\n{PAGE}"))
    command = ("digitise", "s3://archive/box/", "-o", "s3://archive/out", "--effort", "fast")
    ran = errata(*command, "--cache", "one")
    assert ran.code == 0 and "2 pages" in ran.err, ran.err
    assert b"British Embassy" in files.cat_file("archive/out/box/text.txt") and files.exists("archive/out/box/errata.json")
    kept = (tmp_path / "one/s3/archive/box/p1.png").stat().st_mtime_ns
    assert "already done" in errata(*command, "--cache", "one").err
    assert (tmp_path / "one/s3/archive/box/p1.png").stat().st_mtime_ns == kept
    assert "already done" in errata(*command, "--cache", "two").err
    nothing = errata("digitise", "s3://nobody/box", "-o", "out", "--cache", "one")
    assert nothing.code == ExitCode.INPUT_FILE and "s3://nobody/box" in nothing.err and "Traceback" not in nothing.err
