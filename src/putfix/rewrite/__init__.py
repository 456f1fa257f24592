"""From hoists to verified text: the edit, and its check."""

from putfix.rewrite.edit import rewrite
from putfix.rewrite.verify import difference

__all__ = ["difference", "rewrite"]
