"""The language server as an editor meets it: a process of its own, spoken to over its standard streams.

Starting one takes a second of the processor, so one process serves the tests that a worker runs. Each of them works in
a folder of its own, which is opened for it and closed behind it, as somebody does who goes from one project to the
next; what is told at the start and at the end of a session is tested with a process for that alone.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
import pytest_lsp
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from dsl.tools.editor.messages import COLOURS

pytestmark = pytest.mark.asyncio(loop_scope="module")

_ROOT = Path(__file__).parents[3]
_PATIENCE = 60
_SERVER = ClientServerConfig(
    server_command=[sys.executable, "-W", "error", "-m", "service.cli", "lsp"],
    server_env={**os.environ, "PYTHONPATH": str(_ROOT)},
)
_PACK = """pack clinic
  title "Léa’s 🏋 clinic"

source notes "Notes of the clinic"
parameter strong = 7 in 5 to 9
define flare when pain=acute or pain_level >= strong

class hinge_work "Hinging"
exercise sumo_pull "Sumo pull" also "wide pull" is hinge_work
"""
_PROOFS = ["never in a flare"]
_RULES = """pack clinic

rule flare.hinge: avoid hinge_work when flare
  because "Ça irrite 🦴 the back."
  from notes section "One" evidence expert_opinion

allow sumo_pull when pain=none

example "acute" given pain=acute, symptom=none, first_session=yes expect sumo_pull avoid
example "wrong" given pain=acute, symptom=none, first_session=yes expect sumo_pull allowed
prove "never in a flare": sumo_pull at least avoid when pain=acute
"""


class Editor:
    """Somebody who writes rules: a folder on disk, and a client that talks to the server about it."""

    def __init__(self, client: LanguageClient, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self._versions: dict[str, int] = {}
        self._opened: dict[str, None] = {}
        self._shown = len(client.messages)

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str) -> None:
        self.open_at(self.uri(name), text)

    def open_at(self, uri: str, text: str) -> None:
        self._opened[uri] = None
        item = types.TextDocumentItem(uri, "spotter", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def close(self, name: str) -> None:
        del self._opened[self.uri(name)]
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(self.about(name)))

    def close_all(self) -> None:
        for uri in self._opened:
            document = types.TextDocumentIdentifier(uri)
            self.client.text_document_did_close(types.DidCloseTextDocumentParams(document))
        self._opened.clear()

    @property
    def shown(self) -> Sequence[types.ShowMessageParams]:
        """Return the messages that this author has been shown."""
        return self.client.messages[self._shown :]

    def type(self, name: str, text: str) -> None:
        self._versions[name] = self._versions.get(name, 1) + 1
        document = types.VersionedTextDocumentIdentifier(version=self._versions[name], uri=self.uri(name))
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))

    def about(self, name: str) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri(name))

    async def told(self, name: str, wanted: Callable[[Sequence[types.Diagnostic]], bool]) -> Sequence[types.Diagnostic]:
        """Return what is wrong with a file once it is what is `wanted`."""
        async with asyncio.timeout(_PATIENCE):
            while not wanted(self.client.diagnostics.get(self.uri(name), ())):
                await self.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        return self.client.diagnostics[self.uri(name)]


async def _session(client: LanguageClient, folders: list[types.WorkspaceFolder]) -> AsyncIterator[None]:
    capabilities = client_capabilities("visual-studio-code")
    await client.initialize_session(types.InitializeParams(capabilities=capabilities, workspace_folders=folders))
    yield
    await client.shutdown_session()


@pytest_lsp.fixture(config=_SERVER, scope="module")  # type: ignore[untyped-decorator]  # it is without types
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    async for _ in _session(lsp_client, []):
        yield


@pytest_lsp.fixture(config=_SERVER, loop_scope="module")  # type: ignore[untyped-decorator]  # it is without types
async def client_of_one(lsp_client: LanguageClient, folder: Path) -> AsyncIterator[None]:
    async for _ in _session(lsp_client, [_workspace(folder)]):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pack.rules").write_text(_PACK, encoding="utf-8")
    (tmp_path / "rules.rules").write_text(_RULES, encoding="utf-8")
    return tmp_path


def _workspace(folder: Path) -> types.WorkspaceFolder:
    return types.WorkspaceFolder(folder.as_uri(), "clinic")


@pytest_asyncio.fixture(loop_scope="module")
async def editor(client: LanguageClient, folder: Path) -> AsyncIterator[Editor]:
    here, editor = _workspace(folder), Editor(client, folder)
    _go(client, added=[here], removed=[])
    yield editor
    editor.close_all()
    _go(client, added=[], removed=[here])


def _go(client: LanguageClient, added: list[types.WorkspaceFolder], removed: list[types.WorkspaceFolder]) -> None:
    event = types.WorkspaceFoldersChangeEvent(added, removed)
    client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))


def _codes(found: Sequence[types.Diagnostic]) -> list[object]:
    return [one.code for one in found]


def _at(text: str, part: str, further: int = 0) -> types.Position:
    """Return the position of `part` in `text`, and `further` characters on, in units of UTF-16."""
    before = text[: text.index(part) + further]
    line = before.count("\n")
    return types.Position(line, len(before.rpartition("\n")[2].encode("utf-16-le")) // 2)


def _read(text: str, place: types.Range) -> str:
    """Return what stands in a range of `text`."""
    line = text.splitlines()[place.start.line].encode("utf-16-le")
    assert place.start.line == place.end.line
    return line[2 * place.start.character : 2 * place.end.character].decode("utf-16-le")


# --- what is wrong --------------------------------------------------------------------------------


async def test_a_folder_is_checked_as_soon_as_a_session_begins(client_of_one: LanguageClient, folder: Path) -> None:
    found = await Editor(client_of_one, folder).told("rules.rules", bool)
    assert _codes(found) == ["E450"]


async def test_a_folder_is_checked_as_soon_as_it_is_open(editor: Editor) -> None:
    found = await editor.told("rules.rules", bool)
    assert _codes(found) == ["E450"]
    assert "`sumo_pull` is `avoid`" in found[0].message
    assert _read(_RULES, found[0].range) == "sumo_pull allowed"


async def test_what_is_typed_wins_over_what_is_saved(editor: Editor) -> None:
    editor.open("rules.rules", _RULES.replace("pain=none", "pain=noone"))
    found = await editor.told("rules.rules", lambda found: "E202" in _codes(found))
    assert found[0].message == "`noone` is not a known value of `pain`\nhelp: did you mean `none`?"
    assert found[0].severity is types.DiagnosticSeverity.Error
    editor.type("rules.rules", _RULES.replace("sumo_pull allowed", "sumo_pull avoid"))
    assert not await editor.told("rules.rules", lambda found: not found)


async def test_the_files_of_a_pack_are_read_together(editor: Editor) -> None:
    await editor.told("rules.rules", bool)
    editor.open("pack.rules", _PACK.replace("define flare", "define flares"))
    found = await editor.told("rules.rules", lambda found: "E208" in _codes(found))
    assert "`flare` is not defined in pack `clinic`" in found[0].message
    editor.close("pack.rules")
    assert _codes(await editor.told("rules.rules", lambda found: "E208" not in _codes(found))) == ["E450"]


async def test_what_changes_on_disk_is_read_again(editor: Editor) -> None:
    await editor.told("rules.rules", bool)
    (editor.folder / "rules.rules").unlink()
    (editor.folder / "latin.rules").write_bytes(b"avoid d\xe9")
    change = types.FileEvent(editor.uri("rules.rules"), types.FileChangeType.Deleted)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([change]))
    assert _codes(await editor.told("latin.rules", bool)) == ["E293"]
    await editor.told("rules.rules", lambda found: not found)


async def test_a_file_outside_of_every_folder_is_read_with_those_beside_it(
    editor: Editor, tmp_path_factory: pytest.TempPathFactory
) -> None:
    beside = tmp_path_factory.mktemp("elsewhere")
    (beside / "words.rules").write_text("define flare when pain=acute\n", encoding="utf-8")
    editor.folder = beside
    editor.open("mine.rules", "avoid deadlift when flare\navoid squat_ when always")
    assert _codes(await editor.told("mine.rules", bool)) == ["E203"]


async def test_a_text_without_a_file_is_checked(editor: Editor) -> None:
    uri = "untitled:Untitled-1"
    editor.open_at(uri, "avoid dedlift when always")
    async with asyncio.timeout(_PATIENCE):
        while not editor.client.diagnostics.get(uri):
            await editor.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    assert _codes(editor.client.diagnostics[uri]) == ["E203"]


# --- names ----------------------------------------------------------------------------------------


async def test_definition_leads_to_another_file(editor: Editor) -> None:
    editor.open("rules.rules", _RULES)
    at = _at(_RULES, "when flare", 6)
    found = await editor.client.text_document_definition_async(types.DefinitionParams(editor.about("rules.rules"), at))
    assert isinstance(found, list)
    assert [(one.uri, _read(_PACK, one.range)) for one in found if isinstance(one, types.Location)] == [
        (editor.uri("pack.rules"), "flare")
    ]


async def test_definition_leads_to_the_shipped_vocabulary(editor: Editor) -> None:
    editor.open("rules.rules", _RULES)
    at = _at(_RULES, "pain=none", 1)
    found = await editor.client.text_document_definition_async(types.DefinitionParams(editor.about("rules.rules"), at))
    assert isinstance(found, list)
    assert [one.uri for one in found if isinstance(one, types.Location)] == [
        (_ROOT / "rules/prelude/facts.rules").as_uri()
    ]


async def test_references_are_found_in_every_file(editor: Editor) -> None:
    editor.open("pack.rules", _PACK)
    at = _at(_PACK, "sumo_pull", 3)
    context = types.ReferenceContext(include_declaration=False)
    params = types.ReferenceParams(context, editor.about("pack.rules"), at)
    found = await editor.client.text_document_references_async(params)
    assert [(one.uri, _read(_RULES, one.range)) for one in found or ()] == [
        (editor.uri("rules.rules"), "sumo_pull")
    ] * 4


async def test_renaming_reaches_every_file(editor: Editor) -> None:
    editor.open("rules.rules", _RULES)
    at = _at(_RULES, "hinge_work", 2)
    place = types.PrepareRenameParams(editor.about("rules.rules"), at)
    offered = await editor.client.text_document_prepare_rename_async(place)
    assert isinstance(offered, types.PrepareRenamePlaceholder)
    assert offered.placeholder == "hinge_work"
    edit = await editor.client.text_document_rename_async(
        types.RenameParams(editor.about("rules.rules"), at, "bend_work")
    )
    assert edit is not None
    assert edit.changes is not None
    assert {uri: [one.new_text for one in edits] for uri, edits in edit.changes.items()} == {
        editor.uri("pack.rules"): ["bend_work", "bend_work"],
        editor.uri("rules.rules"): ["bend_work"],
    }


@pytest.mark.parametrize(
    ("part", "new", "why"),
    [
        ("hinge_work", "when", "`when` is a word of the language"),
        ("hinge_work", "deadlift", "`deadlift` is taken"),
        ("pain=", "ache", "comes with Spotter"),
    ],
)
async def test_renaming_is_refused_with_the_reason(editor: Editor, part: str, new: str, why: str) -> None:
    editor.open("rules.rules", _RULES)
    params = types.RenameParams(editor.about("rules.rules"), _at(_RULES, part, 1), new)
    with pytest.raises(JsonRpcException, match=why):
        await editor.client.text_document_rename_async(params)


# --- typing ---------------------------------------------------------------------------------------


async def test_completion_offers_what_fits_with_what_people_call_it(editor: Editor) -> None:
    text = "pack clinic\n# 🦴\navoid hinge_work when condition=dis"
    editor.open("rules.rules", text)
    at = _at(text + "\n", "dis\n", 3)
    params = types.CompletionParams(editor.about("rules.rules"), at)
    offered = await editor.client.text_document_completion_async(params)
    assert isinstance(offered, types.CompletionList)
    item = next(item for item in offered.items if item.label == "disc_herniation")
    assert item.detail == "Disc herniation"
    assert item.label_details == types.CompletionItemLabelDetails(description="Disc herniation")
    assert "slipped disc" in (item.filter_text or "")
    assert isinstance(item.text_edit, types.TextEdit)
    assert _read(text, item.text_edit.range) == "dis"
    resolved = await editor.client.completion_item_resolve_async(item)
    assert isinstance(resolved.documentation, types.MarkupContent)
    assert "value of condition" in resolved.documentation.value


async def test_completion_offers_words_of_the_language(editor: Editor) -> None:
    editor.open("rules.rules", "pack clinic\navoid hinge_work ")
    params = types.CompletionParams(editor.about("rules.rules"), types.Position(1, 17))
    offered = await editor.client.text_document_completion_async(params)
    assert isinstance(offered, types.CompletionList)
    assert [item.label for item in offered.items] == ["and", "but", "when"]
    assert await editor.client.completion_item_resolve_async(offered.items[0]) == offered.items[0]


async def test_formatting_is_that_of_the_command(editor: Editor) -> None:
    editor.open("rules.rules", "pack   clinic\navoid deadlift\n   when pain = acute")
    options = types.FormattingOptions(tab_size=2, insert_spaces=True)
    params = types.DocumentFormattingParams(editor.about("rules.rules"), options)
    edits = await editor.client.text_document_formatting_async(params)
    assert [edit.new_text for edit in edits or ()] == ["pack clinic\navoid deadlift when pain=acute\n"]
    editor.type("rules.rules", "avoid deadlift wen")
    assert not await editor.client.text_document_formatting_async(params)


async def test_a_suggestion_is_one_keystroke_away(editor: Editor) -> None:
    text = _RULES.replace("pain=none", "pain=noone")
    editor.open("rules.rules", text)
    place = types.Range(_at(text, "noone"), _at(text, "noone"))
    params = types.CodeActionParams(editor.about("rules.rules"), place, types.CodeActionContext([]))
    actions = await editor.client.text_document_code_action_async(params)
    assert [action.title for action in actions or ()] == ["Write `none`"]
    action = (actions or [])[0]
    assert isinstance(action, types.CodeAction)
    assert action.edit is not None
    assert action.edit.changes is not None
    assert [one.new_text for one in action.edit.changes[editor.uri("rules.rules")]] == ["none"]


# --- reading --------------------------------------------------------------------------------------


async def test_hover_tells_what_a_name_stands_for(editor: Editor) -> None:
    editor.open("rules.rules", _RULES)
    params = types.HoverParams(editor.about("rules.rules"), _at(_RULES, "when flare", 6))
    shown = await editor.client.text_document_hover_async(params)
    assert shown is not None
    assert isinstance(shown.contents, types.MarkupContent)
    assert "**flare** · definition of pack clinic" in shown.contents.value
    assert "when pain=acute or pain_level >= strong" in shown.contents.value
    assert shown.range is not None
    assert _read(_RULES, shown.range) == "flare"
    nothing = types.HoverParams(editor.about("rules.rules"), types.Position(1, 0))
    assert await editor.client.text_document_hover_async(nothing) is None


async def test_words_have_their_colours(editor: Editor) -> None:
    text = 'avoid deadlift # 🦴\n  when pain=acute because "🏋" say "x"'
    editor.open("rules.rules", text)
    answer = await editor.client.text_document_semantic_tokens_full_async(
        types.SemanticTokensParams(editor.about("rules.rules"))
    )
    assert answer is not None
    assert list(_unpacked(text, answer.data)) == [
        ("avoid", "keyword"), ("deadlift", "class"), ("# 🦴", "comment"), ("when", "keyword"), ("pain", "variable"),
        ("=", "operator"), ("acute", "enumMember"), ("because", "keyword"), ('"🏋"', "string"), ("say", "keyword"),
        ('"x"', "string"),
    ]  # fmt: skip


def _unpacked(text: str, data: Sequence[int]) -> list[tuple[str, str]]:
    line = character = 0
    found = []
    for further, across, length, colour, _ in zip(*(iter(data),) * 5, strict=True):
        line, character = line + further, across if further else character + across
        place = types.Range(types.Position(line, character), types.Position(line, character + length))
        found.append((_read(text, place), COLOURS[colour]))
    return found


async def test_the_outline_lists_statements(editor: Editor) -> None:
    editor.open("rules.rules", _RULES)
    found = await editor.client.text_document_document_symbol_async(
        types.DocumentSymbolParams(editor.about("rules.rules"))
    )
    assert [one.name for one in found or ()] == ["clinic", "flare.hinge", "allow sumo_pull", "acute", "wrong", *_PROOFS]


# --- running --------------------------------------------------------------------------------------


async def test_examples_are_run_where_they_stand(editor: Editor) -> None:
    editor.open("rules.rules", _RULES)
    lenses = await editor.client.text_document_code_lens_async(types.CodeLensParams(editor.about("rules.rules")))
    commands = [lens.command for lens in lenses or () if lens.command]
    assert [command.title for command in commands] == ["Run this example", "Run this example", "Run this proof"]
    for command in commands:
        params = types.ExecuteCommandParams(command.command, command.arguments)
        outcome = await editor.client.workspace_execute_command_async(params)
        assert outcome is not None
        assert outcome["holds"] is (command is not commands[1])
    shown = [(message.type, message.message.partition(" (")[0]) for message in editor.shown]
    assert shown == [
        (types.MessageType.Info, "The example “acute” holds."),
        (types.MessageType.Warning, "Does not hold: `sumo_pull` is `avoid`"),
        (types.MessageType.Info, "The proof “never in a flare” holds."),
    ]


# --- what goes wrong ------------------------------------------------------------------------------


async def test_a_fault_in_one_request_leaves_the_server_alive(editor: Editor) -> None:
    editor.open("rules.rules", _RULES)
    with pytest.raises(JsonRpcException):
        await editor.client.workspace_execute_command_async(types.ExecuteCommandParams("spotter.run", ["one"]))
    with pytest.raises(JsonRpcException):
        await editor.client.completion_item_resolve_async(types.CompletionItem("x", data=[1]))
    nobody = types.HoverParams(types.TextDocumentIdentifier("file:///nowhere/at.rules"), types.Position(9, 9))
    assert await editor.client.text_document_hover_async(nobody) is None
    assert _codes(await editor.told("rules.rules", bool)) == ["E450"]


async def test_broken_text_is_answered_as_far_as_it_goes(editor: Editor) -> None:
    text = 'avoid "\u2028 🦴\r\nrule : (((\x00 when pain=\ud83e\nallow sumo_pull when pa'
    editor.open("rules.rules", text)
    await editor.told("rules.rules", bool)
    params = types.CompletionParams(editor.about("rules.rules"), types.Position(2, 23))
    offered = await editor.client.text_document_completion_async(params)
    assert isinstance(offered, types.CompletionList)
    assert "pain" in {item.label for item in offered.items}
