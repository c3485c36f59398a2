"""Data for the contract tests that means something to the service: generators make up form, not meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import schemathesis
from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy
    from schemathesis import Case, HookContext

RULESETS = ["back-pain", "knees"]

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
RULES = st.lists(st.sampled_from(STATEMENTS[1:]), max_size=4, unique=True).map(
    lambda chosen: "\n".join([STATEMENTS[0], *chosen]) + "\n"
)
UPLOAD = st.builds(lambda text: {"files": [{"name": "a.rules", "text": text}]}, RULES)

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
    "check_rules": UPLOAD,
    "recommend": QUESTION,
    "recommend_pinned": QUESTION,
    "promote_release": PROMOTION,
}


@schemathesis.hook
def flatmap_case(context: HookContext, case: Case[Any]) -> SearchStrategy[Case[Any]]:
    """Let three in four requests that fit the contract mean something as well."""
    del context
    meaningful = BODIES.get(case.operation.definition.raw.get("operationId", ""))
    if meaningful is None or case.meta is None or not case.meta.generation.mode.is_positive:
        return st.just(case)
    return st.tuples(st.integers(0, 3), meaningful, st.sampled_from(RULESETS)).map(lambda drawn: _with(case, *drawn))


def _with(case: Case[Any], chance: int, body: Any, ruleset: str) -> Case[Any]:  # noqa: ANN401 - any JSON
    if chance:
        case.body = body
        if "ruleset" in (case.path_parameters or {}):
            case.path_parameters["ruleset"] = ruleset
        if "number" in (case.path_parameters or {}):
            case.path_parameters["number"] = 1
    return case
