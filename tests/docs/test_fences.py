"""No block of a page goes unrun, and no pointer of a page leads nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.fences import KINDS, PAGES, ROOT, Fence, every_fence, fences

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def _page_name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_the_pages_that_were_promised_are_there() -> None:
    names = {_page_name(page) for page in PAGES}
    assert {"README.md", "docs/language.md", "docs/api.md", "docs/adr/0004-spotter-command.md"} <= names


@pytest.mark.parametrize("page", PAGES, ids=_page_name)
def test_every_block_is_of_a_kind_that_is_run(page: Path) -> None:
    unknown = [f"{fence.place} `{fence.kind}`" for fence in fences(page) if fence.kind not in KINDS]
    assert unknown == [], f"known kinds: {', '.join(KINDS)}"


@pytest.mark.parametrize("page", PAGES, ids=_page_name)
def test_no_block_is_indented_code_without_a_kind(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    assert re.findall(r"\n\n(?: {4}|\t)(?![-*\d])\S.*", text) == []


@pytest.mark.parametrize("fence", every_fence("json"), ids=lambda fence: fence.place)
def test_json_says_what_it_is(fence: Fence) -> None:
    role = fence.words[0] if fence.words else "file" if "file" in fence.options else ""
    assert role in {"request", "answer", "file"}, "```json request METHOD PATH, ```json answer STATUS or file=NAME"


@pytest.mark.parametrize("fence", every_fence("console"), ids=lambda fence: fence.place)
def test_a_console_block_opens_with_a_command(fence: Fence) -> None:
    assert fence.text.startswith("$ ")


@pytest.mark.parametrize("page", PAGES, ids=_page_name)
def test_every_pointer_leads_somewhere(page: Path) -> None:
    assert [target for target in _LINK.findall(page.read_text(encoding="utf-8")) if _is_dead(page, target)] == []


def _is_dead(page: Path, target: str) -> bool:
    if re.match(r"[a-z]+:", target):
        return False
    name, _, anchor = target.partition("#")
    place = (page.parent / name) if name else page
    return not place.exists() or (bool(anchor) and anchor not in _anchors(place))


def _anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
