"""What may be typed next fits: what the parser would take, and names of the sort that is meant."""

from __future__ import annotations

import pytest

from dsl.syntax.grammar import grammar
from dsl.tools.editor.completion import Completion, complete
from dsl.tools.editor.project import Project
from tests.dsl.tools.editor.projects import PACK, RULES

_GUARD = {"pain", "condition", "knee_stage", "not", "always", "at"}
_TARGET = {"deadlift", "hinge_work", "any"}


def _complete(text: str) -> Completion:
    return complete(Project({"pack.rules": PACK, "rules.rules": RULES, "a.rules": text}), "a.rules", len(text))


def _offered(text: str) -> list[str]:
    return [offer.text for offer in _complete(text).offers]


@pytest.mark.parametrize(
    ("text", "among", "never"),
    [
        ("avoid ", _TARGET, {"pain", "when", "ask", "load"}),
        ("avoid deadlift, ", _TARGET - {"any"}, {"pain"}),
        ("avoid any but not ", {"deadlift", "hinge_work"}, {"pain"}),
        ("avoid deadlift ", {"when", "and", "but"}, {"deadlift", "pain"}),
        ("avoid deadlift when ", _GUARD, {"deadlift", "when"}),
        ("avoid deadlift when pain=acute and ", _GUARD, {"deadlift"}),
        ("avoid deadlift when not (", _GUARD, {"deadlift"}),
        ("avoid deadlift when at least 2 of (pain=acute, ", _GUARD, {"deadlift"}),
        ("avoid deadlift when at ", {"least"}, {"most", "pain"}),
        ("avoid deadlift when pain=acute\n  except when ", _GUARD, {"deadlift"}),
        ("pack clinic\navoid deadlift when ", {"flare", "pain"}, {"strong"}),
        ("avoid deadlift when ", {"pain"}, {"flare"}),
        ("avoid deadlift when pain=", {"acute", "chronic"}, {"yes", "no", "back"}),
        ("avoid deadlift when pain != ", {"acute"}, {"yes", "back"}),
        ("avoid deadlift when pain in (acute, ", {"chronic"}, {"yes", "back"}),
        ("avoid deadlift when pain not in (", {"chronic"}, {"yes", "back"}),
        ("avoid deadlift when complaint=", {"back", "knee", "none"}, {"acute"}),
        ("avoid deadlift when first_session=", {"yes", "no"}, {"acute", "strong"}),
        ("pack clinic\navoid deadlift when pain_level > ", {"strong"}, {"acute", "yes"}),
        ("pack clinic\navoid deadlift when pain_level between ", {"strong"}, {"acute", "yes"}),
        ("pack clinic\navoid deadlift when pain_level between 1 and ", {"strong"}, {"acute", "yes"}),
        ("avoid deadlift when nobody=", set(), {"acute", "yes"}),
        ("modify deadlift when always limit ", {"load", "depth", "speed"}, {"deadlift", "pain"}),
        ("modify deadlift when always limit speed <= ", {"slow", "quick"}, {"pain", "yes"}),
        ("pack clinic\nmodify deadlift when always limit angle <= ", {"strong"}, {"slow"}),
        ("modify deadlift when always limit load <= 50 ", {"%", "kg", "because"}, {"deadlift"}),
        ("modify deadlift when always limit load <= 50 % to ", {"deadlift"}, {"hip_hinge", "pain"}),
        ("avoid deadlift when always instead ", {"deadlift"}, {"hip_hinge", "pain"}),
        ("pack clinic\navoid deadlift when always from ", {"notes"}, {"deadlift"}),
        ("avoid deadlift when always evidence ", {"guideline", "secondary"}, {"load", "ask"}),
        ("avoid deadlift when always\n  ", {"because", "instead", "and", "from"}, {"deadlift"}),
        ("hold ", {"load", "deadlift"}, {"pain"}),
        ("refer ", {"routine", "urgent", "emergency"}, {"deadlift"}),
        ("progress load by 5 % for ", _TARGET, {"pain"}),
        ("allow squat_pattern with ", {"variants"}, {"deadlift"}),
        ("allow squat_pattern and ", {"hip_hinge"}, {"pain"}),
        ("rule x:\n  avoid ", _TARGET, {"pain"}),
        ("rule ", set(), {"deadlift", "pain"}),
        ("advise ", set(), {"deadlift", "pain"}),
        ('advise topic "x" for ', _TARGET, {"pain"}),
        ("override ", {"flare.hinge"}, {"deadlift"}),
        ("override flare.hinge of ", {"clinic", "prelude"}, {"deadlift"}),
        ("fact ", {"pain"}, {"deadlift"}),
        ("fact pain ", {"one", "many", "number", "yes", "ask"}, {"deadlift", "acute"}),
        ('fact x many of a "A" ', {"also", "code", "red", "ask"}, {"deadlift", "by"}),
        ('fact x many of a "A" red ', {"flag"}, {"deadlift"}),
        ('fact x many of a "A" code ', {"snomed", "icd10cm"}, {"deadlift"}),
        ("fact x one of ", set(), {"deadlift", "acute", "pain"}),
        ("fact pain one of acute, chronic default ", {"acute", "none"}, {"deadlift", "yes"}),
        ("exercise ", {"deadlift"}, {"pain"}),
        ("exercise x is ", {"deadlift", "hip_hinge"}, {"pain"}),
        ("exercise x needs ", {"barbell"}, {"pain"}),
        ("class x = ", {"hip_hinge"}, {"deadlift"}),
        ("class x = hip_hinge, ", {"axial_load"}, {"deadlift"}),
        ("class x ", set(), {"deadlift", "hip_hinge"}),
        ("parameter x = 5 ", {"in", "h"}, {"deadlift"}),
        ("pack ", {"clinic"}, {"deadlift"}),
        ("pack x\n  ", {"title", "covers", "review", "author"}, {"deadlift"}),
        ("pack x covers ", _GUARD, {"deadlift"}),
        ('example "x"\n  given ', {"pain", "nothing", "at"}, {"deadlift"}),
        ('example "x"\n  given pain=', {"acute"}, {"load", "yes"}),
        ('example "x"\n  given condition=(', {"sciatica"}, {"load", "yes"}),
        ('example "x"\n  given condition has ', {"sciatica"}, {"load", "yes"}),
        ('example "x"\n  given pain=acute\n  expect ', {"deadlift", "session", "asks", "any"}, {"pain"}),
        ('example "x" given pain=acute expect deadlift ', {"avoid", "recommended", "load", "limit", "at"}, {"pain"}),
        ('example "x"\n  given pain=acute\n  expect deadlift avoid, ', {"deadlift", "session"}, {"pain"}),
        ('example "x"\n  given pain=acute\n  expect session ', {"proceed", "routine", "at", "not"}, {"deadlift"}),
        ('example "x"\n  given pain=acute\n  expect session not ', {"routine"}, {"proceed", "stop", "deadlift"}),
        ('example "x"\n  given pain=acute\n  expect asks ', {"pain"}, {"deadlift"}),
        ('example "x"\n  given pain=acute\n  expect deadlift limit ', {"depth"}, {"deadlift", "avoid"}),
        ('prove "x": ', {"deadlift", "session", "any"}, {"pain"}),
        ('prove "x": any at least ', {"avoid", "ask"}, {"deadlift"}),
        ('prove "x": any at least ask when ', {"unknown", "pain"}, {"deadlift"}),
        ('prove "x": any at least ask when unknown ', {"pain"}, {"deadlift", "not"}),
    ],
)
def test_what_is_offered_fits(text: str, among: set[str], never: set[str]) -> None:
    offered = set(_offered(text))
    assert among - offered == set()
    assert never & offered == set()


def test_a_file_begins_with_the_words_that_open_statements() -> None:
    assert _offered("") == sorted(grammar().openers)
    assert _offered("av") == sorted(grammar().openers)


def test_at_the_margin_the_next_statement_comes_first_and_further_in_the_next_clause() -> None:
    assert _offered("avoid deadlift when always\n")[0] == "advise"
    assert _offered("avoid deadlift when always\n  ")[0] == "absolute"


def test_values_come_in_the_order_of_their_declaration_with_their_labels() -> None:
    offers = _complete("avoid deadlift when knee_stage=").offers
    assert [(offer.text, offer.detail, offer.searched) for offer in offers] == [
        ("settled", "Settled", "settled Settled"),
        ("fresh", "Fresh", "fresh Fresh new"),
    ]


def test_the_word_that_is_being_typed_is_replaced() -> None:
    text = "avoid deadlift when knee_st"
    assert _complete(text).start == text.index("knee_st")


@pytest.mark.parametrize("text", ['avoid deadlift when always because "', "avoid # ", "avoid “x", 'avoid "x'])
def test_within_texts_and_comments_nothing_is_offered(text: str) -> None:
    assert _offered(text) == []


def test_behind_a_text_something_is() -> None:
    assert "say" in _offered('avoid deadlift when always because "x" ')


@pytest.mark.parametrize("text", ["avoid deadlift deadlift ", "avoid deadlift when )) "])
def test_in_a_broken_statement_nothing_is_offered(text: str) -> None:
    assert _offered(text) == []


def test_a_broken_statement_does_not_hide_the_next_one() -> None:
    assert "deadlift" in _offered("avoid deadlift when ((\navoid ")


def test_an_unknown_file_offers_nothing() -> None:
    assert complete(Project({}), "nowhere.rules", 0).offers == ()
