"""Every command and every request of a page does what the page shows, in the order in which a reader meets them.

`SPOTTER_UPDATE_DOCS=1` writes what comes out into the pages instead, keeping each `…`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.fences import PAGES, ROOT, Fence, fences, replace
from tests.docs.matching import ANY, refreshed, same_json, same_lines
from tests.docs.running import ADDRESS, Service, Shell, environment, running_service

UPDATING = os.environ.get("SPOTTER_UPDATE_DOCS") == "1"
_TARGETS = re.compile(r"^make (install|test|bench|check|fmt|openapi)$")
_WIDTH = 100
_SPOKEN_PAGES = [page for page in PAGES if any(fence.kind in {"console", "json", "python"} for fence in fences(page))]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_service(tmp_path_factory.mktemp("store")) as running:
        yield running


@pytest.fixture
def shell(tmp_path: Path, service: Service) -> Shell:
    folder = tmp_path / "reader"
    folder.mkdir()
    return Shell(folder, service)


@pytest.mark.parametrize("page", _SPOKEN_PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_keeps_its_word(page: Path, shell: Shell) -> None:
    """One reader, one page, from top to bottom."""
    broken = list(_Reader(page, shell).read())
    assert broken == [], "\n\n".join(broken)


class _Reader:
    def __init__(self, page: Path, shell: Shell) -> None:
        self._page = page
        self._shell = shell
        self._answer: tuple[int, object] | None = None

    def read(self) -> Iterator[str]:
        """Yield what a page shows and does not hold."""
        self._make_files()
        for number in range(len(fences(self._page))):
            yield from self._meet(fences(self._page)[number])

    def _make_files(self) -> None:
        for fence in fences(self._page):
            if name := fence.options.get("file"):
                (self._shell.folder / name).write_text(fence.text, encoding="utf-8")

    def _meet(self, fence: Fence) -> Iterator[str]:
        match fence.kind, fence.words:
            case "console", _:
                yield from self._run(fence)
            case "json", ("request", method, path):
                self._ask(fence, method, path)
            case "json", ("answer", status):
                yield from self._compare(fence, int(status))
            case "python", _:
                yield from self._run_python(fence)
            case _:
                return

    def _run(self, fence: Fence) -> Iterator[str]:
        outcome = [(command, shown, self._printed(command)) for command, shown in _steps(fence.text)]
        if UPDATING:
            replace(fence, "".join(f"$ {command}\n{_kept(shown, out)}" for command, shown, out in outcome))
            return
        for command, shown, out in outcome:
            if not same_lines(shown, out):
                yield f"{fence.place}: $ {command}\n--- the page shows\n{shown}--- it prints\n{out}"

    def _printed(self, command: str) -> str:
        service = self._shell.service
        if command in {"make run", "spotter serve"} and service:
            return service.greeting.replace(service.address, ADDRESS)
        if _TARGETS.match(command):
            dry = [*command.split(), "-n"]
            return "" if subprocess.run(dry, cwd=ROOT, capture_output=True, check=False).returncode == 0 else "no"
        return self._shell.run(command)

    def _ask(self, fence: Fence, method: str, path: str) -> None:
        assert self._shell.service is not None
        body = fence.text.encode() if fence.text.strip() else None
        status, _, data = self._shell.service.ask(method, path, body)
        text = data.decode().replace(self._shell.service.address, ADDRESS)
        self._answer = status, json.loads(text) if text else None

    def _compare(self, fence: Fence, status: int) -> Iterator[str]:
        assert self._answer is not None, f"{fence.place}: an answer without a request"
        found_status, found = self._answer
        shown = json.loads(fence.text)
        if UPDATING and status == found_status:
            replace(fence, laid_out(refreshed(shown, found)))
        elif status != found_status or not same_json(shown, found):
            yield f"{fence.place}: the page shows {status}, the service says {found_status}\n{laid_out(found)}"

    def _run_python(self, fence: Fence) -> Iterator[str]:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", fence.text], cwd=self._shell.folder, env=environment(),
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        if done.returncode:
            yield f"{fence.place}: {done.stderr}"


def _steps(text: str) -> Iterator[tuple[str, str]]:
    r"""Yield each command of a console block with the output shown under it; `\` joins lines."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        end = next(place for place, line in enumerate(lines) if not line.endswith("\\"))
        yield "\n".join(lines[: end + 1]), "".join(f"{line}\n" for line in lines[end + 1 :])


def _kept(shown: str, printed: str) -> str:
    return shown if same_lines(shown, printed) else "".join(f"{line.rstrip()}\n" for line in printed.splitlines())


def laid_out(value: object, indent: int = 0) -> str:
    """Return `value` as JSON that a page can show: as many parts on a line as fit, and long parts spread."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + indent <= _WIDTH or not isinstance(value, dict | list):
        return flat
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    lines = [""]
    for place, part in enumerate(_parts(value, indent + 2)):
        spread = "\n" in part
        if place and (spread or "\n" in lines[-1] or indent + 3 + len(lines[-1]) + len(part) > _WIDTH):
            lines.append(part)
        else:
            lines[-1] += f" {part}" if lines[-1] else part
    inside = "\n".join(" " * (indent + 2) + line for line in lines)
    return f"{opening}\n{inside}\n{' ' * indent}{closing}"


def _parts(value: dict[str, object] | list[object], indent: int) -> Iterator[str]:
    """Yield the members or items of `value`, each but the last with its comma."""
    if isinstance(value, dict):
        parts = [f"{json.dumps(key, ensure_ascii=False)}: {laid_out(part, indent)}" for key, part in value.items()]
    else:
        parts = [laid_out(part, indent) for part in value]
    yield from (f"{part}," for part in parts[:-1])
    yield parts[-1]


def test_an_ellipsis_stands_for_what_differs() -> None:
    assert same_json({"a": ANY, "b": [1, ANY]}, {"a": {"x": 1}, "b": [1, 2, 3]})
    assert not same_json({"a": 1}, {"a": 1, "b": 2})
    assert not same_json({"a": 1}, {"a": True})
    assert same_json({"a": 1, ANY: ANY}, {"a": 1, "b": 2})
    assert same_lines("one\n…\nfour\n", "one\ntwo\nthree\nfour\n")
    assert not same_lines("one\n", "one\ntwo\n")
    assert refreshed({"a": "sha…", "b": 1}, {"a": "sha12", "b": 2}) == {"a": "sha…", "b": 2}
    assert refreshed([1, ANY], [5, 6, 7]) == [5, ANY]
