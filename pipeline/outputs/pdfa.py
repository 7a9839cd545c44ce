"""searchable-pdfa.pdf: the searchable PDF as PDF/A-2b (ISO 19005-2), for an archive, by pikepdf, which checks what it wrote."""

from __future__ import annotations

import logging
import re
from pathlib import Path

from pipeline.errors import ToolFailed
from pipeline.outputs.dates import timestamp

FLAVOUR = "2b"
ADVICE = "ocrmypdf --skip-text --output-type pdfa can convert the fonts and colours of searchable.pdf, if that is what is wrong"


def to_pdfa(source: Path, target: Path) -> None:
    """Write the PDF `source` as PDF/A; pages and images stay as they are. Raises ToolFailed, naming the first fault that stands
    in the way, such as fonts that the scanner's own PDF names and does not hold."""
    import pikepdf  # it and its validator bring what documents without PDF/A need not wait for
    from pikepdf import pdfa

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    try:
        with pikepdf.open(source) as pdf:
            pdfa.prepare(pdf, FLAVOUR)
            # The moment of writing would make every file another one.
            packet = re.sub(rb"(?<=<xmp:MetadataDate>)[^<]*", timestamp().encode(), pdf.Root.Metadata.read_bytes())
            pdf.Root.Metadata.write(packet)
            pdfa.save(pdf, target, FLAVOUR, repair=False, deterministic_id=True)
    except pdfa.PdfaError as fault:
        found = [*fault.report.violations, *fault.report.unsupported]
        first = " ".join(str(found[0]).split())[:200] if found else "no reason given"
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise ToolFailed(f"not fit for PDF/A-{FLAVOUR}: {first}{more}", advice=ADVICE) from fault
    except pikepdf.PdfError as fault:
        raise ToolFailed(f"not fit for PDF/A-{FLAVOUR}: {fault}", advice=ADVICE) from fault
