"""The language server: each request of the protocol, answered by the service that knows."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from lsprotocol import types
from pygls.exceptions import FeatureNotificationError, JsonRpcException
from pygls.lsp.server import LanguageServer

from dsl.analysis.remembered import Verdict
from dsl.syntax.diagnostics import Diagnostic, in_reading_order
from dsl.syntax.source import SourceFile
from dsl.tools.editor import messages
from dsl.tools.editor.colouring import colours
from dsl.tools.editor.completion import complete
from dsl.tools.editor.describing import describe, hover
from dsl.tools.editor.desk import Desk, Place
from dsl.tools.editor.outline import outline
from dsl.tools.editor.positions import Places
from dsl.tools.editor.project import Project
from dsl.tools.editor.renaming import Edit, RefusedError, rename, renameable
from dsl.tools.editor.running import Ran, run, runnable, word_for
from dsl.tools.editor.suggestions import Suggestion, suggestions
from dsl.tools.editor.symbols import Occurrence, Sort, Symbol
from dsl.tools.rewriting import formatted

RUN = "spotter.run"
"""The command behind a lens: runs the statement that begins at an offset of a file."""

_REQUEST_FAILED = -32803
_MOST_PROVED = 30_000
"""How much is remembered of what was proved; past it everything is proved anew."""
_Given = ParamSpec("_Given")
_Came = TypeVar("_Came")
_LEGEND = types.SemanticTokensLegend(token_types=messages.COLOURS, token_modifiers=[messages.DECLARATION])


@dataclass(frozen=True, slots=True)
class _Checked:
    """What a check found, and of what."""

    project: Project
    found: tuple[Diagnostic, ...]


class RulesServer(LanguageServer):
    """A language server for rule files.

    Files are checked one after the other behind the author's back. A check that has been overtaken by the next
    keystroke stops, so that however fast somebody types one check at most runs.
    """

    def __init__(self) -> None:
        super().__init__("spotter", "1", text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.desk = Desk()
        self._checking = ThreadPoolExecutor(max_workers=1)
        self._nothing = Project({})  # what is left of a folder that is no longer open
        self._current: dict[str, Project] = {}
        self._checked: dict[str, _Checked] = {}
        self._proved: dict[str, Verdict] = {}
        self._published: dict[str, list[types.Diagnostic]] = {}

    # --- places -----------------------------------------------------------------------------------

    @property
    def encoding(self) -> str:
        """Return what the editor counts characters in."""
        return types.PositionEncodingKind(self.workspace.position_encoding).value

    def places(self, project: Project, name: str) -> Places:
        """Return the way from offsets of a file to positions."""
        source = project.sources.get(name)
        return Places(source.text if source else "", self.encoding)

    def cursor(self, uri: str, at: types.Position) -> tuple[Place, int]:
        """Return the file and the offset that a request is about."""
        place = self.desk.place(uri)
        return place, self.places(place.project, place.name).offset(messages.place_of(at))

    def location(self, uri: str, project: Project, one: Occurrence) -> types.Location:
        """Return where a name stands, for a request that came from the file `uri`."""
        name = one.span.source
        found = self.desk.uri(project, self.desk.key(uri), name)
        return types.Location(found, messages.span_range(self.places(project, name), one.span))

    def workspace_edit(self, uri: str, project: Project, edits: Iterable[Edit]) -> types.WorkspaceEdit:
        """Return edits of any files of a project."""
        changes: dict[str, list[types.TextEdit]] = {}
        for edit in edits:
            name = edit.span.source
            place = messages.span_range(self.places(project, name), edit.span)
            changes.setdefault(self.desk.uri(project, self.desk.key(uri), name), []).append(
                types.TextEdit(place, edit.text)
            )
        return types.WorkspaceEdit(changes=changes)

    # --- checking ---------------------------------------------------------------------------------

    def check_all(self) -> None:
        """Have everything on the desk checked that has changed."""
        projects = dict(self.desk.projects())
        for key in self._current.keys() - projects.keys():
            projects[key] = self._nothing
        for key, project in projects.items():
            if self._current.get(key) is not project:
                self._current[key] = project
                self._checking.submit(self._check, key, project).add_done_callback(self._tell_fault)

    def settle(self) -> None:
        """Wait until everything that is being checked has been."""
        self.behind(int).result()

    def behind(self, work: Callable[_Given, _Came], *args: _Given.args, **kwargs: _Given.kwargs) -> Future[_Came]:
        """Have something done once what is being checked has been: the solver serves one at a time."""
        return self._checking.submit(work, *args, **kwargs)

    def known(self, uri: str, project: Project) -> Sequence[Diagnostic]:
        """Return what is wrong with a project as far as it has been found."""
        checked = self._checked.get(self.desk.key(uri))
        if checked is not None and checked.project is project:
            return checked.found
        return project.compilation.diagnostics

    def _check(self, key: str, project: Project) -> None:
        found: list[Diagnostic] = []
        if len(self._proved) > _MOST_PROVED:
            self._proved.clear()
        for part in project.findings(self._proved):
            if self._current.get(key) is not project:
                return
            found += part
        done = _Checked(project, tuple(in_reading_order(found)))
        self._checked[key] = done
        self._publish(key, done)

    def _publish(self, key: str, done: _Checked) -> None:
        """Tell the editor what is wrong, of each file for which that has changed."""
        found = messages.by_file([*done.found, *self.desk.unread(key)], self._files(key, done.project), self.encoding)
        told = {self.desk.uri(done.project, key, name): listed for name, listed in found.items()}
        for uri in [uri for uri in self._published if uri not in told and self.desk.key(uri) == key]:
            told[uri] = []
        for uri, listed in told.items():
            if self._published.get(uri, []) != listed:
                self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, listed))
                self._published[uri] = listed

    def _files(self, key: str, project: Project) -> dict[str, SourceFile]:
        """Return the files that can have findings: those of the author, and those that could not be read."""
        unreadable = {found.span.source: SourceFile(found.span.source, "") for found in self.desk.unread(key)}
        return {**unreadable, **project.own}

    def _tell_fault(self, checked: Future[None]) -> None:
        error = None if checked.cancelled() else checked.exception()
        if isinstance(error, Exception):
            self.report_server_error(error, FeatureNotificationError)

    def shutdown(self) -> None:
        """Stop, and forget what waits to be checked."""
        self._current.clear()
        self._checking.shutdown(wait=False, cancel_futures=True)
        super().shutdown()  # type: ignore[no-untyped-call]  # pygls leaves it without types


def rules_server() -> RulesServer:
    """Return a server that knows every request."""
    server = RulesServer()
    for register in (_serve_files, _serve_names, _serve_typing, _serve_reading, _serve_running):
        register(server)
    return server


# --- files ----------------------------------------------------------------------------------------


def _serve_files(server: RulesServer) -> None:
    @server.feature(types.INITIALIZED)
    def initialized(ls: RulesServer, _: types.InitializedParams) -> None:
        ls.desk.set_folders(_folders(ls))
        ls.check_all()

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders_changed(ls: RulesServer, _: types.DidChangeWorkspaceFoldersParams) -> None:
        ls.desk.set_folders(_folders(ls))
        ls.check_all()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(ls: RulesServer, params: types.DidOpenTextDocumentParams) -> None:
        ls.desk.edit(params.text_document.uri, params.text_document.text)
        ls.check_all()

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(ls: RulesServer, params: types.DidChangeTextDocumentParams) -> None:
        ls.desk.edit(params.text_document.uri, ls.workspace.get_text_document(params.text_document.uri).source)
        ls.check_all()

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(ls: RulesServer, params: types.DidCloseTextDocumentParams) -> None:
        ls.desk.close(params.text_document.uri)
        ls.check_all()

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(ls: RulesServer, _: types.DidSaveTextDocumentParams) -> None:
        ls.desk.reread()
        ls.check_all()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(ls: RulesServer, _: types.DidChangeWatchedFilesParams) -> None:
        ls.desk.reread()
        ls.check_all()


def _folders(server: RulesServer) -> list[str]:
    """Return the folders that the author works in."""
    folders = [folder.uri for folder in server.workspace.folders.values()]
    return folders or ([server.workspace.root_uri] if server.workspace.root_uri else [])


# --- names ----------------------------------------------------------------------------------------


def _serve_names(server: RulesServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(ls: RulesServer, params: types.DefinitionParams) -> list[types.Location]:
        uri = params.text_document.uri
        project, places = _named(ls, uri, params.position)
        return [ls.location(uri, project, one) for one in places if one.declares]

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def references(ls: RulesServer, params: types.ReferenceParams) -> list[types.Location]:
        uri = params.text_document.uri
        project, places = _named(ls, uri, params.position)
        uses = [one for one in places if params.context.include_declaration or not one.declares]
        return [ls.location(uri, project, one) for one in uses]

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(ls: RulesServer, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder:
        place, offset = ls.cursor(params.text_document.uri, params.position)
        try:
            one = renameable(place.project, place.name, offset)
        except RefusedError as error:
            raise JsonRpcException(str(error), _REQUEST_FAILED) from error
        spanned = messages.span_range(ls.places(place.project, place.name), one.span)
        return types.PrepareRenamePlaceholder(range=spanned, placeholder=one.symbol.name)

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def renamed(ls: RulesServer, params: types.RenameParams) -> types.WorkspaceEdit:
        uri = params.text_document.uri
        place, offset = ls.cursor(uri, params.position)
        try:
            edits = rename(place.project, place.name, offset, params.new_name)
        except RefusedError as error:
            raise JsonRpcException(str(error), _REQUEST_FAILED) from error
        return ls.workspace_edit(uri, place.project, edits)


def _named(server: RulesServer, uri: str, at: types.Position) -> tuple[Project, list[Occurrence]]:
    """Return every place of the thing that is named at a position."""
    place, offset = server.cursor(uri, at)
    found = place.project.at(place.name, offset)
    return place.project, place.project.places(found.symbol) if found else []


# --- typing ---------------------------------------------------------------------------------------


def _serve_typing(server: RulesServer) -> None:
    options = types.CompletionOptions(trigger_characters=["=", "(", ",", " "], resolve_provider=True)

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, options)
    def completion(ls: RulesServer, params: types.CompletionParams) -> types.CompletionList:
        place, offset = ls.cursor(params.text_document.uri, params.position)
        done = complete(place.project, place.name, offset)
        found = messages.completion_list(done, ls.places(place.project, place.name), offset)
        for item in found.items:
            item.data = [params.text_document.uri, *item.data] if item.data else None
        return found

    @server.feature(types.COMPLETION_ITEM_RESOLVE)
    def resolved(ls: RulesServer, item: types.CompletionItem) -> types.CompletionItem:
        if item.data:
            uri, sort, name, owner = item.data
            text = describe(ls.desk.place(uri).project, Symbol(Sort(sort), name, owner))
            item.documentation = types.MarkupContent(types.MarkupKind.Markdown, text)
        return item

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatting(ls: RulesServer, params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        place = ls.desk.place(params.text_document.uri)
        source = place.project.sources.get(place.name)
        done = formatted(source) if source else None
        if source is None or done is None or done.text is None or not done.changes:
            return []
        whole = messages.stretch(ls.places(place.project, place.name), 0, len(source.text))
        return [types.TextEdit(whole, done.text)]

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    )
    def actions(ls: RulesServer, params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        place = ls.desk.place(uri)
        places = ls.places(place.project, place.name)
        start, end = (places.offset(messages.place_of(at)) for at in (params.range.start, params.range.end))
        found = [
            one
            for one in ls.known(uri, place.project)
            if one.span.source == place.name and one.span.start <= end and start <= one.span.end
        ]
        offered = (one for problem in found for one in suggestions(place.project, problem))
        return [_action(ls, uri, place, suggestion) for suggestion in offered]


def _action(server: RulesServer, uri: str, place: Place, suggestion: Suggestion) -> types.CodeAction:
    return types.CodeAction(
        title=suggestion.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[messages.diagnostic(suggestion.diagnostic, server.places(place.project, place.name))],
        is_preferred=suggestion.preferred,
        edit=server.workspace_edit(uri, place.project, [suggestion.edit]),
    )


# --- reading --------------------------------------------------------------------------------------


def _serve_reading(server: RulesServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hovered(ls: RulesServer, params: types.HoverParams) -> types.Hover | None:
        place, offset = ls.cursor(params.text_document.uri, params.position)
        known = hover(place.project, place.name, offset)
        if known is None:
            return None
        text, one = known
        spanned = messages.span_range(ls.places(place.project, place.name), one.span) if one else None
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), spanned)

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, _LEGEND)
    def tokens(ls: RulesServer, params: types.SemanticTokensParams) -> types.SemanticTokens:
        place = ls.desk.place(params.text_document.uri)
        found = colours(place.project, place.name)
        return types.SemanticTokens(data=messages.token_data(found, ls.places(place.project, place.name)))

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def outlined(ls: RulesServer, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        place = ls.desk.place(params.text_document.uri)
        places = ls.places(place.project, place.name)
        return [messages.outlined(entry, places) for entry in outline(place.project, place.name)]


# --- running --------------------------------------------------------------------------------------


def _serve_running(server: RulesServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    def lenses(ls: RulesServer, params: types.CodeLensParams) -> list[types.CodeLens]:
        uri = params.text_document.uri
        place = ls.desk.place(uri)
        places = ls.places(place.project, place.name)
        return [
            types.CodeLens(
                messages.span_range(places, one.span),
                types.Command(title=f"Run this {word_for(one)}", command=RUN, arguments=[uri, one.span.start]),
            )
            for one in runnable(place.project, place.name)
        ]

    @server.thread()
    def awaited(running: Future[Ran]) -> Ran:
        return running.result()

    @server.command(RUN)
    def ran(ls: RulesServer, uri: str, start: int) -> Generator[object, Ran, dict[str, object]]:
        place = ls.desk.place(uri)
        done = yield awaited, (ls.behind(run, place.project, place.name, start),), None
        weight = types.MessageType.Info if done.holds else types.MessageType.Warning
        ls.window_show_message(types.ShowMessageParams(weight, done.message))
        return {"holds": done.holds, "message": done.message}
