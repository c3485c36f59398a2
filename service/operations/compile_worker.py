"""The process in which uploaded rule text is compiled: it can be killed without losing the service.

Reads messages from standard input and answers each on standard output; a message is a length of four bytes
and as many bytes of JSON. It ends when its input does.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from contextlib import suppress
from typing import BinaryIO

import msgspec

from service.operations.compilation import RuleFile, compile_files

LENGTH_BYTES = 4


def main() -> None:
    """Answer until standard input ends. The first argument bounds the memory, in bytes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the service's to handle
    _limit_memory(int(sys.argv[1]))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not break the messages
    decoder = msgspec.json.Decoder(list[RuleFile])
    while (message := _read(sys.stdin.buffer)) is not None:
        answer = msgspec.json.encode(compile_files(decoder.decode(message)))
        answers.write(len(answer).to_bytes(LENGTH_BYTES, "big") + answer)
        answers.flush()


def _read(stream: BinaryIO) -> bytes | None:
    length = stream.read(LENGTH_BYTES)
    return stream.read(int.from_bytes(length, "big")) if len(length) == LENGTH_BYTES else None


def _limit_memory(most: int) -> None:
    with suppress(ValueError, OSError):  # macOS does not know this limit
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main()
