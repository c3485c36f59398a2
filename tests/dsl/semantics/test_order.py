"""Shuffling or duplicating statements, or splitting files, never changes an artifact."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dsl.semantics.compiler import compile_sources
from dsl.semantics.release import Release
from dsl.syntax.source import SourceFile

STATEMENTS = (
    'source article "An article"',
    'fact complaint "Where it hurts" many of back, knee',
    "fact complaint many of hip, knee",
    'fact condition "Diagnosed" many of\n  disc "Disc" also "slipped disc" code icd10cm M51.26\n  stenosis',
    'fact condition many of strain, disc also "hernia" code icd10cm M51.27',
    'fact pain "Pain" one of none, acute, subacute, chronic ask "For how long?"',
    "fact level number 0 to 10 code loinc 72514-3",
    'fact symptom many of numbness "Numb" red flag',
    "fact symptom many of tingling",
    "fact first yes or no",
    "fact after number 0 to 10 asked when first=no and not flare",
    "fact sleep number 0 to 24 h optional",
    "impossible when pain=none and level > 0",
    "impossible when condition=disc and condition=none",
    'class hinge "Hinge"',
    "class squat_pattern",
    "class heavy = hinge",
    "class heavy = squat_pattern",
    'exercise deadlift "Deadlift" is hinge',
    'exercise deadlift also "DL" is squat_pattern',
    "exercise romanian is deadlift",
    "exercise squat is squat_pattern",
    "measure load number 0 to 100 %",
    'measure load "Load" number 0 to 100 %',
    "parameter worst = 5 in 3 to 8",
    "define flare when pain=acute or level >= worst",
    "avoid deadlift when condition=disc and pain=acute",
    "rule flare.heavy: avoid heavy when flare instead bridge from article",
    "modify squat when condition in (disc, stenosis) limit load <= 50 % to romanian",
    "exercise bridge",
    "allow squat, romanian, bridge when pain in (none, acute, chronic)",
    'refer urgent when symptom=numbness say "Go."',
    "caution any when sleep < 5",
    "reduce load by 20 % for any when after > 5",
    'example "one" given pain=acute expect squat at least ask',
)


def build(files: list[list[int]]) -> Release:
    texts = ["pack legs\n" + "\n".join(STATEMENTS[place] for place in file) + "\n" for file in files]
    sources = [SourceFile(f"{place}.rules", text) for place, text in enumerate(texts)]
    compilation = compile_sources(sources, with_prelude=False)
    assert compilation.release is not None, [found.message for found in compilation.diagnostics]
    return compilation.release


WHOLE = build([list(range(len(STATEMENTS)))])


@st.composite
def arrangements(draw: st.DrawFn) -> list[list[int]]:
    places = st.lists(st.integers(0, len(STATEMENTS) - 1), max_size=6)
    order = draw(st.permutations([*range(len(STATEMENTS)), *draw(places)]))
    cuts = sorted(draw(st.sets(st.integers(1, len(order) - 1), max_size=4)))
    return [list(order[start:end]) for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True)]


@given(arrangements())
def test_neither_order_nor_duplicates_nor_files_leave_a_trace(files: list[list[int]]) -> None:
    release = build(files)
    assert release.canonical_bytes == WHOLE.canonical_bytes
    assert release.digest == WHOLE.digest


def test_an_artifact_read_back_is_the_same_release() -> None:
    read = Release.from_bytes(WHOLE.canonical_bytes, WHOLE.digest)
    assert read.artifact == WHOLE.artifact
