"""Bytes to text and back."""

from __future__ import annotations

import pytest

from putfix.files.text import UndecodableError, decode


@pytest.mark.parametrize(
    ("data", "encoding", "source"),
    [
        ("größe\n".encode(), "utf-8", "größe\n"),
        (b"\xef\xbb\xbfa\r\n", "utf-8-sig", "a\r\n"),
        (b"# coding: latin-1\n\xfc", "iso-8859-1", "# coding: latin-1\nü"),
        (b"#!/x\n# -*- coding: cp1252 -*-\n\x80\n", "cp1252", "#!/x\n# -*- coding: cp1252 -*-\n€\n"),
        (b"", "utf-8", ""),
    ],
)
def test_text_comes_back_as_the_same_bytes(data: bytes, encoding: str, source: str) -> None:
    text = decode(data)
    assert (text.encoding, text.source) == (encoding, source)
    assert text.encoded(text.source) == data


@pytest.mark.parametrize(
    "data", [b"\xff\xfea\x00", b"# coding: utf-8\n\xfc", b"# coding: nope\n", b"\xef\xbb\xbf# coding: latin-1\n"]
)
def test_what_is_not_text_is_refused(data: bytes) -> None:
    with pytest.raises(UndecodableError):
        decode(data)
