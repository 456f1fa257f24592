"""The command ``putfix-server``, and ``python -m putfix.server``."""

from __future__ import annotations

import importlib.util
import logging
import signal
import sys

import click

from putfix import streams
from putfix.report.editor import NO_PYGLS
from putfix.report.sentences import ExitCode
from putfix.version import __version__


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--stdio", is_flag=True, help="Talk over standard input and output, as it does anyway.")
@click.version_option(__version__)
def main(*, stdio: bool) -> None:
    """Tell an editor what putfix finds: a language server, which the editor starts and talks to over standard input
    and output.

    The settings for a file are those of the nearest putfix.toml, or pyproject.toml with [tool.putfix], as for the
    command. Exits with 0 when the editor ends the session, with 1 where the editor is gone without that, and with 2
    where the server cannot run.
    """
    if importlib.util.find_spec("pygls") is None:
        streams.say(NO_PYGLS)
        sys.exit(ExitCode.FAILED)
    from putfix.garbage import rare_collection
    from putfix.server.serving import make

    # What goes wrong is told to the editor; the library would repeat it here with its traces.
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a thread that waits for input would not end before that
    server = make()
    with rare_collection():
        server.start_io()
    server.examiner.close()
    sys.exit(ExitCode.DONE if server.was_shut_down else ExitCode.LEFT)


if __name__ == "__main__":
    main(prog_name="putfix-server")
