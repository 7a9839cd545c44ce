"""The keys of the queue, in one list that the page, the help and the tests read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """A key, the action that the script knows it by, and what it does."""

    key: str
    action: str
    says: str

    @property
    def shown(self) -> str:
        return {"Enter": "Enter", " ": "Space"}.get(self.key, self.key)


KEYS = (
    Key("Enter", "first", "take what is proposed; without a proposal: it is right as it stands"),
    Key("0", "keep", "keep what was read"),
    Key("1", "option-0", "take the first suggestion"),
    Key("2", "option-1", "take the second suggestion"),
    Key("3", "option-2", "take the third suggestion"),
    Key("a", "line-right", "the whole line is right as it stands"),
    Key("e", "edit", "type the line as it should be (Enter saves, Esc leaves)"),
    Key("p", "unclear", "cannot be told without the paper"),
    Key("d", "dictionary", "add the word to the dictionary (then n name, w word, r reference)"),
    Key("s", "skip", "skip for now"),
    Key("b", "back", "back to the one before"),
    Key("u", "undo", "undo; again and again"),
    Key("r", "redo", "do again what was undone"),
    Key("m", "page", "the whole page, with the place marked"),
    Key("z", "zoom", "larger picture"),
    Key("?", "help", "this list"),
)
