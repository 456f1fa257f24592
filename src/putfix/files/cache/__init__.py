"""What earlier runs found out, kept on disk: a result is taken from there where all that it was made from is as it was.

``folder.py`` says where, ``opening.py`` for which runs, ``store.py`` how it is written and read, and ``packing.py`` how
findings are. ``recording.py`` notes what an analysis asks of other files, ``disk.py`` what the answers to that rest on,
``present.py`` what there is now, and ``memory.py`` decides.
"""
