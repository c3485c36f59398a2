"""The answers of one release over the same members: of the whole, and as each pack sees it."""

from __future__ import annotations

from collections.abc import Collection

from dsl.analysis.answers import Answers, guards_of
from dsl.analysis.effects import Effects, only_beside, seen_by
from dsl.analysis.formulas import Formulas
from dsl.analysis.members import Members
from dsl.semantics import ir
from dsl.semantics.release import Artifact


class Views:
    """Formulas about the members of a release, made by one builder of formulas."""

    def __init__(self, artifact: Artifact, formulas: Formulas) -> None:
        """Make the members; `formulas` are about everybody, or about a crowd."""
        self.formulas = formulas
        self.whole = Answers(artifact, members=Members(artifact.vocabulary, guards_of(artifact), formulas))
        self._packs: dict[str, Answers] = {}

    def of(self, pack: str) -> Answers:
        """Return the answers as `pack` sees them: without what others restrict."""
        if pack not in self._packs:
            artifact = self.whole.artifact
            alone = all(rule.pack == pack for rule in artifact.rules)
            self._packs[pack] = self.whole if alone else self.whole.on(seen_by(artifact, pack))
        return self._packs[pack]

    def effects(self, pack: str, gone: Collection[str] = ()) -> Effects:
        """Return what each rule of `pack` changes once those with the ids `gone` are taken away."""
        return Effects(self.of(pack).without(gone) if gone else self.of(pack))

    def beside(self, rule: ir.Rule, other: ir.Rule) -> Effects:
        """Return what rules change where of those that restrict only `rule` and `other` are left."""
        return Effects(self.whole.on(only_beside(self.whole.artifact, rule, other)))
