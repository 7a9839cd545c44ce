"""The head of tei.xml: what the text is, who answers for it, and by which policy it was edited.

Standard: TEI P5, chapter 2 (https://tei-c.org/release/doc/tei-p5-doc/en/html/HD.html).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from pipeline import __version__
from pipeline.model import Box, Page
from pipeline.outputs.xml import attributes, escaped
from pipeline.result import Result

RESPONSIBLE = "errata"
"""The identifier of the one who answers for what an edit changed."""


def tei_header(result: Result) -> str:
    """The teiHeader of a document."""
    ledger = result.ledger
    source = source_described(result)
    return f""" <teiHeader xml:lang="en">
  <fileDesc>
   <titleStmt>
    <title>{escaped(result.source.name)}</title>
    <respStmt xml:id="{RESPONSIBLE}">
     <resp>repaired the text that optical character recognition had read, and recorded every change</resp>
     <name type="software">Errata {__version__}</name>
    </respStmt>
   </titleStmt>
   <publicationStmt><p>Unpublished; made for the use of whoever holds the source.</p></publicationStmt>
   <sourceDesc>{source}</sourceDesc>
  </fileDesc>
  <encodingDesc>
   <appInfo>
    <application ident="errata" version="{__version__}"><label>Errata</label></application>
   </appInfo>
   <editorialDecl>
    <correction method="markup"><p>What was misread is corrected towards what was printed, never towards what should have
     been printed. Every change stands as a choice of sic, as it was read, and corr, with the probability of its being right
     (cert) and the class of change (type): {counted(ledger.applied)}. What left the text as a stray mark has an empty corr.
     What was not sure enough is not changed: {counted(ledger.held)} only suggested, as a choice of unclear readings, the
     first of which is what was read; those that go over a line's end stand in edits.jsonl alone.</p></correction>
    <normalization><p>Spelling is that of the source.</p></normalization>
    <hyphenation eol="some"><p>A word that the end of a line or page broke is whole: lb or pb with break="no" stands within
     it, and rend="hyphen" tells that a hyphen was printed there. Hyphens that belong to their words are kept.</p></hyphenation>
    <segmentation><p>Paragraphs and headings are told by blank lines and by their form, and run on over pages. Page numbers,
     running heads and catchwords are fw; notes stand at the foot of their page and are linked with their calls.</p>
    </segmentation>
   </editorialDecl>
  </encodingDesc>
 </teiHeader>
"""


def counted(edits: Sequence[object]) -> str:
    """`12 changes (8 quote, 4 hyphen)`."""
    kinds = Counter(str(getattr(edit, "kind", "")) for edit in edits).most_common()
    what = "change" if len(edits) == 1 else "changes"
    return f"{len(edits):,} {what}" + (f" ({', '.join(f'{n:,} {kind}' for kind, n in kinds)})" if kinds else "")


def source_described(result: Result) -> str:
    pages = len(result.source.pages)
    what = f"{pages:,} page{'' if pages == 1 else 's'}"
    names = list(dict.fromkeys(base(page.scan.path) for page in result.source.pages if page.scan and page.scan.path))
    if not names:
        return f"<p>{what} of text: {escaped(base(result.source.path) or result.source.name)}.</p>"
    shown = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
    return f"<p>Scans of {what}: {escaped(shown)}.</p>"


def base(path: str) -> str:
    return PurePath(path.replace("\\", "/")).name


def facsimile(pages: Iterable[Page], zones: Mapping[int, Sequence[tuple[str, Box]]]) -> str:
    """The scans as surfaces, and on them the lines as zones, in pixels. `zones`: names and boxes of lines by page number."""
    surfaces = []
    for page in pages:
        if page.scan is None:
            continue
        size = attributes(ulx=0, uly=0, lrx=page.scan.width, lry=page.scan.height)
        surfaces.append(f'  <surface xml:id="surface_{page.number:04d}"{size}>\n')
        if page.scan.path:
            width, height = f"{page.scan.width}px", f"{page.scan.height}px"
            leaf = f"#page={page.scan.frame}" if page.scan.path.casefold().endswith(".pdf") else ""
            address = url(base(page.scan.path)) + leaf
            surfaces.append(f"   <graphic{attributes(url=address, width=width, height=height)}/>\n")
        for name, box in zones.get(page.number, ()):
            corners = attributes(ulx=box.left, uly=box.top, lrx=box.right, lry=box.bottom)
            surfaces.append(f'   <zone xml:id="{name}"{corners}/>\n')
        surfaces.append("  </surface>\n")
    return f" <facsimile>\n{''.join(surfaces)} </facsimile>\n" if surfaces else ""


def url(name: str) -> str:
    """A file's name as a relative URL."""
    from urllib.parse import quote

    return quote(name.encode("utf-8", "surrogateescape"))
