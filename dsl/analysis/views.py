"""The answers of one release over the same members: of the whole, and as each pack sees it."""

from __future__ import annotations

from collections.abc import Collection

from dsl.analysis.answers import Answers
from dsl.analysis.effects import Effects, only_beside, seen_by
from dsl.analysis.members import Members
from dsl.semantics import ir
from dsl.semantics.release import Artifact


class Views:
    """Formulas about the members of a release, made by one builder of formulas."""

    def __init__(self, artifact: Artifact, members: Members) -> None:
        """Prepare to ask about `members`."""
        self.formulas = members.formulas
        self.whole = Answers(artifact, members=members)
        self._packs: dict[str, Answers] = {}
        self._left: dict[tuple[str, ...], Effects] = {}

    def of(self, pack: str) -> Answers:
        """Return the answers as `pack` sees them: without what others restrict."""
        if pack not in self._packs:
            artifact = self.whole.artifact
            alone = all(rule.pack == pack for rule in artifact.rules)
            self._packs[pack] = self.whole if alone else self.whole.on(seen_by(artifact, pack))
        return self._packs[pack]

    def effects(self, pack: str, gone: Collection[str] = ()) -> Effects:
        """Return what each rule of `pack` changes once those with the ids `gone` are taken away."""
        key = (pack, *sorted(gone))
        if key not in self._left:
            # Rules are taken away one after another: what was asked of fewer is not asked again.
            self._left = {key: Effects(self.of(pack).without(gone) if gone else self.of(pack))}
        return self._left[key]

    def beside(self, rule: ir.Rule, other: ir.Rule) -> Effects:
        """Return what rules change where of those that restrict only `rule` and `other` are left."""
        return Effects(self.whole.on(only_beside(self.whole.artifact, rule, other)))
