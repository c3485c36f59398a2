"""The process in which uploads are compiled and the solver works: it can be killed without losing the service.

Reads jobs from standard input and answers each on standard output. It ends when its input does.
"""

from __future__ import annotations

import logging.config
import os
import resource
import signal
import sys
from contextlib import suppress
from typing import BinaryIO

import msgspec

from dsl.analysis.formulas import Bounds
from service.observability import LOGGING, log_failure
from service.operations.jobs import LENGTH_BYTES, Exhausted, Failed, Job, Result
from service.operations.work import perform

_SECONDS_EACH = 2.0


def main() -> None:
    """Answer until standard input ends. Arguments: bytes of memory, seconds that the solver may take over one job."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the service's to handle
    memory, seconds = int(sys.argv[1]), float(sys.argv[2])
    logging.config.dictConfig({"version": 1, **LOGGING})
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not break the messages
    bounds = Bounds(min(_SECONDS_EACH, seconds), seconds)
    _limit_memory(memory)
    while (message := _read(sys.stdin.buffer)) is not None:
        answer = _answered(message, bounds)
        answers.write(len(answer).to_bytes(LENGTH_BYTES, "big") + answer)
        answers.flush()


def _answered(message: bytes, bounds: Bounds) -> bytes:
    try:
        return msgspec.json.encode(_result(message, bounds))
    except MemoryError:
        return _EXHAUSTED


def _result(message: bytes, bounds: Bounds) -> Result:
    try:
        return perform(_decoder.decode(message), bounds)
    except MemoryError:
        raise  # what is asked takes too much, and whoever asked is told so
    except Exception as error:  # noqa: BLE001 - whatever it is, it is logged, and the next job gets its answer
        return Failed(log_failure(error))


_EXHAUSTED = msgspec.json.encode(Exhausted())
"""Made while there is memory."""

_decoder: msgspec.json.Decoder[Job] = msgspec.json.Decoder(Job)


def _read(stream: BinaryIO) -> bytes | None:
    length = stream.read(LENGTH_BYTES)
    return stream.read(int.from_bytes(length, "big")) if len(length) == LENGTH_BYTES else None


def _limit_memory(most: int) -> None:
    with suppress(ValueError, OSError):  # macOS does not know this limit
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main()
