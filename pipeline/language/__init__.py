"""Dictionary packs and the lexicon made of them: what is known about words before the document is read."""

from pipeline.language.candidates import Candidate
from pipeline.language.lexicon import Lexicon, Series, build_lexicon
from pipeline.language.packs import Pack, find_pack, load_pack

__all__ = ["Candidate", "Lexicon", "Pack", "Series", "build_lexicon", "find_pack", "load_pack"]
