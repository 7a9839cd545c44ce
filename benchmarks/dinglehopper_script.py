"""For an interpreter that has dinglehopper: JSON [[truth, text], ...] in, [[CER, WER (words parted by spaces)], ...] out."""

from __future__ import annotations

import json
import sys

from dinglehopper.character_error_rate import character_error_rate_n
from dinglehopper.word_error_rate import word_error_rate_n

rates = [
    [character_error_rate_n(truth, text)[0], word_error_rate_n(truth.split(), text.split())[0]]
    for truth, text in json.load(sys.stdin)
]
json.dump(rates, sys.stdout)
