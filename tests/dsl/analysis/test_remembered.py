"""What is remembered of one release never tells an untruth of another: warm, a check finds what it finds cold."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from dsl.analysis import claims, formulas, seeking, written
from dsl.analysis.build import build
from dsl.analysis.formulas import Bounds
from dsl.analysis.remembered import Verdict
from dsl.semantics.vocabulary import Fact
from dsl.syntax.source import SourceFile, Span
from tests.dsl.analysis.test_proofs import hard
from tests.dsl.analysis.test_suspicions import VOCABULARY
from tests.dsl.evaluation.generated import EXERCISES, Pack, packs, rule
from tests.seeds import seeded

_Found = tuple[int, int, list[tuple[str, Span]]]


def found(files: list[SourceFile], memory: dict[str, Verdict]) -> _Found:
    """Return how many proofs hold and fail, and what is found, with its place."""
    built = build(files, with_prelude=False, memory=memory)
    return built.proofs_held, built.proofs_failed, [(one.code, one.span) for one in built.diagnostics]


# --- one edit of each kind ------------------------------------------------------------------------

_LUNGE = "exercise lunge\n"
_BOTH = "avoid bridge when phase=acute and disc=yes\n"
_FAR_APART = "modify bridge when phase=none limit load <= 40 %\nmodify bridge when disc=yes limit load >= 60 %\n"
_SETS = "(sets > 1 or disc=yes) and (sets > 1 or disc=no) and sets < 2"
_UNSURE = "(pain {} or disc=yes) and (pain {} or disc=no)"
EDITS = {
    "a rule about the same exercise": (
        "avoid squats when phase=acute\navoid squat when phase=acute and disc=yes\n",
        "squats when phase=acute",
        "squats when phase=chronic",
    ),
    "how the tests of a rule are joined": (
        "avoid squats, walk when phase=acute or disc=yes\navoid squat when phase=acute\n",
        " or disc",
        " and disc",
    ),
    "how many tests of a rule must hold": (
        "avoid bridge, walk when at least 2 of (phase=acute, disc=yes, pain > 5, moment=during)\n" + _BOTH,
        "at least 2",
        "at least 3",
    ),
    "what another rule does": ("avoid bridge when pain > 3\navoid bridge when pain > 5\n", "avoid", "caution"),
    "what a rule does": (_LUNGE + "avoid lunge when disc=yes or disc=no\n", "avoid", "allow"),
    "a limit": (
        "modify bridge when pain > 3 limit load <= 50 %\nmodify bridge when pain > 5 limit load <= 60 %\n",
        "60 %",
        "40 %",
    ),
    "a step of load": (
        "progress load by 5 % for bridge when disc=no\nprogress load by 10 % for bridge when disc=no and pain < 3\n",
        "10 %",
        "2 %",
    ),
    "words": (
        'advise posture "Sit." when pain > 3\nadvise posture "Sit." when pain > 5\n',
        '"Sit." when pain > 5',
        '"Stand." when pain > 5',
    ),
    "an exception": (
        'avoid bridge when pain > 3 except when phase=none because "so"\navoid bridge when phase=acute and pain > 7\n',
        "phase=none because",
        "phase=acute because",
    ),
    "an override": (
        "rule wide: avoid bridge when pain > 3\navoid bridge when pain > 7\n---\npack other\n",
        "pack other\n",
        'pack other\noverride wide of main when disc=yes because "so"\n',
    ),
    "a session rule": ('stop session when pain > 5 say "Stop."\navoid bridge when pain > 7\n', "pain > 5", "pain > 8"),
    "what a session rule says": (
        'stop session when pain > 5 say "Stop."\nstop session when pain > 7 say "Stop."\n',
        'pain > 5 say "Stop."',
        'pain > 5 say "Rest."',
    ),
    "what is impossible": (
        "avoid bridge when phase=none and pain > 7\nimpossible when phase=none and pain > 5\n",
        "pain > 5",
        "pain > 8",
    ),
    "whom a pack covers": (
        _FAR_APART + "---\npack other\n",
        "pack other\n",
        "pack other\n  covers phase=none\n",
    ),
    "the pack of a rule": (
        "avoid bridge when phase=acute\n---\npack other\navoid bridge when phase=acute and disc=yes\n",
        "pack other",
        "",
    ),
    "the most of a number": (f"avoid bridge when {_UNSURE.format('> 8', '> 8')}\n", "0 to 10", "0 to 8"),
    "the least of a number": (f"avoid bridge when {_UNSURE.format('< 2', '< 2')}\n", "0 to 10", "2 to 10"),
    "whether a number is whole": (
        f"fact sets whole number 0 to 9\navoid bridge when {_SETS}\n",
        "whole number",
        "number",
    ),
    "an optional fact": ("reduce load by 10 % for bridge when tired=yes or tired=no\n", " optional", ""),
    "a default": ("allow bridge when moment in (before, during)\n", " context default before", ""),
    "a value": (
        _LUNGE + "avoid lunge when phase in (none, acute) or phase=chronic\n",
        "acute, chronic\n",
        "acute, chronic, later\n",
    ),
    "a value of many": (
        _LUNGE + "avoid lunge when (kit=a or kit=none) or kit=b\nfact kit many of a, b context default a\n",
        "of a, b",
        "of a, b, c",
    ),
    "an exercise of a class": (
        "avoid squats when phase=acute\navoid bridge when phase=acute and disc=yes\n",
        "exercise bridge",
        "exercise bridge is squats",
    ),
    "a rule about a substitute": (
        "avoid walk when pain > 3\navoid bridge when pain > 5 and phase=none instead walk\n",
        "pain > 3",
        "pain > 6",
    ),
    "a permission for a substitute": (
        "exercise plank\nallow plank when phase=acute\navoid bridge when pain > 5 and phase=none instead plank\n",
        "plank when phase=acute",
        "plank when phase in (none, acute)",
    ),
    "a rule that a proof is about": (
        'avoid bridge when phase=acute\nprove "p": bridge at least avoid when phase=acute\n',
        "bridge when phase=acute",
        "bridge when phase=acute and disc=yes",
    ),
    "whom a proof is about": (
        'avoid bridge when phase=acute\nprove "p": bridge at least avoid when phase=acute\n',
        "avoid when phase=acute",
        "avoid when phase=chronic",
    ),
}
"""Rules, and an edit that changes what is found. Each is of something else that what is found can rest on."""


def editions(edit: str) -> tuple[list[SourceFile], list[SourceFile]]:
    text, old, new = EDITS[edit]
    before = VOCABULARY + text
    assert old in before
    return _files(before), _files(before.replace(old, new, 1))


def _files(text: str) -> list[SourceFile]:
    return [SourceFile(f"{place}.rules", part) for place, part in enumerate(text.split("---\n"))]


@pytest.mark.parametrize("edit", EDITS)
def test_after_one_edit_all_is_found_that_is_found_without_a_memory(edit: str) -> None:
    before, after = editions(edit)
    memory: dict[str, Verdict] = {}
    first, cold = found(before, memory), found(after, {})
    assert first[:2] != cold[:2] or [code for code, _ in first[2]] != [code for code, _ in cold[2]]
    assert found(after, memory) == cold
    assert found(before, memory) == first


# --- what the test above would catch --------------------------------------------------------------

_Patch = Callable[[pytest.MonkeyPatch], None]


def _plain_without(place: int) -> _Patch:
    """Return how to leave out of a fact's fingerprint what stands at `place` of it."""
    plain = written.plain

    def without(fact: Fact) -> object:
        whole = plain(fact)
        assert isinstance(whole, list)
        return whole[:place] + whole[place + 1 :]

    return lambda patch: patch.setattr(written, "plain", without)


def _said(part: type[written.Part], *names: str) -> _Patch:
    """Return how to leave all but `names` out of what a part of a formula says."""
    said = property(lambda self: [getattr(self, name) for name in names], lambda *_: None)
    return lambda patch: patch.setattr(part, "said", said)


LEFT_OUT: dict[str, tuple[str, _Patch]] = {
    "which test it is": ("a rule about the same exercise", _said(written.Tested, "surely")),
    "whether surely": ("what a rule does", _said(written.Tested, "test")),
    "how it is joined": ("how the tests of a rule are joined", _said(written.Joined, "count")),
    "how many": ("how many tests of a rule must hold", _said(written.Joined, "join")),
    "parts": ("a session rule", lambda patch: patch.setattr(written.Joined, "print", b"any")),
    "what is possible": (
        "what is impossible",
        lambda patch: patch.setattr(seeking.Seeking, "_key", lambda _, formula: written.fingerprint(formula)),
    ),
    "values": ("a value", _plain_without(2)),
    "the least": ("the least of a number", _plain_without(3)),
    "the most": ("the most of a number", _plain_without(4)),
    "whole": ("whether a number is whole", _plain_without(5)),
    "default": ("a default", _plain_without(7)),
}
"""What a fingerprint could leave out, and the edit that tells."""


@pytest.mark.parametrize("left_out", LEFT_OUT)
def test_a_fingerprint_that_leaves_something_out_is_noticed(left_out: str, monkeypatch: pytest.MonkeyPatch) -> None:
    edit, patch = LEFT_OUT[left_out]
    before, after = editions(edit)
    cold = [found(before, {}), found(after, {})]
    patch(monkeypatch)
    either_way: list[dict[str, Verdict]] = [{}, {}]
    found(after, either_way[0])
    found(before, either_way[1])
    assert [found(before, either_way[0]), found(after, either_way[1])] != cold


# --- over generated packs -------------------------------------------------------------------------

_DECLARATIONS = (
    ("pain number 0 to 10", "pain number 0 to 9"),
    ("optional", ""),
    ("default before", "default during"),
    ("bridge is hinge", "bridge is squat"),
    ("romanian is deadlift", "romanian is squat"),
    ("pain > 8", "pain > 2"),
    ("impossible when", 'stop session when cleared=yes and pain > 3 say "Stop."\nimpossible when'),
    ("a doctor today", "a doctor now"),
)
"""What an author may change of what everything rests on."""
_OTHERS = ("\n  covers condition=disc", "\n  covers pain > 3", "")
_PROOFS = "".join(
    f'\nprove "p{place}": {name} at least ask when {guard}'
    for place, (name, guard) in enumerate(
        zip(EXERCISES, ("phase=acute", "condition=disc", "pain > 5") * 2, strict=False)
    )
)


def _edited(before: tuple[Pack, ...], chosen: Random) -> tuple[Pack, ...]:
    """Return `before` after one edit."""
    first, second = before
    place = chosen.randrange(len(first.statements))
    match chosen.choice(("replace", "replace", "drop", "add", "add", "declare", "cover", "guard", "lift")):
        case "replace":
            rules = [at for at, one in enumerate(first.statements) if one.startswith("rule r")]
            at = chosen.choice(rules)
            label = first.statements[at].split(":")[0]
            return replace(first, statements=_with(first, at, f"{label}: {rule(chosen)}")), second
        case "drop":
            kept = [one for at, one in enumerate(first.statements) if at != place or not one.startswith("rule")]
            return replace(first, statements=tuple(kept)), second
        case "add":
            return first, replace(second, statements=(*second.statements, rule(chosen)))
        case "declare":
            old, new = chosen.choice(_DECLARATIONS)
            return replace(first, statements=tuple(one.replace(old, new, 1) for one in first.statements)), second
        case "cover":
            header = first.header.split("\n  covers")[0].split("\n  review")[0]
            return replace(first, header=header + chosen.choice(_OTHERS)), second
        case "guard":
            old, new = chosen.choice((("pain", "after"), ("acute", "chronic"), ("yes", "no"), (" and ", " or ")))
            return replace(first, statements=_with(first, place, first.statements[place].replace(old, new))), second
        case _:
            lift = f'override base of one when {chosen.choice(("cleared=yes", "pain > 4"))} because "so"'
            return first, replace(second, statements=(*second.statements, lift))


def _with(pack: Pack, place: int, statement: str) -> tuple[str, ...]:
    return (*pack.statements[:place], statement, *pack.statements[place + 1 :])


def _files_of(edition: tuple[Pack, ...]) -> list[SourceFile]:
    first, second = (pack.text() for pack in edition)
    return [SourceFile("one.rules", first + _PROOFS), SourceFile("two.rules", second)]


@settings(max_examples=settings().max_examples // 3)
@given(packs(), st.lists(seeded(lambda chosen: chosen), min_size=1, max_size=3))
def test_after_random_edits_all_is_found_that_is_found_without_a_memory(
    edition: tuple[Pack, ...], edits: list[Random]
) -> None:
    memory: dict[str, Verdict] = {}
    before = found(_files_of(edition), memory)
    for chosen in edits:
        edition = _edited(edition, chosen)
        cold = found(_files_of(edition), {})
        assert found(_files_of(edition), memory) == cold
        event("something else" if cold != before else "the same")
        before = cold


# --- what was not decided -------------------------------------------------------------------------


def _codes(bounds: Bounds, memory: dict[str, Verdict]) -> list[str]:
    built = build([SourceFile("a.rules", hard(10))], with_prelude=False, bounds=bounds, memory=memory)
    return [one.code for one in built.diagnostics]


def test_what_passed_the_bound_by_itself_is_not_tried_again_within_it(monkeypatch: pytest.MonkeyPatch) -> None:
    memory: dict[str, Verdict] = {}
    bounds = Bounds(seconds_each=0.1, seconds_all=10)
    assert _codes(bounds, memory) == ["W562", "W560"]
    monkeypatch.setattr(claims, "Search", None)
    monkeypatch.setattr(seeking, "Search", None)
    assert _codes(bounds, memory) == ["W562", "W560"]
    with pytest.raises(TypeError):
        _codes(Bounds(seconds_each=0.2, seconds_all=10), memory)


def test_what_there_was_no_memory_for_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    memory: dict[str, Verdict] = {}
    monkeypatch.setattr(formulas, "_MEMORY", 1)
    assert _codes(Bounds(), memory) == ["W562", "W560"]
    assert [verdict for verdict in memory.values() if verdict.undecided is not None] == []


def test_who_interrupts_the_solver_ends_the_check_and_nothing_is_remembered_of_it() -> None:
    memory: dict[str, Verdict] = {}
    ctrl_c = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    ctrl_c.start()
    with pytest.raises(KeyboardInterrupt):
        _codes(Bounds(seconds_each=600, seconds_all=600), memory)
    ctrl_c.cancel()
    assert [verdict for verdict in memory.values() if verdict.undecided is not None] == []


def test_what_others_left_no_time_for_is_tried_again() -> None:
    memory: dict[str, Verdict] = {}
    assert _codes(Bounds(seconds_each=10, seconds_all=0.1), memory) == ["W562", "W560"]
    assert [verdict for verdict in memory.values() if verdict.undecided is not None] == []


def test_a_check_goes_on_where_the_one_before_ran_out_of_time() -> None:
    rules = "".join(f"avoid bridge when pain > 3 and pain <= {9 - place / 10}\n" for place in range(12))
    files = [SourceFile("a.rules", VOCABULARY + rules)]
    memory: dict[str, Verdict] = {}
    undecided: list[list[str]] = []
    while len(undecided) < 9 and (not undecided or undecided[-1]):
        built = build(files, with_prelude=False, bounds=Bounds(seconds_each=1, seconds_all=0.1), memory=memory)
        undecided.append([one.message for one in built.diagnostics if one.code == "W562"])
    assert undecided[0]
    assert not undecided[-1]
    assert found(files, memory) == found(files, {})
