"""What a command's exit code tells the script that called it."""

from __future__ import annotations

import enum


class Exit(enum.IntEnum):
    """How a command ended; the numbers are a promise to scripts and never change."""

    FINE = 0
    """Done, and nothing was found wrong."""
    FINDINGS = 1
    """Done, and something was found: errors in rules, files to format, facts refused, a bar not reached."""
    UNUSABLE = 2
    """Not done: the command line or an input cannot be used as it is."""
    UNREACHABLE = 3
    """Not done: the service does not answer, or answers with what this version does not know."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C."""
    NOBODY_READS = 141
    """Stopped because the program that read the output went away (`… | head`)."""
