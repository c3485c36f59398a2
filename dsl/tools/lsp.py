"""The command `lsp`: what an editor starts to be told about rule files while somebody writes them."""

from __future__ import annotations

import os
import sys

import click

from dsl.tools.editor.server import rules_server
from dsl.tools.exits import Exit


@click.command()
def lsp() -> Exit:
    """Serve an editor: diagnostics, completion, renaming and the like, while somebody writes rules.

    The editor starts this itself and speaks to it over standard input and output (the language server protocol).
    """
    # A copy of the stream, for the server closes it: what comes after flushes the one that is left.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as spoken:
        rules_server().start_io(stdout=spoken)
    return Exit.FINE
