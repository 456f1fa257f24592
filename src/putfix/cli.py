"""The command line: options, and what is said of them. The rest is loaded when it is needed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from putfix import __version__
from putfix.codes import CODES
from putfix.help import Command
from putfix.options import Options
from putfix.report.refusals import not_a_size
from putfix.report.words import one_line
from putfix.settings import parse_size

_PATH: click.Path = click.Path(path_type=Path)


def _size(_context: click.Context, _option: click.Parameter, value: str | None) -> int | None:
    """The number of bytes that an option means; a usage error where it means none."""
    try:
        return parse_size(value) if value is not None else None
    except ValueError as error:
        raise click.BadParameter(not_a_size(one_line(str(error)))) from error


def _codes(_context: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """The codes that a shell offers to complete one."""
    from putfix.report.findings import INVALID, UNUSED

    return [code for code in (*CODES, UNUSED, INVALID) if code.startswith(incomplete)]


@click.command(cls=Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, type=click.Path(path_type=str, readable=False))
@click.option("--diff", is_flag=True, help="Show what would change, and change nothing. This is the default.")
@click.option("--apply", is_flag=True, help="Show what changes, then change it; on a terminal, ask about each hoist.")
@click.option("-y", "--yes", is_flag=True, help="With --apply: do not ask, even on a terminal.")
@click.option("--check", is_flag=True, help="Print nothing; the exit code says whether anything would change.")
@click.option(
    "--check-with",
    metavar="COMMAND",
    help="With --apply: run COMMAND in a shell after that, such as your tests, and where it fails, take all back.",
)
@click.option("--bisect", is_flag=True, help="With --check-with: take back only the hoists that COMMAND fails with.")
@click.option("--exit-non-zero-on-fix", is_flag=True, help="Exit with 1 also where what is found was applied.")
@click.option("-v", "--verbose", is_flag=True, help="Say also of what is left alone why.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors, and the diff or what else is asked for, and no more.")
@click.option(
    "--statistics", is_flag=True, help="Show how often each code was found, in place of a diff, and change nothing."
)
@click.option(
    "--min-size",
    metavar="SIZE",
    callback=_size,
    help="Hoist what is larger, as 1MB or 500KiB, whatever configuration files say. By default Ray's own limit, "
    "102400 bytes; below that, a put pays only where Ray's is set lower.",
)
@click.option("--unsafe-fixes", is_flag=True, help="Hoist also what unproven assumptions are needed for.")
@click.option("--include-docs", is_flag=True, help="Take the Python blocks of .md, .markdown and .rst files, too.")
@click.option(
    "-j",
    "--jobs",
    metavar="N",
    type=click.IntRange(min=1),
    help="Share long work among N processes. By default one for each processor, and one inside pre-commit.",
)
@click.option(
    "--on-ray",
    metavar="[ADDRESS]",
    help="Share the work among the processors of a Ray cluster, at HOST:PORT or ray://HOST:PORT; without ADDRESS, of "
    "that which Ray finds by itself, or starts on this machine.",
)
@click.option(
    "--stdin-filename",
    metavar="PATH",
    type=click.Path(path_type=Path, dir_okay=False, readable=False),
    help="With - as the path: the name of what comes from "
    "standard input, for its settings, its project and its kind. It need not exist.",
)
@click.option(
    "--config",
    metavar="FILE",
    type=_PATH,
    help="Take the settings for all files from FILE, in place of the nearest configuration file.",
)
@click.option("--isolated", is_flag=True, help="Take no settings from configuration files.")
@click.option(
    "--show-settings", is_flag=True, help="Show the settings for each of PATHS, and the files they come from."
)
@click.option(
    "--explain",
    metavar="CODE",
    shell_complete=_codes,
    help="Say what a code means, and what you can do.",
)
@click.option("--list-codes", is_flag=True, help="Show all codes, each with what it means in one line.")
@click.option(
    "--add-ignores",
    is_flag=True,
    help="Add comments that ignore what would be hoisted, with --verbose also "
    "what is left alone, in place of hoisting it; with --diff, only show them.",
)
@click.option(
    "--diff-base",
    metavar="REV",
    help="Leave out the findings whose calls are on no line that changed since the revision REV of Git's.",
)
@click.option("--baseline", metavar="FILE", type=_PATH, help="Leave out the findings that FILE knows.")
@click.option("--update-baseline", is_flag=True, help="With --baseline: make FILE know all that is found now.")
@click.option("--trace", metavar="FILE", multiple=True, type=_PATH, help="Use what a run measured; may be repeated.")
@click.option("--report", is_flag=True, help="With --trace: show the bytes that went by value, call by call.")
@click.option("--chart", metavar="FILE", type=_PATH, help="With --report: draw it too, as .svg, .png or .pdf.")
@click.version_option(__version__)
def main(**given: Any) -> None:
    """Hoist large values that Ray tasks and actors are given again and again into one ray.put.

    PATHS are files and directories; without any, the current directory. Of a directory, the Python files and the
    notebooks are taken, apart from what .gitignore excludes. - is standard input.

    The diff, or what else is asked for, goes to standard output, everything else to standard error; both with colours
    on terminals, if NO_COLOR is not set. The settings for a file are those of the nearest putfix.toml, or
    pyproject.toml with [tool.putfix], in its directory or above.
    """
    options = Options(**given)
    if options.conflict is not None:
        raise click.UsageError(options.conflict)
    click.get_current_context().color = True  # what has colours is to have them, also in a pipe
    from putfix.command import start

    sys.exit(start(options))
