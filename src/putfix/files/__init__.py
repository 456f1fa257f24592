"""Files on disk: which ones a run takes, their text, and writing them whole."""
