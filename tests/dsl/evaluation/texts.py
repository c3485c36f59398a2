"""Small releases and answers from rule text, for tests that read like the language page."""

from __future__ import annotations

import datetime
from functools import lru_cache

from dsl.evaluation.compiled import Compiled
from dsl.evaluation.decision import Decision
from dsl.evaluation.evaluator import Evaluator
from dsl.evaluation.reference import Reference
from dsl.semantics.compiler import compile_sources
from dsl.semantics.facts import Door
from dsl.semantics.release import Release
from dsl.syntax.source import SourceFile

DAY = datetime.datetime(2026, 11, 22, 9, tzinfo=datetime.UTC)

VOCABULARY = """
fact condition many of disc, stenosis
fact symptom many of
  numb red flag
  tingle
fact phase one of none, acute, chronic
fact cleared yes or no
fact pain number 0 to 10
fact sleep number 0 to 24 h optional
fact moment context one of before, during default before
fact equipment many of barbell, band
class hinge
class squat
class heavy = hinge, squat
exercise deadlift "Deadlift" also "DL" is hinge needs barbell
exercise romanian is deadlift
exercise back_squat is squat needs barbell
exercise goblet is squat
exercise bridge is hinge
measure load number 0 to 100 %
measure weight scale light < medium < heavy_weight
refer emergency when symptom=numb say "Go to hospital."
"""


@lru_cache
def release(*texts: str) -> Release:
    """Return the release of the vocabulary above with `texts`, one file each."""
    files = [SourceFile("vocabulary.rules", VOCABULARY)]
    files.extend(SourceFile(f"{place}.rules", text) for place, text in enumerate(texts))
    compilation = compile_sources(files, with_prelude=False)
    assert compilation.release is not None, [found.message for found in compilation.diagnostics]
    return compilation.release


def decide(texts: str | tuple[str, ...], at: datetime.datetime = DAY, **facts: object) -> Decision:
    """Return the answer on a member who was asked the whole questionnaire; no red flag unless `facts` say so.

    Whatever is decided here is decided twice more: by the reference, and as bytes.
    """
    found = release(*((texts,) if isinstance(texts, str) else texts))
    raw = {"symptom": [], **facts}
    evaluator = Evaluator(found)
    decision = evaluator.evaluate(raw, asked_with=found, at=at)
    assert evaluator.answer(raw, asked_with=found, at=at) == decision.to_json()
    known = Door(found.artifact.vocabulary).read(raw, found.artifact.vocabulary)
    day = at.astimezone(datetime.UTC).date()
    assert Compiled(found.artifact).evaluate(known, day).materialised() == Reference(found.artifact).evaluate(
        known, day
    )
    return decision
