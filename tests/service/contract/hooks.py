"""Data for the contract tests that means something to the service: generators make up form, not meaning."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import schemathesis
from hypothesis import strategies as st

from service.api.v1.examples import RULES

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy
    from schemathesis import Case, HookContext

STATEMENTS = [
    "avoid deadlift when condition=disc_herniation and pain=acute",
    'rule bridge: allow glute_bridge when always because "Everybody may."',
    "recommend back_friendly when pain in (none, chronic)",
    "caution any when sleep_hours < 5",
    "modify back_squat when pain_level >= 4\n  limit load <= 50 %",
    'fact mood "Mood" one of bright, dull',
    'example "acute disc"\n  given condition=disc_herniation, pain=acute\n  expect deadlift avoid',
    "# a comment",
]
TEXT = st.lists(st.sampled_from(STATEMENTS[1:]), max_size=4, unique=True).map(
    lambda chosen: "\n".join([STATEMENTS[0], *chosen]) + "\n"
)
UPLOAD = st.builds(lambda text: {"files": [{"name": "a.rules", "text": text}]}, TEXT)
PARTS = st.sampled_from([[], ["sources"], ["coverage"], ["coverage", "sources"]])
CHECK = st.builds(lambda upload, parts: {**upload, "include": parts}, UPLOAD, PARTS)

FACTS = st.fixed_dictionaries(
    {},
    optional={
        "condition": st.lists(st.sampled_from(["disc_herniation", "sciatica", "Slipped disc", "M51.26"]), max_size=2),
        "pain": st.sampled_from(["none", "acute", "subacute", "chronic"]) | st.none(),
        "pain_level": st.integers(0, 10) | st.decimals(0, 10, places=1).map(float),
        "symptom": st.just([]) | st.just({"present": [], "absent": ["saddle_numbness"]}),
        "sleep_hours": st.integers(0, 24) | st.integers(0, 1440).map(lambda value: {"value": value, "unit": "min"}),
        "clearance": st.booleans(),
    },
)
EXERCISES = st.lists(st.sampled_from(["deadlift", "RDL", "Glute bridge", "leg press", "nothing known"]), max_size=4)
QUESTION = st.fixed_dictionaries({"facts": FACTS}, optional={"exercises": EXERCISES, "asked_with": st.just(1)})
PROMOTION = st.fixed_dictionaries({"release": st.integers(1, 3)}, optional={"breaking": st.booleans()})

BODIES: dict[str, SearchStrategy[Any]] = {
    "publish_release": UPLOAD,
    "check_rules": CHECK,
    "recommend": QUESTION,
    "recommend_pinned": QUESTION,
    "promote_release": PROMOTION,
}


_fresh = itertools.count()


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Let nothing be created twice: an answer that depends on what was sent before looks flaky to the generator."""
    del context, kwargs
    if case.meta is None or not case.meta.generation.mode.is_positive or not isinstance(case.body, dict):
        return
    body: dict[str, Any] = case.body
    if _operation(case) == "create_ruleset":
        case.body = {**body, "name": f"{body['name'][:40]}-{next(_fresh)}"}
    if _operation(case) == "publish_release":
        chained = case.meta.phase.name == "stateful"  # what follows is about the release, so there must be one
        first, *others = RULES["files"] if chained else body["files"]
        case.body = {**body, "files": [{**first, "text": f"{first['text']}\n# {next(_fresh)}\n"}, *others]}


@schemathesis.hook
def flatmap_case(context: HookContext, case: Case[Any]) -> SearchStrategy[Case[Any]]:
    """Let three in four requests that fit the contract mean something as well."""
    del context
    meaningful = BODIES.get(_operation(case))
    if meaningful is None or case.meta is None or not case.meta.generation.mode.is_positive:
        return st.just(case)
    linked = case.meta.phase.name == "stateful"  # where it comes from a link, what it is about must stay
    if linked and _operation(case) == "promote_release":
        return st.just(case)
    return st.tuples(st.integers(0, 3), meaningful).map(lambda drawn: _with(case, *drawn, linked=linked))


def _operation(case: Case[Any]) -> str:
    return str(case.operation.definition.raw.get("operationId"))


def _with(case: Case[Any], chance: int, body: Any, *, linked: bool) -> Case[Any]:  # noqa: ANN401 - any JSON
    if chance:
        case.body = body
        known = {"ruleset": "back-pain", "number": 1}
        for name in known.keys() & (case.path_parameters or {}).keys() if not linked else ():
            case.path_parameters[name] = known[name]
    return case
