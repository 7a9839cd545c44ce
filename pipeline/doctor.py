"""`errata doctor`: what is installed, what is missing, and how to get it."""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from pipeline.errors import PipelineError

MODULES = {
    "click": "click",
    "ftfy": "ftfy",
    "img2pdf": "img2pdf",
    "jellyfish": "jellyfish",
    "jinja2": "Jinja2",
    "lxml": "lxml",
    "numpy": "numpy",
    "cv2": "opencv-python-headless",
    "pikepdf": "pikepdf",
    "PIL": "pillow",
    "pydantic": "pydantic",
    "pypdfium2": "pypdfium2",
    "pytesseract": "pytesseract",
    "rapidfuzz": "rapidfuzz",
    "rich": "rich",
    "symspellpy": "symspellpy",
    "wordfreq": "wordfreq",
}
"""The modules that Errata imports, and the packages that hold them."""

TESSERACT_ADVICE = {
    "linux": "sudo apt-get install tesseract-ocr (Debian, Ubuntu); other systems: see the README",
    "darwin": "brew install tesseract",
    "win32": "winget install UB-Mannheim.TesseractOCR, then open a new terminal",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `advice` says how to put it right."""

    name: str
    sound: bool
    found: str
    advice: str = ""


def checks(languages: str, out: Path) -> Iterator[Check]:
    """Everything that a run needs. `languages` as Tesseract takes them; `out`: where results would go."""
    version = platform.python_version()
    yield Check("Python", sys.version_info >= (3, 11), version, "Errata needs Python 3.11 or later")
    yield from package_checks()
    yield from tesseract_checks(languages)
    yield engine_check()
    yield from format_checks()
    yield from dictionary_checks()
    yield from word_checks(languages)
    yield write_check("output folder", out)
    yield write_check("temporary folder", Path(tempfile.gettempdir()))


def package_checks() -> Iterator[Check]:
    """The Python packages."""
    missing = [package for module, package in MODULES.items() if util.find_spec(module) is None]
    advice = f"{sys.executable} -m pip install {' '.join(missing)}"
    yield Check("Python packages", not missing, f"missing: {', '.join(missing)}" if missing else f"all {len(MODULES)}", advice)
    names = {dist.metadata["Name"].lower() for dist in metadata.distributions() if dist.metadata["Name"]}
    if {"opencv-python", "opencv-python-headless"} <= names:
        advice = "pip uninstall opencv-python opencv-python-headless; pip install opencv-python-headless"
        yield Check("OpenCV", False, "installed twice, as opencv-python and as opencv-python-headless", advice)


def tesseract_checks(languages: str) -> Iterator[Check]:
    """The OCR program and the data of the languages."""
    from pipeline.ocr.engine import missing_language
    from pipeline.ocr.recognition import installed_languages, tesseract_version

    advice = TESSERACT_ADVICE.get(sys.platform, TESSERACT_ADVICE["linux"])
    try:
        yield Check("Tesseract", True, tesseract_version())
        have = installed_languages()
    except PipelineError as fault:
        yield Check("Tesseract", False, fault.what, advice)
        return
    for language in languages.split("+"):
        advice = missing_language(language).advice
        yield Check(f"Tesseract data “{language}”", language in have, "installed" if language in have else "missing", advice)


def engine_check() -> Check:
    """The engine that may be installed besides: it need not be there, but where it is it should work."""
    from pipeline.ocr.recognition import installed_languages, tesseract_version

    name, engine = "Engine tesserocr", "tesserocr"
    if util.find_spec(engine) is None:
        return Check(name, True, "not installed (optional: pip install tesserocr)")
    try:
        return Check(name, True, f"Tesseract {tesseract_version(engine)}, data for {len(installed_languages(engine))} languages")
    except PipelineError as fault:
        return Check(name, False, fault.what, fault.advice)


def format_checks() -> Iterator[Check]:
    """Programs that only some formats want."""
    from pipeline.outputs.docx import check_pandoc

    try:
        yield Check("Format docx", True, check_pandoc())
    except PipelineError as fault:
        yield Check("Format docx", True, f"not to be had (optional): {fault.what}. {fault.advice}")


def dictionary_checks() -> Iterator[Check]:
    """The dictionaries that come with Errata."""
    from pipeline.language.packs import load_pack, shipped_packs

    folders = sorted(folder.parent for folder in shipped_packs().glob("*/pack.toml"))
    if not folders:
        yield Check("dictionaries", False, f"none in {shipped_packs()}", "Install Errata again")
    for folder in folders:
        try:
            entries = sum(len(rows) for rows in load_pack(folder).rows.values())
            yield Check(f"dictionary {folder.name}", True, f"{entries:,} entries")
        except PipelineError as fault:
            yield Check(f"dictionary {folder.name}", False, str(fault), "Correct that line, or install Errata again")


def word_checks(languages: str) -> Iterator[Check]:
    """What is known of the words of each language but English."""
    from pipeline.language.languages import ENGLISH, codes, words_of
    from pipeline.language.packs import load_pack, shipped_packs

    covered: set[str] = set()
    for folder in shipped_packs().glob("*/pack.toml"):
        with suppress(PipelineError):  # a broken one has been named above
            covered.update(load_pack(folder.parent).languages)
    for language in codes(languages):
        if language != ENGLISH and language not in covered:
            count = len(words_of(language))
            known = f"{count:,} are known, and none is put right" if count else "none is known, and none is put right"
            yield Check(f"words of “{language}”", True, f"{known}: no shipped dictionary has them")


def write_check(name: str, folder: Path) -> Check:
    """Whether a folder, or the nearest one above it that exists, can be written."""
    place = folder.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place):
            return Check(name, True, str(folder))
    except OSError as fault:
        return Check(name, False, f"{folder} cannot be written ({fault.strerror})", "Choose another folder with -o")
