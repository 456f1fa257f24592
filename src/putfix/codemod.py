"""The same fix as a LibCST command, for ``python -m libcst.tool codemod`` and for migration scripts."""

from __future__ import annotations

import libcst as cst
from libcst.codemod import CodemodCommand, SkipFile

from putfix.fix import fix_source


class HoistRayPut(CodemodCommand):
    """Hoists large values that are passed again and again to ``.remote()`` into one ``ray.put``."""

    DESCRIPTION = "Hoist large values that Ray tasks and actors are given again and again into one ray.put."

    def transform_module_impl(self, tree: cst.Module) -> cst.Module:
        """The module with its safe hoists applied.

        Warns of each repeat that is left alone, with its reason. Raises :class:`libcst.codemod.SkipFile`
        where the module cannot be analysed.
        """
        result = fix_source(tree.code, self.context.filename or "<module>")
        for problem in result.problems:
            raise SkipFile(f"line {problem.line}: {problem.message}" if problem.line else problem.message)
        for finding in result.findings:
            for obstacle in finding.obstacles[:1]:
                self.warn(f"line {finding.line}: {obstacle.code}: {obstacle.sentence}")
        if not result.changed:
            return tree
        return cst.parse_module(result.new_source, config=tree.config_for_parsing)
