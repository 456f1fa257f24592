"""From hoists to verified text: LibCST makes the edit, :mod:`ast` checks it."""

from putfix.rewrite.edit import rewrite
from putfix.rewrite.verify import difference

__all__ = ["difference", "rewrite"]
