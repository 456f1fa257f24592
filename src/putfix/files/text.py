"""Bytes of a Python file to text and back, without losing any: encoding cookie, byte-order mark, line ends."""

from __future__ import annotations

import codecs
import io
import tokenize
from dataclasses import dataclass


class UndecodableError(Exception):
    """The bytes are not text in the encoding that they declare, or that is not known."""


@dataclass(frozen=True)
class Text:
    """A decoded file. ``encoding`` is ``utf-8-sig`` where there is a byte-order mark."""

    source: str
    encoding: str

    def encoded(self, source: str) -> bytes:
        """``source`` as the bytes of this file."""
        return source.encode(self.encoding)


def decode(data: bytes, *, is_python: bool = True) -> Text:
    """The text of a Python file, by its cookie (PEP 263), or of another in UTF-8. Raises :class:`UndecodableError`."""
    try:
        encoding = _of_python(data) if is_python else _UTF8[data.startswith(codecs.BOM_UTF8)]
        text = Text(data.decode(encoding), encoding)
        restored = text.encoded(text.source)
    except (SyntaxError, UnicodeError, LookupError) as error:
        raise UndecodableError(_reason(error)) from error
    if restored != data:
        raise UndecodableError(f"its bytes cannot be restored from {encoding} text")
    return text


def _of_python(data: bytes) -> str:
    encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    if codecs.lookup(encoding).name in _OF_NAMES:
        raise LookupError(f"{encoding} is an encoding of host names, not of files")
    return encoding


_UTF8 = "utf-8", "utf-8-sig"
_OF_NAMES = ("idna", "punycode")
"""Encodings for short texts: of a file of 1 MB they take minutes."""


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is not {error.encoding} text"
    return str(error.msg if isinstance(error, SyntaxError) else error)
