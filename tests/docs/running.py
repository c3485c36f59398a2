"""What a reader of the pages has at hand: a running service, a shell, and the files that the page told them to make."""

from __future__ import annotations

import contextlib
import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.docs.curl import exchange
from tests.docs.fences import ROOT

ADDRESS = "127.0.0.1:8080"
"""Where the pages say that the service is; it runs elsewhere during tests."""

_SHIMS = {
    "spotter": f'exec {shlex.quote(sys.executable)} -m service.cli "$@"',
    "curl": f'exec {shlex.quote(sys.executable)} {shlex.quote(str(ROOT / "tests/docs/curl.py"))} "$@"',
    "python": f'exec {shlex.quote(sys.executable)} "$@"',
}


@dataclass(frozen=True, slots=True)
class Service:
    """A service that runs on a free port with a store of its own, and what it printed before it served."""

    port: int
    greeting: str

    @property
    def address(self) -> str:
        """Return host and port."""
        return f"127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of the answer to one request."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        return exchange(method, f"http://{self.address}{path}", headers, body)


@dataclass(slots=True)
class Shell:
    """A shell in a folder of its own, in which the shipped `rules/` lie and `spotter` is a command."""

    folder: Path
    service: Service | None = None
    last_code: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Put the commands and the shipped rules where the reader has them."""
        for name, line in _SHIMS.items():
            script = self.folder / ".bin" / name
            script.parent.mkdir(exist_ok=True)
            script.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
            script.chmod(0o755)
        (self.folder / "rules").symlink_to(ROOT / "rules")

    def run(self, command: str) -> str:
        """Return what `command` prints, with the address of the pages in place of the true one."""
        if self.service:
            command = command.replace(ADDRESS, self.service.address)
            command = command.replace("spotter publish ", f"spotter publish --url http://{self.service.address} ")
        done = subprocess.run(  # the commands are those of our own pages
            ["/bin/sh", "-c", f"(exit {self.last_code}); {command}"],
            cwd=self.folder, env=self._environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", timeout=60, check=False,
        )  # fmt: skip
        self.last_code = done.returncode
        return done.stdout.replace(self.service.address, ADDRESS) if self.service else done.stdout

    def _environment(self) -> dict[str, str]:
        path = os.pathsep.join([str(self.folder / ".bin"), os.environ.get("PATH", os.defpath)])
        return environment() | {"PATH": path}


def environment() -> dict[str, str]:
    """Return this process's environment without what changes how commands speak."""
    steering = ("SPOTTER_", "COLUMNS", "NO_COLOR", "FORCE_COLOR", "TERM")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(steering)}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}


_PATIENT = {"SPOTTER_COMPILE_TIMEOUT": "600"}
"""A machine with much else to do is slow, and no page is about that."""


@contextlib.contextmanager
def running_service(folder: Path) -> Iterator[Service]:
    """Serve the shipped rule sets from a store in `folder` until the block ends."""
    port = free_port()
    log = folder / "service.log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "service.cli", "serve", "--port", str(port), "--data-dir", str(folder)]
        process = subprocess.Popen(command, stdout=out, stderr=out, env=environment() | _PATIENT, cwd=folder)
        try:
            _await_ready(port, process, log)
            yield Service(port, log.read_text(encoding="utf-8"))
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError):
            if exchange("GET", f"http://127.0.0.1:{port}/health/ready", {}, None)[0] == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"the service did not get ready:\n{log.read_text(encoding='utf-8', errors='replace')}")
