"""The policy: thresholds that move, and what the user wants kept, never or always done, or switched off."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from conftest import Errata
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.batch.wishes import policy_of
from pipeline.draft import Draft
from pipeline.errors import ExitCode, InvalidConfig
from pipeline.language import Lexicon, build_lexicon, packs
from pipeline.language.evidence import Evidence
from pipeline.ledger import Ledger
from pipeline.model import Source
from pipeline.repair.engine import page_breaks, repair
from pipeline.repair.learning import learn
from pipeline.repair.policy import THRESHOLDS, moved, thresholds_for
from pipeline.settings import Settings
from pipeline.sources.splitting import split_pages

TEXT = """\
The Soviet Govern-
ment sent a note to the Goverment of Litvinof, and the
Foreign Office said that the policy of the Goverment was sound .
"""
WORDS = st.sampled_from("the Soviet Goverment Govern- ment said : Litvinof 'in end1 . op .cit. ofthe policy tbe".split())
OCR_TEXT = st.lists(st.tuples(WORDS, st.sampled_from([" ", " ", "\n", "\n\n", "\f"])), max_size=30).map(
    lambda parts: "".join(word + gap for word, gap in parts)
)


@cache
def lexicon() -> Lexicon:
    return build_lexicon()


def repaired(text: str, evidence: Evidence | None = None, **wishes: Any) -> tuple[Ledger, str, Evidence]:
    source = Source("example", text, split_pages(text))
    knowledge = learn(source, lexicon(), evidence)
    ledger = repair(source, knowledge, policy_of(Settings(**wishes), ()))
    return ledger, Draft(text, ledger.applied).text, knowledge.evidence


@pytest.mark.parametrize("threshold", [0.5, 0.76, 0.85, 0.9, 0.99])
def test_thresholds_move_by_odds(threshold: float) -> None:
    higher, lower = moved(threshold, 4.0), moved(threshold, 0.25)
    assert lower < threshold < higher < 1
    assert higher / (1 - higher) == pytest.approx(4 * threshold / (1 - threshold))
    assert moved(lower, 4.0) == pytest.approx(threshold)
    assert [moved(edge, 4.0) for edge in (0.0, 1.0, 2.0)] == [0.0, 1.0, 2.0]


def test_normal_is_what_is_shipped_and_own_thresholds_stay() -> None:
    assert thresholds_for("normal") == pytest.approx(dict(THRESHOLDS))
    policy = policy_of(Settings(caution="cautious", thresholds={"quote": 0.5}), ())
    assert policy.threshold("quote") == 0.5
    assert policy.threshold("hyphen") > THRESHOLDS["hyphen"]


def test_eager_does_at_least_what_cautious_does() -> None:
    counts = [len(repaired(TEXT, caution=caution)[0].applied) for caution in ("cautious", "normal", "eager")]
    assert counts == sorted(counts)


def test_not_even_the_eager_change_a_figure_into_another() -> None:
    text = "so it (1) was (2).\n\n1. Coates, op. cit.\n\n21. Orde, op. cit. p.4.\n"
    ledger, result, _ = repaired(text, caution="eager")
    assert result == text
    assert any(edit.rule == "note-number" and edit.before == "21" for edit in ledger.held)


def test_always_replaces_whole_words_and_says_why() -> None:
    ledger, text, _ = repaired("Litvinof and Litvinofs met Litvinof.\n", always={"Litvinof": "Litvinov"})
    assert text == "Litvinov and Litvinofs met Litvinov.\n"
    edit = ledger.applied[0]
    assert (edit.rule, edit.kind, edit.reason) == ("always", "word", "You asked for it: “Litvinof” becomes “Litvinov”.")


def test_always_replaces_phrases_and_forms_with_curly_apostrophes() -> None:
    _, text, _ = repaired(
        "It was the workers’s own Narkom Indel.\n", always={"workers's": "workers'", "Narkom Indel": "Narkomindel"}
    )
    assert text == "It was the workers' own Narkomindel.\n"


def test_what_is_kept_is_not_changed() -> None:
    assert "Government\nsent" in repaired(TEXT)[1]
    plain = repaired("The policy of the Goverment was said to be sound .\n")[1]
    kept = repaired("The policy of the Goverment was said to be sound .\n", keep=("Goverment", "sound ."))[1]
    assert "sound." in plain
    assert kept == "The policy of the Goverment was said to be sound .\n"


def test_keep_is_stronger_than_always() -> None:
    assert repaired("Soviet Russia and Soviet.\n", keep=("Soviet Russia",), always={"Soviet": "Sowjet"})[1].startswith(
        "Soviet Russia and Sow"
    )


def test_never_holds_what_would_be_made() -> None:
    for never in (("line-end-hyphen",), ("hyphen",)):
        ledger, text, _ = repaired(TEXT, never=never) if never == ("hyphen",) else held_rule(never[0])
        assert text.startswith("The Soviet Govern-\nment")
        assert any(edit.rule == "line-end-hyphen" for edit in ledger.held)


def held_rule(name: str) -> tuple[Ledger, str, Evidence]:
    source = Source("example", TEXT, split_pages(TEXT))
    knowledge = learn(source, lexicon())
    chosen = Settings.model_validate({"never": [name]}, context={"rules": [name]})
    ledger = repair(source, knowledge, policy_of(chosen, ()))
    return ledger, Draft(TEXT, ledger.applied).text, knowledge.evidence


def test_a_refused_replacement_is_only_suggested() -> None:
    text = "He said that the end was near .\nThis was the end of it, he said again .\n"
    assert repaired(text)[1] == text.replace(" .", ".")
    ledger, after, _ = repaired(text, never=("near . -> near.",))
    assert after == text.replace("again .", "again.")
    assert [edit.before.strip() for edit in ledger.held if edit.kind == "spacing"] != []


def test_without_drops_what_would_be_made() -> None:
    ledger, text, _ = repaired(TEXT, without=("hyphen",))
    assert text.startswith("The Soviet Govern-\nment")
    assert not any(edit.kind == "hyphen" for edit in (*ledger.applied, *ledger.held))


@given(OCR_TEXT)
@settings(max_examples=25)
def test_wishes_keep_the_properties(text: str) -> None:
    wishes: dict[str, Any] = {
        "always": {"Goverment": "Government", "tbe": "the", "op": "work"},
        "keep": ("ofthe", "said :"),
        "never": ("quote", "ment -> meant"),
        "without": ("punctuation",),
        "caution": "eager",
    }
    ledger, clean, evidence = repaired(text, **wishes)
    assert ledger.replay(text) == clean
    assert ledger.undo(clean) == text
    assert clean.count("ofthe") >= text.count("ofthe")
    again = repaired(clean, Evidence.from_record(evidence.to_record()), **wishes)[0]
    assert [(edit.rule, edit.before, edit.after) for edit in again.applied] == []


def test_a_mark_before_the_first_page_leaves_the_text() -> None:
    text = "[Page 9]\nOne of them.\n[Page 10]\nTwo of them.\n"
    source = Source("example", text, split_pages(text))
    draft = Draft(text, tuple(page_breaks(source)))
    assert draft.text == "One of them.\n\fTwo of them.\n"
    ledger = Ledger(len(text), draft.edits)
    assert ledger.undo(draft.text) == text


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, columns in (("keep.txt", (1, 1)), ("always.txt", (2, 2)), ("never.txt", (2, 2))):
        monkeypatch.setitem(packs.FILES, name, columns)  # type: ignore[index]
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "pack.toml").write_text('title = "mine"\nlicence = "CC0"\n')
    return folder


def test_lists_of_a_pack(errata: Errata, text_file: Path, pack: Path) -> None:
    text_file.write_text("Litvinof was the Goverment of the day .\n")
    (pack / "always.txt").write_text("Litvinof\tLitvinov\n")
    (pack / "keep.txt").write_text("Goverment\n")
    (pack / "never.txt").write_text("day .\tday.\n")
    ran = errata("clean", text_file, "--period", pack, "-o", "-", "-q")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Litvinov was the Goverment")


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("always.txt", "Gorki\n", "always.txt:1"),
        ("always.txt", "Gorki\tGorki\n", "always.txt:1"),
        ("always.txt", "Aa\tBb\nGorki\tAa Gorki\n", "always.txt"),
        ("keep.txt", "a\tb\n", "keep.txt:1"),
    ],
)
def test_wrong_lists_are_named(errata: Errata, text_file: Path, pack: Path, name: str, text: str, where: str) -> None:
    (pack / name).write_text(text)
    ran = errata("clean", text_file, "--period", pack, "-o", "out", "-q")
    assert (ran.code, where in ran.err, ran.err.count("\n")) == (ExitCode.INVALID_CONFIG, True, 1), ran.err


def test_a_form_kept_and_replaced_is_an_error(pack: Path) -> None:
    (pack / "keep.txt").write_text("Gorki\n")
    loaded = packs.load_pack(pack)
    with pytest.raises(InvalidConfig, match="Gorki"):
        policy_of(Settings(always={"Gorki": "Gorky"}), (loaded,))
