"""What ``putfix --help`` prints besides the options: their groups, examples, comments, and the exit codes."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

import click

from putfix.options import with_address
from putfix.report.refusals import failure, usage_error
from putfix.report.sentences import EXIT_CODES, ExitCode
from putfix.streams import say, settle

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
    "What is taken": ("include_docs", "stdin_filename", "diff_base", "baseline", "update_baseline"),
    "What is hoisted": ("min_size", "unsafe_fixes", "trace"),
    "Configuration": ("config", "isolated", "show_settings"),
    "How it is done": ("jobs", "on_ray", "no_cache", "cache_dir"),
    "What is said": ("verbose", "quiet", "output_format", "output_file"),
    "Help": ("explain", "list_codes", "version"),
}
"""The parameters of the command under the headings that they are listed under; what Click adds comes last."""

EXAMPLES: dict[str, str] = {
    "putfix src/": "show what would change",
    "putfix --apply --yes src/": "change it, without questions",
    "putfix --apply --check-with 'pytest -q' --bisect": "change it, and keep what the tests pass with",
    "putfix --verbose job.py": "say also what is left alone, and why",
    "putfix --statistics src/": "count what is found, by its codes",
    "putfix --output-format sarif --output-file putfix.sarif": "report it to other programs",
    "putfix --diff-base main": "look only at calls on lines that changed since main",
    "putfix --explain changed": "explain that code, and what you can do",
    "putfix --apply - --stdin-filename job.py <job.py": "fix standard input, as an editor does",
    "putfix --trace run.jsonl --report src/": "show what a run passed by value",
}

COMMENTS: dict[str, str] = {
    "# putfix: ignore[hoist] because ...": "leave this call, or everything in this loop, function or class, "
    "as it is; without [hoist], whatever is found there",
    "# putfix: ignore-file": "the same for the whole file or notebook",
    "# putfix: large because ...": "this value is large, though the code does not show it",
    "# putfix: small because ...": "this value is small, whatever the code shows",
}
"""Comments to putfix, and what they say."""

VARIABLES: dict[str, str] = {
    "NO_COLOR": "If not empty: no colours, even on a terminal.",
    "FORCE_COLOR": "If not empty: colours, even in a pipe, unless NO_COLOR is set.",
}
"""Variables of the environment, and what they do."""

COMPLETION: dict[str, str] = {
    'eval "$(_PUTFIX_COMPLETE=bash_source putfix)"': "in ~/.bashrc, for Bash 4.4 or later",
    'eval "$(_PUTFIX_COMPLETE=zsh_source putfix)"': "in ~/.zshrc, below compinit",
    "_PUTFIX_COMPLETE=fish_source putfix | source": "in ~/.config/fish/completions/putfix.fish",
}
"""The commands that make a shell complete options, codes and paths, and where they belong."""

EPILOG = {"Examples": EXAMPLES, "Comments in the code": COMMENTS, "Completion in a shell": COMPLETION}
"""What stands below the options, under its headings."""


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
        """Write what is no option, and the exit codes."""
        for heading, rows in EPILOG.items():
            with formatter.section(heading):
                for written, meaning in rows.items():
                    formatter.write_text(written)
                    with formatter.indentation():
                        formatter.write_text(meaning)
        with formatter.section("Environment variables"):
            formatter.write_dl([*VARIABLES.items()])
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(int(code)), text) for code, text in EXIT_CODES.items()])


@contextlib.contextmanager
def _failing_in_one_line(*, unread: ExitCode) -> Iterator[None]:
    """Say what no file is to blame for, such as an output that takes nothing, if that can be said; ``unread`` is the
    exit code where nobody reads any more."""
    try:
        yield
    except click.UsageError as error:
        say(usage_error(error.format_message()))
        sys.exit(ExitCode.FAILED)
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    except OSError as error:
        with contextlib.suppress(OSError):
            if not isinstance(error, BrokenPipeError):
                click.echo(failure(error), err=True)
        settle(sys.stdout)
        settle(sys.stderr)
        sys.exit(unread if isinstance(error, BrokenPipeError) else ExitCode.FAILED)
