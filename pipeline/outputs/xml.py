"""What all formats that are XML share: characters that XML can hold, and attributes."""

from __future__ import annotations

import re
from html import escape

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def escaped(value: str) -> str:
    """Text escaped for XML; what XML cannot hold becomes U+FFFD."""
    return escape(NOT_XML.sub("\N{REPLACEMENT CHARACTER}", value), quote=False)


def quoted(value: str) -> str:
    """The same, to stand between double quotation marks."""
    return escaped(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def attributes(**values: object) -> str:
    """Attributes, each with a space before it; those that are None or empty are left out. A final `_` of a name is."""
    shown = ((name.rstrip("_").replace("xml_", "xml:"), value) for name, value in values.items())
    return "".join(f' {name}="{quoted(str(value))}"' for name, value in shown if value is not None and value != "")
