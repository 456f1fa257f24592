"""A migration in one pass: what moved in Ray's API gets its new name, and large values are put once. In the root of a
repository:

    python examples/migrate.py src/
    python examples/migrate.py --diff --min-size 1MB src/

Two codemods, LibCST's own and putfix's, share the parse of each file, and LibCST's runner shares the files among
processes. The exit code is 1 where a file failed.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

import libcst as cst
from libcst.codemod import (
    CodemodCommand,
    CodemodContext,
    gather_files,
    parallel_exec_transform_with_prettyprint,
)
from libcst.codemod.commands.rename import RenameCommand

from putfix.codemod import HoistRayPut

OLD, NEW = "ray.air.session.report", "ray:train.report"  # from ray import train; train.report(...)


class Migrate(CodemodCommand):
    """Renames what moved, then hoists what is sent again and again."""

    DESCRIPTION = "Bring a program to a new version of Ray."

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """Add the options of putfix's codemod."""
        HoistRayPut.add_args(arg_parser)

    def __init__(self, context: CodemodContext, **options: Any) -> None:
        super().__init__(context)
        self._commands = [RenameCommand(context, old_name=OLD, new_name=NEW), HoistRayPut(context, **options)]

    def transform_module_impl(self, tree: cst.Module) -> cst.Module:
        """The module after all commands."""
        for command in self._commands:
            tree = command.transform_module(tree)
        return tree


def main() -> int:
    parser = argparse.ArgumentParser(description=Migrate.DESCRIPTION)
    parser.add_argument("paths", nargs="+", help="files and directories")
    parser.add_argument("--diff", action="store_true", help="show what would change, and change nothing")
    Migrate.add_args(parser)
    options = vars(parser.parse_args())
    files, diff = gather_files(options.pop("paths")), options.pop("diff")
    result = parallel_exec_transform_with_prettyprint(
        Migrate, files, unified_diff=3 if diff else None, repo_root=".", codemod_args=options
    )
    return 1 if result.failures else 0


if __name__ == "__main__":
    sys.exit(main())
