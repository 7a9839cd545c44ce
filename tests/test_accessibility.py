"""The report in a real browser: rules of accessibility (axe-core), no sideways scrolling, the script. Where there is no
browser, or no axe-core-python and playwright, nothing is tried."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import draw_page

from pipeline.cli import main

axe = pytest.importorskip("axe_core_python")

TEXT = (
    "The Cabinet met on tlie 4 May 1930 and Zwqrbk\nread N4711/23/38, FO 371/14843 (1), and the Lord\nPresident said nothing.\n\n"
    "1. Zwqrbk to Orde, N4711/22/38, FO 371/14843,\n"
)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of two documents: a text of three pages, and a scan."""
    folder = tmp_path_factory.mktemp("reports")
    (folder / "in").mkdir()
    draw_page(TEXT, (1000, 500)).save(folder / "in" / "scan.png")
    draw_page(TEXT, (1000, 500)).save(folder / "in" / "again.png")
    assert main(["digitise", str(folder / "in"), "--each", "-o", str(folder / "out"), "--effort", "fast", "-q"]) == 0
    assert main(["digitise", str(folder / "in"), "-o", str(folder / "out" / "book"), "--effort", "fast", "-q"]) == 0
    return folder / "out"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", ["index.html", "scan/report.html", "book/in/report/pages-0001.html"])
def test_rules_of_accessibility(out: Path, chromium: Any, page: str, width: int, scheme: str) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    shown = context.new_page()
    shown.goto((out / page).as_uri())
    shown.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    shown.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = shown.evaluate("axe.run()")["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
    assert not shown.evaluate("document.documentElement.scrollWidth > innerWidth")
    context.close()


COPY = """place => {
  const range = document.createRange(), data = new DataTransfer(), selection = getSelection();
  range.selectNodeContents(document.querySelector(place));
  selection.removeAllRanges(); selection.addRange(range);
  document.dispatchEvent(new ClipboardEvent("copy", {clipboardData: data, bubbles: true, cancelable: true}));
  return data.getData("text/plain");
}"""


@pytest.mark.parametrize(("page", "name"), [("scan/report.html", "scan"), ("book/in/report/pages-0001.html", "in")])
def test_what_is_copied_brings_its_citation(out: Path, chromium: Any, page: str, name: str) -> None:
    shown = chromium.new_page()
    shown.goto((out / page).as_uri())
    copied = shown.evaluate(COPY, "#p1-1")
    assert copied.startswith("The Cabinet met on") and copied.endswith(f"\n[{name}, scan 1]")
    assert "OCR unsure" not in copied
    assert shown.evaluate(COPY, "#p1-5").endswith(f"\n[{name}, scan 1, note 1]")
    shown.close()
