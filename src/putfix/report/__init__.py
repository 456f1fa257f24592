"""What a run prints: the diff, and the sentences about it."""
