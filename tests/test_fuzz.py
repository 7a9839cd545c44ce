"""Readers and repair fed with what is broken: nothing but a PipelineError, nothing endless; what was found stays mended."""

from __future__ import annotations

import gzip
import random
import time
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import mutated, tried
from benchmarks.fuzz_seeds import EDIT, HOCR_HEAD, STEP, lines
from benchmarks.fuzz_targets import TARGETS

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@cache
def seeds(name: str) -> list[bytes]:
    return TARGETS[name].seeds()


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_understood(name: str) -> None:
    for seed in seeds(name)[:3]:
        TARGETS[name].run(seed)


@pytest.mark.parametrize("name", TARGETS)
@given(chance=st.randoms(use_true_random=False), data=st.data())
@QUICK
def test_damaged_input(name: str, chance: random.Random, data: st.DataObject) -> None:
    target = TARGETS[name]
    seed = data.draw(st.sampled_from(seeds(name)))
    assert tried(target, mutated(seed, seeds(name), target.words, chance)) == ""


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.binary(max_size=200))
@QUICK
def test_any_bytes(name: str, data: bytes) -> None:
    assert tried(TARGETS[name], data) == ""


DEEP = b"[" * 100_000
FOUND = [
    *((name, DEEP) for name in ("stamp", "record", "calibration", "risks", "exchanged", "ledger", "earlier", "readings")),
    ("record", seeds("record")[0].replace(b"1.0", b"9" * 400)),
    ("toml", b"keep = " + b"[" * 5000),
    ("pack", b"title = " + b"[" * 5000),
    *(
        ("pack", b'title="x"\nlicence="y"\f\f\f\f' + form + b"\tfile")
        for form in (b"{Z-A} {n}", b"RG {99999-1}", b"R {9999999999-2}")
    ),
    *((name, seeds(name)[0].replace(b"reason", b"r\xe6\x00ason").replace(b'"a"', b'"\xa0"')) for name in ("ledger", "readings")),
    ("earlier", seeds("earlier")[0].replace(b"torn", b"\xe6torn")),
    ("earlier", seeds("earlier")[0].splitlines()[0] + b"\n[]"),
    ("ledger", lines({"format": "errata-edits", "version": 1, "source_length": 3}).replace(b"3}", b"1e999}")),
    ("ledger", b"[]\n"),
    ("sheet", seeds("sheet")[0].replace(b"1,,1", b"9" * 5000 + b",,1")),
    ("stored", HOCR_HEAD + b"<span class='ocr_line&#xD800;' title='bbox &#xDC00;'>a&#xD800;</span>"),
    ("stored", b"\xed\xa0\x80<p>"),
    ("markup", HOCR_HEAD + b"<sp\x80$ class='ocrx_word'>a</sp\x80$></div></body></html>"),
    (
        "markup",
        HOCR_HEAD.replace(b"ocr_page'", b"ocr_page' title='image " + b"led" * 200 + b".png; bbox 0 0 9 9'")
        + b"a</div></body></html>",
    ),
    ("markup", gzip.compress(HOCR_HEAD + bytes(20_000_000))),
    ("exchanged", lines({"format": "errata-review", "version": 1}, STEP, {"type": "decision", "edits": [EDIT]})),
]


@pytest.mark.parametrize(("name", "data"), FOUND, ids=lambda value: value if isinstance(value, str) else "")
def test_what_was_found_stays_mended(name: str, data: bytes) -> None:
    assert tried(TARGETS[name], data) == ""


@pytest.mark.parametrize("unit", ["i", "l1", "a-", "1/", "'a' ", "12-", "(1)\n", "a\u0301", "Ibid. "])
def test_long_rows_take_no_longer_than_other_text(unit: str) -> None:
    TARGETS["engine"].run(b"The note of 1927 was sent.\n")
    data = (unit * 3000)[:6000].encode()
    began = time.process_time()
    TARGETS["engine"].run(data)
    assert time.process_time() - began < len(data) / 1024
