"""What an author is told where this program contradicts itself: that it is not their fault, and what counts instead."""

from __future__ import annotations

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import Span


class DisagreementError(RuntimeError):
    """The solver and the reference do not say the same of a member: a fault of this program, not of an author."""


def fault(span: Span, what: str, error: Exception) -> Diagnostic:
    """Return that `what` stands undecided, because two ways of working out an answer disagree: a fault of Spotter."""
    message = f"a fault of Spotter, not of the rules: {what} counts as not decided ({error})"
    return Diagnostic("W563", span, message, "please report it, with these rules")
