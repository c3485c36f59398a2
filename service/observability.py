"""Logging: one line an event on standard error, and never a value that a caller sent."""

from __future__ import annotations

import logging
import sys
import traceback
import uuid
from types import TracebackType

logger = logging.getLogger(__name__)


def configure_logging() -> None:
    """Send the service's own events, and warnings of everything else, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("service").setLevel(logging.INFO)


def log_failure(error: BaseException) -> str:
    """Log where `error` arose and return the id it can be found by.

    Its message is left out: the text of an exception can repeat what a caller sent.
    """
    occurrence = str(uuid.uuid4())
    logger.error("failure %s: %s at %s", occurrence, _kinds(error), _frames(error.__traceback__))
    return occurrence


def _kinds(error: BaseException) -> str:
    kinds = [type(error).__qualname__]
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
        kinds.append(type(error).__qualname__)
    return " from ".join(kinds)


def _frames(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    return " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
