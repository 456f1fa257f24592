"""The same fix as a LibCST command, for ``python -m libcst.tool codemod`` and for migration scripts."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import libcst as cst
from libcst.codemod import CodemodCommand, CodemodContext, SkipFile

from putfix.files.configuration import BrokenConfiguration, ConfigurationError, Configurations
from putfix.files.disk import RememberingDisk
from putfix.files.project import ProjectFiles
from putfix.fix import fix_source
from putfix.model import Finding, Result
from putfix.report.findings import said_of
from putfix.report.refusals import not_a_size
from putfix.report.words import located
from putfix.settings import Settings, parse_size

_DISK = RememberingDisk()


class HoistRayPut(CodemodCommand):
    """Hoists large values that are passed again and again to ``.remote()`` into one ``ray.put``.

    The settings are those of the configuration file that is nearest to the module's, and what the module imports is
    read in the project around that; a module without a file has putfix's own settings, and stands alone.
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
        arg_parser.add_argument(
            "--unsafe-fixes",
            action="store_true",
            help="Hoist also what unproven assumptions are needed for; warnings name them.",
        )
        arg_parser.add_argument(
            "--config",
            metavar="FILE",
            type=_configuration,
            help="Take the settings for all modules from FILE, in place of the nearest configuration file.",
        )

    def __init__(
        self,
        context: CodemodContext,
        min_size: int | None = None,
        unsafe_fixes: bool = False,
        config: Path | None = None,
    ) -> None:
        """``min_size``, in bytes, and ``unsafe_fixes`` outrank the configuration files, and ``config`` is the one for
        all modules. Raises :class:`putfix.files.configuration.ConfigurationError` where that cannot be used."""
        super().__init__(context)
        self._configurations = Configurations(min_size, unsafe_fixes=unsafe_fixes, file=config)

    def transform_module_impl(self, tree: cst.Module) -> cst.Module:
        """The module with its hoists applied.

        Warns of each repeat that is left alone, with its reason, and of each hoist with assumptions, which it names.
        Raises :class:`libcst.codemod.SkipFile` where the module cannot be analysed, or its configuration file cannot be
        used.
        """
        result = self._result(tree)
        for problem in result.problems:
            raise SkipFile(f"line {problem.line}: {problem.message}" if problem.line else problem.message)
        for finding in result.findings:
            if finding.obstacles or finding.assumptions:
                self.warn(f"line {finding.line}: {finding.code}: {_said(finding)}")
        if not result.changed:
            return tree
        return cst.parse_module(result.new_source, config=tree.config_for_parsing)

    def _result(self, tree: cst.Module) -> Result:
        """What is found in the module as it is now, which need not be as its file is."""
        filename, code = self.context.filename, tree.code  # which takes LibCST long to make
        if filename is None:
            return fix_source(code, "<module>", self._configurations.without_file())
        place = os.path.realpath(filename)
        # Read anew for each module: other commands may have changed files since the last one.
        project = ProjectFiles({place: code.encode(tree.encoding)}, _DISK)
        return fix_source(code, place, self._settings(place), project=project)

    def _settings(self, place: str) -> Settings:
        """The settings for the file at ``place``. Raises :class:`libcst.codemod.SkipFile`."""
        settings = self._configurations.settings(Path(place))
        if isinstance(settings, BrokenConfiguration):
            raise SkipFile("; ".join(located(settings.path, each) for each in settings.problems))
        return settings


def _said(finding: Finding) -> str:
    return finding.obstacles[0].sentence if finding.obstacles else said_of(finding)


def _size(text: str) -> int:
    try:
        return parse_size(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(not_a_size(text)) from error


def _configuration(text: str) -> Path:
    """The path of a configuration file that can be used."""
    try:
        Configurations(file=Path(text))
    except ConfigurationError as error:
        broken = error.broken
        raise argparse.ArgumentTypeError("; ".join(located(broken.path, each) for each in broken.problems)) from error
    return Path(os.path.abspath(text))
