"""Names what is wrong with the structure of a statement, in its author's words."""

from __future__ import annotations

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.expected import in_words
from dsl.syntax.grammar import grammar
from dsl.syntax.spelling import nearest
from dsl.syntax.stuck import Stuck


def explain(stuck: Stuck) -> Diagnostic:
    """Return the finding about a statement that does not parse."""
    if not stuck.read:
        return unknown_opening(stuck)
    wanted = in_words(stuck.accepted, stuck.after)
    if stuck.token is None:
        return Diagnostic("E103", stuck.span, f"the statement ends after `{stuck.read[-1]}`", f"expected {wanted}")
    return Diagnostic("E101", stuck.span, f"`{stuck.token}` cannot stand here", f"expected {wanted}")


def unknown_opening(stuck: Stuck) -> Diagnostic:
    """Return the finding about a word that opens a line but no statement."""
    near = nearest(str(stuck.token), grammar().openers)
    return Diagnostic("E102", stuck.span, f"`{stuck.token}` does not open a statement", f"did you mean `{near}`?" if near else None)
