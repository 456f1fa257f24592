"""What ``putfix --help`` prints besides the options: their groups, examples, and the exit codes."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

import click

from putfix.options import with_address
from putfix.report.refusals import failure
from putfix.report.sentences import EXIT_CODES, ExitCode
from putfix.streams import settle

GROUPS: dict[str, tuple[str, ...]] = {
    "What is done": (
        "diff",
        "apply",
        "yes",
        "check_with",
        "bisect",
        "check",
        "exit_non_zero_on_fix",
        "statistics",
        "add_ignores",
        "report",
        "chart",
    ),
    "What is taken": ("include_docs", "jobs", "on_ray", "stdin_filename", "diff_base", "baseline", "update_baseline"),
    "What is hoisted": ("min_size", "unsafe_fixes", "trace"),
    "Configuration": ("config", "isolated", "show_settings"),
    "What is said": ("verbose", "quiet"),
    "Help": ("explain", "list_codes", "version"),
}
"""The parameters of the command under the headings that they are listed under; what Click adds comes last."""

EXAMPLES: dict[str, str] = {
    "putfix src/": "show what would change",
    "putfix --apply --yes src/": "change it, without questions",
    "putfix --apply --check-with 'pytest -q' --bisect": "change it, and keep what the tests pass with",
    "putfix --verbose job.py": "say also what is left alone, and why",
    "putfix --statistics src/": "count what is found, by its codes",
    "putfix --diff-base main": "look only at calls on lines that changed since main",
    "putfix --explain changed": "say what that means, and what you can do",
    "putfix --apply - --stdin-filename job.py <job.py": "fix standard input, as an editor does",
    "putfix --trace run.jsonl --report src/": "say what a run passed by value",
}


class Command(click.Command):
    """A command whose help is in groups, with examples and exit codes at the end, and that fails in one
    line; interrupted, it ends with the exit code for that."""

    def make_context(self, *arguments: Any, **settings: Any) -> click.Context:
        """Read the command line; help is printed then."""
        with _failing_in_one_line(unread=ExitCode.DONE):
            return super().make_context(*arguments, **settings)

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        """Take the value of an option that may have none."""
        return super().parse_args(context, with_address(arguments))

    def invoke(self, context: click.Context) -> Any:
        """Do what the command line says."""
        with _failing_in_one_line(unread=ExitCode.FAILED):
            return super().invoke(context)

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, each below the heading of its group."""
        records = {
            each.name: record
            for each in self.get_params(context)
            if isinstance(each, click.Option) and (record := each.get_help_record(context)) is not None
        }
        listed = {heading: [records.pop(name) for name in names] for heading, names in GROUPS.items()}
        *_, last = listed.values()
        last += records.values()
        for heading, rows in listed.items():
            with formatter.section(heading):
                formatter.write_dl(rows)

    def format_epilog(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples and the exit codes."""
        with formatter.section("Examples"):
            for command, meaning in EXAMPLES.items():
                formatter.write_text(command)
                with formatter.indentation():
                    formatter.write_text(meaning)
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(int(code)), text) for code, text in EXIT_CODES.items()])


@contextlib.contextmanager
def _failing_in_one_line(*, unread: ExitCode) -> Iterator[None]:
    """Say what no file is to blame for, such as an output that takes nothing, if that can be said; ``unread`` is the
    exit code where nobody reads any more."""
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    except OSError as error:
        with contextlib.suppress(OSError):
            if not isinstance(error, BrokenPipeError):
                click.echo(failure(error), err=True)
        settle(sys.stdout)
        settle(sys.stderr)
        sys.exit(unread if isinstance(error, BrokenPipeError) else ExitCode.FAILED)
