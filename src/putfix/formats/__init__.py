"""The documents that programs are written in: their text as one program, and edits of it back into the text."""
