"""Has text compiled and checked, and releases compared, in a process of its own: one job at a time, within bounds.

Whoever no longer wants an answer cancels; a job that has not begun is forgotten, and one that runs is ended with its
process, which starts anew for the next.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from typing import TypeVar, cast

import msgspec

from service.observability import log_ended_at_work
from service.operations.compilation import Compiled, RuleFile
from service.operations.jobs import (
    LENGTH_BYTES,
    Checked,
    CheckJob,
    Compared,
    CompareJob,
    CompileJob,
    Exhausted,
    Failed,
    Job,
)
from service.problems import BUSY, COMPARISON_TOO_COSTLY, RULES_TOO_COSTLY, ProblemError, ProblemType

_MOST_WAITING = 16
_RETRY_AFTER_SECONDS = "2"
_LAST_MOMENTS = 1.0
"""How many seconds a process has to be gone after the last that was heard of it."""

_SOLVERS_SHARE = 0.5
"""The part of a job's time that the solver may take: past it the answer says what is undecided, instead of failing."""

_Kind = TypeVar("_Kind", Compiled, Checked, Compared)


class WorkerError(Exception):
    """The worker is at fault, not what it was asked; what it was is logged under `occurrence`."""

    def __init__(self, occurrence: str) -> None:
        """Name the occurrence."""
        super().__init__(occurrence)
        self.occurrence = occurrence


class Worker:
    """The way to the worker process; starts it when first needed, and anew after it had to be killed."""

    def __init__(self, timeout: float, memory: int, mutation_timeout: float = 0.0) -> None:
        """Bound each job to `timeout` seconds, planting faults apart, and the process to `memory` bytes."""
        self._timeout = timeout
        self._memory = memory
        self._mutation_timeout = mutation_timeout
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._process: Process | None = None

    async def compile(self, files: Sequence[RuleFile]) -> Compiled:
        """Return what comes of `files`.

        Raises:
            ProblemError: too many jobs wait, or this one takes too much time or memory.
            WorkerError: the worker failed, or its process ended.
        """
        return await self._done(CompileJob(tuple(files)), Compiled, self._timeout)

    async def check(self, job: CheckJob) -> Checked:
        """Return what comes of `job`. Faults are planted for as long as that may take, and what is left is named.

        Raises:
            ProblemError: too many jobs wait, or this one takes too much time or memory.
            WorkerError: the worker failed, or its process ended.
        """
        planting = self._mutation_timeout if "mutation" in job.include else 0.0
        deadline = self._timeout + planting
        return await self._done(msgspec.structs.replace(job, seconds=planting, deadline=deadline), Checked, deadline)

    async def compare(self, job: CompareJob) -> Compared:
        """Return what comes of `job`.

        Raises:
            ProblemError: too many jobs wait, or this one takes too much time or memory.
            WorkerError: the worker failed, or its process ended.
        """
        return await self._done(job, Compared, self._timeout, COMPARISON_TOO_COSTLY)

    @property
    def process_id(self) -> int | None:
        """Return the id of the process; None while there is none."""
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _done(
        self, job: Job, kind: type[_Kind], seconds: float, too_costly: ProblemType = RULES_TOO_COSTLY
    ) -> _Kind:
        if self._waiting >= _MOST_WAITING:
            raise ProblemError(
                BUSY, f"{self._waiting} others are waiting", headers={"Retry-After": _RETRY_AFTER_SECONDS}
            )
        self._waiting += 1
        try:
            async with self._turn:
                answer = await self._ask(msgspec.json.encode(job), seconds, too_costly)
                result = msgspec.json.decode(answer, type=kind | Failed | Exhausted)
                if isinstance(result, Exhausted):
                    await self.close()
                    raise self._given_up(too_costly, seconds)
        finally:
            self._waiting -= 1
        if isinstance(result, Failed):
            raise WorkerError(result.occurrence)
        return result

    async def _ask(self, message: bytes, seconds: float, too_costly: ProblemType) -> bytes:
        try:
            process = await self._running()
            async with asyncio.timeout(seconds):
                return await _exchange(process, message)
        except TimeoutError as error:
            await self.close()
            raise self._given_up(too_costly, seconds) from error
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            raise WorkerError(log_ended_at_work(await self._ended())) from error
        except BaseException:
            await self.close()  # a half-read answer must not be taken for the next one's
            raise

    def _given_up(self, kind: ProblemType, seconds: float) -> ProblemError:
        bounds = f"it may take {seconds:g} seconds and {self._memory >> 20} MiB"
        return ProblemError(kind, f"it was given up: {bounds}")

    async def _ended(self) -> int | None:
        """Return what a process that closed its output ended with; None where it is still there."""
        process = self._process
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LAST_MOMENTS):
                    return None if process is None else await process.wait()
            return None
        finally:
            await self.close()

    async def _running(self) -> Process:
        if self._process is None or self.process_id is None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "service.operations.worker_process",
                str(self._memory),
                str(self._timeout * _SOLVERS_SHARE),
                stdin=PIPE,
                stdout=PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
        return self._process


async def _exchange(process: Process, message: bytes) -> bytes:
    there, back = cast("asyncio.StreamWriter", process.stdin), cast("asyncio.StreamReader", process.stdout)
    there.write(len(message).to_bytes(LENGTH_BYTES, "big") + message)
    await there.drain()
    length = await back.readexactly(LENGTH_BYTES)
    return await back.readexactly(int.from_bytes(length, "big"))
