"""The grammar of archival references: found, checked, repaired, normalised for an index."""

from pipeline.references.grammar import Reference, document_style, find_references, repair
from pipeline.references.kinds import Kind

__all__ = ["Kind", "Reference", "document_style", "find_references", "repair"]
