"""Which comments speak to putfix, what they say, and of which line."""

from __future__ import annotations

import pytest

from putfix.comments.reading import Comment, Word, comments_of
from putfix.model import Idle


def only(source: str) -> Comment:
    (comment,) = comments_of(source)
    return comment


@pytest.mark.parametrize(
    ("text", "word", "items"),
    [
        ("# putfix: ignore", Word.IGNORE, ()),
        ("#putfix:ignore", Word.IGNORE, ()),
        ("# putfix: ignore[hoist]", Word.IGNORE, ("hoist",)),
        ("# putfix: ignore[hoist, changed,]", Word.IGNORE, ("hoist", "changed")),
        ("# putfix: ignore [hoist]", Word.IGNORE, ("hoist",)),
        ("# putfix: ignore[hoist] because it's tiny", Word.IGNORE, ("hoist",)),
        ("# putfix: ignore because [hoist] is wrong", Word.IGNORE, ()),
        ("# putfix: ignore -- tiny", Word.IGNORE, ()),
        ("# putfix: ignore[hoist]: tiny", Word.IGNORE, ("hoist",)),
        ("# noqa: E501  # putfix: ignore[hoist]", Word.IGNORE, ("hoist",)),
        ("# putfix: ignore[hoist] because tiny  # noqa: E501", Word.IGNORE, ("hoist",)),
        ("# putfix: ignore-file[nested]", Word.IGNORE_FILE, ("nested",)),
        ("# putfix: large", Word.LARGE, ()),
        ("# putfix: large[a[0], b]", Word.LARGE, ("a[0]", "b")),
        ("# putfix : ignore[hoist]", Word.IGNORE, ("hoist",)),
        ("# putfix: small[self.table] because of the tests", Word.SMALL, ("self.table",)),
    ],
)
def test_what_it_says(text: str, word: Word, items: tuple[str, ...]) -> None:
    comment = only(f"x = 1  {text}\n")
    assert (comment.word, comment.items, comment.wrong) == (word, items, None)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("# putfix: ignor", Idle.UNKNOWN_WORD),
        ("# putfix:", Idle.UNKNOWN_WORD),
        ("# putfix: Ignore", Idle.UNKNOWN_WORD),
        ("# putfix: ignore[]", Idle.UNREADABLE),
        ("# putfix: ignore[hoist", Idle.UNREADABLE),
        ("# putfix: large[a[0]", Idle.UNREADABLE),
        ("# putfix: large[a[0", Idle.UNREADABLE),
        ("# putfix: ignore hoist", Idle.UNREADABLE),
        ("# putfix: ignore[hoist] it is tiny", Idle.UNREADABLE),
    ],
)
def test_what_cannot_be_understood(text: str, wrong: Idle) -> None:
    assert only(f"x = 1  {text}\n").wrong is wrong


def test_two_in_one_comment() -> None:
    words = [comment.word for comment in comments_of("x = 1  # putfix: large  # putfix: ignore[changed]\n")]
    assert words == [Word.LARGE, Word.IGNORE]


@pytest.mark.parametrize(
    "source",
    [
        "x = '# putfix: ignore'\n",
        'x = """\n# putfix: ignore\n"""\n',
        "x = 1  # about putfix: ignore\n",
        "putfix: int = 1\n",
        "f'{1}# putfix: ignore'\n",
    ],
)
def test_what_is_no_comment_to_it(source: str) -> None:
    assert comments_of(source) == []


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("x = 1  # putfix: ignore\n", 1),
        ("# putfix: ignore\nx = 1\n", 2),
        ("# putfix: ignore\n\n# and more\nx = 1\n", 4),
        ("if x:\n    pass\n    # putfix: ignore\ny = 1\n", 4),
        ("x = [\n    # putfix: ignore\n    1,\n]\n", 3),
        ("x = 1\n# putfix: ignore\n", 0),
        ("x = 1\r# putfix: ignore\ry = 2\r", 3),
        ("x = 1\r\n# putfix: ignore\r\ny = 2", 3),
        ("x = '''\n'''  # putfix: ignore", 2),
    ],
)
def test_the_line_that_it_speaks_of(source: str, target: int) -> None:
    assert only(source).target == target


def test_a_source_without_the_mark_is_not_tokenized(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("putfix.comments.reading.tokenize.generate_tokens", lambda _: pytest.fail("tokenized"))
    assert comments_of("x = 1  # a comment\n") == []
