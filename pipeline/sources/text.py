"""Reading plain text: bytes to characters, with the way back to every byte; pages found in what has no images."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, groupby
from pathlib import Path

from ftfy import TextFixerConfig, fix_encoding
from rapidfuzz.distance import Levenshtein

from pipeline.errors import UnreadableInput
from pipeline.model import Decoding, Source, Substitution
from pipeline.sources.entries import ARCHIVE, ARCHIVE_STARTS, check_is_file, is_archive
from pipeline.sources.splitting import split_pages

BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
MAGIC = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"II*\x00": "a TIFF image",
    b"MM\x00*": "a TIFF image",
    b"\x00\x00\x00\x0cjP": "a JPEG 2000 image",
    b"GIF8": "a GIF image",
    b"%PDF-": "a PDF",
}
SCANS_ADVICE = "Scans and PDFs are read by: errata digitise (--use-text-layer takes the text that a PDF has)"
TEXT_ADVICE = "errata clean reads plain text; save the document as text first"
LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
UNHOLDABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that no report and no hOCR file can hold: controls, halves of surrogate pairs, non-characters."""
REWRITTEN = re.compile("[^\x09\x0a\x0c\x20-\x7e]")
"""Where reading a line may do more than take it as it is."""
MOJIBAKE = TextFixerConfig(uncurl_quotes=False, normalization=None, fix_character_width=False, fix_latin_ligatures=False)
LONGEST_COMPARED = 4000
LARGEST = 200_000_000
"""Bytes of a file, packed or not; a page has 3,000, with the places of its words 40,000."""


def decode(data: bytes) -> tuple[str, Decoding]:
    """The text of `data`, and the way back: `decoding.encode(text) == data` for any bytes.

    Line ends become a line feed, mojibake is put right, what cannot be a character becomes U+FFFD; each is a substitution.
    """
    for encoding, bom, errors in strategies(data):
        body = data[len(bom) :]
        try:
            raw = body.decode(encoding, errors)
            if raw.encode(encoding, errors) != body:
                continue
        except UnicodeError:
            continue
        text, substitutions = tidied(raw)
        return text, Decoding(encoding, bom, substitutions, errors)
    raise AssertionError("Latin-1 reads anything")


def strategies(data: bytes) -> Iterator[tuple[str, bytes, str]]:
    """(encoding, byte order mark, treatment of errors) to try, the likeliest first."""
    for bom, encoding in BOMS:
        if data.startswith(bom):
            yield encoding, bom, "surrogateescape" if encoding == "utf-8" else "surrogatepass"
    yield "utf-8", b"", "strict"
    if mostly_utf8(data):
        yield "utf-8", b"", "surrogateescape"
    yield "cp1252", b"", "surrogateescape"
    yield "latin-1", b"", "strict"


def mostly_utf8(data: bytes) -> bool:
    """Whether more characters beyond ASCII are sound UTF-8 than bytes are not."""
    raw = data.decode("utf-8", "surrogateescape")
    beyond = sum(1 for char in raw if char > "\x7f")
    broken = sum(1 for char in raw if "\udc80" <= char <= "\udcff")
    return beyond > 2 * broken


def tidied(raw: str) -> tuple[str, tuple[Substitution, ...]]:
    """`raw` as text to work on, and the places where the two differ."""
    if not REWRITTEN.search(raw):
        return raw, ()
    parts: list[str] = []
    substitutions: list[Substitution] = []
    at = 0
    for match in LINE.finditer(raw):
        line, ending = match.groups()
        clean = repaired_line(line)
        substitutions += differences(line, clean, at)
        at += len(clean)
        if ending and ending != "\n":
            substitutions.append(Substitution(at, ending, "\n"))
        parts += [clean, "\n" if ending else ""]
        at += bool(ending)
    return "".join(parts), tuple(substitutions)


def repaired_line(line: str) -> str:
    """The line without mojibake and without characters that cannot be held."""
    if not REWRITTEN.search(line):
        return line
    clean = UNHOLDABLE.sub("\N{REPLACEMENT CHARACTER}", line)
    if clean.isascii():
        return clean
    fixed = fix_encoding(clean, MOJIBAKE)
    return clean if UNHOLDABLE.search(fixed) or re.search(r"[\r\n\f]", fixed) else fixed


def differences(before: str, after: str, at: int) -> list[Substitution]:
    """The smallest substitutions that tell `after`, which stands at `at` in the text, from `before`."""
    if before == after:
        return []
    if max(len(before), len(after)) > LONGEST_COMPARED:
        return [Substitution(at, before, after)]
    found: list[Substitution] = []
    for changed, group in groupby(Levenshtein.opcodes(before, after), key=lambda code: code.tag != "equal"):
        codes = list(group)
        if changed:
            low, high = codes[0], codes[-1]
            was, became = before[low.src_start : high.src_end], after[low.dest_start : high.dest_end]
            found.append(Substitution(at + low.dest_start, was, became))
    return found


def without_end(text: str, decoding: Decoding, ending: str) -> tuple[str, Decoding]:
    """`text` less an `ending` that begins no page or line; the decoding gives it back."""
    if not ending or not text.endswith(ending):
        return text, decoding
    cut = len(text) - len(ending)
    kept = tuple(s for s in decoding.substitutions if s.start + len(s.after) <= cut)
    original, at = "", cut
    for sub in decoding.substitutions[len(kept) :]:
        original += text[at : sub.start] + sub.before
        at = sub.start + len(sub.after)
    tail = Substitution(cut, original + text[at:], "")
    return text[:cut], replace(decoding, substitutions=(*kept, tail))


def check_is_text(data: bytes, where: str) -> None:
    """Raises UnreadableInput for nothing at all and for what is not text."""
    if not data.strip():
        raise UnreadableInput("the file is empty", where=where, advice="There is nothing to clean")
    if data.startswith(ARCHIVE_STARTS):
        raise UnreadableInput(
            "this is an archive or an office document, not text", where=where, advice="Unpack it, or save it as text"
        )
    for magic, what in MAGIC.items():
        if data.startswith(magic):
            raise UnreadableInput(f"this is {what}, not text", where=where, advice=SCANS_ADVICE)
    wide = data.startswith(tuple(bom for bom, encoding in BOMS if encoding != "utf-8"))
    if not wide and data.count(0) * 1000 > len(data):
        raise UnreadableInput("this is a binary file, not text", where=where, advice=TEXT_ADVICE)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file. Raises UnreadableInput where it cannot be read, or has more of them than LARGEST."""
    check_is_file(path)
    if is_archive(path):
        raise UnreadableInput(f"this is {ARCHIVE}", where=path)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1) if path.stat().st_size <= LARGEST else b""
            grown = bool(file.read(1))
    except OSError as fault:
        advice = "Check the path and its permissions"
        raise UnreadableInput(f"cannot be read ({fault.strerror})", where=path, advice=advice) from fault
    if grown or len(data) > LARGEST:
        what = f"the file is too large (over {LARGEST // 1_000_000} MB)"
        raise UnreadableInput(what, where=path, advice="Split it into files of fewer pages")
    return data


def read_text(given: Path | bytes, name: str, path: str = "") -> Source:
    """One file, or bytes that came from `path`, as a document. Raises UnreadableInput if it is missing, empty or not text."""
    data = given if isinstance(given, bytes) else read_bytes(given)
    path = path if isinstance(given, bytes) else str(given)
    check_is_text(data, path or name)
    text, decoding = decode(data)
    # Many programs end every page with a form feed; the last one begins no page.
    end = text[len(text.rstrip()) :]
    text, decoding = without_end(text, decoding, end[end.find("\f") :] if "\f" in end else "")
    return Source(name, text, split_pages(text), decoding, path)


def page_of_text(data: bytes, where: str) -> tuple[str, Decoding]:
    """The text of a file that is one page: its last line end and any form feeds taken off. Raises UnreadableInput."""
    if data.strip():
        check_is_text(data, where)
    text, decoding = decode(data)
    text, decoding = without_form_feeds(text, decoding)
    return without_end(text, decoding, "\n")


def without_form_feeds(text: str, decoding: Decoding) -> tuple[str, Decoding]:
    """Form feeds inside a page that is a file by itself are line ends."""
    if "\f" not in text:
        return text, decoding
    within = {sub.start + at for sub in decoding.substitutions for at, char in enumerate(sub.after) if char == "\f"}
    known = (replace(sub, after=sub.after.replace("\f", "\n")) for sub in decoding.substitutions)
    found = (Substitution(m.start(), "\f", "\n") for m in re.finditer("\f", text) if m.start() not in within)
    merged = sorted(chain(known, found), key=lambda s: s.start)
    return text.replace("\f", "\n"), replace(decoding, substitutions=tuple(merged))
