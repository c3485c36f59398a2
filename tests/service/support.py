"""What tests of the service share: rules to publish, applications and servers to ask, stores to look into."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

import httpx

from service.api.edge import Edge
from service.api.interface import Message

RULE = "avoid deadlift when condition=disc_herniation and pain=acute\n"
GRANT = 'rule hinge: allow glute_bridge, deadlift when always because "Everybody may."\n'
RULES = RULE + GRANT

SERVE = "from service.serving import *; run(Settings.from_env())"
"""What a server process runs."""

PATIENCE = 600.0
"""Seconds that a job may take where no test is about that: a machine with much else to do is slow."""

JSON = {"Content-Type": "application/json"}
RECOMMEND = "/v1/rulesets/small/recommendations"


def files(*texts: str) -> dict[str, Any]:
    """Return the body that publishes `texts`."""
    return {"files": [{"name": f"{place}.rules", "text": text} for place, text in enumerate(texts)]}


@asynccontextmanager
async def started(app: Edge) -> AsyncIterator[Edge]:
    """Start `app` as a server would, and stop it."""
    inbox: asyncio.Queue[Message] = asyncio.Queue()
    outbox: asyncio.Queue[Message] = asyncio.Queue()
    task = asyncio.create_task(app({"type": "lifespan", "asgi": {}, "state": {}}, inbox.get, outbox.put))
    await inbox.put({"type": "lifespan.startup"})
    answer = await outbox.get()
    if answer["type"] != "lifespan.startup.complete":
        await asyncio.wait([task])
        task.exception()
        raise RuntimeError(answer.get("message"))
    try:
        yield app
    finally:
        await inbox.put({"type": "lifespan.shutdown"})
        await outbox.get()
        await task


@asynccontextmanager
async def asked(app: Edge) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client of `app`, without a network."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        yield client


def dump(file: Path) -> list[str]:
    """Return everything that the SQLite `file` holds."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return list(connection.iterdump())


def free_port() -> int:
    """Return a port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A running server process."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, folder: Path, log: Path) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"
        self.folder = folder
        self._log = log

    @property
    def database(self) -> Path:
        return self.folder / "spotter.sqlite3"

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8")

    def stop(self) -> int:
        """Ask the process to end, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


@contextmanager
def served(folder: Path, script: str = SERVE, **settings: str) -> Iterator[Server]:
    """Run the service over Granian with its data in `folder`, and wait until it answers."""
    folder.mkdir(parents=True, exist_ok=True)
    port, log = free_port(), folder / "log"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SPOTTER_")}
    environ |= {"SPOTTER_DATA_DIR": str(folder), "SPOTTER_PORT": str(port)}
    environ |= {"SPOTTER_COMPILE_TIMEOUT": str(PATIENCE), **settings}
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-c", script], env=environ, stdout=written, stderr=subprocess.STDOUT
        )
    server = Server(process, port, folder, log)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=30)


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise RuntimeError(f"the server ended with {server.process.returncode}: {server.log}")
        try:
            if httpx.get(f"{server.url}/health/ready", timeout=10).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError(f"the server does not answer: {server.log}")
