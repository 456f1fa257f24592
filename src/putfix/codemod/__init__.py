"""putfix as a command of LibCST: for ``python -m libcst.tool``, and for migration scripts.

In a ``.libcst.codemod.yaml`` this package is one of the ``modules``; ``list`` shows the command then, and its name is
``hoist.HoistRayPut``.
"""

from putfix.codemod.hoist import HoistRayPut

__all__ = ["HoistRayPut"]
