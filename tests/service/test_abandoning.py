"""Whoever hangs up on a real server frees its worker, and those who only ask what to train never wait for it."""

from __future__ import annotations

import json
import select
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from dsl.semantics.reading import shipped_rules
from tests.service.support import RULES, Server, files, free_port, served

RECOMMEND = "/v1/rulesets/back-pain/recommendations"
PATIENCE = 60


@pytest.fixture(scope="module")
def memory() -> int:
    """A bound by which the worker of this server is told from those of others."""
    return 1024**3 + free_port()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, memory: int) -> Iterator[Server]:
    bounds = {"SPOTTER_MUTATION_TIMEOUT": "3000", "SPOTTER_COMPILE_MEMORY": str(memory)}
    with served(tmp_path_factory.mktemp("served"), **bounds) as running:
        yield running


def endless() -> dict[str, Any]:
    """Return a check that takes minutes: it plants every fault in the shipped rules, over and over."""
    pack = shipped_rules() / "back_pain"
    texts = [path.read_text("utf-8") for path in sorted(pack.rglob("*.rules"))]
    return {**files(*texts), "include": ["mutation"]}


def workers(memory: int) -> set[str]:
    listed = subprocess.run(["ps", "-ww", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return {line.split()[0] for line in listed.splitlines() if f"worker_process {memory}" in line}


def wait_for_worker(memory: int) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := workers(memory):
            return found.pop()
        time.sleep(0.05)
    raise TimeoutError("no worker was started")


@contextmanager
def asking(server: Server, body: dict[str, Any]) -> Iterator[socket.socket]:
    """Send a check, and hang up at the end of the block without having waited for the answer."""
    data = json.dumps(body).encode()
    head = "POST /v1/checks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as connection:
        connection.sendall(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
        yield connection


def is_answered(connection: socket.socket) -> bool:
    return bool(select.select([connection], [], [], 0)[0])


def test_a_check_that_nobody_waits_for_makes_room_for_the_next(server: Server, memory: int) -> None:
    with ThreadPoolExecutor() as pool, httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
        with asking(server, endless()) as connection:
            worker = wait_for_worker(memory)
            waiting = pool.submit(client.post, "/v1/checks", json=files(RULES))
            for _ in range(20):
                assert client.post(RECOMMEND, json={"facts": {"pain": "acute"}}).status_code == 200
            assert not is_answered(connection)
            assert not waiting.done()
        answer = waiting.result(PATIENCE)
        assert (answer.status_code, answer.json()["ok"]) == (200, True)
        assert worker not in workers(memory)
    assert "rror" not in server.log


def test_who_leaves_while_waiting_is_forgotten(server: Server, memory: int) -> None:
    with asking(server, endless()) as connection:
        worker = wait_for_worker(memory)
        for _ in range(20):  # more than may wait at a time: each must be forgotten for the next to be let in
            with pytest.raises(httpx.TimeoutException):
                httpx.post(f"{server.url}/v1/checks", json=files(RULES), timeout=0.1)
        assert workers(memory) == {worker}
        assert not is_answered(connection)
    assert httpx.post(f"{server.url}/v1/checks", json=files(RULES), timeout=PATIENCE).status_code == 200
    assert "rror" not in server.log
