"""Recognises parts of a statement that are missing, in the wrong order, or of another statement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from dsl.syntax.building.rules import ACTIONS
from dsl.syntax.diagnostics import MOST_TO_TYPE, Diagnostic, shortened
from dsl.syntax.grammar import grammar
from dsl.syntax.guard_words import CLAUSES, joined
from dsl.syntax.name_mistakes import end_of_text
from dsl.syntax.order_mistakes import RULES
from dsl.syntax.restrictions import restricts
from dsl.syntax.source import Span
from dsl.syntax.stuck import Stuck
from dsl.syntax.tree import Token

_HOMES = {
    **dict.fromkeys(("REVIEW", "COVERS"), "the header of a file, below `pack`"),
    **dict.fromkeys(("IS", "NEEDS"), "`exercise`"),
    **dict.fromkeys(("ASKED", "OPTIONAL", "CONTEXT", "DEFAULT", "CODE", "SUGGESTS"), "`fact`"),
    **dict.fromkeys(("EXPECT", "HAS", "LACKS"), "`example`"),
    **dict.fromkeys(
        ("BECAUSE", "SAY", "FROM", "EVIDENCE", "LIMIT", "TO", "INSTEAD", "EXCEPT", "ABSOLUTE"),
        "a rule, after its guard",
    ),
    "URL": "`source`",
    "ALSO": "`fact` or `exercise`",
    "AUTHOR": "the header of a file or a rule",
    "WITH": "the targets of a rule, before `when`",
}
_MEANT = {
    **{(action.upper(), "SOURCE"): "from" for action in ("rule", *ACTIONS)},
    ("EXERCISE", "CLASS"): "is",
}
"""What was meant where a word that opens statements stands inside of one."""


def second_statement(stuck: Stuck) -> Diagnostic | None:
    """Recognise a statement that begins on the line of another one."""
    if stuck.token is None or str(stuck.token) not in grammar().openers or not stuck.complete:
        return None
    behind = [*stuck.following(3)[1:], "$END"]
    if (stuck.opener, stuck.kind) in _MEANT and behind[0] == "NAME" and behind[1] != "STRING":
        word = _MEANT[stuck.opener, stuck.kind]
        return stuck.found(
            "E102",
            f"`{stuck.word}` cannot stand here",
            f"write `{word} {stuck.rest[0]}`",
            at=stuck.span_of(stuck.token, stuck.rest[0]),
        )
    return stuck.found(
        "E139", f"`{stuck.word}` opens a statement in the middle of a line", "begin a new line before it"
    )


def second_action(stuck: Stuck) -> Diagnostic | None:
    """Recognise a second action in one rule: `avoid x when a and avoid y when b`, `… then stop`, `… else allow`."""
    words = stuck.tokens[len(stuck.read) :]
    opens = [token for token in words[:2] if str(token) in ACTIONS]
    leads = stuck.word in ("then", "else", "otherwise") or stuck.after in ("AND", "OR", "COMMA")
    if stuck.token is None or not leads or not opens or stuck.opener not in RULES:
        return None
    return stuck.found(
        "E139",
        f"`{opens[0]}` begins a second rule in the middle of this one",
        "write it on a new line, with its own guard",
        at=stuck.span_of(opens[0]),
    )


def referral_in_words(stuck: Stuck) -> Diagnostic | None:
    """Recognise `refer to A&E`, `refer emergency immediately`: whom to see, or how soon, in other words."""
    at = next((at for at, token in enumerate(stuck.read) if token.kind == "REFER"), None)
    words = list(takewhile(lambda token: token.kind not in ("WHEN", "SAY"), stuck.tokens[len(stuck.read) :]))
    if at is None or not words or not stuck.accepted <= {"WHEN", *_URGENCIES}:
        return None
    if (other := _other_action(words)) is not None:
        return stuck.found("E139", *other)
    named = sorted({token for token in (*stuck.read[at:], *words) if token.kind in _URGENCIES}, key=_graver_first)
    if len(named) > 1 and not restricts(word for word in words if word.kind not in ("OR", "AND")):
        graver, *milder = (f"write `refer {urgency}`" for urgency in named)
        advice = f"{graver}, the graver one, or {', or '.join(milder)}"
        return stuck.found("E101", _ONE_WORD, advice, at=stuck.span_of(stuck.read[at], words[-1]))
    if stuck.accepted == {"WHEN"}:
        phrase, place = joined(words), stuck.span_of(words[0], words[-1])
        if words[0] in _FOR_WHEN or len(stuck.read) + len(words) == len(stuck.tokens):
            return None
        advice = f"write `refer {named[0]} when …`" if restricts(words) else f"leave `{phrase}` out"
        return stuck.found("E101", _ONE_WORD, advice, at=place)
    place = stuck.span_of(stuck.read[at], words[-1])
    advice = f"write `refer {named[0]}`" if named and not restricts(words) else _EVERY_REFERRAL
    return stuck.found("E101", _ONE_WORD, advice, at=place)


def _other_action(words: Sequence[Token]) -> tuple[str, str] | None:
    """Return what is told of words that name a second action of one rule, and the help; None where they do not."""
    named = next((word for word in words if str(word) in ACTIONS), None)
    if named is None:
        return None
    return f"`{named}` is a second action: a rule has one", "write each on a line of its own, with its own guard"


def _graver_first(urgency: Token) -> int:
    return _URGENCIES.index(urgency.kind)


_ONE_WORD = "how soon is said by one word"
_URGENCIES = ("EMERGENCY", "URGENT", "ROUTINE")
_FOR_WHEN = frozenset({"if", "where", "whenever", "for", "in"})
_EVERY_REFERRAL = "expected `emergency`, `routine` or `urgent`; whom to see stands in `say`"


def second_guard(stuck: Stuck) -> Diagnostic | None:
    """Recognise a second `when` in one rule."""
    if stuck.kind != "WHEN" or not stuck.complete or stuck.opener not in RULES:
        return None
    advice = "write `and`, or write `except when` for an exception"
    return stuck.found("E101", "a rule has one guard", advice)


def misplaced(stuck: Stuck) -> Diagnostic | None:
    """Recognise a clause that belongs to another kind of statement."""
    home = _HOMES.get(stuck.kind)
    if home is None or not stuck.complete:
        return None
    return stuck.found("E128", f"`{stuck.word}` does not belong here", f"it belongs to {home}")


def dose(stuck: Stuck) -> Diagnostic | None:
    """Recognise `glute_bridge 3x10`, `3 sets of 10 glute_bridge`, `glute_bridge twice a day`."""
    if stuck.token is None or stuck.opener not in RULES or any(token.kind == "WHEN" for token in stuck.read):
        return None
    match = _DOSE.match(stuck.source.text, stuck.token.start)
    if match is None or not {"NAME", "WHEN"} & stuck.accepted:
        return None
    if restricts(word for word in stuck.tokens[len(stuck.read) :] if word.start < match.end()):
        return None
    advice = f'leave `{match[0]}` out; how often and how much is advice: `advise dose "…" for … when …`'
    place = Span(stuck.source.name, match.start(), match.end())
    return stuck.found("E101", "no rule says how often an exercise is done", advice, at=place)


_DOSE = re.compile(
    r"[0-9]+ ?[x\u00d7] ?[0-9]+(?: (?:reps|times))?\b"
    r"|[0-9]+ (?:sets?|reps?|times)(?: (?:of|x|a|per) \w+)*\b"
    r"|(?:once|twice|daily|weekly)(?: (?:a|per|every) \w+)?\b"
)


def row_of_a_table(stuck: Stuck) -> Diagnostic | None:
    """Recognise `deadlift;avoid;acute`: a line that was copied from a table."""
    if (
        stuck.word != ";"
        or "COMMA" in stuck.accepted
        or stuck.source.line(stuck.source.position(stuck.span.start)[0]).count(";") < _COLUMNS
    ):
        return None
    advice = "write each row as a sentence, such as `avoid deadlift when pain=acute`"
    return stuck.found("E109", "this looks like a row of a table", advice)


_COLUMNS = 2


def who_clears(stuck: Stuck) -> Diagnostic | None:
    """Recognise `require clearance from gp for deadlift`."""
    if stuck.after != "CLEARANCE" or stuck.accepted != {"FOR"} or stuck.token is None:
        return None
    words = list(takewhile(lambda token: token.kind not in ("FOR", "WHEN"), stuck.tokens[len(stuck.read) :]))
    behind = stuck.tokens[len(stuck.read) + len(words) :][:2]
    phrase = joined(words)
    if (other := _other_action(words)) is not None:
        return stuck.found("E139", *other)
    match [token.kind for token in behind]:
        case ["FOR", "WHEN"] | ["FOR"]:
            place, advice = stuck.span_of(words[0], behind[0]), f"write `for {phrase}`"
            return stuck.found("E101", f"`for` stands before `{phrase}`", advice, at=place)
        case ["FOR", _]:
            place, told = stuck.span_of(words[0], words[-1]), "no rule says who clears; any clinician does"
            advice = "write `require clearance for …`" if restricts(words) else f"leave `{phrase}` out"
            return stuck.found("E101", told, advice, at=place)
        case _:
            return None


def verdict_denied(stuck: Stuck) -> Diagnostic | None:
    """Recognise `expect deadlift not allowed`, `expect no deadlift`: a verdict that is told by what it is not."""
    if stuck.opener != "EXAMPLE" or not (
        stuck.accepted == {"RECOMMENDED"} or (stuck.after, stuck.kind) == ("EXPECT", "NO")
    ):
        return None
    advice = "write the verdict that you expect, such as `deadlift avoid`, or `deadlift at least unreviewed` for no go"
    return stuck.found("E101", "an example says which verdict is expected, not which one is not", advice)


def unquoted_question(stuck: Stuck) -> Diagnostic | None:
    """Recognise `ask Where do you train?`, whose words were read as terms."""
    ask = next((token for token in reversed(stuck.read) if token.kind == "ASK"), None)
    if ask is None or stuck.opener != "FACT" or stuck.token is None:
        return None
    text = stuck.source.text[ask.end :].split("\n", 1)[0].rstrip()
    question = text.strip()
    if not question[:1].isupper() or stuck.token.line != ask.line:
        return None
    place = Span(stuck.source.name, ask.start, ask.end + len(text))
    return stuck.found("E145", "a question stands in quotes", f'write `ask "{question}"`', at=place)


def one_at_a_time(stuck: Stuck) -> Diagnostic | None:
    """Recognise `exercise toe_raise, heel_raise "…"`: two things declared in one statement."""
    if stuck.opener not in _DECLARED or stuck.kind != "COMMA" or [one.kind for one in stuck.read[1:]] != ["NAME"]:
        return None
    noun = stuck.read[0]
    return stuck.found("E101", f"one `{noun}` declares one name", "declare each on a line of its own")


_DECLARED = frozenset({"CLASS", "EXERCISE", "FACT", "MEASURE"})


def scale_downwards(stuck: Stuck) -> Diagnostic | None:
    """Recognise `scale full > half > short`."""
    if stuck.kind != "MORETHAN" or stuck.accepted != {"LESSTHAN"}:
        return None
    first = next(at for at in range(len(stuck.read) - 1, -1, -1) if stuck.read[at].kind == "SCALE") + 1
    steps = list(takewhile(lambda token: token.kind in ("NAME", "MORETHAN"), stuck.tokens[first:]))
    if [token.kind for token in steps] != ["NAME", *["MORETHAN", "NAME"] * (len(steps) // 2)]:
        return None
    names = [token for token in steps if token.kind == "NAME"]
    place = stuck.span_of(steps[0], steps[-1])
    return stuck.found("E101", "the steps of a scale go upwards", f"write `{' < '.join(reversed(names))}`", at=place)


def without_topic(stuck: Stuck) -> Diagnostic | None:
    """Recognise `advise "Walk first."`, `advise: "Walk first."`, `advise "Walk first." warm_up`."""
    words = stuck.tokens[len(stuck.read) :][:2]
    text = next((word for word in words if word.kind == "STRING"), None)
    if stuck.after != "ADVISE" or text is None or restricts(words[:1]):
        return None
    if [word.kind for word in words] == ["STRING", "NAME"]:
        place, advice = stuck.span_of(stuck.read[-1], words[1]), _advised(words[1], text)
        return stuck.found("E101", "the topic of advice stands before its text", advice, at=place)
    place = stuck.span_of(stuck.read[-1], text)
    return stuck.found("E101", "a topic is missing before the text", _with_topic(text), at=place)


def unquoted_advice(stuck: Stuck) -> Diagnostic | None:
    """Recognise `advise Walk first.`, whose first word was read as the topic."""
    if [word.kind for word in stuck.read[-2:]] != ["ADVISE", "NAME"] or stuck.kind in ("STRING", "$END"):
        return None
    advise, first = stuck.read[-2:]
    if not stuck.source.text[first.start].isupper():
        return None
    place = Span(stuck.source.name, advise.start, end_of_text(stuck, first.start))
    text = shortened(stuck.source.text[first.start : place.end].replace('"', ""))
    return stuck.found("E145", "a topic comes first, then a text in quotes", _with_topic(f'"{text}"'), at=place)


def _with_topic(text: str) -> str:
    return f"{_advised('general', text)}, or a word of your own in place of `general`: it groups advice"


def _advised(topic: str, text: str) -> str:
    written = text if len(text) <= MOST_TO_TYPE else '"…"'
    return f"write `advise {topic} {written}`"


def without_reason(stuck: Stuck) -> Diagnostic | None:
    """Recognise an exception or an override that gives no reason."""
    if "BECAUSE" not in stuck.accepted or stuck.complete or stuck.kind not in CLAUSES | {"$END"}:
        return None
    what = "an override" if stuck.opener == "OVERRIDE" else "an exception"
    return stuck.found(
        "E129", f"{what} needs a reason", 'write `because "…"` after its guard', at=stuck.span_of(stuck.read[-1])
    )


def without_guard(stuck: Stuck) -> Diagnostic | None:
    """Recognise a rule that ends, or goes on with a clause, before it has a guard."""
    if "WHEN" not in stuck.accepted or stuck.kind not in CLAUSES | {"$END"}:
        return None
    place = stuck.span_of(stuck.read[-1])
    return stuck.found(
        "E104",
        f"`when` is missing after `{stuck.read[-1]}`",
        "write `when …`, a guard; `when always` applies to everybody",
        at=place,
    )


def without_given(stuck: Stuck) -> Diagnostic | None:
    """Recognise an example that says nothing about its member."""
    if stuck.kind != "EXPECT" or "GIVEN" not in stuck.accepted:
        return None
    return stuck.found("E101", "`given` is missing before `expect`", "write `given` and facts, or `given nothing`")


def nameless_rule(stuck: Stuck) -> Diagnostic | None:
    """Recognise `rule:`, `rule 1:`."""
    if stuck.token is None or stuck.after != "RULE" or stuck.kind not in ("COLON", "DECIMAL"):
        return None
    advice = "write `rule` and a name that begins with a letter, or leave `rule` out"
    return stuck.found("E101", "the rule has no name", advice)


def without_kind(stuck: Stuck) -> Diagnostic | None:
    """Recognise a fact that does not say what its values are."""
    if stuck.opener != "FACT" or not {"ONE", "MANY", "YES", "NUMBER"} <= stuck.accepted:
        return None
    code = "E103" if stuck.token is None else "E101"
    name = next((token for token in stuck.read[1:] if token.kind == "NAME"), stuck.read[-1])
    advice = "write `one of …`, `many of …`, `yes or no` or `number … to …` after its name and label"
    return stuck.found(code, f"`{name}` does not say what its values are", advice)


def without_range(stuck: Stuck) -> Diagnostic | None:
    """Recognise a parameter that does not say how far it may be moved, a number that does not say how far it goes."""
    if stuck.after == "NUMBER" and stuck.accepted == {"DECIMAL"}:
        code = "E103" if stuck.token is None else "E101"
        place = stuck.span_of(stuck.read[-1])
        return stuck.found(code, "a number has a range", "write its range, such as `number 0 to 10`", at=place)
    if stuck.opener != "PARAMETER" or stuck.kind != "$END" or "IN" not in stuck.accepted:
        return None
    value = stuck.read[-1]
    return stuck.found("E103", "the parameter has no range that it may be moved in", f"write `{value} in … to …`")


def numbers_for_names(stuck: Stuck) -> Diagnostic | None:
    """Recognise `one of under 40, 40-65`: numbers among the values of a fact."""
    if stuck.opener != "FACT" or stuck.kind != "TO" or [one.kind for one in stuck.rest[:1]] != ["DECIMAL"]:
        return None
    if stuck.after != "DECIMAL" or "OF" not in [token.kind for token in stuck.read]:
        return None
    low, high = stuck.read[-1], stuck.rest[0]
    advice = f"write names such as `under_{low}`, `from_{low}_to_{high}`; what is a number is declared so"
    message = f"`{low} to {high}` is no value: values are names, and names begin with a letter"
    return stuck.found("E126", message, advice, at=stuck.span_of(low, high))


def no_date(stuck: Stuck) -> Diagnostic | None:
    """Recognise a date in words, or cut short."""
    if stuck.token is None or stuck.accepted != {"DATE"} or stuck.kind in grammar().refused:
        return None
    last = next(reversed([t for t in stuck.tokens[len(stuck.read) :] if t.line == stuck.token.line]))
    advice = "write it as year-month-day, such as `2027-05-01`"
    return stuck.found("E119", "this is not a date", advice, at=stuck.span_of(stuck.token, last))
