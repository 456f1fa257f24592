"""Where a put goes, what is in its way, and how it is written."""
