"""A new name changes nothing but the name."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.tools.editor.project import Project
from dsl.tools.editor.renaming import RefusedError, applied, rename, renameable
from dsl.tools.editor.symbols import Symbol
from tests.dsl.tools.editor.projects import PACK, RULES, at, shipped, small

_SHIPPED = shipped()
_TEXTS = {name: source.text for name, source in _SHIPPED.own.items()}


def _own(project: Project) -> list[Symbol]:
    """Return what the author of a project may rename."""
    return sorted(
        (one for one in project.declared.nodes if all(at.span.source in project.own for at in project.places(one))),
        key=lambda one: (one.sort.value, one.owner, one.name),
    )


def _renamed(project: Project, symbol: Symbol, new: str) -> Mapping[str, str]:
    place = project.places(symbol)[0].span
    texts = {name: source.text for name, source in project.own.items()}
    return applied(texts, rename(project, place.source, place.start, new))


def _digest(project: Project) -> str:
    release = project.compilation.release
    assert release is not None, [found.message for found in project.compilation.diagnostics][:3]
    return release.digest


@settings(max_examples=12)
@given(st.sampled_from(_own(_SHIPPED)))
def test_there_and_back_is_the_same_release(symbol: Symbol) -> None:
    there = Project(_renamed(_SHIPPED, symbol, "renamed_thing"))
    assert _digest(there)
    other = Symbol(symbol.sort, "renamed_thing", symbol.owner)
    assert len(there.places(other)) == len(_SHIPPED.places(symbol))
    assert there.places(symbol) == []
    assert _renamed(there, other, symbol.name) == _TEXTS


@pytest.mark.parametrize("symbol", _own(small()), ids=str)
def test_every_sort_can_be_renamed(symbol: Symbol) -> None:
    texts = _renamed(small(), symbol, "a_new_name")
    for name, text in texts.items():
        before = {"pack.rules": PACK, "rules.rules": RULES}[name]
        places = [one for one in small().places(symbol) if one.span.source == name]
        assert text.count("a_new_name") == len(places)
        assert len(text) == len(before) + len(places) * (len("a_new_name") - len(symbol.name))


@pytest.mark.parametrize("name", ["definition", "parameter", "source"])
def test_what_leaves_no_trace_in_a_release_leaves_the_digest(name: str) -> None:
    symbols = [one for one in _own(_SHIPPED) if one.sort.value == name]
    texts = _renamed(_SHIPPED, symbols[0], "renamed_thing")
    before, after = _SHIPPED.compilation.release, Project(texts).compilation.release
    assert before is not None
    assert after is not None
    named = [rule.id for rule in before.artifact.rules if "-" not in rule.id.rpartition("/")[2]]
    assert [rule.id for rule in after.artifact.rules if "-" not in rule.id.rpartition("/")[2]] == named
    assert after.artifact.vocabulary == before.artifact.vocabulary


def test_its_own_name_changes_nothing() -> None:
    assert rename(small(), "pack.rules", at(PACK, "sumo_pull"), "sumo_pull") == []


@pytest.mark.parametrize(
    ("part", "new", "why"),
    [
        ("sumo_pull", "easy_pull", "`easy_pull` is taken: there is an exercise `easy_pull`"),
        ("sumo_pull", "hinge_work", "`hinge_work` is taken: there is a class `hinge_work`"),
        ("sumo_pull", "Sumo", "`Sumo` cannot be a name"),
        ("sumo_pull", "two words", "`two words` cannot be a name"),
        ("sumo_pull", "", "`` cannot be a name"),
        ("sumo_pull", "7", "`7` cannot be a name"),
        ("sumo_pull", "<=", "`<=` cannot be a name"),
        ("sumo_pull", "when", "`when` is a word of the language"),
        ("sumo_pull", "sumo.pull", "only packs and rules have dots in their names"),
        ("sumo_pull", "x" * 65, "a name has 64 characters at most"),
        ("settled", "fresh", "`fresh` is taken: there is a value `fresh`"),
        ("knee_brace", "knee_bend", "`knee_bend` is taken: there is a fact `knee_bend`"),
        ("hip_hinge", "hinging", "`hip_hinge` belongs to the vocabulary that comes with Spotter"),
        ("easy_pull", "hip__hinge", "there is a class `hip_hinge`"),
        ("easy_pull", "wide_pull", "`easy_pull` cannot be called `wide_pull`: "),
        ("one of settled", "x", "no name stands here that could be changed"),
    ],
)
def test_a_refusal_says_why(part: str, new: str, why: str) -> None:
    further = 4 if part == "one of settled" else 0
    with pytest.raises(RefusedError) as refused:
        rename(small(), "pack.rules", at(PACK, part, further), new)
    assert why in str(refused.value)


def test_what_cannot_be_read_may_mention_the_name() -> None:
    project = Project({"pack.rules": PACK, "broken.rules": "avoid sumo_pull wen pain=acute"})
    with pytest.raises(RefusedError, match=r"mend the errors in broken\.rules first"):
        rename(project, "pack.rules", at(PACK, "sumo_pull"), "other_pull")
    assert rename(project, "pack.rules", at(PACK, "easy_pull"), "other_pull")


def test_the_name_at_a_place_is_told_before_it_is_changed() -> None:
    assert renameable(small(), "pack.rules", at(PACK, "sumo_pull", 4)).symbol.name == "sumo_pull"


def test_a_name_that_would_lead_elsewhere_is_refused() -> None:
    """With a value called `none`, `one of` would still say the same; a parameter called like a step would not."""
    text = "pack p\nmeasure pace scale slow < quick\nparameter bound = 1 in 0 to 2\nallow deadlift when always\n"
    use = "modify deadlift when always limit pace <= bound"
    project = Project({"a.rules": text + use})
    with pytest.raises(RefusedError, match="another name would lead elsewhere"):
        rename(project, "a.rules", text.index("bound"), "slow")
