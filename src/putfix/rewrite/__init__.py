"""From hoists to verified text: the edit, and its check."""

from putfix.rewrite.comparing import are_alike
from putfix.rewrite.edit import edits_of_each, in_order, line_starts, moved_spans, rewrite
from putfix.rewrite.parsed import Parsed
from putfix.rewrite.verify import difference

__all__ = ["Parsed", "are_alike", "difference", "edits_of_each", "in_order", "line_starts", "moved_spans", "rewrite"]
