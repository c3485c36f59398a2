"""The service as it runs: over Granian, on a free port, on real SQLite; and everything bad that can be sent to it."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from service.serving import require_loopback
from service.settings import Settings, SettingsError
from tests.service.support import JSON, RULES, Server, dump, files, served

RECOMMEND = "/v1/rulesets/back-pain/recommendations"
RELEASES = "/v1/rulesets/back-pain/releases"
QUESTION = {"facts": {"condition": ["disc_herniation"], "pain": "acute", "symptom": []}, "exercises": ["deadlift"]}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as made:
        yield made


@pytest.fixture
def unchanged(server: Server) -> Iterator[None]:
    """Nothing that the test sends leaves a trace in the store, and the service goes on answering."""
    before = dump(server.database)
    yield
    assert dump(server.database) == before
    assert httpx.post(server.url + RECOMMEND, json=QUESTION, timeout=60).status_code == 200


def problem(response: httpx.Response, status: int) -> dict[str, object]:
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    document: dict[str, object] = response.json()
    assert document["status"] == status
    return document


# --- running ------------------------------------------------------------------------------------


def test_the_service_says_in_its_log_what_it_has_published(server: Server) -> None:
    assert "INFO service.operations.shipped: published the shipped rule set back-pain as release 1" in server.log


def test_the_shipped_rules_answer(client: httpx.Client) -> None:
    answer = client.post(RECOMMEND, json=QUESTION).json()
    assert (answer["ruleset"], answer["release"]) == ("back-pain", 1)
    assert (answer["exercises"][0]["exercise"], answer["exercises"][0]["verdict"]) == ("deadlift", "avoid")


def test_a_release_is_published_promoted_and_rolled_back(client: httpx.Client) -> None:
    client.post("/v1/rulesets", json={"name": "knees", "title": "Knees"}).raise_for_status()
    for text in (RULES, RULES + "# 2\n"):
        client.post("/v1/rulesets/knees/releases", json=files(text)).raise_for_status()
    channel = "/v1/rulesets/knees/channels/stable"
    for release in (2, 1):
        tag = client.get(channel).headers["ETag"]
        client.put(channel, json={"release": release}, headers={"If-Match": tag}).raise_for_status()
        assert client.post("/v1/rulesets/knees/recommendations", json={}).json()["release"] == release


def test_a_service_that_is_told_to_stop_ends_cleanly_and_finds_everything_again(tmp_path: Path) -> None:
    with served(tmp_path / "data") as first:
        httpx.post(f"{first.url}/v1/rulesets", json={"name": "knees", "title": "Knees"}).raise_for_status()
        httpx.post(f"{first.url}/v1/rulesets/knees/releases", json=files(RULES), timeout=60).raise_for_status()
        assert first.stop() == 0
        assert "rror" not in first.log
    before = dump(first.database)
    with served(tmp_path / "data") as second:
        assert httpx.get(f"{second.url}/v1/rulesets/knees").json()["latest_release"] == 1
        assert httpx.post(second.url + RECOMMEND, json=QUESTION, timeout=60).status_code == 200
    assert dump(second.database) == before


def test_a_service_that_was_killed_finds_everything_again(tmp_path: Path) -> None:
    with served(tmp_path / "data") as first:
        httpx.post(f"{first.url}/v1/rulesets", json={"name": "knees", "title": "Knees"}).raise_for_status()
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(first.process.pid)], capture_output=True, text=True, check=False
        ).stdout.split()
        first.process.kill()
        for child in children:
            subprocess.run(["kill", "-9", child], check=False)
        first.process.wait()
    with served(tmp_path / "data") as second:
        assert httpx.get(f"{second.url}/v1/rulesets/knees").status_code == 200


def test_a_later_start_does_not_parse(tmp_path: Path) -> None:
    with served(tmp_path / "data"):
        pass
    script = (
        "import dsl.syntax.parser, dsl.semantics.compiler as compiler\n"
        "def refuse(*_, **__): raise SystemExit('rule text was parsed')\n"
        "dsl.syntax.parser.parse = compiler.parse = refuse\n"
        "from service.serving import *\n"
        "run(Settings.from_env())\n"
    )
    with served(tmp_path / "data", script=script) as second:
        assert httpx.post(second.url + RECOMMEND, json=QUESTION, timeout=60).status_code == 200


def test_two_services_do_not_share_a_data_folder(server: Server) -> None:
    with pytest.raises(RuntimeError, match="another Spotter is using the data folder"), served(server.folder):
        pass


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "example.com"])  # noqa: S104 - which is the point
def test_without_keys_any_address_but_this_machines_own_is_refused(host: str) -> None:
    with pytest.raises(SettingsError, match=f"not on {host}; set SPOTTER_HOST to 127.0.0.1"):
        require_loopback(Settings(host=host))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machines_own_addresses_are_taken(host: str) -> None:
    require_loopback(Settings(host=host))


def test_the_command_refuses_to_listen_elsewhere(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "service.cli", "serve", "--host", "0.0.0.0", "--data-dir", str(tmp_path / "data")]  # noqa: S104
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 2
    assert "loopback" in ended.stderr
    assert not (tmp_path / "data").exists()


def test_the_log_holds_nothing_of_what_was_sent(server: Server, client: httpx.Client) -> None:
    marker = "planted_marker_17"
    client.post(RECOMMEND, json={"facts": {"symptom": [marker]}, "subject": marker})
    client.post(RECOMMEND, json={"facts": {}, "subject": marker, "exercises": [marker]})
    client.post(RECOMMEND, content=marker.encode(), headers=JSON)
    client.get(f"/v1/rulesets?{marker}={marker}")
    assert marker not in server.log


def test_requests_are_answered_while_text_is_compiled(client: httpx.Client, server: Server) -> None:
    rules = "".join(f"rule r{place}: avoid deadlift when pain_level > {place % 10}\n" for place in range(1_500))
    checking = threading.Thread(
        target=lambda: httpx.post(f"{server.url}/v1/checks", json=files(rules), timeout=60).raise_for_status()
    )
    checking.start()
    answered = 0
    while checking.is_alive():
        client.get("/health/live").raise_for_status()
        answered += 1
    assert answered > 5  # a loop that compiles itself would answer once, at the end


# --- bad rule text ------------------------------------------------------------------------------

BAD_RULES = {
    "empty": "",
    "nothing but spaces": " \n\t\n",
    "binary": "\x00\x01\x02\x7f\x80\x9f" * 100,
    "NUL in a rule": "avoid dead\x00lift when pain=acute\n",
    "ten thousand levels": "avoid deadlift when " + "(" * 10_000 + "pain=acute" + ")" * 10_000 + "\n",
    "ten thousand times not": "avoid deadlift when " + "not " * 10_000 + "pain=acute\n",
    "bidirectional controls": "avoid deadlift when pain=\u202eetuca\u202c\u2066\u2069\n" * 50,
    "cut mid-string": 'rule a: avoid deadlift when pain=acute because "it hur',
    "a misspelt value": "avoid deadlift when condition=disc_hreniation\n",
    "another language": "def avoid(deadlift): return pain == 'acute'\n",
    "words run together": "avoiddeadlift whenpain=acute\n",
}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("text", BAD_RULES.values(), ids=BAD_RULES.keys())
def test_bad_rule_text_gets_its_diagnostics(client: httpx.Client, text: str) -> None:
    document = problem(client.post(RELEASES, json=files(text)), 422)
    assert document["type"] == "urn:spotter:problem:invalid-rules"
    faults = document["errors"]
    assert isinstance(faults, list)
    assert faults
    assert all(fault["code"].startswith("E") and fault["detail"] for fault in faults)
    check = client.post("/v1/checks", json=files(text))
    assert (check.status_code, check.json()["ok"]) == (200, False)
    codes = [found["code"] for found in check.json()["diagnostics"] if found["severity"] == "error"]
    assert codes == [fault["code"] for fault in faults]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("path", [RELEASES, "/v1/checks"])
def test_ten_megabytes_of_rule_text_are_too_large(client: httpx.Client, path: str) -> None:
    text = "avoid deadlift when pain=acute\n" * (10 * 1024 * 1024 // 31)
    document = problem(client.post(path, json=files(text)), 413)
    assert document["type"] == "urn:spotter:problem:too-large"


@pytest.mark.usefixtures("unchanged")
def test_more_rule_text_than_one_file_may_have_is_a_diagnostic(client: httpx.Client) -> None:
    document = problem(client.post(RELEASES, json=files("# padding\n" * 150_000)), 422)
    assert document["type"] == "urn:spotter:problem:invalid-rules"


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("text", [b'"\\ud800"', b'"\xff\xfe"', b'"\n"', b"7", b"null", b'["avoid"]'])
def test_rule_text_that_is_no_text_is_refused(client: httpx.Client, text: bytes) -> None:
    body = b'{"files": [{"name": "a.rules", "text": ' + text + b"}]}"
    for path in (RELEASES, "/v1/checks"):
        response = client.post(path, content=body, headers=JSON)
        problem(response, response.status_code)
        assert response.status_code in (400, 422)


# --- bad facts ----------------------------------------------------------------------------------

BAD_FACTS: dict[str, tuple[bytes, int, str | None]] = {
    "an unknown name": (b'{"pian": "acute"}', 422, "/facts/pian"),
    "an unknown value": (b'{"pain": "acuet"}', 422, "/facts/pain"),
    "an unknown unit": (b'{"sleep_hours": {"value": 7, "unit": "parsec"}}', 422, "/facts/sleep_hours/unit"),
    "text for a number": (b'{"pain_level": "7"}', 422, "/facts/pain_level"),
    "a number for a list": (b'{"condition": 7}', 422, "/facts/condition"),
    "a list for a number": (b'{"pain_level": [7]}', 422, "/facts/pain_level"),
    "an object for a choice": (b'{"pain": {"a": 1}}', 422, "/facts/pain"),
    "out of range": (b'{"pain_level": 11}', 422, "/facts/pain_level"),
    "NaN": (b'{"pain_level": NaN}', 400, None),
    "Infinity": (b'{"pain_level": Infinity}', 400, None),
    "1e400": (b'{"pain_level": 1e400}', 422, "/facts/pain_level"),
    "-1e400": (b'{"pain_level": -1e400}', 422, "/facts/pain_level"),
    "1e99999999999": (b'{"pain_level": 1e99999999999}', 422, "/facts"),
    "1e400 in another unit": (b'{"sleep_hours": {"value": 1e9999, "unit": "min"}}', 422, "/facts/sleep_hours/value"),
    "an integer past 64 bits": (b'{"pain_level": 9223372036854775808}', 422, "/facts/pain_level"),
    "an integer of 5,000 digits": (b'{"pain_level": ' + b"9" * 5_000 + b"}", 422, "/facts"),
    "a lone surrogate": (b'{"pain": "\\ud800"}', 400, None),
    "a lone surrogate as a name": (b'{"\\udfff": true}', 400, None),
    "NUL in a value": (b'{"pain": "acu\\u0000te"}', 422, "/facts/pain"),
    "NUL in a name": (b'{"pa\\u0000in": "acute"}', 422, "/facts/pa\\u0000in"),
    "invalid UTF-8": (b'{"pain": "\xff"}', 400, None),
    "a name twice": (b'{"pain_level": 9, "pain_level": 1}', 400, None),
    "a name and its synonym": (b'{"pain": "acute", "PAIN": "none"}', 422, "/facts/PAIN"),
    "ten thousand levels": (b'{"pain": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", 400, None),
    "nine hundred levels": (b'{"pain": ' + b"[" * 900 + b"]" * 900 + b"}", 422, "/facts/pain"),
    "no object": (b"[]", 422, "/facts"),
}  # fmt: skip


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("facts", "status", "pointer"), BAD_FACTS.values(), ids=BAD_FACTS.keys())
def test_bad_facts_get_a_problem_that_says_where(
    client: httpx.Client, facts: bytes, status: int, pointer: str | None
) -> None:
    response = client.post(RECOMMEND, content=b'{"facts": ' + facts + b"}", headers=JSON)
    faults = problem(response, status).get("errors", [])
    assert isinstance(faults, list)
    if pointer is not None:
        assert faults[0]["pointer"] == pointer


@pytest.mark.usefixtures("unchanged")
def test_a_hundred_thousand_facts_are_too_many(client: httpx.Client) -> None:
    many = {f"f{place}": True for place in range(100_000)}
    problem(client.post(RECOMMEND, json={"facts": many}), 413)
    short = b'{"facts": {' + b",".join(b'"%d":1' % place for place in range(20_000)) + b"}}"
    document = problem(client.post(RECOMMEND, content=short, headers=JSON), 422)
    assert document["errors"] == [{"detail": "Expected `object` of length <= 1000", "pointer": "/facts"}]


@pytest.mark.usefixtures("unchanged")
def test_a_hundred_thousand_values_are_too_many(client: httpx.Client) -> None:
    values = json.dumps({"facts": {"condition": ["x"] * 60_000}}, separators=(",", ":")).encode()
    document = problem(client.post(RECOMMEND, content=values, headers=JSON), 422)
    assert "at most 1000" in str(document["errors"])


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("name", ["my own machine", "", "\u0000", "\u202edaed", "x" * 200, "💪" * 100])
def test_an_unknown_exercise_is_an_item_of_the_answer(client: httpx.Client, name: str) -> None:
    answer = client.post(RECOMMEND, json={**QUESTION, "exercises": ["deadlift", name]}).json()
    assert [item["asked"] for item in answer["exercises"]] == ["deadlift", name]
    assert (answer["exercises"][1]["exercise"], answer["exercises"][1]["go"]) == (None, False)


# --- bad senders --------------------------------------------------------------------------------


def _raw(server: Server, sent: bytes, *, most: float = 5) -> bytes:
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=most) as connection:
        received = b""
        with contextlib.suppress(OSError):
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                received += chunk
        return received


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "sent",
    [
        b"GET /v1/rulesets HTTP/1.1\r\n\r\n",
        b"GET /v1/rulesets HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET /v1/rulesets HTTP/1.0\r\n\r\n",
        b"\x00\x01\x02\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST " + RECOMMEND.encode() + b" HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"GET /v1/rulesets HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
    ],
)
def test_a_broken_request_is_refused(server: Server, sent: bytes) -> None:
    status = _raw(server, sent).split(b" ", 2)[1:2]
    assert status == [] or status[0][:1] == b"4"


def test_senders_that_stall_leave_others_alone(server: Server, client: httpx.Client) -> None:
    port = int(server.url.rpartition(":")[2])
    head = (
        f"POST {RECOMMEND} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    )
    stalled = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
    try:
        for connection in stalled:
            connection.sendall(head.encode() + b"{")
        assert client.post(RECOMMEND, json=QUESTION).status_code == 200
    finally:
        for connection in stalled:
            connection.close()


def test_ctrl_c_ends_the_service_too(tmp_path: Path) -> None:
    with served(tmp_path / "data") as running:
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(timeout=30) == 0
