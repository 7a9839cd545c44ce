"""What Errata's speed is measured against: every unknown word of a text replaced by symspellpy. usage: IN OUT"""

import re
import sys
from importlib.resources import files
from pathlib import Path

from symspellpy import SymSpell, Verbosity

speller = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
speller.load_dictionary(str(files("symspellpy") / "frequency_dictionary_en_82_765.txt"), 0, 1)
text = Path(sys.argv[1]).read_text(encoding="utf-8")


def best(match: re.Match[str]) -> str:
    return speller.lookup(match[0], Verbosity.TOP, 2, include_unknown=True, transfer_casing=True)[0].term


Path(sys.argv[2]).write_text(re.sub(r"[A-Za-z]{4,}", best, text), encoding="utf-8")
