"""The extension for Visual Studio Code holds together, and knows the language as it is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dsl.syntax.grammar import grammar
from dsl.tools.editor.describing import describe
from dsl.tools.editor.symbols import Sort, Symbol
from dsl.tools.editor.textmate import FILE
from tests.dsl.tools.editor.projects import small

_FOLDER = FILE.parents[1]


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return found


_PACKAGE = _read("package.json")
_LANGUAGE = _PACKAGE["contributes"]["languages"][0]
_CONFIGURATION = _read("language-configuration.json")
_PROGRAM = (_FOLDER / "extension.js").read_text(encoding="utf-8")


def test_the_extension_names_files_that_are_there() -> None:
    named = [_LANGUAGE["configuration"], _PACKAGE["contributes"]["grammars"][0]["path"], _PACKAGE["main"]]
    assert [name for name in named if not (_FOLDER / name).is_file()] == []


def test_what_is_installed_is_what_the_extension_asks_for() -> None:
    lock = _read("package-lock.json")
    asks = ("name", "version", "license", "engines", "dependencies")
    assert {of: lock["packages"][""][of] for of in asks} == {of: _PACKAGE[of] for of in asks}
    installed = [one for name, one in lock["packages"].items() if name]
    assert installed
    assert all(one["integrity"].startswith("sha512-") and "resolved" not in one for one in installed)


def test_the_program_knows_the_language_and_the_setting_by_their_names() -> None:
    (setting,) = _PACKAGE["contributes"]["configuration"]["properties"]
    assert re.findall(r'^const SETTING = "(.+)";$', _PROGRAM, re.MULTILINE) == [setting]
    assert re.findall(r'language: "(.+?)"', _PROGRAM) == [_LANGUAGE["id"]]
    assert _PACKAGE["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"] == [setting]
    assert list(_PACKAGE["contributes"]["configurationDefaults"]) == [f"[{_LANGUAGE['id']}]"]


def test_the_program_can_be_read(node: str) -> None:
    done = subprocess.run([node, "--check", _FOLDER / "extension.js"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def node() -> str:
    found = shutil.which("node")
    return found or pytest.skip("there is no Node.js on this machine")


_IN_NO_EDITOR = """
const told = (global.told = []);
const none = () => ({ dispose() {} });
const editor = {
  commands: { executeCommand: async (...command) => told.push(command) },
  env: {},
  window: { showErrorMessage: async (...message) => (told.push(message), message[1]) },
  workspace: {
    isTrusted: process.argv[3] !== "untrusted",
    getConfiguration: () => ({ get: () => process.argv[2] }),
    createFileSystemWatcher: none,
    onDidChangeConfiguration: none,
    onDidGrantWorkspaceTrust: none,
  },
};
const { _load } = require("node:module");
require("node:module")._load = (name, ...more) => (name === "vscode" ? editor : _load(name, ...more));
const { activate, deactivate } = require("./extension.js");
activate({ subscriptions: [] }).then(deactivate);
process.on("exit", () => console.log(JSON.stringify(told)));
"""
"""Starts the program with nothing of the editor but what it is told, since the editor itself is not here."""


@pytest.fixture
def told(node: str, tmp_path: Path) -> Callable[..., list[Any]]:
    (tmp_path / "extension.js").write_text(_PROGRAM, encoding="utf-8")
    (tmp_path / "start.js").write_text(_IN_NO_EDITOR, encoding="utf-8")

    def start(*arguments: str) -> list[list[object]]:
        done = subprocess.run([node, "start.js", *arguments], cwd=tmp_path, capture_output=True, text=True, check=True)
        found: list[Any] = json.loads(done.stdout)
        return found

    return start


_CLIENT = """
exports.LanguageClient = class {
  constructor(id, name, server, { documentSelector }) {
    told.push(server, documentSelector);
  }
  async start() {}
  isRunning = () => true;
  stop = () => told.push("stopped");
};
"""


def test_the_old_side_of_a_comparison_is_not_checked(told: Callable[..., list[Any]], tmp_path: Path) -> None:
    client = tmp_path / "node_modules" / "vscode-languageclient" / "node.js"
    client.parent.mkdir(parents=True)
    client.write_text(_CLIENT, encoding="utf-8")
    server, checked, end = told(sys.executable)
    assert server == {"command": sys.executable, "args": ["lsp"]}
    assert checked == [{"scheme": scheme, "language": _LANGUAGE["id"]} for scheme in ("file", "untitled")]
    assert end == "stopped"


def test_an_author_is_told_that_spotter_was_not_found(told: Callable[..., list[Any]]) -> None:
    (said, offer), command = told("./nowhere")
    assert said == (
        "Rules are coloured but not checked: `./nowhere` was not found. Enter the full path of the Spotter command."
    )
    assert offer == "Open the setting"
    assert command == ["workbench.action.openSettings", {"query": "spotter.command"}]


def test_an_author_is_told_that_spotter_does_not_run(told: Callable[..., list[Any]]) -> None:
    for command in ("false", ""):
        (said, _), _ = told(command)
        assert said.startswith(f"Rules are coloured but not checked: `{command}` does not run.")


def test_an_author_is_told_what_was_not_installed(told: Callable[..., list[Any]], tmp_path: Path) -> None:
    (said, offer), command = told(sys.executable)
    assert said == f"Rules are coloured but not checked: run `npm ci` in {tmp_path.resolve()}."
    assert (offer, command) == ("Reload the window", ["workbench.action.reloadWindow"])


def test_nothing_is_run_in_a_folder_that_is_not_trusted(told: Callable[..., list[Any]]) -> None:
    assert told("./nowhere", "untrusted") == []


def test_a_remark_begins_as_in_the_language() -> None:
    (comment,) = grammar().tokens(_CONFIGURATION["comments"]["lineComment"], 0, 1)
    assert comment.kind == "COMMENT"


def test_rules_that_are_shown_to_readers_are_coloured() -> None:
    """An editor finds the colours of a block in Markdown by the name that the block bears."""
    shown = describe(small(), Symbol(Sort.DEFINITION, "flare", "clinic"))
    (fence,) = re.findall(r"^```(\w+)$", shown, re.MULTILINE)
    assert fence in {_LANGUAGE["id"], *(alias.lower() for alias in _LANGUAGE["aliases"])}


_ONE_LINE = {"class", "define", "exercise", "measure", "override", "parameter", "prove", "source"}
"""The statements that mostly fill one line: after them nothing is indented."""


def test_the_clauses_of_a_statement_are_indented() -> None:
    indents, outdents = _CONFIGURATION["onEnterRules"]
    assert indents["action"] == {"indent": "indent"}
    stated = {word for word in grammar().openers if re.search(indents["beforeText"], f"{word} x")}
    assert stated == grammar().openers - _ONE_LINE
    assert not any(re.search(indents["beforeText"], text) for text in ("  avoid x", "avoidance", "# avoid", "because"))
    assert outdents["action"] == {"indent": "outdent"}
    assert [bool(re.search(outdents["beforeText"], text)) for text in ("  ", "", "  x")] == [True, False, False]
