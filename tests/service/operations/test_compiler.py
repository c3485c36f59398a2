"""The process in which uploads are compiled."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from service.operations import compiler as module
from service.operations.compilation import RuleFile, compile_files
from service.operations.compiler import Compiler
from service.problems import BUSY, RULES_TOO_COSTLY, ProblemError
from tests.service.support import RULES

pytestmark = pytest.mark.anyio

MEMORY = 1024**3
FILES = [RuleFile("a.rules", RULES)]


@pytest.fixture
async def compiler() -> AsyncIterator[Compiler]:
    made = Compiler(60, MEMORY)
    yield made
    await made.close()


def _worker(compiler: Compiler) -> int:
    assert compiler.process_id is not None
    return compiler.process_id


async def test_the_worker_finds_what_is_found_in_this_process(compiler: Compiler) -> None:
    assert await compiler.compile(FILES) == compile_files(FILES)
    broken = [RuleFile("b.rules", "avoid deadlift when pain=acuet\n")]
    found = await compiler.compile(broken)
    assert found == compile_files(broken)
    assert found.artifact is None


async def test_one_worker_serves_one_upload_after_the_other(compiler: Compiler) -> None:
    first = await compiler.compile(FILES)
    worker = _worker(compiler)
    assert list(await asyncio.gather(compiler.compile(FILES), compiler.compile(FILES))) == [first, first]
    assert _worker(compiler) == worker


async def test_a_worker_that_died_is_replaced(compiler: Compiler) -> None:
    first = await compiler.compile(FILES)
    worker = _worker(compiler)
    os.kill(worker, signal.SIGKILL)
    await asyncio.sleep(0.5)
    assert compiler.process_id is None
    assert await compiler.compile(FILES) == first
    assert _worker(compiler) != worker


async def test_text_that_takes_too_long_is_given_up_and_its_worker_killed(compiler: Compiler) -> None:
    await compiler.compile(FILES)
    worker = _worker(compiler)
    impatient = Compiler(0.001, MEMORY)
    with pytest.raises(ProblemError) as caught:
        await impatient.compile(FILES)
    assert caught.value.kind is RULES_TOO_COSTLY
    assert impatient.process_id is None
    assert _worker(compiler) == worker


async def test_a_worker_that_dies_at_work_is_the_uploads_fault(compiler: Compiler) -> None:
    await compiler.compile(FILES)
    os.kill(_worker(compiler), signal.SIGSTOP)
    compiling = asyncio.create_task(compiler.compile(FILES))
    await asyncio.sleep(0.1)
    os.kill(_worker(compiler), signal.SIGKILL)
    with pytest.raises(ProblemError) as caught:
        await compiling
    assert caught.value.kind is RULES_TOO_COSTLY
    assert (await compiler.compile(FILES)).artifact is not None


async def test_an_upload_that_nobody_waits_for_leaves_no_answer_for_the_next(compiler: Compiler) -> None:
    first = await compiler.compile(FILES)
    abandoned = asyncio.create_task(compiler.compile([RuleFile("x", "nonsense")]))
    await asyncio.sleep(0)
    abandoned.cancel()
    with pytest.raises(asyncio.CancelledError):
        await abandoned
    assert await compiler.compile(FILES) == first


async def test_only_so_many_uploads_wait(compiler: Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_WAITING", 1)
    results = await asyncio.gather(*[compiler.compile(FILES) for _ in range(3)], return_exceptions=True)
    refused = [result for result in results if isinstance(result, ProblemError)]
    assert [problem.kind for problem in refused] == [BUSY, BUSY]
    assert refused[0].headers == {"Retry-After": "2"}


async def test_closing_ends_the_worker() -> None:
    closed = Compiler(60, MEMORY)
    await closed.close()
    await closed.compile(FILES)
    worker = _worker(closed)
    await closed.close()
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
