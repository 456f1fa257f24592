"""The same fix as a LibCST command, for ``python -m libcst.tool codemod`` and for migration scripts."""

from __future__ import annotations

import argparse
from pathlib import Path

import libcst as cst
from libcst.codemod import CodemodCommand, CodemodContext, SkipFile

from putfix.files.configuration import BrokenConfiguration, Configurations
from putfix.fix import fix_source
from putfix.report.refusals import not_a_size
from putfix.report.words import located
from putfix.settings import Settings, parse_size


class HoistRayPut(CodemodCommand):
    """Hoists large values that are passed again and again to ``.remote()`` into one ``ray.put``.

    The settings are those of the configuration file that is nearest to the module's; a module without a file has
    putfix's own.
    """

    DESCRIPTION = "Hoist large values that Ray tasks and actors are given again and again into one ray.put."

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """Add the options of the command, which become the keyword arguments of the class."""
        arg_parser.add_argument(
            "--min-size",
            metavar="SIZE",
            type=_size,
            help="Hoist what is larger, as 1MB or 500KiB, whatever configuration files say.",
        )

    def __init__(self, context: CodemodContext, min_size: int | None = None) -> None:
        """``min_size``, in bytes, outranks the configuration files."""
        super().__init__(context)
        self._min_size = min_size

    def transform_module_impl(self, tree: cst.Module) -> cst.Module:
        """The module with its safe hoists applied.

        Warns of each repeat that is left alone, with its reason. Raises :class:`libcst.codemod.SkipFile`
        where the module cannot be analysed, or its configuration file cannot be used.
        """
        result = fix_source(tree.code, self.context.filename or "<module>", self._settings())
        for problem in result.problems:
            raise SkipFile(f"line {problem.line}: {problem.message}" if problem.line else problem.message)
        for finding in result.findings:
            for obstacle in finding.obstacles[:1]:
                self.warn(f"line {finding.line}: {obstacle.code}: {obstacle.sentence}")
        if not result.changed:
            return tree
        return cst.parse_module(result.new_source, config=tree.config_for_parsing)

    def _settings(self) -> Settings:
        """The settings for the module at hand. Raises :class:`libcst.codemod.SkipFile`."""
        configurations = Configurations(self._min_size)
        if self.context.filename is None:
            return configurations.without_file()
        settings = configurations.settings(Path(self.context.filename))
        if isinstance(settings, BrokenConfiguration):
            raise SkipFile("; ".join(located(settings.path, each) for each in settings.problems))
        return settings


def _size(text: str) -> int:
    try:
        return parse_size(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(not_a_size(text)) from error
