"""`spotter` as an operator and a publishing author call it."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from dsl.tools.exits import Exit
from dsl.tools.terminal import run
from service import cli
from service.cli import first_command, greeting, spotter
from service.client import Client
from service.settings import Settings
from tests.docs import curl
from tests.docs.running import Service, environment, free_port, running_service

RULES = (
    "pack clinic\nrule bridge: recommend glute_bridge when pain in (none, chronic)\n"
    'example "chronic"\n  given pain=chronic\n  expect glute_bridge recommended\n'
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_service(tmp_path_factory.mktemp("store")) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("SPOTTER_")]:
        monkeypatch.delenv(name)
    return tmp_path


def _said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run(spotter, arguments)
    out, err = capsys.readouterr()
    return code, out, err


# --- the whole command --------------------------------------------------------------------------


def test_the_language_and_the_service_share_one_command(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _said(capsys, "--help")
    assert code == Exit.FINE
    assert all(f"\n  {name} " in out for name in ("check", "fmt", "eval", "serve", "publish"))
    assert "Exit codes" in out


def test_it_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _said(capsys, "--version")
    assert code == Exit.FINE
    assert out.startswith("spotter 0.")


@pytest.mark.parametrize("arguments", [(), ("--nothing",), ("chekc", "a.rules")])
def test_a_wrong_call_is_explained(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    code, out, err = _said(capsys, *arguments)
    assert code == Exit.UNUSABLE
    assert "Usage" in out + err
    assert "Traceback" not in err


# --- serve --------------------------------------------------------------------------------------


def test_the_greeting_names_the_address_the_reference_and_one_request() -> None:
    text = greeting(Settings(port=9191))
    assert "http://127.0.0.1:9191\n" in text
    assert "http://127.0.0.1:9191/docs\n" in text
    assert len([line for line in text.splitlines() if line.startswith("curl ")]) == 1


def test_the_printed_request_works_as_pasted(service: Service) -> None:
    line = next(line for line in service.greeting.splitlines() if line.startswith("curl "))
    assert line == first_command(f"http://{service.address}")
    answer = json.loads(curl.run(shlex.split(line)[1:]))
    assert [entry["asked"] for entry in answer["exercises"]] == ["deadlift", "glute bridge"]
    assert answer["exercises"][0]["verdict"] == "avoid"


def test_the_printed_reference_is_there(service: Service) -> None:
    status, headers, _ = service.ask("GET", "/docs")
    assert status == 200
    assert headers["content-type"].startswith("text/html")


@pytest.mark.usefixtures("folder")
def test_a_taken_port_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, out, err = _said(capsys, "serve", "--port", str(taken.getsockname()[1]))
    assert (code, out) == (Exit.UNUSABLE, "")
    assert err.count("\n") == 1
    assert "choose another with --port" in err


@pytest.mark.usefixtures("folder")
def test_a_folder_that_cannot_keep_data_is_one_line(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "file").touch()
    code, out, err = _said(capsys, "serve", "--port", str(free_port()), "--data-dir", "file/store")
    assert (code, out) == (Exit.UNUSABLE, "")
    assert err == "spotter: cannot keep data in file/store: not a directory; choose another folder with --data-dir\n"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.1", "example.org"])  # noqa: S104 - refused is the point
def test_any_other_than_this_machine_is_refused(capsys: pytest.CaptureFixture[str], host: str) -> None:
    code, out, err = _said(capsys, "serve", "--host", host)
    assert (code, out) == (Exit.UNUSABLE, "")
    assert "loopback" in err


@pytest.mark.usefixtures("folder")
def test_a_setting_that_cannot_be_read_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPOTTER_PORT", "many")
    code, _, err = _said(capsys, "serve")
    assert code == Exit.UNUSABLE
    assert "SPOTTER_PORT cannot be read" in err


def test_serving_happens_with_what_the_options_say(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[Settings] = []
    monkeypatch.setattr(cli, "serve_until_stopped", served.append)
    monkeypatch.setenv("SPOTTER_BODY_LIMIT", "4096")
    port = free_port()
    code, out, _ = _said(capsys, "serve", "--port", str(port), "--data-dir", "here")
    assert code == Exit.FINE
    assert served == [Settings(port=port, data_dir=Path("here"), body_limit=4096)]
    assert out == greeting(served[0])
    assert (folder / "here").is_dir()


def test_ctrl_c_ends_it_without_a_complaint(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "service.cli", "serve", "--port", str(port)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment(), cwd=tmp_path, text=True
    )
    try:
        assert process.stdout is not None
        while "Ctrl-C" not in process.stdout.readline():
            pass
        _await(port)
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=30)[0]
    finally:
        process.kill()
        process.wait()
    assert process.returncode in (Exit.FINE, Exit.INTERRUPTED)
    assert "Traceback" not in rest


def _await(port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError):
            if curl.exchange("GET", f"http://127.0.0.1:{port}/health/ready", {}, None)[0] == 200:
                return
        threading.Event().wait(0.05)
    raise AssertionError("it did not get ready")


# --- publish ------------------------------------------------------------------------------------


class TestPublish:
    @pytest.fixture(autouse=True)
    def rules(self, folder: Path) -> Path:
        path = folder / "clinic.rules"
        path.write_text(RULES)
        return path

    def _publish(
        self, capsys: pytest.CaptureFixture[str], service: Service, ruleset: str, *arguments: str
    ) -> tuple[int, str, str]:
        address = ("--url", f"http://{service.address}")
        return _said(capsys, "publish", "clinic.rules", "--ruleset", ruleset, *address, *arguments)

    def test_a_release_that_answers(self, capsys: pytest.CaptureFixture[str], service: Service) -> None:
        code, out, _ = self._publish(capsys, service, "answers", "--create", "--promote")
        assert code == Exit.FINE
        assert out.startswith("Published as release 1 of answers.\nIt answers from now on.\nsha256:")
        body = b'{"facts": {"pain": "chronic"}, "exercises": ["glute bridge"]}'
        status, _, data = service.ask("POST", "/v1/rulesets/answers/recommendations", body)
        assert (status, json.loads(data)["exercises"][0]["recommended"]) == (200, True)

    def test_without_promotion_it_says_so(self, capsys: pytest.CaptureFixture[str], service: Service) -> None:
        code, out, _ = self._publish(capsys, service, "waits", "--create")
        assert code == Exit.FINE
        assert "It does not answer yet; --promote makes it." in out

    def test_the_next_release_names_the_one_before(
        self, capsys: pytest.CaptureFixture[str], service: Service, rules: Path
    ) -> None:
        self._publish(capsys, service, "moves", "--create", "--promote")
        rules.write_text(RULES + "avoid deadlift when pain=acute\n")
        code, out, _ = self._publish(capsys, service, "moves", "--promote")
        assert code == Exit.FINE
        assert "It answers from now on, instead of release 1." in out

    def test_for_a_program(self, capsys: pytest.CaptureFixture[str], service: Service) -> None:
        code, out, _ = self._publish(capsys, service, "program", "--create", "--promote", "--json")
        answer = json.loads(out)
        assert code == Exit.FINE
        assert (answer["ruleset"], answer["release"], answer["promoted"]) == ("program", 1, True)

    def test_no_rule_set_of_that_name(self, capsys: pytest.CaptureFixture[str], service: Service) -> None:
        code, _, err = self._publish(capsys, service, "bakc-pain")
        assert code == Exit.FINDINGS
        assert err == "spotter: there is no rule set `bakc-pain` there; --create makes one\n"

    def test_errors_are_shown_as_check_shows_them_and_nothing_is_sent(
        self, capsys: pytest.CaptureFixture[str], service: Service, rules: Path
    ) -> None:
        rules.write_text("avoid deadlift when pain=acuet\n")
        checked = _said(capsys, "check", "clinic.rules")
        code, out, err = self._publish(capsys, service, "refused", "--create")
        assert (code, out) == (Exit.FINDINGS, checked[1])
        assert "nothing was sent" in err
        assert service.ask("GET", "/v1/rulesets/refused")[0] == 404

    def test_a_breaking_promotion_is_refused_with_its_reasons(
        self, capsys: pytest.CaptureFixture[str], service: Service, rules: Path
    ) -> None:
        rules.write_text(RULES + 'fact mood "Mood" one of bright, dull\navoid deadlift when mood=dull\n')
        self._publish(capsys, service, "breaks", "--create", "--promote")
        rules.write_text(RULES)
        code, _, err = self._publish(capsys, service, "breaks", "--promote")
        assert code == Exit.FINDINGS
        assert "mood" in err

    def test_errors_for_a_program(self, capsys: pytest.CaptureFixture[str], service: Service, rules: Path) -> None:
        rules.write_text("avoid deadlift when pain=acuet\n")
        code, out, _ = self._publish(capsys, service, "refused", "--json")
        answer = json.loads(out)
        assert code == Exit.FINDINGS
        assert (answer["ok"], [found["code"] for found in answer["diagnostics"]]) == (False, ["E202"])

    def test_a_missing_file(self, capsys: pytest.CaptureFixture[str], service: Service, rules: Path) -> None:
        rules.unlink()
        assert self._publish(capsys, service, "missing", "--create")[0] == Exit.UNUSABLE

    def test_nobody_there_is_one_clear_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        url = f"http://127.0.0.1:{free_port()}"
        code, out, err = _said(capsys, "publish", "clinic.rules", "--ruleset", "x", "--url", url)
        assert (code, out) == (Exit.UNREACHABLE, "")
        assert err == f"spotter: no service at {url}: nobody listens there; `spotter serve` starts a service\n"

    @pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://host", "http://", "http://[::1", "http://h:port"])
    def test_an_address_that_is_none(self, capsys: pytest.CaptureFixture[str], url: str) -> None:
        code, _, err = _said(capsys, "publish", "clinic.rules", "--ruleset", "x", "--url", url)
        assert code == Exit.UNUSABLE
        assert "is not the address of a service" in err

    @pytest.mark.parametrize("body", [b"<html>hello</html>", b"[]", b"\xff", b"null"])
    def test_something_else_that_answers(self, capsys: pytest.CaptureFixture[str], body: bytes) -> None:
        with _something_else(body) as url:
            code, _, err = _said(capsys, "publish", "clinic.rules", "--ruleset", "x", "--url", url)
        assert code == Exit.UNREACHABLE
        assert "what answers there is not Spotter" in err


def test_an_upload_never_says_where_it_lay_on_this_machine(service: Service, folder: Path) -> None:
    (folder / "pack").mkdir()
    (folder / "pack/a.rules").write_text(RULES)
    url = f"http://{service.address}"
    assert run(spotter, ["publish", str(folder / "pack"), "--ruleset", "places", "--create", "--url", url]) == 0
    source = Client(url).ask("GET", "/v1/rulesets/places/releases/1/source").value
    files = source["files"]
    assert isinstance(files, list)
    assert [file["name"] for file in files if not file["shipped"]] == ["pack/a.rules"]


@contextlib.contextmanager
def _something_else(body: bytes) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
