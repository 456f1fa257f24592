"""How files are called in reports: relative to the current directory where they are in it."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from putfix.report.diff import relative


def name_of(path: Path, root: Path) -> Path:
    """``path`` as seen from ``root`` where it is in there, otherwise from the root of the file system."""
    found = relative(path, root)
    return Path(os.path.abspath(path)) if os.pardir in found.parts else found


def text_of(path: Path) -> str:
    """A path as text, with ``/`` between its parts; what of it is no text is replaced."""
    return os.fsencode(path.as_posix()).decode(errors="replace")


def uri_of(path: Path) -> str:
    """A path as a reference to a resource (RFC 3986), which keeps each of its bytes."""
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
