"""The review desk as a real server, and a real browser before it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.cli import main

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
ADDRESS = re.compile(r"http://\S+")


@dataclass
class Served:
    """A desk that runs. `address`: with its key; `base`: without."""

    process: subprocess.Popen[str]
    address: str
    clients: list[httpx.Client] = field(default_factory=list)

    @property
    def base(self) -> str:
        return self.address.partition("/?")[0]

    def client(self) -> httpx.Client:
        """Somebody who was let in."""
        client = httpx.Client(base_url=self.base, follow_redirects=True)
        self.clients.append(client)
        assert client.get(self.address).status_code == 200
        return client

    def kill(self) -> None:
        for client in self.clients:
            client.close()
        self.process.kill()
        self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()


def serve(out: Path, *options: str, **environment: Any) -> Served:
    """Start a desk on finished documents, and wait for its address."""
    command = [sys.executable, "-m", "pipeline", "review", str(out), "--no-browser", "--reader", "Anna", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=out, **environment)
    assert process.stderr is not None
    for line in process.stderr:
        if found := ADDRESS.search(line):
            return Served(process, found.group())
    raise AssertionError(f"no address; exit code {process.wait()}")


Serve = Callable[..., Served]


@pytest.fixture(scope="module")
def desk() -> Iterator[Serve]:
    """Starts desks, which end with the module."""
    running: list[Served] = []

    def start(out: Path, *options: str, **environment: Any) -> Served:
        running.append(serve(out, *options, **environment))
        return running[-1]

    yield start
    for served in running:
        served.kill()


def cleaned(folder: Path, *options: str, **texts: str) -> Path:
    """Finished documents of some texts, as `errata clean` leaves them."""
    (folder / "in").mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / "in" / f"{name}.txt").write_text(text, encoding="utf-8")
    assert main(["clean", str(folder / "in"), "--each", "-o", str(folder / "out"), "-q", *options]) == 0
    return folder / "out"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser; tests that want one are skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here (apt-get install chromium)")
    sync_api = pytest.importorskip("playwright.sync_api", reason="no playwright here (pip install playwright)")
    with sync_api.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def tab(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens pages, each in a context of its own unless one is given; errors in their scripts fail the test."""
    contexts, faults = [], []

    def open_tab(address: str, context: Any = None, **options: Any) -> Any:
        if context is None:
            context = chromium.new_context(reduced_motion="reduce", **options)
            contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15000)
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
        page.goto(address)
        return page

    yield open_tab
    for context in contexts:
        context.close()
    assert faults == []
