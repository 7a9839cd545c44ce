"""What tests share: the command run in this process, and small pages and texts to feed it."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from desk_fixtures import chromium, desk, tab  # noqa: F401 (fixtures)
from hypothesis import settings
from PIL import Image, ImageDraw, ImageFont

from pipeline.cli import main

settings.register_profile("errata", deadline=None, max_examples=60)
settings.load_profile("errata")

PAGE = "The Soviet Govern-\nment sent a note to the\nBritish Embassy in Moscow.\n"


@dataclass(frozen=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str


Errata = Callable[..., Ran]


@pytest.fixture
def errata(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Errata:
    """The command: `errata("clean", path, stdin=b"...")`. It runs in an empty folder, so that no errata.toml is found."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfdbinary.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capfdbinary.readouterr()
        return Ran(code, out.decode(), err.decode())

    return run


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    """A short text with a broken word."""
    path = tmp_path / "letter.txt"
    path.write_text(PAGE, encoding="utf-8")
    return path


def draw_page(text: str, size: tuple[int, int] = (900, 400)) -> Image.Image:
    """Black text on white, in letters that Tesseract reads without trouble."""
    image = Image.new("L", size, 255)
    ImageDraw.Draw(image).multiline_text((60, 50), text, fill=0, font=ImageFont.load_default(32), spacing=14)
    return image


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """An image of a few lines of print."""
    path = tmp_path / "scan.png"
    draw_page(PAGE).save(path)
    return path
