"""The command `spotter`: the language's commands, and with them `serve` and `publish`."""

from __future__ import annotations

import datetime
import importlib
import json
import os
import shlex
import socket
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from dsl.analysis.build import build
from dsl.evaluation.build import Build
from dsl.semantics.compiler import read_paths
from dsl.semantics.reading import read_texts
from dsl.syntax.diagnostics import errors
from dsl.syntax.limits import Limits
from dsl.syntax.source import SourceFile
from dsl.tools.check_report import print_check
from dsl.tools.cli import AS_JSON, RULE_PATHS, check, evaluate, fmt, write_json
from dsl.tools.exits import Exit
from dsl.tools.findings import summary
from dsl.tools.terminal import Failure, note, output, run, write
from service.client import Client, Publisher
from service.serving import require_loopback
from service.serving import run as serve_until_stopped
from service.settings import Settings, SettingsError
from service.version import VERSION

FIRST_REQUEST = {
    "asked_with": 1,
    "facts": {
        "complaint": ["back"],
        "condition": ["disc_herniation"],
        "pain": "acute",
        "pain_level": 3,
        "pain_character": ["ache"],
        "symptom": [],
        "known_symptom": [],
        "risk": [],
        "age": 45,
        "provoked_by": ["hinge"],
        "first_session": True,
    },
    "exercises": ["deadlift", "glute bridge"],
}
"""What a newcomer asks first, on the rule set that is shipped."""


LOADED_WHEN_CALLED = {
    "coverage": "dsl.tools.coverage",
    "diff": "dsl.tools.diff",
    "explain": "dsl.tools.explain",
    "lsp": "dsl.tools.lsp",
    "mutate": "dsl.tools.mutate",
    "repl": "dsl.tools.repl",
    "sources": "dsl.tools.sources",
}
"""Commands, each called as in its module, that need libraries which take long to import and no other command needs."""


class Commands(click.Group):
    """A group of which some commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted([*super().list_commands(ctx), *LOADED_WHEN_CALLED])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command `cmd_name`; None where there is none."""
        if cmd_name not in LOADED_WHEN_CALLED:
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(importlib.import_module(LOADED_WHEN_CALLED[cmd_name]), cmd_name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="spotter", message="%(prog)s %(version)s")
def spotter() -> None:
    """Rules for safe exercise: check them, apply them, serve them.

    Exit codes: 0 done and nothing wrong; 1 something was found (errors in rules, files to format, facts or a release
    refused); 2 the command line or an input cannot be used; 3 the service does not answer; 130 interrupted;
    141 nobody reads the output any more.
    """
    # The language has no clock: commands to which today matters find it here.
    click.get_current_context().obj = datetime.datetime.now(datetime.UTC).date()


@spotter.command()
@click.option("--host", help="Loopback address to listen on.  [default: SPOTTER_HOST or 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.  [default: SPOTTER_PORT or 8080]")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the database.  [default: SPOTTER_DATA_DIR or .spotter]",
)
def serve(host: str | None, port: int | None, data_dir: Path | None) -> Exit:
    """Run the service on this machine.

    The database is made and the shipped rules are loaded if need be. Settings come from the options, else from the
    environment (SPOTTER_HOST, SPOTTER_PORT, SPOTTER_DATA_DIR and the others of the API guide).
    """
    given = {"SPOTTER_HOST": host, "SPOTTER_PORT": port, "SPOTTER_DATA_DIR": data_dir}
    options = {name: str(value) for name, value in given.items() if value is not None}
    try:
        settings = Settings.from_env({**os.environ, **options})
        require_loopback(settings)
    except SettingsError as error:
        raise Failure(str(error)) from error
    _require_free(settings)
    _require_writable(settings.data_dir)
    write(greeting(settings))
    serve_until_stopped(settings)
    return Exit.FINE


def greeting(settings: Settings) -> str:
    """Return what a person needs to know of the service that is about to run: where it is, and a first request."""
    return (
        f"Spotter        {settings.address}\n"
        f"API reference  {settings.address}/docs\n"
        "\n"
        "Ask it about a member with an acute disc herniation, from another terminal:\n"
        f"{first_command(settings.address)}\n"
        "\n"
        "It answers this machine only. Ctrl-C stops it.\n"
    )


def first_command(address: str) -> str:
    """Return the `curl` line that sends the first request to the service at `address`."""
    url = f"{address}/v1/rulesets/back-pain/recommendations"
    return shlex.join(["curl", "-s", url, "-H", "Content-Type: application/json", "-d", json.dumps(FIRST_REQUEST)])


def _require_free(settings: Settings) -> None:
    """Check that the address can be listened on, before anything is said about it."""
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Failure(
            f"cannot listen on {settings.host}, port {settings.port}: {reason}; choose another with --port"
        ) from error


def _require_writable(folder: Path) -> None:
    """Check that data can be kept in `folder`, which is made if it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Failure(f"cannot keep data in {folder}: {reason}; choose another folder with --data-dir") from error


# --- publish ------------------------------------------------------------------------------------


class Published(msgspec.Struct, frozen=True):
    """What came of publishing, for a program; `replaced` is the release that answered before, if any did."""

    ruleset: str
    release: object
    digest: object
    promoted: bool
    replaced: object = None


@spotter.command()
@RULE_PATHS
@click.option("--ruleset", required=True, metavar="NAME", help="The rule set that gets the new release.")
@click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="Where the service is.")
@click.option("--create", is_flag=True, help="Make the rule set if there is none of this name.")
@click.option("--promote", is_flag=True, help="Let the new release answer from now on.")
@AS_JSON
def publish(paths: Sequence[str], ruleset: str, url: str, create: bool, promote: bool, as_json: bool) -> Exit:
    """Publish rule files as the next release of a rule set.

    PATHS are rule files or folders. They are checked first, and nothing is sent if they hold errors. Ends with 0 if
    they are published, 1 if they are refused, 2 if a path cannot be read, 3 if the service does not answer.
    """
    sources, unread = read_paths(paths, Limits())
    texts, unread_texts = read_texts(sources, Limits())
    unread += unread_texts
    built = build(sources, before=unread, texts=texts)
    if built.release is None:
        _say_refused(built, as_json)
        return Exit.UNUSABLE if errors(unread) else Exit.FINDINGS
    publisher = Publisher(Client(url), ruleset)
    release = publisher.publish([_upload(source) for source in sources], create=create)
    replaced = publisher.promote(release["number"]) if promote else None
    _say_published(Published(ruleset, release["number"], release["digest"], promote, replaced), as_json)
    return Exit.FINE


def _upload(source: SourceFile) -> dict[str, str]:
    """Return `source` as it is sent: its name says where it lies among the rules, never where on this machine."""
    path = Path(source.name)
    here = Path.cwd()
    inside = path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path
    name = inside.name if inside.is_absolute() or ".." in inside.parts else inside.as_posix()
    return {"name": name, "text": source.text}


def _say_refused(built: Build, as_json: bool) -> None:
    if as_json:
        write_json(summary(built))
    else:
        print_check(output(), built)
        note("nothing was sent")


def _say_published(done: Published, as_json: bool) -> None:
    if as_json:
        return write_json(done)
    before = f", instead of release {done.replaced}" if done.replaced not in (None, done.release) else ""
    state = f"It answers from now on{before}." if done.promoted else "It does not answer yet; --promote makes it."
    return write(f"Published as release {done.release} of {done.ruleset}.\n{state}\n{done.digest}\n")


for command in (check, fmt, evaluate):
    spotter.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command with the arguments of the process, and end the process with its exit code."""
    sys.exit(run(spotter, arguments))


if __name__ == "__main__":
    main()
