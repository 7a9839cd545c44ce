"""The grammar of archival references: found, checked, repaired, normalised for an index."""

from pipeline.references.grammar import Reference, find_references, repair
from pipeline.references.kinds import Kind
from pipeline.references.scan import document_style

__all__ = ["Kind", "Reference", "document_style", "find_references", "repair"]
