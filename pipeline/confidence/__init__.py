"""How far the result can be trusted: probabilities for words, lines and pages."""
