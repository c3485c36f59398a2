"""The process in which uploads are compiled and checked, and releases compared."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from service.operations import worker as module
from service.operations.compilation import RuleFile, compile_files
from service.operations.jobs import CompareJob, StoredRelease
from service.operations.worker import Worker, WorkerError
from service.problems import BUSY, COMPARISON_TOO_COSTLY, RULES_TOO_COSTLY, ProblemError
from tests.service.support import RULES

pytestmark = pytest.mark.anyio

MEMORY = 1024**3
FILES = [RuleFile("a.rules", RULES)]


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    made = Worker(60, MEMORY)
    yield made
    await made.close()


def _pid(worker: Worker) -> int:
    assert worker.process_id is not None
    return worker.process_id


async def test_the_worker_finds_what_is_found_in_this_process(worker: Worker) -> None:
    assert await worker.compile(FILES) == compile_files(FILES)
    broken = [RuleFile("b.rules", "avoid deadlift when pain=acuet\n")]
    found = await worker.compile(broken)
    assert found == compile_files(broken)
    assert found.artifact is None


async def test_one_worker_serves_one_upload_after_the_other(worker: Worker) -> None:
    first = await worker.compile(FILES)
    pid = _pid(worker)
    assert list(await asyncio.gather(worker.compile(FILES), worker.compile(FILES))) == [first, first]
    assert _pid(worker) == pid


async def test_a_worker_that_died_is_replaced(worker: Worker) -> None:
    first = await worker.compile(FILES)
    pid = _pid(worker)
    os.kill(pid, signal.SIGKILL)
    await asyncio.sleep(0.5)
    assert worker.process_id is None
    assert await worker.compile(FILES) == first
    assert _pid(worker) != pid


async def test_text_that_takes_too_long_is_given_up_and_its_worker_killed(worker: Worker) -> None:
    await worker.compile(FILES)
    pid = _pid(worker)
    impatient = Worker(0.001, MEMORY)
    with pytest.raises(ProblemError) as caught:
        await impatient.compile(FILES)
    assert caught.value.kind is RULES_TOO_COSTLY
    assert impatient.process_id is None
    assert _pid(worker) == pid


async def test_a_worker_that_dies_at_work_is_not_the_uploads_fault(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    await worker.compile(FILES)
    os.kill(_pid(worker), signal.SIGSTOP)
    compiling = asyncio.create_task(worker.compile(FILES))
    await asyncio.sleep(0.1)
    os.kill(_pid(worker), signal.SIGKILL)
    with caplog.at_level(logging.ERROR), pytest.raises(WorkerError) as caught:
        await compiling
    assert f"failure {caught.value}: the worker process ended at work: SIGKILL" in caplog.text
    assert "deadlift" not in caplog.text
    assert (await worker.compile(FILES)).artifact is not None


async def test_text_that_takes_too_much_memory_is_given_up_and_the_worker_starts_anew(
    caplog: pytest.LogCaptureFixture,
) -> None:
    small = Worker(60, 1024**2)
    with caplog.at_level(logging.ERROR), pytest.raises(ProblemError) as caught:
        await small.compile([RuleFile("a.rules", RULES * 20)])
    assert caught.value.kind is RULES_TOO_COSTLY
    assert small.process_id is None
    assert not caplog.records


async def test_an_upload_that_nobody_waits_for_leaves_no_answer_for_the_next(worker: Worker) -> None:
    first = await worker.compile(FILES)
    abandoned = asyncio.create_task(worker.compile([RuleFile("x", "nonsense")]))
    await asyncio.sleep(0)
    abandoned.cancel()
    with pytest.raises(asyncio.CancelledError):
        await abandoned
    assert await worker.compile(FILES) == first


async def test_only_so_many_uploads_wait(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_WAITING", 1)
    results = await asyncio.gather(*[worker.compile(FILES) for _ in range(3)], return_exceptions=True)
    refused = [result for result in results if isinstance(result, ProblemError)]
    assert [problem.kind for problem in refused] == [BUSY, BUSY]
    assert refused[0].headers == {"Retry-After": "2"}


async def test_closing_ends_the_worker() -> None:
    closed = Worker(60, MEMORY)
    await closed.close()
    await closed.compile(FILES)
    pid = _pid(closed)
    await closed.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_one_that_waits_and_leaves_is_forgotten(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_WAITING", 2)
    await worker.compile(FILES)
    pid = _pid(worker)
    os.kill(pid, signal.SIGSTOP)
    running, waiting = (asyncio.create_task(worker.compile(FILES)) for _ in range(2))
    await asyncio.sleep(0.1)
    waiting.cancel()
    await asyncio.wait([waiting])
    next_ = asyncio.create_task(worker.compile(FILES))
    await asyncio.sleep(0.1)
    os.kill(pid, signal.SIGCONT)
    assert await running == await next_
    assert _pid(worker) == pid


async def test_one_that_runs_and_leaves_frees_the_worker(worker: Worker) -> None:
    first = await worker.compile(FILES)
    pid = _pid(worker)
    os.kill(pid, signal.SIGSTOP)
    running, waiting = (asyncio.create_task(worker.compile(FILES)) for _ in range(2))
    await asyncio.sleep(0.1)
    running.cancel()
    assert await waiting == first
    assert _pid(worker) != pid


async def test_what_goes_wrong_in_the_worker_is_its_own_fault_and_leaves_it_working(
    worker: Worker, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = StoredRelease(b"no artifact", "sha256:")
    with pytest.raises(WorkerError) as caught:
        await worker.compare(CompareJob(broken, broken))
    pid = _pid(worker)
    assert (await worker.compile(FILES)).artifact is not None
    assert _pid(worker) == pid
    logged = capfd.readouterr().err
    assert f"failure {caught.value}: ArtifactError at " in logged


async def test_a_comparison_that_takes_too_long_is_given_up() -> None:
    impatient = Worker(0.001, MEMORY)
    stored = StoredRelease(b"", "sha256:")
    with pytest.raises(ProblemError) as caught:
        await impatient.compare(CompareJob(stored, stored))
    assert caught.value.kind is COMPARISON_TOO_COSTLY


def test_who_only_answers_requests_does_not_load_the_solver() -> None:
    code = "import sys, service.app; sys.exit('z3' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
