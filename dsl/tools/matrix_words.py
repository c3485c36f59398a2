"""How the matrix is put before people: the look of each verdict, and what rows and columns are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dsl.analysis.matrix import Matrix, Reason, Row
from dsl.evaluation.decision import Match
from dsl.semantics.declarations import NONE
from dsl.semantics.verdict import Verdict
from dsl.semantics.vocabulary import Vocabulary
from dsl.tools.wording import RECOMMENDED, VERDICTS, Words, listed


class Look(NamedTuple):
    """How a verdict looks: a sign that any terminal has, the colour of its ground and that of the sign on it.

    The grounds go from light to dark as verdicts grow stricter, and from blue over yellow to red: they stay apart for
    people who see colours otherwise, and in print without colours.
    """

    sign: str
    ground: str
    ink: str


LOOKS = {
    Verdict.ALLOWED: Look("+", "#cbe4ff", "#00304f"),
    Verdict.CAUTION: Look("!", "#fff3b8", "#3d3000"),
    Verdict.MODIFY: Look("m", "#ffd97a", "#3d2a00"),
    Verdict.UNREVIEWED: Look("o", "#ffffff", "#000000"),
    Verdict.ASK: Look("?", "#c9c9c9", "#1a1a1a"),
    Verdict.CLEARANCE: Look("c", "#6a55a0", "#ffffff"),
    Verdict.AVOID: Look("x", "#8f1d0e", "#ffffff"),
}
"""The look of each verdict."""

RECOMMENDED_SIGNS = {Verdict.ALLOWED: "*", Verdict.MODIFY: "M"}
"""The signs of exercises that are recommended too: an endorsement must not hide that there are limits."""

MEANINGS = {
    Verdict.ALLOWED: "may be done",
    Verdict.CAUTION: "may be done, with care",
    Verdict.MODIFY: "may be done within limits",
    Verdict.UNREVIEWED: "a gap: no rule says anything",
    Verdict.ASK: "not before more is known",
    Verdict.CLEARANCE: "not before a clinician clears it",
    Verdict.AVOID: "not to be done",
}
"""What each verdict means for the member, in a few words."""


def sign(reason: Reason) -> str:
    """Return the sign of a cell."""
    verdict = Verdict(reason.verdict)
    return RECOMMENDED_SIGNS[verdict] if reason.recommended else LOOKS[verdict].sign


def verdict_name(reason: Reason) -> str:
    """Return the verdict of a cell in words."""
    name = VERDICTS[Verdict(reason.verdict)][0]
    return f"{name}, {RECOMMENDED.lower()}" if reason.recommended else name


def legend() -> list[tuple[str, Verdict, str, str]]:
    """Return every sign with its verdict, its name and its meaning."""
    signs: list[tuple[str, Verdict, str, str]] = []
    for verdict, look in LOOKS.items():
        name, meaning = VERDICTS[verdict][0], MEANINGS[verdict]
        if verdict in RECOMMENDED_SIGNS:
            endorsed = (f"{name}, {RECOMMENDED.lower()}", f"{meaning}, and is endorsed")
            signs.append((RECOMMENDED_SIGNS[verdict], verdict, *endorsed))
        signs.append((look.sign, verdict, name, meaning))
    return signs


class Labels:
    """What the rows and columns of a matrix are called."""

    def __init__(self, matrix: Matrix, vocabulary: Vocabulary) -> None:
        """Index the words of `vocabulary`."""
        self._matrix = matrix
        self._words = Words(vocabulary)
        self._exercises = {name: self._words.exercise(name) for name in matrix.exercises}

    @property
    def subject(self) -> str:
        """Return what the rows are about."""
        return listed([self._words.fact(name) for name in self._matrix.by]) or "Everybody"

    @property
    def denied(self) -> str:
        """Return what is answered with no, as a list."""
        return listed([self._words.fact(name) for name in self._matrix.denied])

    def exercise(self, name: str) -> str:
        """Return what an exercise is called."""
        return self._exercises[name]

    def row(self, row: Row) -> str:
        """Return the row's member in a few words, such as `Disc herniation, acute`."""
        return listed(self.parts(row))

    def parts(self, row: Row) -> list[str]:
        """Return what the row says of its member, fact by fact."""
        parts = [self._part(fact, term) for fact, term in zip(self._matrix.by, row.about, strict=True)]
        return parts or ["Everybody"]

    def _part(self, fact: str, term: str | None) -> str:
        if term in (None, NONE):
            return f"{self._words.fact(fact)}: none"
        return self._words.known(Match(fact, str(term))).removeprefix(f"{self._words.fact(fact)}: ")

    def known(self, matches: Sequence[Match]) -> str:
        """Return what is known or assumed of a member, as a list."""
        return "; ".join(self._words.known(match) for match in matches)
