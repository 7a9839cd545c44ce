"""Compiled templates are kept between runs; a cache that cannot be read or written is no hindrance."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from jinja2 import bccache

from pipeline.outputs.templating import templates_of


def compiled_now() -> str | None:
    """The name of a template that is compiled, or taken from where it is kept."""
    return templates_of("pipeline.outputs").get_template("shell.html").name


def test_compiled_templates_are_kept_and_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert compiled_now() == "shell.html"
    (kept,) = (tmp_path / "errata" / "templates").iterdir()
    whole = kept.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"x" * 100):
        kept.write_bytes(damaged)
        assert compiled_now() == "shell.html" and kept.read_bytes() == whole

    def full(*_: object, **__: object) -> object:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    kept.unlink()
    monkeypatch.setattr(bccache.tempfile, "NamedTemporaryFile", full)
    assert compiled_now() == "shell.html" and not list((tmp_path / "errata" / "templates").iterdir())
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert compiled_now() == "shell.html"
