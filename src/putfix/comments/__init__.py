"""Comments to putfix, ``# putfix: ignore[code] because ...``: what they say, of what, and which of them do nothing."""
