"""Which text belongs to which source, from disk to the finding."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from dsl.evaluation.build import build, build_paths
from dsl.semantics.compiler import compile_sources
from dsl.semantics.reading import read_paths, read_texts
from dsl.syntax.limits import Limits
from dsl.syntax.source import SourceFile

RULES = """\
source manual "Manual of the club"
fact sore yes or no
exercise deadlift
avoid deadlift when sore=yes from manual quote "keep the bar close"
"""
SAYS = "Always keep the bar close.\n"
OTHER = "Nothing of the kind.\n"


def codes(texts: Sequence[SourceFile], *files: SourceFile) -> list[str]:
    found = compile_sources(files or [SourceFile("rules/a.rules", RULES)], with_prelude=False, texts=texts)
    return [one.code for one in found.diagnostics]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep" / "sources").mkdir(parents=True)
    (tmp_path / "deep" / "a.rules").write_text(RULES)
    return tmp_path


def test_without_a_text_nothing_is_checked() -> None:
    assert codes([]) == []


@pytest.mark.parametrize("name", ["manual.md", "manual.txt"])
def test_the_text_beside_the_rules_is_called_like_its_source(name: str) -> None:
    assert codes([SourceFile(f"rules/sources/{name}", SAYS)]) == []
    assert codes([SourceFile(f"rules/sources/{name}", OTHER)]) == ["E407"]


def test_a_text_without_titles_has_no_sections() -> None:
    rules = SourceFile("rules/a.rules", RULES.replace('quote "keep', 'section "Hinges" quote "keep'))
    made = compile_sources([rules], with_prelude=False, texts=[SourceFile("rules/sources/manual.md", SAYS)])
    assert [(one.code, one.help) for one in made.diagnostics] == [
        ("E408", "its text has no titles: in a file `.md` they begin with `#`")
    ]


def test_long_titles_are_cut_short() -> None:
    title = "x" * 80
    rules = SourceFile("rules/a.rules", RULES.replace('quote "keep the bar close"', f'section "{title}"'))
    made = compile_sources([rules], with_prelude=False, texts=[SourceFile("rules/sources/manual.md", f"# {'y' * 90}")])
    assert [(one.message.count("x"), (one.help or "").count("y")) for one in made.diagnostics] == [(61, 60)]


def test_a_text_beside_other_rules_is_of_another_source() -> None:
    assert codes([SourceFile("elsewhere/sources/manual.md", OTHER)]) == []


def test_a_text_that_no_source_names_is_told_unless_it_is_about_the_folder() -> None:
    assert codes([SourceFile("rules/sources/manaul.md", OTHER)]) == ["W507"]
    assert codes([SourceFile("rules/sources/README.md", OTHER)]) == []


def test_of_two_texts_of_one_source_the_first_counts() -> None:
    two = [SourceFile("rules/sources/manual.txt", OTHER), SourceFile("rules/sources/manual.md", SAYS)]
    assert codes(two) == ["W507"]


def test_packs_beside_each_other_share_a_text() -> None:
    files = [SourceFile(f"rules/{pack}.rules", f"pack {pack}\n{RULES}") for pack in ("one", "two")]
    assert codes([SourceFile("rules/sources/manual.md", OTHER)], *files) == ["E407", "E407"]


def test_a_release_is_the_same_with_and_without_texts(folder: Path) -> None:
    (folder / "deep" / "sources" / "manual.md").write_text(SAYS)
    made = build_paths([folder])
    assert made.release is not None
    assert list(made.bundled.works) == [("main", "manual")]
    bare = build([SourceFile("a.rules", RULES)])
    assert bare.release is not None
    assert bare.release.digest == made.release.digest
    assert not bare.bundled.works


def test_a_wrong_quote_refuses_the_release(folder: Path) -> None:
    (folder / "deep" / "sources" / "manual.md").write_text(OTHER)
    made = build_paths([folder / "deep" / "a.rules"])
    assert made.release is None
    assert [one.code for one in made.diagnostics] == ["E407"]


def test_texts_are_read_from_beside_the_rules_only(folder: Path) -> None:
    (folder / "sources").mkdir()
    (folder / "sources" / "manual.md").write_text(OTHER)
    (folder / "deep" / "sources" / "notes.pdf").write_text(OTHER)
    assert read_texts(read_paths([folder])[0]) == ([], [])


def test_what_cannot_be_read_is_told(folder: Path) -> None:
    (folder / "deep" / "sources" / "manual.md").write_bytes(b"caf\xe9")
    assert [one.code for one in build_paths([folder]).diagnostics] == ["E293"]
    (folder / "deep" / "sources" / "manual.md").write_text(SAYS * 100)
    rules = read_paths([folder])[0]
    assert [one.code for one in read_texts(rules, Limits(file_bytes=1_000))[1]] == ["E294"]
