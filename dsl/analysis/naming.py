"""How findings call rules and exercises: by the names that their authors gave, else by what they say and where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dsl.semantics.compiler import Compilation
from dsl.syntax import phrases

_MOST = 3


class Naming:
    """Calls the rules of one compilation."""

    def __init__(self, compilation: Compilation) -> None:
        """Look up what authors wrote."""
        self._sources = compilation.sources
        self._stated = {sealed.rule.id: sealed for sealed in compilation.rules}

    def called(self, rule: str) -> str:
        """Return a rule as a sentence names it: by its id, or where it has no name by its action and line."""
        node = self._stated[rule].node
        if node.name is not None:
            return f"`{rule}`"
        line, _ = self._sources[node.span.source].position(node.span.start)
        return f"`{self._action(rule)}` in line {line} of {node.span.source}"

    def several(self, rules: Iterable[str]) -> str:
        """Return `rules` as a sentence names them, the first few of many."""
        names = list(rules)
        more = [f"{len(names) - _MOST} more"] if len(names) > _MOST else []
        return _joined([*(self.called(name) for name in names[:_MOST]), *more])

    def title(self, rule: str) -> str:
        """Return a rule as the title of an example names it."""
        node = self._stated[rule].node
        return node.name.text if node.name is not None else self._action(rule)

    def exercises(self, names: Sequence[str]) -> str:
        """Return exercises as a sentence names them, the first few of many."""
        more = [f"{len(names) - _MOST} more"] if len(names) > _MOST else []
        return _joined([*(f"`{name}`" for name in names[:_MOST]), *more])

    def _action(self, rule: str) -> str:
        return " ".join(phrases.action(self._stated[rule].node.action)).replace('"', "'")


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else "nothing"
