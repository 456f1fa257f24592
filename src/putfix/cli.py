"""The command line: options, and what is said of them. The rest is loaded when it is needed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from putfix.codes import CODES
from putfix.help import Command
from putfix.options import DIFF, Options
from putfix.report.outputs import FORMATS
from putfix.report.refusals import not_a_size
from putfix.report.words import one_line
from putfix.settings import parse_size
from putfix.version import __version__

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
@click.option(
    "--apply", is_flag=True, help="Change the files, and show the diff; on a terminal, ask about each hoist first."
)
@click.option("-y", "--yes", is_flag=True, help="With --apply: do not ask, even on a terminal.")
@click.option(
    "--check", is_flag=True, help="Print nothing but errors; the exit code says whether anything would change."
)
@click.option(
    "--check-with",
    metavar="COMMAND",
    help="With --apply: run COMMAND in a shell afterwards, such as your tests; if it fails, take everything back.",
)
@click.option(
    "--bisect",
    is_flag=True,
    help="With --check-with: find the hoists that COMMAND fails with, and take back only those.",
)
@click.option(
    "--exit-non-zero-on-fix", is_flag=True, help="Exit with 1 if anything was changed, even if nothing is left to do."
)
@click.option("-v", "--verbose", is_flag=True, help="List also what is left alone, and why.")
@click.option("-q", "--quiet", is_flag=True, help="Print only errors, and the diff, report or table that you ask for.")
@click.option(
    "--statistics", is_flag=True, help="Count the findings by their codes, instead of showing a diff; change nothing."
)
@click.option(
    "--min-size",
    metavar="SIZE",
    callback=_size,
    help="Hoist only what is larger than SIZE, such as 1MB or 500KiB, whatever configuration files say. The default is "
    "Ray's own limit, 102400 bytes; for smaller values, a put pays only if Ray's limit is set lower.",
)
@click.option(
    "--unsafe-fixes",
    is_flag=True,
    help="Hoist also where that takes assumptions that the code does not prove; each is named.",
)
@click.option("--include-docs", is_flag=True, help="Check also the Python blocks of .md, .markdown and .rst files.")
@click.option(
    "-j",
    "--jobs",
    metavar="N",
    type=click.IntRange(min=1),
    help="Share long work among N processes; by default one per processor, and one inside pre-commit.",
)
@click.option("--no-cache", is_flag=True, help="Neither use nor keep what runs over directories find out.")
@click.option(
    "--cache-dir",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep it in DIR, in place of PUTFIX_CACHE_DIR, or of the user's directory for caches.",
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
    help="With - as the path: the file name of what comes from standard input, which decides on its settings, project "
    "and file type. The file need not exist.",
)
@click.option(
    "--config",
    metavar="FILE",
    type=_PATH,
    help="Take the settings for all files from FILE, instead of the nearest configuration file.",
)
@click.option("--isolated", is_flag=True, help="Take no settings from configuration files.")
@click.option(
    "--show-settings", is_flag=True, help="Show the settings for each of PATHS, and the files they come from."
)
@click.option(
    "--explain",
    metavar="CODE",
    shell_complete=_codes,
    help="Explain a code: what it means, an example, and what you can do.",
)
@click.option("--list-codes", is_flag=True, help="List all codes, with a line about each.")
@click.option(
    "--add-ignores",
    is_flag=True,
    help="Instead of hoisting, add a comment to each call that has putfix ignore it from now on; with --verbose also "
    "to what is left alone; with --diff, only show the comments.",
)
@click.option(
    "--diff-base",
    metavar="REV",
    help="Look only at calls on lines that changed since the Git revision REV.",
)
@click.option("--baseline", metavar="FILE", type=_PATH, help="Leave out the findings that are recorded in FILE.")
@click.option("--update-baseline", is_flag=True, help="With --baseline: record in FILE all that is found now.")
@click.option(
    "--trace",
    metavar="FILE",
    multiple=True,
    type=_PATH,
    help="Use the measurements in FILE, which python -m putfix.trace wrote; may be repeated.",
)
@click.option(
    "--report", is_flag=True, help="With --trace: show the bytes that each call passed by value, instead of a diff."
)
@click.option("--chart", metavar="FILE", type=_PATH, help="With --report: draw it too, as .svg, .png or .pdf.")
@click.option(
    "--output-format",
    metavar="FORMAT",
    type=click.Choice(list(FORMATS)),
    default=DIFF,
    help=f"Report what is found as FORMAT, in place of the diff: {', '.join(FORMATS)}.",
)
@click.option("--output-file", metavar="FILE", type=_PATH, help="Write that into FILE, whole or not at all.")
@click.version_option(__version__)
def main(**given: Any) -> None:
    """Find large values that Ray tasks and actors are given again and again, and give them one reference from ray.put.

    PATHS are files and directories; without any, the current directory. Of a directory, the Python files and the
    notebooks are checked, except those that .gitignore excludes. - is standard input.

    The diff, or the report or table that you ask for, goes to standard output, everything else to standard error. The
    settings for a file are those of the nearest putfix.toml, or pyproject.toml with [tool.putfix], in its directory or
    above.
    """
    options = Options(**given)
    if options.conflict is not None:
        raise click.UsageError(options.conflict)
    click.get_current_context().color = True  # what has colours is to have them, also in a pipe
    from putfix.command import start

    sys.exit(start(options))
