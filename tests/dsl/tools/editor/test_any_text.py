"""Whatever is typed anywhere, no service fails."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from dsl.tools.editor.colouring import colours
from dsl.tools.editor.completion import complete
from dsl.tools.editor.describing import describe, hover
from dsl.tools.editor.messages import by_file, completion_list, outlined, token_data
from dsl.tools.editor.outline import outline
from dsl.tools.editor.positions import Places
from dsl.tools.editor.project import Project
from dsl.tools.editor.renaming import RefusedError, rename
from dsl.tools.editor.running import run, runnable
from dsl.tools.editor.suggestions import suggestions
from tests.dsl.tools.editor.projects import PACK, RULES

_SIGNS = ["(", ")", '"', ",", ":", "\n", "\n  ", "#", "7", "é", "🦴", "\u202e", "\0", "=", "X", "“", "\ud83e", "\r"]
_WORDS = [" when ", " and ", "rule x:", "expect ", "given ", "in (", " of ", "fact ", " limit ", "example", "pack "]
_JUNK = [*_SIGNS, *_WORDS]
_texts = st.lists(st.one_of(st.sampled_from(_JUNK), st.characters()), max_size=4).map("".join)


@st.composite
def _edited(draw: st.DrawFn) -> tuple[str, int]:
    """Return a file in which something was typed, pasted or deleted, and where the cursor is."""
    text = draw(st.sampled_from([RULES, PACK, ""]))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 40)))
        text = text[:start] + draw(_texts) + text[end:]
    return text, draw(st.integers(0, len(text)))


@given(_edited(), st.sampled_from(["renamed", "when", "sumo_pull", "x y"]))
def test_no_service_fails(edited: tuple[str, int], new: str) -> None:
    text, cursor = edited
    project = Project({"rules.rules": text, "pack.rules": PACK})
    places = Places(project.own["rules.rules"].text)
    done = complete(project, "rules.rules", cursor)
    assert done.start <= cursor
    assert len(completion_list(done, places, cursor).items) == len(done.offers)
    for offer in done.offers[:3]:
        assert offer.symbol is None or describe(project, offer.symbol)
    shown = hover(project, "rules.rules", cursor)
    assert shown is None or shown[0]
    assert len(token_data(colours(project, "rules.rules"), places)) % 5 == 0
    assert all(outlined(entry, places).name for entry in outline(project, "rules.rules"))
    found = [one for part in project.findings({}) for one in part]
    assert set(by_file(found, project.own, "utf-16")) == {"rules.rules", "pack.rules"}
    assert all(one.title for problem in found for one in suggestions(project, problem))
    assert all(run(project, "rules.rules", one.span.start).message for one in runnable(project, "rules.rules"))
    with suppress(RefusedError):
        assert all(edit.text == new for edit in rename(project, "rules.rules", cursor, new))
