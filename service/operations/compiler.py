"""Compiles uploads in a process of its own, one at a time, within bounds of time and memory."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from typing import cast

import msgspec

from service.operations.compilation import Compiled, RuleFile
from service.operations.compile_worker import LENGTH_BYTES
from service.problems import BUSY, RULES_TOO_COSTLY, ProblemError

_MOST_WAITING = 16
_RETRY_AFTER_SECONDS = "2"


class Compiler:
    """The way to the worker process; starts it when first needed, and anew after it had to be killed."""

    def __init__(self, timeout: float, memory: int) -> None:
        """Bound each compilation to `timeout` seconds and the worker to `memory` bytes."""
        self._timeout = timeout
        self._memory = memory
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._worker: Process | None = None
        self._decoder = msgspec.json.Decoder(Compiled)

    async def compile(self, files: Sequence[RuleFile]) -> Compiled:
        """Return what comes of `files`.

        Raises:
            ProblemError: too many uploads wait, or this one takes too much time or memory.
        """
        if self._waiting >= _MOST_WAITING:
            raise ProblemError(
                BUSY, f"{self._waiting} uploads are waiting", headers={"Retry-After": _RETRY_AFTER_SECONDS}
            )
        self._waiting += 1
        try:
            async with self._turn:
                return self._decoder.decode(await self._ask(msgspec.json.encode(files)))
        finally:
            self._waiting -= 1

    @property
    def process_id(self) -> int | None:
        """Return the id of the worker process; None while there is none."""
        return None if self._worker is None or self._worker.returncode is not None else self._worker.pid

    async def close(self) -> None:
        """End the worker."""
        worker, self._worker = self._worker, None
        if worker is not None:
            with contextlib.suppress(ProcessLookupError):
                worker.kill()
            await worker.wait()

    async def _ask(self, message: bytes) -> bytes:
        try:
            worker = await self._running()
            async with asyncio.timeout(self._timeout):
                return await _exchange(worker, message)
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError) as error:
            await self.close()
            raise ProblemError(
                RULES_TOO_COSTLY,
                f"compiling was given up: it may take {self._timeout:g} seconds and {self._memory >> 20} MiB",
            ) from error
        except BaseException:
            await self.close()  # a half-read answer must not be taken for the next one's
            raise

    async def _running(self) -> Process:
        if self._worker is None or self.process_id is None:
            self._worker = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "service.operations.compile_worker",
                str(self._memory),
                stdin=PIPE,
                stdout=PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
        return self._worker


async def _exchange(worker: Process, message: bytes) -> bytes:
    there, back = cast("asyncio.StreamWriter", worker.stdin), cast("asyncio.StreamReader", worker.stdout)
    there.write(len(message).to_bytes(LENGTH_BYTES, "big") + message)
    await there.drain()
    length = await back.readexactly(LENGTH_BYTES)
    return await back.readexactly(int.from_bytes(length, "big"))
