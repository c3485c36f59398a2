"""Logging: one line an event on standard error, and never a value that a caller sent."""

from __future__ import annotations

import logging
import signal
import traceback
import uuid
from types import TracebackType
from typing import Any

logger = logging.getLogger(__name__)


LOGGING: dict[str, Any] = {
    "formatters": {
        "line": {"class": "logging.Formatter", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"},
    },
    "loggers": {
        "_granian": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "service": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
"""What the server's process logs, as `logging.config.dictConfig` takes it: its own events, warnings of all else."""


def log_failure(error: BaseException) -> str:
    """Log where `error` arose and return the id it can be found by.

    Its message is left out: the text of an exception can repeat what a caller sent.
    """
    occurrence = str(uuid.uuid4())
    logger.error("failure %s: %s at %s", occurrence, _kinds(error), _frames(error.__traceback__))
    return occurrence


def log_ended_at_work(returncode: int | None) -> str:
    """Log how the worker process ended while somebody waited for its answer; return the id it can be found by."""
    occurrence = str(uuid.uuid4())
    logger.error("failure %s: the worker process ended at work: %s", occurrence, _ending(returncode))
    return occurrence


def _ending(returncode: int | None) -> str:
    names = {-one.value: one.name for one in signal.Signals}
    return names.get(returncode, f"exit code {returncode}") if returncode is not None else "it does not answer"


def _kinds(error: BaseException) -> str:
    kinds = [type(error).__qualname__]
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
        kinds.append(type(error).__qualname__)
    return " from ".join(kinds)


def _frames(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    return " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
