"""The server message by message, in this process; `test_lsp.py` speaks to one as an editor does."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dsl.tools.editor.server import RulesServer, rules_server
from dsl.tools.exits import Exit
from dsl.tools.lsp import lsp

_TEXT = """fact knee "Knee 🦴" one of well, sore
class bend_work
exercise sumo_pull is bend_work
allow sumo_pull when knee=well
example "holds" given knee=well, symptom=none expect sumo_pull allowed
"""


class Speaker:
    """Somebody at the other end of a server's streams."""

    def __init__(self, folder: Path) -> None:
        self.server: RulesServer = rules_server()
        self.server.protocol.set_writer(self, include_headers=False)
        self.sent: list[dict[str, object]] = []
        self.folder = folder
        self._count = 0

    def write(self, data: bytes) -> None:
        self.sent.append(json.loads(data))

    def close(self) -> None:
        """Keep what has been said."""

    def tell(self, method: str, **params: object) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        self.server.protocol.handle_message(self.server.protocol.structure_message(message))

    def ask(self, method: str, **params: object) -> dict[str, object]:
        self._count += 1
        message = {"jsonrpc": "2.0", "id": self._count, "method": method, "params": params}
        self.server.protocol.handle_message(self.server.protocol.structure_message(message))
        deadline = time.monotonic() + 60
        while not (answers := [one for one in self.sent if one.get("id") == self._count]):
            assert time.monotonic() < deadline
            time.sleep(0.005)
        return answers[0]

    def uri(self, name: str = "a.rules") -> str:
        return (self.folder / name).as_uri()

    def about(self, line: int = 0, character: int = 0, name: str = "a.rules") -> dict[str, object]:
        return {"textDocument": {"uri": self.uri(name)}, "position": {"line": line, "character": character}}

    def diagnostics(self) -> dict[str, list[str]]:
        """Return the codes that were told last of each file, once every check has ended."""
        self.server.settle()
        told: dict[str, list[str]] = {}
        for one in self.sent:
            if one.get("method") == "textDocument/publishDiagnostics":
                params = one["params"]
                assert isinstance(params, dict)
                told[params["uri"].rpartition("/")[2]] = [found["code"] for found in params["diagnostics"]]
        return told


@pytest.fixture
def speaker(tmp_path: Path) -> Speaker:
    (tmp_path / "a.rules").write_text(_TEXT, encoding="utf-8")
    speaker = Speaker(tmp_path)
    speaker.ask("initialize", capabilities={}, rootUri=tmp_path.as_uri(), processId=None)
    speaker.tell("initialized")
    return speaker


def _open(speaker: Speaker, text: str, name: str = "a.rules") -> None:
    item = {"uri": speaker.uri(name), "languageId": "spotter", "version": 1, "text": text}
    speaker.tell("textDocument/didOpen", textDocument=item)


def test_only_what_has_changed_is_told(speaker: Speaker) -> None:
    assert speaker.diagnostics() == {}  # nothing is wrong, and nobody was told otherwise
    _open(speaker, _TEXT.replace("=well", "=wel"))
    assert speaker.diagnostics() == {"a.rules": ["E202", "E202"]}
    count = len(speaker.sent)
    _open(speaker, "allow deadlift when always", "b.rules")
    speaker.tell("textDocument/didSave", textDocument={"uri": speaker.uri()})
    assert speaker.diagnostics() == {"a.rules": ["E202", "E202"]}
    assert len(speaker.sent) == count
    change = [{"text": _TEXT}]
    speaker.tell("textDocument/didChange", textDocument={"uri": speaker.uri(), "version": 2}, contentChanges=change)
    assert speaker.diagnostics() == {"a.rules": []}


def test_a_folder_that_is_left_is_cleared(speaker: Speaker) -> None:
    (speaker.folder / "a.rules").write_text("avoid dedlift when always", encoding="utf-8")
    speaker.tell("workspace/didChangeWatchedFiles", changes=[])
    assert speaker.diagnostics() == {"a.rules": ["E203"]}
    folder = {"uri": speaker.folder.as_uri(), "name": "x"}
    speaker.tell("workspace/didChangeWorkspaceFolders", event={"added": [folder], "removed": []})
    assert speaker.diagnostics() == {"a.rules": ["E203"]}
    (speaker.folder / "a.rules").unlink()
    speaker.tell("workspace/didChangeWatchedFiles", changes=[])
    assert speaker.diagnostics() == {"a.rules": []}


def test_a_check_that_was_overtaken_says_nothing(speaker: Speaker) -> None:
    for word in ("dedlift", "dedlif", "deadlift"):
        _open(speaker, f"avoid {word} when always")
    assert speaker.diagnostics().get("a.rules", []) == []


def test_a_fault_of_a_check_is_told_and_the_next_one_runs(speaker: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a fault")

    speaker.diagnostics()
    with monkeypatch.context() as broken:
        broken.setattr("dsl.tools.editor.project.Project.findings", fail)
        _open(speaker, "avoid dedlift when always")
        speaker.diagnostics()
    assert any("a fault" in json.dumps(one) for one in speaker.sent)
    _open(speaker, "avoid dedlif when always")
    assert speaker.diagnostics() == {"a.rules": ["E203"]}


def test_every_request_has_its_answer(speaker: Speaker) -> None:
    _open(speaker, _TEXT)
    for method, params in {
        "definition": speaker.about(2, 24), "hover": speaker.about(0, 6), "prepareRename": speaker.about(2, 24),
        "completion": speaker.about(3, 22), "documentSymbol": speaker.about(), "semanticTokens/full": speaker.about(),
        "codeLens": speaker.about(), "references": {**speaker.about(2, 24), "context": {"includeDeclaration": True}},
        "rename": {**speaker.about(2, 24), "newName": "bend"},
        "formatting": {**speaker.about(), "options": {"tabSize": 2, "insertSpaces": True}},
    }.items():  # fmt: skip
        assert speaker.ask(f"textDocument/{method}", **params).get("result"), method
    assert speaker.ask("textDocument/hover", **speaker.about(3, 0)).get("result")  # a rule without a name
    assert speaker.ask("textDocument/hover", **speaker.about(9, 9)).get("result") is None
    assert speaker.ask("textDocument/definition", **speaker.about(9, 9)).get("result") == []


def test_a_wish_that_is_refused_says_why(speaker: Speaker) -> None:
    for method, params in {"rename": {"newName": "when"}, "prepareRename": {}}.items():
        answer = speaker.ask(f"textDocument/{method}", **{**speaker.about(0, 1), **params})
        assert answer["error"] == {"code": -32803, "message": "no name stands here that could be changed"}


def test_offers_are_documented_when_asked_for(speaker: Speaker) -> None:
    item = {"label": "knee", "data": [speaker.uri(), "fact", "knee", ""]}
    assert "Knee 🦴" in json.dumps(speaker.ask("completionItem/resolve", **item), ensure_ascii=False)
    assert speaker.ask("completionItem/resolve", label="when")["result"] == {"label": "when"}


def test_quick_fixes_know_what_was_found(speaker: Speaker) -> None:
    _open(speaker, "allow deadlift when knee=well\nallow squat_patern when always", "b.rules")
    place = {"start": {"line": 1, "character": 8}, "end": {"line": 1, "character": 8}}
    params = {**speaker.about(name="b.rules"), "range": place, "context": {"diagnostics": []}}
    early = speaker.ask("textDocument/codeAction", **params)["result"]
    speaker.server.settle()
    late = speaker.ask("textDocument/codeAction", **params)["result"]
    assert early == late
    assert "Write `squat_pattern`" in json.dumps(early)


def test_formatting_leaves_what_cannot_be_read(speaker: Speaker) -> None:
    options = {"options": {"tabSize": 2, "insertSpaces": True}}
    _open(speaker, "avoid deadlift wen", "b.rules")
    for name in ("b.rules", "nowhere.rules"):
        assert speaker.ask("textDocument/formatting", **speaker.about(name=name), **options)["result"] == []


def test_running_tells_what_came_of_it(speaker: Speaker) -> None:
    arguments = [speaker.uri(), _TEXT.index("example")]
    answer = speaker.ask("workspace/executeCommand", command="spotter.run", arguments=arguments)
    assert answer["result"] == {"holds": True, "message": "The example “holds” holds."}
    speaker.ask("workspace/executeCommand", command="spotter.run", arguments=[speaker.uri(), 0])
    shown = [one["params"] for one in speaker.sent if one.get("method") == "window/showMessage"]
    assert shown == [
        {"type": 3, "message": "The example “holds” holds."},
        {"type": 2, "message": "The text has changed; run it again."},
    ]


def test_after_the_end_nothing_is_checked(speaker: Speaker) -> None:
    assert speaker.ask("shutdown")["result"] is None
    speaker.server.shutdown()
    count = len(speaker.sent)
    speaker.tell("textDocument/didSave", textDocument={"uri": speaker.uri()})
    assert len(speaker.sent) == count


def test_without_a_folder_nothing_is_read() -> None:
    speaker = Speaker(Path("/nowhere"))
    speaker.ask("initialize", capabilities={}, rootUri=None, processId=None)
    speaker.tell("initialized")
    assert speaker.diagnostics() == {}


def test_a_closed_file_is_that_of_the_disk_again(speaker: Speaker) -> None:
    _open(speaker, "avoid dedlift when always")
    assert speaker.diagnostics() == {"a.rules": ["E203"]}
    speaker.tell("textDocument/didClose", textDocument={"uri": speaker.uri()})
    assert speaker.diagnostics() == {"a.rules": []}


def test_a_folder_that_is_no_longer_open_is_no_longer_wrong(speaker: Speaker) -> None:
    folder = {"uri": speaker.folder.as_uri(), "name": "x"}
    (speaker.folder / "a.rules").write_text("avoid dedlift when always", encoding="utf-8")
    speaker.tell("workspace/didChangeWorkspaceFolders", event={"added": [folder], "removed": []})
    assert speaker.diagnostics() == {"a.rules": ["E203"]}
    elsewhere = {"uri": "file:///nowhere", "name": "y"}
    speaker.tell("workspace/didChangeWorkspaceFolders", event={"added": [elsewhere], "removed": [folder]})
    assert speaker.diagnostics() == {"a.rules": []}


def test_a_folder_that_is_no_longer_open_is_looked_at_once_more_and_then_never(
    speaker: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[object] = []

    def seen(*given: object) -> Iterator[tuple[()]]:
        checked.append(given)
        yield ()

    folder = {"uri": speaker.folder.as_uri(), "name": "x"}
    speaker.tell("workspace/didChangeWorkspaceFolders", event={"added": [folder], "removed": []})
    speaker.diagnostics()
    monkeypatch.setattr("dsl.tools.editor.project.Project.findings", seen)
    elsewhere = {"uri": "file:///nowhere", "name": "y"}
    speaker.tell("workspace/didChangeWorkspaceFolders", event={"added": [elsewhere], "removed": [folder]})
    speaker.diagnostics()
    before = len(checked)
    assert before > 0
    item = {"uri": "untitled:Untitled-1", "languageId": "spotter", "version": 1, "text": "avoid dedlift when always"}
    speaker.tell("textDocument/didOpen", textDocument=item)
    speaker.diagnostics()
    assert len(checked) == before + 1


def test_the_command_ends_when_nobody_speaks_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Path(os.devnull).open(encoding="utf-8") as silence, (tmp_path / "said").open("w", encoding="utf-8") as said:
        monkeypatch.setattr("sys.stdin", silence)
        monkeypatch.setattr("sys.stdout", said)
        assert lsp.main([], standalone_mode=False) is Exit.FINE
        said.write("still open")
    assert (tmp_path / "said").read_text(encoding="utf-8") == "still open"
