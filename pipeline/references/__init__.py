"""The grammar of archival references: found, checked, repaired, normalised for an index."""

from pipeline.references.grammar import Kind, Reference, document_style, find_references, repair

__all__ = ["Kind", "Reference", "document_style", "find_references", "repair"]
