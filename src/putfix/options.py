"""What the command line asks for, and what of it does not go together."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

INPUT = "-"
"""The path that stands for standard input; a file of this name is ``./-``."""
DIFF = "diff"
"""The format of reports that is taken where none is named."""


_ON_RAY = "--on-ray"
_ADDRESS = re.compile(r"(ray://)?[\w.-]+:\d+|\[[\da-fA-F:]+\]:\d+")
"""What is taken for the address of a cluster behind the option: anything else is a path."""


def with_address(arguments: Iterable[str]) -> list[str]:
    """The words of a command line, with the address of a cluster, or none, joined to its option, which may be without
    one: ``--on-ray src/`` names a path, ``--on-ray head:6379 src/`` an address, too."""
    taken: list[str] = []
    pending = deque(arguments)
    while pending:
        word = pending.popleft()
        if word == "--":
            return [*taken, word, *pending]
        if word == _ON_RAY:
            word = f"{word}={pending.popleft() if pending and _ADDRESS.fullmatch(pending[0]) else ''}"
        taken.append(word)
    return taken


class Options(NamedTuple):
    """The options, by the names that they have on the command line."""

    paths: tuple[str, ...] = ()
    diff: bool = False
    apply: bool = False
    yes: bool = False
    check: bool = False
    check_with: str | None = None
    bisect: bool = False
    exit_non_zero_on_fix: bool = False
    verbose: bool = False
    quiet: bool = False
    statistics: bool = False
    min_size: int | None = None
    unsafe_fixes: bool = False
    include_docs: bool = False
    jobs: int | None = None
    no_cache: bool = False
    cache_dir: Path | None = None
    on_ray: str | None = None
    stdin_filename: Path | None = None
    config: Path | None = None
    isolated: bool = False
    show_settings: bool = False
    explain: str | None = None
    list_codes: bool = False
    add_ignores: bool = False
    baseline: Path | None = None
    update_baseline: bool = False
    diff_base: str | None = None
    trace: tuple[Path, ...] = ()
    report: bool = False
    chart: Path | None = None
    output_format: str = DIFF
    output_file: Path | None = None

    @property
    def from_input(self) -> bool:
        """Whether the source comes from standard input."""
        return INPUT in self.paths

    @property
    def applying(self) -> bool:
        """Whether what is found is also written."""
        return self.apply or (self.add_ignores and not self.diff)

    @property
    def uses_cache(self) -> bool:
        """Whether what earlier runs found out counts. It is kept without what these options say."""
        needing_more = self.trace or self.baseline or self.diff_base or self.add_ignores or self.reporting
        return not (self.no_cache or needing_more)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is said but what is wrong."""
        return self.quiet or self.check

    @property
    def reporting(self) -> bool:
        """Whether findings are reported in a format, or into a file, in place of the diff."""
        return self.output_format != DIFF or self.output_file is not None

    @property
    def conflict(self) -> str | None:
        """The sentence about options that do not go together."""
        return next((sentence for sentence, holds in self._conflicts().items() if holds), None)

    def _conflicts(self) -> dict[str, bool]:
        showing = self.diff or self.apply
        return {
            "--explain stands alone, without paths and other options.": self._stands_beside("explain"),
            "--list-codes stands alone, without paths and other options.": self._stands_beside("list_codes"),
            "--diff and --apply exclude each other.": self.diff and self.apply,
            "--yes is for --apply.": self.yes and not self.apply,
            "--check goes without --diff, --apply, --statistics, --report, --add-ignores and --update-baseline.": (
                self.check and (showing or self.statistics or self.report or self.add_ignores or self.update_baseline)
            ),
            "--check-with is for --apply, with files.": self.check_with is not None
            and (not self.apply or self.from_input),
            "--check-with needs a command.": self.check_with is not None and not self.check_with.strip(),
            "--bisect is for --check-with.": self.bisect and self.check_with is None,
            "--exit-non-zero-on-fix is for --apply and --add-ignores.": self.exit_non_zero_on_fix and not self.applying,
            "--quiet and --verbose exclude each other.": self.quiet and self.verbose,
            "--statistics goes without --diff, --apply, --report, --add-ignores, --update-baseline and "
            "--show-settings.": self.statistics
            and (showing or self.report or self.add_ignores or self.update_baseline or self.show_settings),
            "A path is empty; the current directory is a dot.": "" in self.paths,
            "- stands alone, without other paths.": self.from_input and len(self.paths) > 1,
            "--stdin-filename is for standard input: give - as the path.": self.stdin_filename is not None
            and not self.from_input,
            "--stdin-filename is the name of a file.": self.stdin_filename is not None and not self.stdin_filename.name,
            "--report needs --trace, and goes without --diff and --apply.": self.report and (showing or not self.trace),
            "--add-ignores goes without --apply, --report and --update-baseline.": self.add_ignores
            and (self.apply or self.report or self.update_baseline),
            "--update-baseline needs --baseline, and goes without --apply, --diff and --report.": self.update_baseline
            and (self.baseline is None or showing or self.report),
            "--no-cache and --cache-dir exclude each other.": self.no_cache and self.cache_dir is not None,
            "--config and --isolated exclude each other.": self.config is not None and self.isolated,
            "--show-settings goes without --diff, --apply, --check, --report, --add-ignores and --update-baseline.": (
                self.show_settings
                and (showing or self.check or self.report or self.add_ignores or self.update_baseline)
            ),
            "--diff-base goes without --report and --update-baseline.": self.diff_base is not None
            and (self.report or self.update_baseline),
            "--on-ray goes without -, --jobs, --cache-dir, --baseline and --diff-base.": self.on_ray is not None
            and (self.from_input or any((self.jobs, self.cache_dir, self.baseline, self.diff_base))),
            "--chart is for --report.": self.chart is not None and not self.report,
            **self._conflicts_of_reports(),
        }

    def _conflicts_of_reports(self) -> dict[str, bool]:
        others = self.apply or self.check or self.add_ignores or self.update_baseline or self.show_settings
        return {
            "--output-format and --output-file are for what would be hoisted: they go without --apply, --check, "
            "--statistics, --report, --add-ignores, --update-baseline and --show-settings.": self.reporting
            and (others or self.statistics or self.report),
            "--diff is another format than that of --output-format.": self.diff and self.output_format != DIFF,
            "--output-file is the name of a file; without it, a report goes to standard output.": (
                self.output_file is not None and self.output_file.name in ("", INPUT)
            ),
        }

    def _stands_beside(self, name: str) -> bool:
        """Whether the option is given, and so is any other, or a path."""
        value = getattr(self, name)
        return value != getattr(Options(), name) and self != Options(**{name: value})
